//! Which steps there are, and that each says what a diagnosis of its window says.

use super::*;
use crate::ingest::batch::{SampleBatch, SeriesDescription};
use crate::report::TimelineStep;
use crate::settings::{Interval, Settings};

/// A full hour, and a multiple of every step length up to six hours.
const START: i64 = 1_780_002_000_000;
const SECOND: i64 = 1_000;
const HOUR: i64 = 60 * MINUTE;

/// Requests of half a second, four a second; from `slow` on each takes ten seconds, and eight wait.
fn session(length: i64, spacing: i64, offset: i64, slow: i64) -> Session {
    let start = START + offset;
    let times: Vec<i64> = (0..=length / spacing).map(|index| start + index * spacing).collect();
    let count = |time: i64| ((time - START + HOUR) / SECOND * 4) as f64;
    let late = |time: i64| (time - slow).max(0) as f64 / 1e3 * 4.0;
    let early = |time: i64| count(time) - late(time).floor();
    let name = "vllm:e2e_request_latency_seconds";
    let mut batch = SampleBatch {
        times: times.iter().map(|&time| time as f64).collect(),
        ..SampleBatch::default()
    };
    let mut add = |labels: &[(&str, &str)], value: &dyn Fn(i64) -> f64| {
        let own = [("model_name", "gemma"), ("instance", "a:8000")];
        let labels = labels.iter().chain(&own);
        batch.series.push(SeriesDescription {
            labels: labels.map(|&(name, value)| (name.into(), value.into())).collect(),
            offset: batch.values.len(),
            length: times.len(),
            ..SeriesDescription::default()
        });
        batch.values.extend(times.iter().map(|&time| value(time)));
    };
    let bucket = format!("{name}_bucket");
    add(&[("__name__", &bucket), ("le", "1")], &early);
    add(&[("__name__", &bucket), ("le", "20")], &count);
    add(&[("__name__", &bucket), ("le", "+Inf")], &count);
    add(&[("__name__", &format!("{name}_sum"))], &|time| {
        early(time) * 0.5 + late(time).floor() * 10.0
    });
    add(&[("__name__", &format!("{name}_count"))], &count);
    add(&[("__name__", "vllm:num_requests_running")], &|_| 2.0);
    add(&[("__name__", "vllm:num_requests_waiting")], &|time| {
        if time > slow { 8.0 } else { 0.0 }
    });
    let mut session = Session::new();
    session.load_batch(batch).expect("the batch is sound");
    session
}

fn all(session: &Session) -> Timeline {
    session.timeline(0, 0..usize::MAX).expect("a scope is loaded")
}

fn ends(steps: &[TimelineStep]) -> Vec<i64> {
    steps.iter().map(|step| step.end - START).collect()
}

#[test]
fn a_day_has_a_step_each_five_minutes_and_an_hour_one_each_minute() {
    let day = all(&session(24 * HOUR, 5 * MINUTE, 0, i64::MAX));
    assert_eq!((day.step, day.window, day.all), (5 * MINUTE, 5 * MINUTE, 288));
    assert!(day.steps.iter().all(|step| step.end - step.start == 5 * MINUTE));
    let hour = all(&session(HOUR, 15 * SECOND, 0, i64::MAX));
    assert_eq!((hour.step, hour.window, hour.all), (MINUTE, 5 * MINUTE, 60));
    // 288 steps of two minutes would be 9 h 36 min.
    let long = all(&session(10 * HOUR, 15 * SECOND, 0, i64::MAX));
    assert_eq!((long.step, long.all), (5 * MINUTE, 120));
    let coarse = all(&session(24 * HOUR, 7 * MINUTE, 0, i64::MAX));
    assert_eq!((coarse.step, coarse.window), (10 * MINUTE, 10 * MINUTE));
}

#[test]
fn steps_end_at_multiples_of_their_length_wherever_the_range_begins() {
    let earlier = all(&session(HOUR, 15 * SECOND, 0, i64::MAX));
    let later = all(&session(HOUR, 15 * SECOND, 75 * SECOND, i64::MAX));
    let [earlier, later] = [earlier, later].map(|one| ends(&one.steps));
    let inner = |ends: &[i64]| ends[2..ends.len() - 1].to_vec();
    assert!(inner(&later).iter().all(|end| end % MINUTE == 0), "{later:?}");
    assert!(inner(&later)[..50].iter().all(|end| earlier.contains(end)), "{later:?}");
    // The last one is not over.
    assert_eq!(later.last(), Some(&(HOUR + 75 * SECOND)));
}

#[test]
fn what_does_not_reach_back_a_window_is_not_judged() {
    let hour = all(&session(HOUR, 15 * SECOND, 0, i64::MAX));
    let judged: Vec<bool> = hour.steps.iter().map(|step| step.verdict.is_some()).collect();
    assert_eq!(judged.iter().position(|judged| *judged), Some(4));
    assert!(judged[4..].iter().all(|judged| *judged));
    let from = hour.steps[4].verdict.expect("a verdict").from;
    assert_eq!((from, hour.steps[4].end), (START, START + 5 * MINUTE));
    let short = all(&session(3 * MINUTE, 15 * SECOND, 0, i64::MAX));
    assert!(short.steps.iter().all(|step| step.verdict.is_none()));
}

#[test]
fn samples_beside_the_steps_are_judged_all_the_same() {
    let day = all(&session(24 * HOUR, 5 * MINUTE, 137 * SECOND, i64::MAX));
    let judged = day.steps.iter().filter(|step| step.verdict.is_some());
    assert!(judged.count() >= day.all - 1, "{} steps", day.all);
}

#[test]
fn every_step_says_what_a_diagnosis_of_its_window_says() {
    let slow = START + 40 * MINUTE;
    let mut session = session(HOUR, 15 * SECOND, 0, slow);
    let timeline = all(&session);
    let mut judged = 0;
    for step in &timeline.steps {
        let Some(verdict) = step.verdict else { continue };
        let window = Some(Interval { start: verdict.from, end: step.end });
        session.configure(Settings { window, ..Settings::default() }).expect("sound");
        let found = session.diagnosis(0).expect("a scope is loaded");
        assert_eq!((found.window.start, found.window.end), (verdict.from, step.end));
        assert_eq!((found.verdict.id, found.verdict.severity), (verdict.id, verdict.severity));
        judged += 1;
    }
    assert_eq!(judged, 56);
}

#[test]
fn parts_are_the_whole_and_what_is_not_there_is_left_out() {
    let session = session(HOUR, 15 * SECOND, 0, START + 40 * MINUTE);
    let whole = all(&session);
    let mut parts = Vec::new();
    for first in (0..whole.all).step_by(7) {
        parts.extend(session.timeline(0, first..first + 7).expect("a scope is loaded").steps);
    }
    assert_eq!(parts, whole.steps);
    let none = session.timeline(0, 0..0).expect("a scope is loaded");
    assert_eq!((none.all, none.steps.len()), (60, 0));
    assert!(session.timeline(0, 60..90).expect("a scope is loaded").steps.is_empty());
    assert!(session.timeline(1, 0..1).is_err());
    assert!(Session::new().timeline(0, 0..1).is_err());
}
