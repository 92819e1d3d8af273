//! The texts of the tables and the places in them. See `docs/schema.md` for the format.

/// A table: its text, and where things stand in it.
pub(crate) struct Table {
    text: &'static str,
    /// Offsets of all headings, and the end of the text.
    headings: &'static [u32],
    /// The positions in `headings` at which blocks begin, and the end.
    blocks: &'static [u32],
}

/// CloudFormation's resource types.
pub(crate) static CLOUDFORMATION: Table = Table::new(
    include_str!("../data/cloudformation.txt"),
    include!(concat!(env!("OUT_DIR"), "/cloudformation.rs")),
);

/// The resources of Terraform's AWS provider.
pub(crate) static TERRAFORM: Table = Table::new(
    include_str!("../data/terraform-aws.txt"),
    include!(concat!(env!("OUT_DIR"), "/terraform-aws.rs")),
);

/// All that stands under a type, or under a service: its definitions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    pub(crate) table: &'static Table,
    /// The position of its heading among those of the table.
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

impl Table {
    const fn new(text: &'static str, (headings, blocks): (&'static [u32], &'static [u32])) -> Self {
        Self {
            text,
            headings,
            blocks,
        }
    }

    /// The block of a name.
    pub(crate) fn block(&'static self, name: &str) -> Option<Block> {
        let count = self.blocks.len().saturating_sub(1);
        let at = search(0, count, |at| self.block_at(at).heading().title.cmp(name))?;
        Some(self.block_at(at))
    }

    /// All blocks, in order.
    pub(crate) fn blocks(&'static self) -> impl Iterator<Item = Block> {
        (0..self.blocks.len().saturating_sub(1)).map(|at| self.block_at(at))
    }

    fn block_at(&'static self, at: usize) -> Block {
        let start = |at: usize| self.blocks.get(at).map_or(0, |start| *start as usize);
        Block {
            table: self,
            start: start(at),
            end: start(at + 1),
        }
    }

    fn section(&self, at: usize) -> Section {
        let offset = |at: usize| {
            let offset = self.headings.get(at);
            offset.map_or(self.text.len(), |offset| *offset as usize)
        };
        let text = self
            .text
            .get(offset(at)..offset(at + 1))
            .unwrap_or_default();
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
}

impl Block {
    /// The heading, with the attributes and the properties of the type itself.
    pub(crate) fn heading(self) -> Section {
        self.table.section(self.start)
    }

    /// The definition of a name, given without its `#`.
    pub(crate) fn definition(self, name: &str) -> Option<Section> {
        let found = search(self.start + 1, self.end, |at| {
            self.table
                .section(at)
                .title
                .trim_start_matches('#')
                .cmp(name)
        })?;
        Some(self.table.section(found))
    }
}

/// The text is not for a look at a shape.
impl std::fmt::Debug for Table {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Table").finish_non_exhaustive()
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
        for block in CLOUDFORMATION.blocks().chain(TERRAFORM.blocks()) {
            let mut previous = "";
            for at in block.start..block.end {
                let Section { title, body, .. } = block.table.section(at);
                assert!(at == block.start || title.starts_with('#'), "{title}");
                assert!(at <= block.start + 1 || title > previous, "{title}");
                previous = title;
                let names: Vec<_> = body
                    .lines()
                    .filter_map(|line| line.strip_prefix(' '))
                    .map(|line| line.split([' ', '!', '^', '+', '-']).next().unwrap())
                    .collect();
                assert!(names.is_sorted_by(|a, b| a < b), "{title} {names:?}");
            }
        }
    }
}
