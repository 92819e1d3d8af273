//! The text of the table and the places in it. See `docs/schema.md` for the format.

static TEXT: &str = include_str!("../data/cloudformation.txt");

include!(concat!(env!("OUT_DIR"), "/index.rs"));

/// All that stands under a type, or under a service: its definitions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    /// The position of its heading in [`HEADINGS`].
    start: usize,
    /// One past its last definition.
    end: usize,
}

/// A heading and the lines under it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Section {
    /// The name of the type, the service or the definition (with its `#`).
    pub(crate) title: &'static str,
    /// Whether members that it does not list are allowed.
    pub(crate) open: bool,
    /// The lines of attributes and members.
    pub(crate) body: &'static str,
}

/// The block of a name.
pub(crate) fn block(name: &str) -> Option<Block> {
    let count = BLOCKS.len().saturating_sub(1);
    let at = search(0, count, |at| block_at(at).heading().title.cmp(name))?;
    Some(block_at(at))
}

/// All blocks, in order.
pub(crate) fn blocks() -> impl Iterator<Item = Block> {
    (0..BLOCKS.len().saturating_sub(1)).map(block_at)
}

impl Block {
    /// The heading, with the attributes and the properties of the type itself.
    pub(crate) fn heading(self) -> Section {
        section(self.start)
    }

    /// The definition of a name, given without its `#`.
    pub(crate) fn definition(self, name: &str) -> Option<Section> {
        let found = search(self.start + 1, self.end, |at| {
            section(at).title.trim_start_matches('#').cmp(name)
        })?;
        Some(section(found))
    }
}

fn block_at(at: usize) -> Block {
    let start = |at: usize| BLOCKS.get(at).map_or(0, |start| *start as usize);
    Block {
        start: start(at),
        end: start(at + 1),
    }
}

fn section(at: usize) -> Section {
    let offset = |at: usize| {
        HEADINGS
            .get(at)
            .map_or(TEXT.len(), |offset| *offset as usize)
    };
    let text = TEXT.get(offset(at)..offset(at + 1)).unwrap_or_default();
    let (line, body) = text.split_once('\n').unwrap_or((text, ""));
    match line.strip_suffix(" *") {
        Some(title) => Section {
            title,
            open: true,
            body,
        },
        None => Section {
            title: line,
            open: false,
            body,
        },
    }
}

/// The place in `start..end` that compares as equal, by halving.
fn search(
    mut start: usize,
    mut end: usize,
    compare: impl Fn(usize) -> std::cmp::Ordering,
) -> Option<usize> {
    while start < end {
        let middle = start.midpoint(end);
        match compare(middle) {
            std::cmp::Ordering::Less => start = middle + 1,
            std::cmp::Ordering::Greater => end = middle,
            std::cmp::Ordering::Equal => return Some(middle),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_in_order() {
        for block in blocks() {
            let mut previous = "";
            for at in block.start..block.end {
                let Section { title, body, .. } = section(at);
                assert!(at == block.start || title.starts_with('#'), "{title}");
                assert!(at <= block.start + 1 || title > previous, "{title}");
                previous = title;
                let names: Vec<_> = body
                    .lines()
                    .filter_map(|line| line.strip_prefix(' '))
                    .map(|line| line.split([' ', '!', '^']).next().unwrap())
                    .collect();
                assert!(names.is_sorted_by(|a, b| a < b), "{title} {names:?}");
            }
        }
    }
}
