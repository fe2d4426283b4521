//! Text from the input, fit for a sentence on a terminal or a page.

/// Text from the input, fit for a sentence: at most `most` characters, no control characters
/// (white space becomes a blank) and none that reorder or hide what stands beside them.
pub fn plain(text: &str, most: usize) -> String {
    let reorders_or_hides = |character| {
        matches!(
            character,
            '\u{ad}' | '\u{61c}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
        )
    };
    let mut characters = text
        .chars()
        .map(|character| if character.is_whitespace() { ' ' } else { character })
        .filter(|&character| !character.is_control() && !reorders_or_hides(character));
    let mut plain: String = characters.by_ref().take(most).collect();
    if characters.next().is_some() {
        plain.push('…');
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_cannot_leave_its_sentence() {
        for (text, expected) in [
            ("gemma", "gemma"),
            ("\u{1b}[31mred\u{7}", "[31mred"),
            ("two\r\nlines", "two  lines"),
            ("\u{202e}txt.exe\u{2066}", "txt.exe"),
            ("twelve signs", "twelve sig…"),
        ] {
            assert_eq!(plain(text, 10), expected);
        }
    }
}
