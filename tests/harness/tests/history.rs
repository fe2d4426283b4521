//! A range cut in two, the earlier part as a history: what is measured on it is what the whole
//! range gives, and everything else is as if there were no history.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;

use inference_triage_core::report::Diagnosis;
use inference_triage_core::session::Session;
use inference_triage_core::settings::{BaselineMode, BaselineSettings, Interval, Settings};
use inference_triage_harness::random::Random;
use inference_triage_harness::scenario::corpus;
use inference_triage_harness::scenario::response::Response;

/// Cuts of each case. More find nothing that these do not, in a corpus of a hundred cases.
const CUTS: u64 = 3;

/// All sample times of a response, Unix milliseconds.
fn times(response: &Response) -> Vec<i64> {
    let samples = response.series.iter().flat_map(|series| &series.samples);
    let times: BTreeSet<i64> = samples.map(|(time, _)| *time).collect();
    times.into_iter().collect()
}

/// The samples whose time is accepted; series without any are left out.
fn part(response: &Response, accepts: impl Fn(i64) -> bool) -> Vec<u8> {
    let mut part = response.clone();
    part.series.iter_mut().for_each(|series| series.samples.retain(|(time, _)| accepts(*time)));
    part.series.retain(|series| !series.samples.is_empty());
    part.to_json()
}

fn session(settings: &Settings, response: &[u8]) -> Option<Session> {
    let mut session = Session::new();
    session.configure(settings.clone()).unwrap();
    session.load_prometheus(&[response]).ok()?;
    Some(session)
}

/// The diagnosis of each scope, with what it is known by.
fn diagnoses(session: &Session) -> Vec<(String, Diagnosis)> {
    let Ok(summary) = session.summary() else { return Vec::new() };
    let scopes = summary.scopes.into_iter().map(|scope| {
        let key = format!("{} {} {}", scope.engine.profile, scope.engine.prefix, scope.model);
        (key, session.diagnosis(scope.id).unwrap())
    });
    scopes.collect()
}

#[test]
fn a_baseline_is_measured_on_the_history_as_on_the_whole_range() {
    let (mut compared, mut counted) = (0, 0);
    for (name, case) in corpus::named_cases().unwrap() {
        let Ok(base) = Settings::from_json(case.settings.to_string().as_bytes()) else { continue };
        let response = &case.response;
        let times = times(response);
        if times.len() < 8 {
            continue;
        }
        for seed in 0..CUTS {
            let random = &mut Random::new(seed);
            let cut = random.between(3, times.len() - 3);
            let from = random.between(cut, times.len() - 2);
            let (first, last) = (random.between(0, cut - 2), random.between(cut - 1, cut));
            let settings = Settings {
                window: Some(Interval { start: times[from], end: times[times.len() - 1] }),
                baseline: BaselineSettings {
                    mode: BaselineMode::Range,
                    start: Some(times[first]),
                    end: Some(times[last]),
                    ..BaselineSettings::default()
                },
                ..base.clone()
            };
            let after = part(response, |time| time >= times[cut]);
            let before = part(response, |time| time <= times[cut]);
            let (Some(mut apart), Some(whole)) =
                (session(&settings, &after), session(&settings, &response.to_json()))
            else {
                continue;
            };
            let alone = diagnoses(&apart);
            if apart.load_history_prometheus(&[&before]).is_err() {
                continue;
            }
            let with = diagnoses(&apart);
            let whole = diagnoses(&whole);
            for (key, found) in &with {
                let of = |list: &[(String, Diagnosis)]| {
                    list.iter().find(|(other, _)| other == key).map(|(_, found)| found.clone())
                };
                let alone = of(&alone).unwrap();
                let what = format!("{name}, seed {seed}, {key}");
                assert_eq!(found.range, alone.range, "{what}");
                assert_eq!(found.window, alone.window, "{what}");
                assert_eq!(found.limits, alone.limits, "{what}");
                assert_eq!(found.quality, alone.quality, "{what}");
                assert_eq!(found.columns, alone.columns, "{what}");
                let Some(whole) = of(&whole).filter(|_| found.history.is_some()) else { continue };
                assert_eq!(found.baseline, whole.baseline, "{what}");
                compared += 1;
                counted += usize::from(found.baseline.finished_requests > Some(0.0));
            }
        }
    }
    assert!(compared > 100, "only {compared} baselines were compared");
    assert!(counted > 50, "only {counted} baselines held requests");
}
