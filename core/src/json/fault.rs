//! What is wrong with a JSON text, and where.

use crate::small::text::joined;

/// Reading stopped at a byte.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fault {
    /// Offset of the byte in the text.
    pub(crate) at: usize,
    pub(crate) problem: Problem,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Problem {
    /// The text ends here and should not.
    Cut,
    /// Something else stands here.
    Expected(&'static str),
    /// The value of a field is of another kind than this.
    Kind(&'static str),
    /// What stands here is wrong for this reason.
    Wrong(&'static str),
    /// The text of a sample, of this many bytes, is no number.
    NotANumber(usize),
    /// The name in these many bytes is none of these.
    NotAmong(usize, &'static [&'static str]),
    /// A field occurs twice.
    Twice,
    /// There is more than so many of these.
    TooMuch(usize, &'static Excess),
}

/// What there is too much of.
#[derive(Debug)]
pub(crate) struct Excess {
    pub(crate) what: &'static str,
    /// How to ask for less.
    pub(crate) cure: &'static str,
}

impl Fault {
    /// What is wrong and at which byte, as the end of a sentence; so many bytes came `before` the
    /// text, and `field` is the one that was being read.
    pub(crate) fn sentence(self, bytes: &[u8], before: usize, field: &str) -> String {
        let Self { at: place, problem } = self;
        let at = before + place;
        match problem {
            Problem::Cut => format!("the text is cut off after {} bytes", bytes.len()),
            Problem::Expected(what) => {
                format!("expected {what}, found {} at byte {at}", found(bytes.get(place)))
            }
            Problem::Kind(what) => {
                format!(
                    "expected {field} to be {what}, found {} at byte {at}",
                    found(bytes.get(place))
                )
            }
            Problem::Wrong(why) => format!("{why} at byte {at}"),
            Problem::NotANumber(length) => {
                format!(
                    "the sample value \"{}\" is not a number, at byte {at}",
                    shown(bytes, place, length)
                )
            }
            Problem::NotAmong(length, names) => {
                let names = joined(names, ", ");
                format!(
                    "{field} cannot be \"{}\", at byte {at}; there are {names}",
                    shown(bytes, place, length)
                )
            }
            Problem::Twice => format!("{field} is there twice, at byte {at}"),
            Problem::TooMuch(limit, excess) => {
                format!("there are more than {limit} {}; {}", excess.what, excess.cure)
            }
        }
    }
}

/// The start of a text, enough to recognise it; it may have any length.
pub(crate) fn shown(bytes: &[u8], at: usize, length: usize) -> &str {
    let start = bytes.get(at..at + length.min(200)).unwrap_or_default();
    match std::str::from_utf8(start) {
        Ok(text) => text,
        // Cut within a character.
        Err(error) => std::str::from_utf8(&start[..error.valid_up_to()]).unwrap_or_default(),
    }
}

/// A byte that starts a value, by the name of the value.
fn found(byte: Option<&u8>) -> String {
    let name = match byte {
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b'"') => "a string",
        Some(b'-' | b'0'..=b'9') => "a number",
        Some(b't' | b'f') => "a truth value",
        Some(b'n') => "null",
        Some(&byte) if byte.is_ascii_graphic() => return format!("\"{}\"", char::from(byte)),
        Some(byte) => return format!("\"\\x{byte:02x}\""),
        None => "the end",
    };
    name.to_owned()
}
