//! The compact form of the public traces: arrival offsets in milliseconds and lengths, as
//! variable-length integers.
//!
//! Each record is three LEB128 numbers: milliseconds since the record before, prompt tokens, output
//! tokens. Origin, licence and what was changed: `traces/README.md`.

use std::sync::OnceLock;

use crate::configuration::TraceName;

/// One request of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// Milliseconds since the first request.
    pub offset_ms: u32,
    /// Prompt tokens.
    pub prompt: u32,
    /// Output tokens.
    pub output: u32,
}

static CONVERSATION: &[u8] = include_bytes!("../../traces/azure-2023-conversation.bin");
static CODE: &[u8] = include_bytes!("../../traces/azure-2023-code.bin");

/// The records of a trace in the order of time.
pub fn records(trace: TraceName) -> &'static [Record] {
    static DECODED: [OnceLock<Vec<Record>>; 2] = [OnceLock::new(), OnceLock::new()];
    let (slot, bytes) = match trace {
        TraceName::Conversation => (0, CONVERSATION),
        TraceName::Code => (1, CODE),
    };
    DECODED[slot].get_or_init(|| decode(bytes))
}

/// Mean rate of a trace, requests a second.
pub fn mean_rate(trace: TraceName) -> f64 {
    let records = records(trace);
    let span = records.last().map_or(0.0, |last| f64::from(last.offset_ms) / 1000.0);
    if span > 0.0 { records.len() as f64 / span } else { 0.0 }
}

/// Reads the compact form; stops at the first incomplete record.
pub fn decode(mut bytes: &[u8]) -> Vec<Record> {
    let mut records = Vec::new();
    let mut offset_ms = 0_u32;
    while let (Some(delta), Some(prompt), Some(output)) =
        (take(&mut bytes), take(&mut bytes), take(&mut bytes))
    {
        offset_ms = offset_ms.saturating_add(delta);
        records.push(Record { offset_ms, prompt, output });
    }
    records
}

/// Writes the compact form.
pub fn encode(records: &[Record]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(records.len() * 6);
    let mut before = 0;
    for record in records {
        put(&mut bytes, record.offset_ms - before);
        put(&mut bytes, record.prompt);
        put(&mut bytes, record.output);
        before = record.offset_ms;
    }
    bytes
}

/// Reads the publisher's CSV: `TIMESTAMP,ContextTokens,GeneratedTokens`.
pub fn from_csv(text: &str) -> Result<Vec<Record>, String> {
    let mut first = None;
    let rows = text.lines().enumerate().skip(1).filter(|(_, row)| !row.trim().is_empty());
    rows.map(|(index, row)| {
        let fault = || {
            format!(
                "line {}: expected `YYYY-MM-DD HH:MM:SS.fffffff,prompt,output`, got `{row}`",
                index + 1
            )
        };
        let fields: Vec<&str> = row.trim().split(',').collect();
        let [time, prompt, output] = fields.as_slice() else { return Err(fault()) };
        let milliseconds = time_of_day_ms(time).ok_or_else(fault)?;
        let start = *first.get_or_insert(milliseconds);
        let offset_ms = milliseconds.checked_sub(start).ok_or_else(fault)?;
        let (Ok(prompt), Ok(output)) = (prompt.parse(), output.parse()) else {
            return Err(fault());
        };
        Ok(Record { offset_ms, prompt, output })
    })
    .collect()
}

fn time_of_day_ms(time: &str) -> Option<u32> {
    let (_, clock) = time.split_once(' ')?;
    let mut parts = clock.split(':');
    let hours: u32 = parts.next()?.parse().ok()?;
    let minutes: u32 = parts.next()?.parse().ok()?;
    let seconds: f64 = parts.next()?.parse().ok()?;
    Some((hours * 60 + minutes) * 60_000 + libm::round(seconds * 1000.0) as u32)
}

fn take(bytes: &mut &[u8]) -> Option<u32> {
    let mut value = 0_u32;
    for shift in (0..32).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u32::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn put(bytes: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: the statistics computed from the publisher's files.
    #[test]
    fn the_compact_traces_hold_what_was_published() {
        let sums = |trace| {
            let records = records(trace);
            let prompts: u64 = records.iter().map(|record| u64::from(record.prompt)).sum();
            let outputs: u64 = records.iter().map(|record| u64::from(record.output)).sum();
            (records.len(), prompts, outputs, records[records.len() - 1].offset_ms / 100)
        };
        assert_eq!(sums(TraceName::Conversation), (19_366, 22_361_870, 4_088_665, 35_017));
        assert_eq!(sums(TraceName::Code), (8_819, 18_059_974, 245_896, 34_359));
    }

    #[test]
    fn records_round_trip() {
        let records = [(0, 1, 127), (128, 128, 16_384), (4_000_000, 0, 300)];
        let records =
            records.map(|(offset_ms, prompt, output)| Record { offset_ms, prompt, output });
        assert_eq!(decode(&encode(&records)), records);
        assert_eq!(decode(&encode(&records)[..7]), records[..1]);
    }

    #[test]
    fn a_row_that_is_none_is_named() {
        let text = "TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:15:46.6805900,374,44\r\nno row\r\n";
        assert!(from_csv(text).unwrap_err().starts_with("line 3"));
    }
}
