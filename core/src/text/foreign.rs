//! Text from the input, fit for a sentence on a terminal or a page.
//!
//! Labels, names of models, messages of servers and names of files can hold anything. This is the
//! one list of what must not reach a reader; the vectors in `tests/vectors/foreign.json` hold the
//! page to the same list.

use inference_triage_loops::leading_printable;

/// Whether a character can do more than stand in its place: control a terminal, or reorder or hide
/// what stands beside it.
///
/// Controls (C0, DEL, C1), marks and overrides of the bidirectional algorithm, characters without
/// width, separators of lines, annotations, tags.
pub fn disturbs(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{61c}' | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Text from the input, fit for a sentence: at most `most` characters, without those that
/// [`disturbs`] names; white space becomes a blank.
pub fn plain(text: &str, most: usize) -> String {
    let mut plain = String::new();
    let mut length = 0;
    for character in text.chars() {
        let character = if character.is_whitespace() { ' ' } else { character };
        if disturbs(character) {
            continue;
        }
        if length == most {
            plain.push('…');
            break;
        }
        plain.push(character);
        length += 1;
    }
    plain
}

/// The same JSON text with every character that [`disturbs`] names as an escape, so that it can be
/// printed; whoever reads it gets the same values. The text must be compact: white space between
/// its tokens would become escapes too.
pub fn escaped(json: String) -> String {
    let mut text = String::new();
    let (mut copied, mut at) = (0, 0);
    loop {
        at += leading_printable(&json.as_bytes()[at..]);
        let Some(character) = json.get(at..).and_then(|rest| rest.chars().next()) else { break };
        if disturbs(character) {
            text.push_str(json.get(copied..at).unwrap_or_default());
            push_escape(&mut text, character);
            copied = at + character.len_utf8();
        }
        at += character.len_utf8();
    }
    if copied == 0 {
        return json;
    }
    text.push_str(json.get(copied..).unwrap_or_default());
    text
}

fn push_escape(text: &mut String, character: char) {
    for unit in character.encode_utf16(&mut [0; 2]) {
        text.push_str("\\u");
        for shift in [12, 8, 4, 0] {
            text.push(char::from(b"0123456789abcdef"[usize::from(*unit >> shift & 15)]));
        }
    }
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

    #[test]
    fn the_page_has_the_same_list() {
        #[derive(serde::Deserialize)]
        struct Vectors {
            disturbing: Vec<u32>,
            ordinary: Vec<u32>,
        }
        let vectors: Vectors =
            serde_json::from_str(include_str!("../../../tests/vectors/foreign.json")).unwrap();
        let character = |code: &u32| char::from_u32(*code).unwrap();
        for code in &vectors.disturbing {
            assert!(disturbs(character(code)), "{code:x}");
        }
        for code in &vectors.ordinary {
            assert!(!disturbs(character(code)), "{code:x}");
        }
        let count = (0..=0x0010_ffff).filter_map(char::from_u32).filter(|&one| disturbs(one));
        assert_eq!(count.count(), vectors.disturbing.len(), "the vectors name all of them");
    }

    #[test]
    fn escaped_json_has_the_same_values_and_only_what_can_be_printed() {
        let value = "a\u{1b}[2J\u{7f}\u{9b}m\u{202e}\u{2066}\n\u{e0041}\u{feff}é≤×…模\u{1f600}";
        let json = escaped(serde_json::to_string(value).unwrap());
        assert!(!json.chars().any(disturbs), "{json}");
        assert!(json.contains("\\u202e") && json.contains("\\udb40\\udc41"), "{json}");
        assert!(json.contains("é≤×…模\u{1f600}"), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), value);
        let plain = "{\"a\":\"≤\"}".to_owned();
        assert_eq!(escaped(plain.clone()), plain);
    }
}
