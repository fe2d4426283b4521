//! Bytes that are no exposition but something else that is known.

use crate::error::Error;

/// Refuses what is another kind of file from its first bytes on.
pub(super) fn check(bytes: &[u8]) -> Result<(), Error> {
    let known = match bytes.trim_ascii_start() {
        [] => "the exposition is empty; save the body of /metrics again",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            "this is UTF-16 text, as PowerShell's > writes it; save it with curl -o FILE"
        }
        [b'<', ..] => {
            "this is an HTML or XML page, not metrics; check the address, and whether a login page \
             answered"
        }
        [0x1f, 0x8b, ..] => "this is gzipped data; unpack it first",
        _ => return Ok(()),
    };
    Err(Error::bad_data(known))
}

/// What bytes are of which a line could not be read; None where that cannot be told.
pub(super) fn instead(bytes: &[u8]) -> Option<String> {
    let start = bytes.trim_ascii_start();
    let next = start.get(1..).unwrap_or_default().trim_ascii_start().first();
    let is_json = match start.first() {
        // A quoted name begins like a key: only the colon behind it tells.
        Some(b'{') => match next {
            Some(b'"') => has_key(&start[1..]),
            Some(b'}') => true,
            _ => false,
        },
        Some(b'[') => true,
        _ => false,
    };
    let known = if is_json {
        "this is JSON, not metrics; responses of Prometheus and capsules open with --response"
    } else if bytes.iter().take(1000).any(|&byte| byte < b' ' && !byte.is_ascii_whitespace()) {
        "this is binary data, such as the protobuf format; ask for text with curl -H 'Accept: \
         text/plain'"
    } else {
        return None;
    };
    Some(known.to_owned())
}

/// Whether these bytes begin with `"key":`.
fn has_key(bytes: &[u8]) -> bool {
    let bytes = bytes.trim_ascii_start();
    let Some(end) = bytes.iter().skip(1).position(|&byte| byte == b'"') else { return false };
    bytes.get(end + 2..).unwrap_or_default().trim_ascii_start().first() == Some(&b':')
}
