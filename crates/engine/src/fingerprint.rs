//! What tells a finding from others, and stays what it is while the file around it is edited: the rule, the file, the
//! resource, and the how many-th of them it is. Deliberately absent: lines, columns, values and words.

use crate::finding::Finding;
use std::collections::HashMap;

/// What a finding is known by; several findings may share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key<'a> {
    /// The rule's id.
    pub rule: &'a str,
    /// The path of the file.
    pub file: &'a str,
    /// The first resource that shares the finding; empty for the whole template.
    pub address: &'a str,
}

impl<'a> Key<'a> {
    /// The key of a finding that lies in the file of a path.
    pub fn of(finding: &'a Finding, file: &'a str) -> Self {
        Self {
            rule: &finding.rule,
            file,
            address: finding.addresses.first().map_or("", String::as_str),
        }
    }
}

/// Fingerprints for keys that are in the order of the report: 32 hexadecimal digits each, no two alike.
pub fn fingerprints<'a>(keys: impl IntoIterator<Item = Key<'a>>) -> Vec<String> {
    let mut seen: HashMap<Key, u32> = HashMap::new();
    let fingerprint = |key: Key<'a>| {
        let ordinal = seen.entry(key).or_default();
        *ordinal += 1;
        let parts = [key.rule, key.file, key.address, &ordinal.to_string()];
        format!("{:032x}", hash(&parts))
    };
    keys.into_iter().map(fingerprint).collect()
}

/// FNV-1a in 128 bits, over parts that a zero byte ends: <https://www.rfc-editor.org/rfc/rfc9923>.
/// It must be the same in every version and on every machine, which the standard library's does not promise.
fn hash(parts: &[&str]) -> u128 {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
    bytes.fold(BASIS, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(PRIME)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_that_share_a_key_are_numbered() {
        let key = |rule, file, address| Key {
            rule,
            file,
            address,
        };
        let first = fingerprints([key("a", "f", "X"), key("a", "f", "Y"), key("a", "f", "X")]);
        // What comes before another resource does not change its fingerprint.
        let second = fingerprints([key("a", "f", "Y"), key("b", "f", "X"), key("a", "f", "X")]);
        assert_eq!(first[0], second[2]);
        assert_eq!(first[1], second[0]);
        assert_ne!(first[0], first[2]);
        // Written down: another hash would open every alert anew.
        assert_eq!(first[0], "80d65e245e659b4f1d021687ac9564cb");
    }
}
