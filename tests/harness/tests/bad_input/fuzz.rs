//! Bytes of a valid response changed at random: an answer or an error each time.

use inference_triage_harness::random::Random;
use inference_triage_harness::scenario::case::report_bytes;
use serde_json::json;

use super::load;

/// A small response that holds a counter, gauges and one histogram of each population.
fn small() -> Vec<u8> {
    let mut response = load(
        "step=60s model=m dialect=0.33 max_model_len=10",
        "steps 6\n requests 20 queue=3.0 prefill=0.02 decode=5.98 front_end=0.06 prompt=9 output=8\n \
         running 2  waiting 1  kv_usage 0.02\n",
    );
    let kept = [
        "num_requests",
        "request_queue_time",
        "time_to_first",
        "inter_token",
        "preemptions",
        "cache_config",
    ];
    response.series.retain(|series| kept.iter().any(|part| series.name().contains(part)));
    let coarse = ["0.5", "2.5", "5.0", "+Inf"];
    response.series.retain(|series| {
        series.labels.get("le").is_none_or(|bound| coarse.contains(&bound.as_str()))
    });
    for label in ["job", "instance"] {
        response.series.iter_mut().for_each(|series| drop(series.labels.remove(label)));
    }
    response.to_json()
}

/// One to four changes: a byte replaced, removed, doubled, a piece moved, a digit made another.
fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    const LIKELY: &[u8] = b"0123456789.-+eE\"[]{},:_NaInf\\ u\0\xff";
    for _ in 0..random.between(1, 4) {
        let place = random.below(bytes.len());
        match random.below(6) {
            0 => bytes[place] = random.bits() as u8,
            1 => bytes[place] = *random.pick(LIKELY),
            2 => drop(bytes.remove(place)),
            3 => bytes.insert(place, *random.pick(LIKELY)),
            4 => {
                let digits: Vec<usize> =
                    (0..bytes.len()).filter(|&at| bytes[at].is_ascii_digit()).collect();
                bytes[*random.pick(&digits)] = b"0123456789"[random.below(10)];
            }
            _ => {
                let end = (place + random.below(60)).min(bytes.len());
                let piece: Vec<u8> = bytes[place..end].to_vec();
                let target = random.below(bytes.len());
                bytes.splice(target..target, piece);
            }
        }
    }
}

fn fuzz(seed: u64, rounds: usize) {
    let original = small();
    let settings = json!({});
    let (mut answered, mut refused) = (0, 0);
    for round in 0..rounds {
        let mut random = Random::new(seed + round as u64);
        let mut bytes = original.clone();
        mutate(&mut bytes, &mut random);
        match report_bytes(&settings, &bytes) {
            Ok(report) => {
                answered += 1;
                let text = String::from_utf8(report).unwrap();
                assert!(
                    !text.contains(":null") && !text.contains("[null"),
                    "round {}: {text}",
                    seed + round as u64
                );
            }
            Err(error) => {
                refused += 1;
                assert!(!error.to_string().is_empty());
            }
        }
    }
    // Changes that are all refused would leave everything after the parser untried.
    assert!(
        answered > rounds / 20 && refused > rounds / 20,
        "{answered} answered, {refused} refused"
    );
}

#[test]
fn first_ten_thousand() {
    fuzz(0, 10_000);
}

#[test]
fn second_ten_thousand() {
    fuzz(10_000, 10_000);
}
