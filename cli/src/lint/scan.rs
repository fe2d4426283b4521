//! Where in an expression a dashboard's variable stands, and so what can stand for it.

use super::variables::{Place, Substituted};

/// Words before a list of labels in parentheses.
const LABEL_LISTS: &[&str] = &["by", "without", "on", "ignoring", "group_left", "group_right"];

/// The expression with stand-ins; None where one variable cannot have any.
pub(super) fn substituted(expression: &str) -> Option<Substituted> {
    let done = Substituted::default();
    let mut scan = Scan { text: expression, at: 0, open: Vec::new(), done };
    scan.run()?;
    Some(scan.done)
}

/// Goes through an expression once.
struct Scan<'a> {
    text: &'a str,
    at: usize,
    /// Brackets that are open, each with the word before it.
    open: Vec<(char, String)>,
    done: Substituted,
}

impl Scan<'_> {
    fn run(&mut self) -> Option<()> {
        while let Some(next) = self.text[self.at..].chars().next() {
            let rest = &self.text[self.at..];
            if let Some((length, name)) = variable(rest) {
                self.variable(length, &name)?;
                continue;
            }
            let length = match next {
                '"' | '\'' | '`' => quoted(rest),
                '#' => rest.find('\n').unwrap_or(rest.len()),
                _ => next.len_utf8(),
            };
            match next {
                '#' => {}
                '(' | '[' | '{' => {
                    let word = last_word(&self.done.expression);
                    self.open.push((next, word));
                    self.done.expression.push(next);
                }
                ')' | ']' | '}' => {
                    self.open.pop();
                    self.done.expression.push(next);
                }
                _ => self.done.expression += &rest[..length],
            }
            self.at += length;
        }
        Some(())
    }

    /// A variable of this length, with the digits before and after it where it is part of a number:
    /// of `0.$q` all is one number.
    fn variable(&mut self, length: usize, name: &str) -> Option<()> {
        let is_digit = |c: char| c.is_ascii_digit() || c == '.';
        let is_duration = self.open.last().is_some_and(|(bracket, _)| *bracket == '[');
        let before = self.done.expression.as_str();
        let kept = before.trim_end_matches(is_digit).len();
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | ']' | '}');
        let is_number = kept < before.len() && !before[..kept].ends_with(is_name);
        let rest = &self.text[self.at + length..];
        let digits = rest.find(|c: char| !is_digit(c)).unwrap_or(rest.len());
        let is_alone = |c: Option<char>| c.is_none_or(|c| !(is_name(c) || c == '$'));
        let is_begun = is_number || (digits > 0 && is_alone(before.chars().last()));
        if is_duration || !is_begun || !is_alone(rest[digits..].chars().next()) {
            let place = self.place(rest)?;
            self.done.add(&self.text[self.at..self.at + length], name, place)?;
            self.at += length;
            return Some(());
        }
        let number = if is_number { before[kept..].to_owned() } else { String::new() };
        self.done.expression.truncate(before.len() - number.len());
        let end = self.at + length + digits;
        let text = format!("{number}{}", &self.text[self.at..end]);
        self.done.add(&text, name, Place::Number)?;
        self.at = end;
        Some(())
    }

    fn place(&self, after: &str) -> Option<Place> {
        let before = self.done.expression.as_str();
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
        let bracket = self.open.last().map(|(bracket, word)| (*bracket, word.as_str()));
        let next = after.trim_start().chars().next();
        let glued = before.ends_with(is_word) || after.starts_with(is_word) || starts(after);
        let previous = before.trim_end().chars().last();
        if bracket.is_some_and(|(bracket, _)| bracket == '[') {
            // `[${n}m]` is one duration of two parts.
            let is_part = |c: char| c.is_ascii_alphanumeric() || c == '$';
            let is_whole = !before.ends_with(is_part) && !after.starts_with(is_part);
            return is_whole.then_some(Place::Duration);
        }
        if last_word(before).eq_ignore_ascii_case("offset") {
            return Some(Place::Duration);
        }
        if bracket.is_some_and(|(bracket, _)| bracket == '{') {
            return Some(match next {
                Some('=' | '!') => Place::Name,
                _ => Place::Matcher,
            });
        }
        if glued || matches!(next, Some('{' | '[')) {
            return Some(Place::Name);
        }
        if next == Some('(') {
            return None;
        }
        let word = bracket.map_or("", |(_, word)| word).to_ascii_lowercase();
        if LABEL_LISTS.contains(&word.as_str()) {
            return Some(Place::Name);
        }
        match (previous, next) {
            // All of it is a variable: some query of which nothing is known.
            (None, None) => None,
            (Some('('), Some(')')) if word != "vector" => Some(Place::Name),
            _ => Some(Place::Number),
        }
    }
}

/// Whether a variable begins here.
fn starts(text: &str) -> bool {
    variable(text).is_some()
}

/// The length and the name of the variable at the beginning of this text.
fn variable(text: &str) -> Option<(usize, String)> {
    let name_of = |inner: &str| {
        let name = inner.split([':', '.']).next().unwrap_or_default();
        let is_name =
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        is_name.then(|| name.to_owned())
    };
    let enclosed = |open: &str, close: &str| {
        let inner = text.strip_prefix(open)?;
        let end = inner.find(close)?;
        Some((open.len() + end + close.len(), name_of(&inner[..end])?))
    };
    if let Some(found) = enclosed("${", "}").or_else(|| enclosed("[[", "]]")) {
        return Some(found);
    }
    let rest = text.strip_prefix('$')?;
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
    (end > 0).then(|| (1 + end, rest[..end].to_owned()))
}

/// The length of the quoted text at the beginning, to the end where it is never closed.
fn quoted(text: &str) -> usize {
    let mut characters = text.char_indices();
    let Some((_, quote)) = characters.next() else { return 0 };
    let mut is_escaped = false;
    for (at, character) in characters {
        if is_escaped {
            is_escaped = false;
        } else if character == '\\' && quote != '`' {
            is_escaped = true;
        } else if character == quote {
            return at + quote.len_utf8();
        }
    }
    text.len()
}

fn last_word(text: &str) -> String {
    let text = text.trim_end();
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.rsplit(|c: char| !is_word(c)).next().unwrap_or_default().to_owned()
}
