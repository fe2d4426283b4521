//! The scanner of Prometheus responses against a second reader that shares no line with it.

mod batches;
mod documents;
mod oracle;
mod pieces;
mod same;

use documents::{any_response, mutate};
use inference_triage_core::ingest::batch::{Labels, SampleBatch, SeriesDescription};
use inference_triage_core::ingest::prometheus::parse_responses;
use inference_triage_harness::cases::for_each_seed;
use inference_triage_harness::random::Random;
use pieces::assert_same_in_pieces;
use same::assert_same;

/// Runs the two over documents; the number that both accepted.
fn compare(seeds: std::ops::Range<u64>, mutated: f64) -> usize {
    let mut accepted = 0;
    for_each_seed(seeds, |random| {
        let mut bytes = any_response(random);
        if random.chance(mutated) {
            mutate(&mut bytes, random);
        }
        accepted += usize::from(assert_same(&bytes)?);
        Ok(())
    });
    accepted
}

fn is_replay() -> bool {
    std::env::var_os("TRIAGE_SEED").is_some()
}

#[test]
fn valid_documents_give_the_same_batch() {
    let accepted = compare(0..60_000, 0.0);
    assert!(accepted > 30_000 || is_replay(), "{accepted} accepted");
}

#[test]
fn damaged_documents_are_refused_by_both_or_read_alike() {
    let accepted = compare(1_000_000..1_060_000, 1.0);
    assert!((6_000..54_000).contains(&accepted) || is_replay(), "{accepted} accepted");
}

/// Where a response is cut off, it says so, at every place of it.
#[test]
fn every_prefix_is_cut_off() {
    for_each_seed(0..300, |random| {
        let bytes = any_response(random);
        if parse_responses(&[&bytes]).is_err() {
            return Ok(());
        }
        let start = bytes.iter().position(|&byte| byte == b'{').unwrap_or(0);
        let end = bytes.iter().rposition(|&byte| byte == b'}').unwrap_or(0);
        for length in start + 1..=end {
            let expected = format!("cut off after {length} bytes");
            let message = parse_responses(&[&bytes[..length]]).err().map(|error| error.to_string());
            if !message.as_ref().is_some_and(|message| message.contains(&expected)) {
                return Err(format!(
                    "{length}: {message:?}\n{}",
                    String::from_utf8_lossy(&bytes[..length])
                ));
            }
        }
        Ok(())
    });
}

/// A window of each length from one byte on is full, and its text read for the first time, after
/// each byte of the response; what is left over then moves the next cut.
#[test]
fn pieces_may_end_at_every_byte() {
    let mut accepted = 0;
    for_each_seed(2_000_000..2_000_700, |random| {
        let mut bytes = any_response(random);
        if random.chance(0.5) {
            mutate(&mut bytes, random);
        }
        for window in 1..=bytes.len().min(700) {
            accepted += usize::from(assert_same_in_pieces(&[&bytes], window, || usize::MAX)?);
        }
        Ok(())
    });
    assert!(accepted > 50_000 || is_replay(), "{accepted} accepted");
}

/// Several responses, in pieces of any lengths.
#[test]
fn pieces_may_have_any_length() {
    let mut accepted = 0;
    for_each_seed(3_000_000..3_020_000, |random| {
        let mut bytes: Vec<Vec<u8>> = (0..=random.below(3)).map(|_| any_response(random)).collect();
        if random.chance(0.3) {
            let changed = random.below(bytes.len());
            mutate(&mut bytes[changed], random);
        }
        let responses: Vec<&[u8]> = bytes.iter().map(Vec::as_slice).collect();
        let (window, longest) = (1 + random.below(300), 1 + random.below(300));
        accepted +=
            usize::from(assert_same_in_pieces(&responses, window, || 1 + random.below(longest))?);
        Ok(())
    });
    assert!(accepted > 5_000 || is_replay(), "{accepted} accepted");
}

