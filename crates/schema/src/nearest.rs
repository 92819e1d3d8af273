//! Did you mean …?

/// Names longer than this, in characters, are not compared.
const LONGEST: usize = 128;

/// The candidate that a misspelt name most likely means: the one that the fewest single changes (a character added,
/// left out, replaced, or swapped with its neighbour) lead to, and of several the first. Case does not count.
/// At most one change in four characters, and three in all.
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let name = folded(name)?;
    let limit = name.len().div_ceil(4).min(3);
    let mut best = None;
    for candidate in candidates {
        let within = best.map_or(limit + 1, |(distance, _)| distance);
        let Some(other) = folded(candidate) else {
            continue;
        };
        if name.len().abs_diff(other.len()) >= within {
            continue;
        }
        let distance = distance(&name, &other);
        if distance < within {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

fn folded(name: &str) -> Option<Vec<char>> {
    let characters: Vec<char> = name
        .chars()
        .take(LONGEST + 1)
        .map(|character| character.to_ascii_lowercase())
        .collect();
    (characters.len() <= LONGEST).then_some(characters)
}

/// The optimal string alignment distance.
fn distance(first: &[char], second: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=second.len()).collect();
    for (row, a) in first.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, b) in second.iter().enumerate() {
            let replaced = last[column] + usize::from(a != b);
            let mut fewest = replaced.min(last[column + 1] + 1).min(current[column] + 1);
            if row > 0 && column > 0 && *a == second[column - 1] && first[row - 1] == *b {
                fewest = fewest.min(before_last[column - 1] + 1);
            }
            current.push(fewest);
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last[second.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    fn check(name: &str, expected: Option<&str>) {
        let candidates = [
            "BucketName",
            "BucketEncryption",
            "Tags",
            "AccessControl",
            "Id",
        ];
        assert_eq!(nearest(name, candidates), expected, "{name}");
    }

    #[test]
    fn names() {
        for (name, expected) in [
            ("BucketNaem", Some("BucketName")),
            ("bucketname", Some("BucketName")),
            ("BucketEncrytpion", Some("BucketEncryption")),
            ("Tag", Some("Tags")),
            ("Tgas", Some("Tags")),
            ("AccesControll", Some("AccessControl")),
            ("Xy", None),
            ("Versioning", None),
            ("", None),
        ] {
            check(name, expected);
        }
        check(&"é".repeat(100_000), None);
    }
}
