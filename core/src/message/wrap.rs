//! Words into lines of so many columns.

use super::Width;
use crate::small::list::CollectVec;
use crate::text::plain::plain;

/// At most `columns` columns of the text, with an ellipsis where some is cut off.
pub fn shorten(text: &str, columns: usize, width: Width) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut short = pieces(text, columns.saturating_sub(1).max(1), width).swap_remove(0);
    short.push('…');
    short
}

/// Words into lines, the first of at most `first` columns, the others of at most `rest`; a word
/// that is wider has a line of its own.
pub fn fill(words: Vec<String>, first: usize, rest: usize, width: Width) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        let room = if lines.len() <= 1 { first } else { rest };
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(&word) <= room => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

/// A word in pieces of at most `columns` columns; at least one.
pub fn pieces(word: &str, columns: usize, width: Width) -> Vec<String> {
    let mut pieces = Vec::new();
    let (mut piece, mut taken) = (String::new(), 0);
    for character in word.chars() {
        let wide = width(character.encode_utf8(&mut [0; 4]));
        if taken + wide > columns && !piece.is_empty() {
            pieces.push(std::mem::take(&mut piece));
            taken = 0;
        }
        piece.push(character);
        taken += wide;
    }
    pieces.push(piece);
    pieces
}

/// Text in lines, broken at blanks; a word that is wider than a line is cut.
pub(super) fn wrap(text: &str, first: usize, rest: usize, width: Width) -> Vec<String> {
    let narrow = first.min(rest);
    let words = glued(text).into_iter().flat_map(|word| pieces(&word, narrow, width));
    fill(words.collect_vec(), first, rest, width)
}

/// Units that stay on the line of their number.
const UNITS: [&str; 14] = [
    "UTC",
    "%",
    "s",
    "ms",
    "µs",
    "min",
    "h",
    "d",
    "/s",
    "×",
    "requests/s",
    "tokens",
    "request",
    "requests",
];

/// Words, with a number and its unit as one, and a dot between pieces behind the word before it.
fn glued(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let bare = word.trim_end_matches([',', '.', ';', ':', ')']);
        match words.last_mut() {
            Some(last)
                if word == "·"
                    || (UNITS.contains(&bare)
                        && last.as_bytes().last().is_some_and(u8::is_ascii_digit)) =>
            {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}

/// A query's words; a blank inside a string does not end one.
pub fn words_outside_strings(query: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let (mut quote, mut escaped) = (None, false);
    for character in plain(query).chars() {
        match quote {
            None if character == ' ' => {
                words.push(String::new());
                continue;
            }
            None if matches!(character, '"' | '\'' | '`') => quote = Some(character),
            Some(open) if character == open && !escaped => quote = None,
            _ => {}
        }
        // A backquoted string knows no escapes.
        escaped = character == '\\' && !escaped && quote.is_some_and(|open| open != '`');
        if let Some(word) = words.last_mut() {
            word.push(character);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::super::characters;
    use super::*;

    #[test]
    fn a_number_keeps_its_unit_and_a_dot_its_word() {
        let wrap = |text, first, rest| wrap(text, first, rest, characters);
        assert_eq!(wrap("queue 3.1 s long", 8, 12), ["queue", "3.1 s long"]);
        assert_eq!(wrap("one · two", 5, 5), ["one ·", "two"]);
        assert_eq!(wrap("wait (33 %), then", 8, 8), ["wait", "(33 %),", "then"]);
    }

    #[test]
    fn a_query_is_never_broken_inside_a_string() {
        let query = r#"a{x="one two",y='three four',z=`five \`} b "\" c" d"#;
        assert_eq!(
            words_outside_strings(query),
            [r#"a{x="one two",y='three four',z=`five \`}"#, "b", r#""\" c""#, "d"]
        );
    }
}