/// Long responses through the window that pages use: series shorter and longer than it, and fields
/// that no reader asks for.
#[test]
fn long_responses_may_come_in_pieces() {
    for_each_seed(4_000_000..4_000_012, |random| {
        let text = long_response(random);
        let (window, longest) = (1 << random.between(10, 19), 1 << random.between(4, 21));
        let cut = if random.chance(0.5) { text.len() } else { random.below(text.len()) };
        let response = &text.as_bytes()[..cut];
        let accepted = assert_same_in_pieces(&[response], window, || 1 + random.below(longest))?;
        if accepted == (cut == text.len()) {
            Ok(())
        } else {
            Err(format!("{cut} of {} bytes", text.len()))
        }
    });
}

/// Some megabytes: a series is a few samples or a hundred thousand.
fn long_response(random: &mut Random) -> String {
    let unread = "[0, 1],".repeat(random.below(80_000));
    let mut text = format!(r#"{{"stats":[{unread}0],"data":{{"result":["#);
    for series in 0..40 {
        let comma = if series == 0 { "" } else { "," };
        text += &format!(r#"{comma}{{"metric":{{"pod":"p{series}"}},"values":["#);
        let length = if random.chance(0.05) { 100_000 } else { 1 + random.below(3_000) };
        let step = *random.pick(&[15, 30]);
        for index in 0..length {
            let comma = if index == 0 { "" } else { "," };
            let value = if random.chance(0.001) { f64::NAN } else { random.unit() * 1e3 };
            text += &format!("{comma}[{},\"{value}\"]", 1_780_000_000 + index * step);
        }
        text += "]}";
    }
    text + r#"],"resultType":"matrix"},"status":"success"}"#
}

/// Several responses become what each of them would alone, one behind the other.
#[test]
fn responses_are_read_one_after_the_other() {
    let mut compared = 0;
    for_each_seed(0..4_000, |random| {
        let bytes: Vec<Vec<u8>> = (0..3).map(|_| any_response(random)).collect();
        let parts: Result<Vec<_>, _> =
            bytes.iter().map(|bytes| parse_responses(&[bytes])).collect();
        // One that fails alone is a notice beside others.
        let Ok(parts) = parts else { return Ok(()) };
        let slices: Vec<&[u8]> = bytes.iter().map(Vec::as_slice).collect();
        let together = parse_responses(&slices).map_err(|error| error.to_string())?;
        let alone: Vec<_> = parts.iter().flat_map(content).collect();
        compared += alone.len();
        if alone == content(&together) { Ok(()) } else { Err(format!("{parts:?}\n{together:?}")) }
    });
    assert!(compared > 2_000 || is_replay(), "{compared} series compared");
}

type Bits = Vec<u64>;

/// Labels, bits of the times and bits of the values of each series.
fn content(batch: &SampleBatch) -> Vec<(&Labels, Bits, Bits)> {
    let bits = |column: &[f64]| column.iter().map(|number| number.to_bits()).collect();
    let each = |series: &SeriesDescription| {
        let times = bits(&batch.times[series.grid..series.grid + series.length]);
        (times, bits(&batch.values[series.offset..series.offset + series.length]))
    };
    batch
        .series
        .iter()
        .map(|series| (&series.labels, each(series)))
        .map(|(labels, (t, v))| (labels, t, v))
        .collect()
}

#[test]
fn nesting_has_a_limit_that_is_named() {
    let nested = |depth: usize| {
        format!(
            r#"{{"unknown":{}{},"data":{{"resultType":"matrix","result":[]}}}}"#,
            "[".repeat(depth),
            "]".repeat(depth)
        )
    };
    assert!(parse_responses(&[nested(128).as_bytes()]).is_ok());
    let error = parse_responses(&[nested(129).as_bytes()]).unwrap_err().to_string();
    assert!(error.contains("deeper than 128 levels at byte 139"), "{error}");
}
