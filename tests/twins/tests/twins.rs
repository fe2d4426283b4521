//! Every recording fits its twins within the stated tolerances, or is listed with the reason; and
//! the comparison can fail.

use inference_triage_twins::compare::compare;
use inference_triage_twins::laid;
use inference_triage_twins::misfits::Misfits;
use inference_triage_twins::page::Page;
use inference_triage_twins::recording::Recording;
use inference_triage_twins::report;
use inference_triage_twins::twin::{self, Machine, Pair};

#[test]
fn every_family_fits_or_is_listed_with_its_reason() {
    let laid = laid::all().expect("the recordings can be read");
    let misfits = Misfits::read().expect("the list can be read");
    let wrong = misfits.wrong(&laid);
    assert!(wrong.is_empty(), "{}\nnpm run twins -- --renew", wrong.join("\n"));
    let committed = report::committed().expect("the page can be read");
    let is_committed = committed == report::page(&laid, &misfits);
    assert!(is_committed, "docs/twins.md is out of date: npm run twins");
}

/// A recording beside itself, and beside itself after a change of what was simulated.
fn itself(change: impl Fn(&mut Page)) -> Pair {
    let recording = Recording::read("crash").expect("the recording can be read");
    let mut pair = twin::pair(&recording, Machine::Law, 1).expect("it can be simulated");
    pair.simulated.clone_from(&pair.recorded);
    pair.simulated.iter_mut().for_each(change);
    pair
}

fn misfits(pair: &Pair) -> Vec<String> {
    let compared = compare(pair).compared.into_iter().filter(|one| !one.fits());
    compared.map(|one| one.family).collect()
}

fn changed(page: &mut Page, name: &str, change: impl Fn(f64) -> f64) {
    let own = page.series.iter_mut().filter(|line| line.name == name);
    own.flat_map(|line| &mut line.values).for_each(|value| *value = change(*value));
}

#[test]
fn a_recording_fits_itself() {
    assert_eq!(misfits(&itself(|_| {})), Vec::<String>::new());
}

#[test]
fn a_tenth_more_tokens_do_not_fit() {
    let pair = itself(|page| changed(page, "vllm:generation_tokens_total", |value| value * 1.1));
    assert_eq!(misfits(&pair), ["vllm:generation_tokens_total"]);
}

#[test]
fn one_request_more_in_the_batch_does_not_fit() {
    let pair = itself(|page| changed(page, "vllm:num_requests_running", |value| value + 1.0));
    assert_eq!(misfits(&pair), ["vllm:num_requests_running"]);
}

#[test]
fn latencies_half_as_long_again_do_not_fit() {
    let name = "vllm:e2e_request_latency_seconds_sum";
    let pair = itself(|page| changed(page, name, |value| value * 1.5));
    assert_eq!(misfits(&pair), ["vllm:e2e_request_latency_seconds"]);
}

/// The same mean, and other shares: the bucket up to 10 ms is emptied into the next.
#[test]
fn another_distribution_does_not_fit() {
    let pair = itself(|page| {
        let own = page.series.iter_mut().filter(|line| {
            line.name == "vllm:inter_token_latency_seconds_bucket" && line.labels["le"] == "0.01"
        });
        own.flat_map(|line| &mut line.values).for_each(|value| *value *= 0.5);
    });
    assert_eq!(misfits(&pair), ["vllm:inter_token_latency_seconds"]);
}

#[test]
fn a_restart_that_did_not_happen_does_not_fit() {
    let pair = itself(|page| changed(page, "process_start_time_seconds", |_| 1.0));
    assert_eq!(misfits(&pair), ["process_start_time_seconds"]);
}

/// An engine that is told of half of its slots is another engine.
#[test]
fn another_flag_is_noticed() {
    let recording = Recording::read("healthy-at-cap-0.20.1").expect("the recording can be read");
    let changed = recording.with_flags("--max-num-seqs 2 --block-size 32 --max-model-len 8192");
    let pair = twin::pair(&changed, Machine::LawAndPace, 1).expect("it can be simulated");
    let outside = misfits(&pair);
    for family in ["vllm:num_requests_running", "vllm:request_queue_time_seconds"] {
        assert!(outside.iter().any(|name| name == family), "{family} is not in {outside:?}");
    }
}
