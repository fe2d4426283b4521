//! Text of unknown origin, made harmless for a terminal and for a chat window.

use crate::text::foreign::disturbs;

/// The same text without ANSI escape sequences, control characters and characters that reorder or
/// hide their neighbours; ends of lines and tabs become blanks.
pub fn plain(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\u{1b}' => skip_escape_sequence(&mut characters),
            '\u{9b}' => skip_control_sequence(&mut characters),
            '\n' | '\r' | '\t' => result.push(' '),
            character if disturbs(character) => {}
            character => result.push(character),
        }
    }
    result
}

type Characters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// What follows ESC: a control sequence, a string up to its terminator, or one character.
fn skip_escape_sequence(characters: &mut Characters<'_>) {
    match characters.peek() {
        Some('[') => {
            characters.next();
            skip_control_sequence(characters);
        }
        Some(']' | 'P' | 'X' | '^' | '_') => {
            while let Some(character) = characters.next() {
                let ends = character == '\u{7}' || character == '\u{9c}';
                if ends || (character == '\u{1b}' && characters.next_if_eq(&'\\').is_some()) {
                    break;
                }
            }
        }
        Some(character) if !character.is_control() => {
            characters.next();
        }
        _ => {}
    }
}

/// Parameters and intermediates (0x20–0x3f) and the final character (0x40–0x7e) of a control
/// sequence.
fn skip_control_sequence(characters: &mut Characters<'_>) {
    while characters.next_if(|character| ('\u{20}'..='\u{3f}').contains(character)).is_some() {}
    characters.next_if(|character| ('\u{40}'..='\u{7e}').contains(character));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_vanish_whole() {
        for (hostile, harmless) in [
            ("gemma", "gemma"),
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("\u{1b}[2J\u{1b}[1;1Hgone", "gone"),
            ("\u{9b}31mred", "red"),
            ("\u{1b}]0;new title\u{7}text", "text"),
            ("\u{1b}]8;;http://evil\u{1b}\\link\u{1b}]8;;\u{1b}\\", "link"),
            ("\u{1b}Pdata\u{1b}\\after", "after"),
            ("a\u{1b}cb", "ab"),
            ("a\u{1b}", "a"),
            ("a\u{1b}[", "a"),
            ("a\u{1b}]never ended", "a"),
        ] {
            assert_eq!(plain(hostile), harmless, "{hostile:?}");
        }
    }

    #[test]
    fn line_ends_become_blanks_and_controls_vanish() {
        assert_eq!(plain("one\ntwo\tthree\r"), "one two three ");
        assert_eq!(plain("a\u{0}b\u{8}c\u{7f}d\u{85}e"), "abcde");
        assert_eq!(plain("user\u{202e}nimda\u{2066}\u{200b}"), "usernimda");
    }

    #[test]
    fn ordinary_text_of_any_script_stays() {
        for text in ["Qwen/Qwen3-32B", "模型", "é → ≤ 7.5 s", "<b>&amp;</b>"] {
            assert_eq!(plain(text), text);
        }
    }
}
