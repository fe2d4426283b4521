//! A replica that is diagnosed without the others is compared with its own past, that of a longer
//! or earlier range too.

mod page;

use inference_triage_core::catalogue::baseline_modes::BaselineMode;
use inference_triage_core::report::Diagnosis;
use inference_triage_core::settings::{BaselineSettings, Settings};
use page::{END, MINUTE, Page, SECOND, START, TIMES, Value, labels};

/// Eight replicas at paces of their own, the second of which gets long prompts from a time on.
fn fleet(from: i64) -> Page {
    let mut page = Page::default();
    for index in 1..=8_i32 {
        let address = format!("10.0.0.{index}:8000");
        let place = [("instance", address.as_str()), ("job", "vllm")];
        let pace = f64::from(20 + 3 * index) / 10.0;
        let before = move |time: i64| {
            let from = if index == 2 { from } else { END + MINUTE };
            pace * ((time.min(from) - START + 60 * MINUTE) / SECOND) as f64
        };
        let after = move |time: i64| {
            let from = if index == 2 { from } else { END + MINUTE };
            pace * ((time - from).max(0) / SECOND) as f64
        };
        let mut times = TIMES;
        (times[0].1, times[2].1, times[5].1) = (4.05, 4.0, 6.05);
        let slow = Page::default().counts_of(&place, None, times, after);
        let mut own = Page::default().counts_of(&place, None, TIMES, before).plus(slow);
        for part in ["bucket", "sum", "count"] {
            let mut labels = labels(&format!("vllm:request_prompt_tokens_{part}"), &place);
            let each = if part == "sum" { [200.0, 16_000.0] } else { [1.0, 1.0] };
            if part == "bucket" {
                labels.push(("le".into(), "+Inf".into()));
            }
            let value: Value = Box::new(move |time| each[0] * before(time) + each[1] * after(time));
            own.series.push((labels, value));
        }
        page.series.extend(own.states(&place).series);
    }
    page
}

/// The last ten minutes, with the hour before as history or without.
fn diagnosed(has_history: bool) -> Diagnosis {
    let from = END - 20 * MINUTE;
    let recent = |times: &[i64]| fleet(from).batch(times);
    let detail: Vec<i64> = (0..=40).map(|step| END - (40 - step) * 15 * SECOND).collect();
    let hour: Vec<i64> = (0..=60).map(|step| START + step * MINUTE).collect();
    let mut session = inference_triage_core::session::Session::new();
    let (start, end) = (Some(START), Some(END - 30 * MINUTE));
    let baseline = BaselineSettings { mode: BaselineMode::Range, start, end, ..Default::default() };
    session.configure(Settings { baseline, ..Settings::default() }).expect("sound settings");
    session.load_batch(recent(&detail)).expect("a sound batch");
    if has_history {
        session.load_history_batch(recent(&hour)).expect("a sound batch");
    }
    session.diagnosis(0).expect("one scope")
}

#[test]
fn one_replica_apart_is_compared_with_its_own_history() {
    let sentence = diagnosed(true).verdict.sentence;
    assert!(sentence.starts_with("10.0.0.2:8000/0, 1 of 8 replicas: "), "{sentence}");
    assert!(sentence.contains("16,000 uncached tokens (200 before)"), "{sentence}");
    // Without the hour before there is nothing to compare with.
    let sentence = diagnosed(false).verdict.sentence;
    assert!(sentence.starts_with("10.0.0.2:8000/0, 1 of 8 replicas: "), "{sentence}");
    assert!(!sentence.contains("before"), "{sentence}");
}
