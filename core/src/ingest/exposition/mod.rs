//! The text that a program serves at `/metrics`: what Prometheus scrapes.
//!
//! Reads the Prometheus text format 0.0.4 and OpenMetrics 1.0 ([`parse`]), and makes of several
//! scrapes the answer that Prometheus would give to a range query for all their series
//! ([`Scrapes`]).
//!
//! Read are names of both styles (`name{…}` and `{"any UTF-8 name",…}`), labels with escapes,
//! numbers with NaN and ±Inf, and timestamps, which are milliseconds in the one format and seconds
//! in the other. Passed over are HELP, TYPE, UNIT, comments and exemplars; blank lines and CRLF are
//! accepted. Not read are native histograms, which these formats cannot carry, and the protobuf
//! format.
//!
//! OpenMetrics ends with `# EOF`, and only a text that does is read as OpenMetrics.

#[expect(
    clippy::string_slice,
    reason = "at bytes that were found in the text; no browser reads it"
)]
mod line;
mod misfit;
mod response;
mod scrapes;
#[cfg(test)]
mod tests;

pub use scrapes::Scrapes;

use crate::error::Error;
use crate::ingest::batch::Labels;
use crate::ingest::prometheus::SAMPLE_LIMIT;
use line::Line;

/// One line of an exposition that carries a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// All labels, the name as `__name__` among them. A label without a value is none.
    pub labels: Labels,
    /// The value; NaN and ±Inf are possible.
    pub value: f64,
    /// Unix milliseconds, where the line says when it was measured; most never do.
    pub time: Option<i64>,
}

/// Reads one exposition. Every error is one sentence that begins with the number of the line.
///
/// The last line must end with a line feed: one without was cut off, and what is missing behind it
/// cannot be seen.
pub fn parse(bytes: &[u8]) -> Result<Vec<Sample>, Error> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    misfit::check(bytes)?;
    let is_openmetrics = ends_with_eof(bytes);
    let mut samples = Vec::new();
    let mut is_over = false;
    for (index, line) in bytes.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let number = index + 1;
        let wrong = |cause: String| {
            Error::bad_data(misfit::instead(bytes).unwrap_or(format!("line {number}: {cause}")))
        };
        let line = read_line(line, is_openmetrics).map_err(wrong)?;
        match line {
            Line::Nothing => {}
            _ if is_over => {
                return Err(wrong(
                    "text behind # EOF; several scrapes in one text must be given one by one"
                        .to_owned(),
                ));
            }
            Line::End => is_over = true,
            Line::Sample(sample) if samples.len() < SAMPLE_LIMIT => samples.push(sample),
            Line::Sample(_) => return Err(too_many()),
        }
    }
    Ok(samples)
}

/// Reads a line with its line feed.
fn read_line(line: &[u8], is_openmetrics: bool) -> Result<Line, String> {
    let Ok(text) = std::str::from_utf8(line) else {
        return Err("this is not UTF-8 text; save the body of the answer as it is".to_owned());
    };
    let Some(text) = text.strip_suffix('\n') else {
        // The mark of the end may stand without one.
        if text.trim_end() == "# EOF" {
            return Ok(Line::End);
        }
        return Err(
            "the text ends within this line, so it may be cut off; save it again, or end it with \
             a line feed if this is all of it"
                .to_owned(),
        );
    };
    Line::read(text.strip_suffix('\r').unwrap_or(text), is_openmetrics)
}

fn ends_with_eof(bytes: &[u8]) -> bool {
    let bytes = bytes.trim_ascii_end();
    bytes.ends_with(b"\n# EOF") || bytes == b"# EOF"
}

fn too_many() -> Error {
    Error::too_large(format!(
        "the scrapes hold more than {SAMPLE_LIMIT} samples; give fewer of them, or those of one \
         engine"
    ))
}
