//! A scenario file: a heading with the rule's id, then one section a case.

/// A file of the corpus.
#[derive(Debug, Clone)]
pub struct Document {
    /// Rule id, from the first heading.
    pub rule: String,
    /// The cases in order.
    pub sections: Vec<Section>,
}

/// One case as text.
#[derive(Debug, Clone)]
pub struct Section {
    /// The second-level heading.
    pub title: String,
    /// Line of the heading, from 1.
    pub line: usize,
    /// What is said between the heading and the blocks.
    pub prose: String,
    /// Fenced blocks in order.
    pub blocks: Vec<Block>,
}

/// A fenced block.
#[derive(Debug, Clone)]
pub struct Block {
    /// First word after the fence, e.g. `load`.
    pub kind: String,
    /// The other words after the fence.
    pub header: String,
    /// Line of the block's first line of text, from 1.
    pub line: usize,
    /// The lines between the fences.
    pub text: String,
}

impl Section {
    /// The blocks of that kind.
    pub fn blocks_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Block> {
        self.blocks.iter().filter(move |block| block.kind == kind)
    }

    /// The title as a part of a file name: lower case, words joined by hyphens.
    pub fn slug(&self) -> String {
        let words = self.title.split(|character: char| !character.is_ascii_alphanumeric());
        let words: Vec<String> =
            words.filter(|word| !word.is_empty()).map(str::to_ascii_lowercase).collect();
        words.join("-")
    }
}

/// Reads a file. The error names the line.
pub fn parse(text: &str) -> Result<Document, String> {
    let mut rule = None;
    let mut sections: Vec<Section> = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        if let Some(block) = &mut open {
            if line.trim_end() == "```" {
                let section = sections
                    .last_mut()
                    .ok_or_else(|| format!("line {number}: a block before any case"))?;
                section.blocks.extend(open.take());
            } else {
                block.text.push_str(line);
                block.text.push('\n');
            }
        } else if let Some(fence) = line.strip_prefix("```") {
            let (kind, header) = fence.split_once(' ').unwrap_or((fence, ""));
            let (kind, header) = (kind.to_owned(), header.trim().to_owned());
            open = Some(Block { kind, header, line: number + 1, text: String::new() });
        } else if let Some(title) = line.strip_prefix("## ") {
            let (title, prose) = (title.trim().to_owned(), String::new());
            sections.push(Section { title, line: number, prose, blocks: Vec::new() });
        } else if let Some(id) = line.strip_prefix("# ") {
            rule = Some(id.trim().to_owned());
        } else if let Some(section) = sections.last_mut() {
            section.prose.push_str(line);
            section.prose.push('\n');
        }
    }
    if let Some(block) = open {
        return Err(format!("line {}: this block is not closed", block.line));
    }
    let rule = rule.ok_or("the first heading with the rule's id is missing")?;
    Ok(Document { rule, sections })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "# slot-cap\n\nWhat.\n\n## A *third* user\n\nWords.\n\n```load step=15s\nsteps 2\n```\n";

    #[test]
    fn a_case_has_title_prose_and_blocks() {
        let document = parse(TEXT).unwrap();
        assert_eq!(document.rule, "slot-cap");
        let section = &document.sections[0];
        assert_eq!((section.slug().as_str(), section.prose.trim()), ("a-third-user", "Words."));
        let block = &section.blocks[0];
        assert_eq!(
            (block.kind.as_str(), block.header.as_str(), block.line),
            ("load", "step=15s", 10)
        );
        assert_eq!(block.text, "steps 2\n");
    }

    #[test]
    fn an_open_block_is_refused_with_its_line() {
        assert_eq!(
            parse("# a\n## b\n```load\nsteps 2\n").unwrap_err(),
            "line 4: this block is not closed"
        );
    }
}
