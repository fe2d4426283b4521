//! One line of an exposition.

use super::Sample;
use crate::ingest::batch::Labels;
use crate::text::decimal;

/// What a line says.
#[derive(Debug)]
pub(super) enum Line {
    /// Blank, a comment or a description.
    Nothing,
    /// The mark with which OpenMetrics ends.
    End,
    Sample(Sample),
}

impl Line {
    /// Reads a line without its end; the error is its cause in words.
    pub(super) fn read(text: &str, is_openmetrics: bool) -> Result<Self, String> {
        let mut cursor = Cursor { text, at: 0 };
        cursor.skip_blanks();
        match cursor.peek() {
            Some(b'#') if text.trim() == "# EOF" => Ok(Self::End),
            None | Some(b'#') => Ok(Self::Nothing),
            Some(_) => cursor.sample(is_openmetrics).map(Self::Sample),
        }
    }
}

struct Cursor<'a> {
    text: &'a str,
    /// Byte, always between two characters.
    at: usize,
}

impl<'a> Cursor<'a> {
    fn sample(&mut self, is_openmetrics: bool) -> Result<Sample, String> {
        let mut labels: Vec<(String, String)> = Vec::new();
        if self.peek() != Some(b'{') {
            let name = self.bare(|byte| byte == b':' || is_of_label(byte));
            if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
                return Err(format!("expected the name of a metric, found {}", self.found()));
            }
            labels.push((NAME.to_owned(), name.to_owned()));
        }
        self.skip_blanks();
        if self.peek() == Some(b'{') {
            self.labels(&mut labels)?;
        }
        if labels.iter().all(|(label, _)| label != NAME) {
            return Err("the metric has no name".to_owned());
        }
        let value = self.word();
        let value = number(value).ok_or_else(|| missing_or("value", value))?;
        let time = self.time(is_openmetrics)?;
        labels.retain(|(_, value)| !value.is_empty());
        Ok(Sample { labels: Labels::from_entries(labels), value, time })
    }

    /// Reads `{…}` to its end; a quoted text without a value is the metric's name.
    fn labels(&mut self, labels: &mut Vec<(String, String)>) -> Result<(), String> {
        self.at += 1;
        loop {
            self.skip_blanks();
            if self.skip(b'}') {
                return Ok(());
            }
            let is_quoted = self.peek() == Some(b'"');
            let label = if is_quoted {
                self.quoted()?
            } else {
                let label = self.bare(is_of_label);
                if label.is_empty() || label.starts_with(|first: char| first.is_ascii_digit()) {
                    return Err(format!("expected the name of a label, found {}", self.found()));
                }
                label.to_owned()
            };
            self.skip_blanks();
            let (label, value) = if self.skip(b'=') {
                self.skip_blanks();
                if self.peek() != Some(b'"') {
                    let found = self.found();
                    return Err(format!("expected the label's value in quotes, found {found}"));
                }
                (label, self.quoted()?)
            } else if is_quoted {
                (NAME.to_owned(), label)
            } else {
                return Err(format!("expected = behind a label's name, found {}", self.found()));
            };
            if labels.iter().any(|(known, _)| *known == label) {
                return Err(if label == NAME {
                    "the metric has two names".to_owned()
                } else {
                    format!("the label \"{label}\" is there twice")
                });
            }
            labels.push((label, value));
            self.skip_blanks();
            if !self.skip(b',') && self.peek() != Some(b'}') {
                return Err(format!("expected , or }} behind a label, found {}", self.found()));
            }
        }
    }

    /// Reads a text in quotes; `\\`, `\"` and `\n` are escapes, any other backslash is itself.
    fn quoted(&mut self) -> Result<String, String> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let rest = &self.text[self.at..];
            let Some(end) = rest.find(['"', '\\']) else {
                return Err("a text in quotes does not end on this line".to_owned());
            };
            text.push_str(&rest[..end]);
            self.at += end + 1;
            if rest.as_bytes()[end] == b'"' {
                return Ok(text);
            }
            let escaped = match self.peek() {
                Some(b'n') => '\n',
                Some(b'"') => '"',
                Some(b'\\') => '\\',
                _ => {
                    text.push('\\');
                    continue;
                }
            };
            text.push(escaped);
            self.at += 1;
        }
    }

    /// The timestamp in milliseconds, where there is one; what follows is an exemplar or nothing.
    fn time(&mut self, is_openmetrics: bool) -> Result<Option<i64>, String> {
        let word = self.word();
        if word.is_empty() || word.starts_with('#') {
            return Ok(None);
        }
        let time = if is_openmetrics { seconds(word) } else { milliseconds(word) };
        let time = time.ok_or_else(|| wrong_time(word, is_openmetrics))?;
        match self.word() {
            rest if rest.is_empty() || rest.starts_with('#') => Ok(Some(time)),
            _ => Err("there is more behind the timestamp".to_owned()),
        }
    }

    /// The next run of anything but blanks.
    fn word(&mut self) -> &'a str {
        self.skip_blanks();
        let rest = &self.text[self.at..];
        let word = &rest[..rest.find([' ', '\t']).unwrap_or(rest.len())];
        self.at += word.len();
        word
    }

    /// The next run of such bytes, which are ASCII.
    fn bare(&mut self, is_part: impl Fn(u8) -> bool) -> &'a str {
        let rest = &self.text[self.at..];
        let length = rest.bytes().position(|byte| !is_part(byte)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == Some(byte);
        self.at += usize::from(is_there);
        is_there
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }

    /// What stands at the cursor, for a message.
    fn found(&self) -> String {
        match self.text[self.at..].chars().next() {
            Some(character) => format!("\"{character}\" at character {}", self.column()),
            None => "the end of the line".to_owned(),
        }
    }

    fn column(&self) -> usize {
        self.text[..self.at].chars().count() + 1
    }
}

/// The label that holds a metric's name.
pub(super) const NAME: &str = "__name__";

fn is_of_label(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}

fn number(word: &str) -> Option<f64> {
    decimal::parse(word.as_bytes())
}

/// Beyond it, neighbouring milliseconds are no longer distinct numbers.
const LARGEST_TIME: f64 = 9_007_199_254_740_992.0;

fn milliseconds(word: &str) -> Option<i64> {
    word.parse().ok().filter(|time: &i64| time.unsigned_abs() <= LARGEST_TIME as u64)
}

fn seconds(word: &str) -> Option<i64> {
    let milliseconds = (number(word)? * 1000.0).round();
    (milliseconds.abs() <= LARGEST_TIME).then_some(milliseconds as i64)
}

/// Start of a word of any length.
fn shown(word: &str) -> String {
    word.chars().take(40).collect()
}

fn missing_or(what: &str, word: &str) -> String {
    if word.is_empty() {
        format!("the {what} is missing")
    } else {
        format!("the {what} \"{}\" is not a number", shown(word))
    }
}

fn wrong_time(word: &str, is_openmetrics: bool) -> String {
    let word = shown(word);
    if is_openmetrics {
        format!("the timestamp \"{word}\" is not a number of seconds")
    } else if number(&word).is_some() {
        format!(
            "the timestamp \"{word}\" is not a whole number of milliseconds; OpenMetrics counts \
             seconds, but ends with # EOF, which is missing"
        )
    } else {
        format!("the timestamp \"{word}\" is not a number of milliseconds")
    }
}
