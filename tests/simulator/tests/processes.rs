//! Which series are one process: simulated engines scraped twice, several under one name, several
//! behind one address. What is right is what the same engines give when each is scraped once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::catalogue::limits::LimitId;
use inference_triage_core::catalogue::signals::SignalId;
use inference_triage_core::ingest::batch::{SampleBatch, SeriesDescription};
use inference_triage_core::report::Report;
use inference_triage_core::session::Session;
use inference_triage_core::settings::Settings;
use inference_triage_simulator::configuration::{FaultClass, Hardware, Routing, Scenario};
use inference_triage_simulator::{Run, simulate};

/// Simulated scrapes in one of the test's: a copy may lag by that many of them, 5 s each.
const FINE: usize = 3;
const STEP_MS: i64 = 15_000;
const START_MS: i64 = 1_780_000_200_000;

/// One series of one scraped engine, on the common grid.
#[derive(Debug, Clone)]
struct Scraped {
    labels: BTreeMap<String, String>,
    values: Vec<f64>,
}

type Scrapes = Vec<Scraped>;

/// Which scrape a scrape repeats; None: it is missed.
type Rescrape<'a> = &'a dyn Fn(usize) -> Option<usize>;

/// Which process a scrape meets.
type Meeting<'a> = &'a dyn Fn(usize) -> usize;

fn simulated(replicas: usize, change: impl Fn(&mut Scenario)) -> Run {
    let mut hardware = Hardware::opt_13b_a100();
    hardware.law.mixed = 0.0;
    let sound = Scenario::new(hardware).undisturbed();
    let mut scenario = Scenario { duration_seconds: 900.0, replicas, ..sound };
    change(&mut scenario);
    simulate(&scenario, 5.0)
}

/// Two slots for more users: the limit that copies double.
fn capped(replicas: usize) -> Run {
    simulated(replicas, |scenario| {
        *scenario = scenario.clone().with_fault(FaultClass::SlotCap, 0.7, 0.0);
    })
}

/// An engine as a server saw it that scraped `lag` fine steps before each time of the grid.
fn scraped(run: &Run, replica: usize, lag: usize) -> Scrapes {
    let target = run.engines().nth(replica).unwrap();
    let grid = || (FINE..run.times.len()).step_by(FINE);
    let one = |series: &inference_triage_simulator::record::Series| {
        let own = series.labels.iter().chain(&target.labels).cloned();
        let given = [
            ("__name__", series.name.as_str()),
            ("job", "llm"),
            ("instance", target.instance.as_str()),
        ];
        Scraped {
            labels: own.chain(given.map(|(name, value)| (name.into(), value.into()))).collect(),
            values: grid().map(|at| series.values[at - lag]).collect(),
        }
    };
    target.series.iter().map(one).collect()
}

fn relabelled(mut scrapes: Scrapes, labels: &[(&str, &str)]) -> Scrapes {
    for series in &mut scrapes {
        for (name, value) in labels {
            if value.is_empty() {
                series.labels.remove(*name);
            } else {
                series.labels.insert((*name).to_owned(), (*value).to_owned());
            }
        }
    }
    scrapes
}

/// The same scrapes, each value as `shown(index)` says: that of another scrape, or none.
fn reseen(scrapes: &Scrapes, shown: impl Fn(usize) -> Option<usize>) -> Scrapes {
    let mut scrapes = scrapes.clone();
    for series in &mut scrapes {
        let values = &series.values;
        series.values =
            (0..values.len()).map(|at| shown(at).map_or(f64::NAN, |at| values[at])).collect();
    }
    scrapes
}

fn time(scrape: usize) -> i64 {
    START_MS + i64::try_from(scrape).unwrap() * STEP_MS
}

fn report(parts: &[Scrapes]) -> Report {
    let length = parts[0][0].values.len();
    let mut batch = SampleBatch {
        times: (0..length).map(|at| time(at) as f64).collect(),
        ..SampleBatch::default()
    };
    for series in parts.iter().flatten() {
        batch.series.push(SeriesDescription {
            labels: series.labels.clone().into_iter().collect(),
            offset: batch.values.len(),
            length,
            ..SeriesDescription::default()
        });
        batch.values.extend_from_slice(&series.values);
    }
    let end = time(length);
    let whole = format!(r#"{{"window": {{"start": {START_MS}, "end": {end}}}}}"#);
    let mut session = Session::new();
    session.configure(Settings::from_json(whole.as_bytes()).unwrap()).unwrap();
    session.load_batch(batch).unwrap();
    session.report().unwrap()
}

fn replicas(report: &Report) -> Vec<String> {
    report.scope().unwrap().replicas.clone()
}

fn finished(report: &Report) -> f64 {
    report.diagnosis.window.finished_requests.unwrap_or(0.0)
}

fn most_running(report: &Report) -> f64 {
    report.diagnosis.signals.get(SignalId::Running).unwrap().max.unwrap()
}

fn cap(report: &Report) -> Option<f64> {
    let limits = &report.diagnosis.limits;
    limits.iter().find(|limit| limit.name == LimitId::MaxNumSeqs).map(|limit| limit.value)
}

fn caveat(report: &Report, id: &str) -> Option<String> {
    let caveats = &report.diagnosis.quality.caveats;
    let text = serde_json::to_value(caveats).unwrap();
    let found = text.as_array().unwrap().iter().find(|one| one["id"] == id)?.clone();
    Some(found["text"].as_str().unwrap().to_owned())
}

/// What copies must leave as it was.
fn assert_as_if_once(copied: &Report, once: &Report, what: &str) {
    assert_eq!(replicas(copied).len(), replicas(once).len(), "{what}: {:?}", replicas(copied));
    let (found, expected) = (finished(copied), finished(once));
    assert!((found - expected).abs() <= 0.1 * expected + 4.0, "{what}: {found} for {expected}");
    let (found, expected) = (most_running(copied), most_running(once));
    assert!((found - expected).abs() <= 0.1 * expected + 1.0, "{what}: {found} for {expected}");
    assert_eq!(copied.diagnosis.verdict.id, once.diagnosis.verdict.id, "{what}");
    assert_eq!(cap(copied), cap(once), "{what}");
    assert!(caveat(copied, "scraped-twice").is_some(), "{what}: no caveat");
}

/// Labels under which copies and processes were seen in the wild.
const LABELS: [&str; 14] = [
    "job",
    "instance",
    "prometheus_replica",
    "prometheus",
    "replica",
    "cluster",
    "receive_replica",
    "tenant_id",
    "exported_pod",
    "exported_instance",
    "WorkerId",
    "port",
    "dp_rank",
    "namespace",
];

#[test]
fn a_copy_under_any_label_counts_once() {
    let run = capped(1);
    let once = report(&[scraped(&run, 0, 0)]);
    assert!(finished(&once) > 50.0 && cap(&once).is_some(), "the slots are full");
    for label in LABELS {
        for lag in 0..FINE {
            let one = relabelled(scraped(&run, 0, 0), &[(label, "first")]);
            let other = relabelled(scraped(&run, 0, lag), &[(label, "second")]);
            let both = report(&[one.clone(), other.clone()]);
            let what = format!("{label}, {lag} steps late");
            assert_as_if_once(&both, &once, &what);
            let text = caveat(&both, "scraped-twice").unwrap();
            let names_all = [label, "first", "second"].iter().all(|word| text.contains(word));
            assert!(names_all, "{what}: {text}");
            let only_one = relabelled(scraped(&run, 0, 0), &[(label, "")]);
            assert_as_if_once(&report(&[other, only_one]), &once, &format!("{what}, one without"));
        }
    }
}

/// A relabelling that took the model's name.
#[test]
fn a_copy_of_an_engine_without_a_model_counts_once() {
    let run = capped(1);
    let nameless = relabelled(scraped(&run, 0, 0), &[("model_name", "")]);
    let once = report(std::slice::from_ref(&nameless));
    for label in LABELS {
        let other = relabelled(nameless.clone(), &[(label, "second")]);
        assert_as_if_once(&report(&[nameless.clone(), other]), &once, label);
    }
}

/// Collectors miss scrapes, scrape less often, or are asked for raw samples at times of their own.
#[test]
fn a_copy_that_is_thinner_counts_once() {
    let run = capped(1);
    let once = report(&[scraped(&run, 0, 0)]);
    let other = relabelled(scraped(&run, 0, 1), &[("job", "pods")]);
    let thinner: [(&str, Rescrape<'_>); 5] = [
        ("every fourth scrape, repeated between", &|at| Some(at / 4 * 4)),
        ("every fourth scrape", &|at| (at % 4 == 0).then_some(at)),
        ("a seventh missed and repeated", &|at| Some(if at % 7 == 3 { at - 1 } else { at })),
        ("a seventh missed", &|at| (at % 7 != 3).then_some(at)),
        ("half of the range", &|at| (at < 30).then_some(at)),
    ];
    for (what, shown) in thinner {
        let parts = [scraped(&run, 0, 0), reseen(&other, shown)];
        assert_as_if_once(&report(&parts), &once, what);
    }
    let even = reseen(&scraped(&run, 0, 0), |at| (at % 2 == 0).then_some(at));
    let odd = reseen(&other, |at| (at % 2 == 1).then_some(at));
    assert_as_if_once(&report(&[even, odd]), &once, "never at one time");
}

/// A scrape job that takes another's place, a collector that was away: one of the copies knows.
#[test]
fn copies_that_cover_for_each_other_count_all_of_it_once() {
    let run = capped(1);
    let once = report(&[scraped(&run, 0, 0)]);
    for lag in 0..FINE {
        let other = relabelled(scraped(&run, 0, lag), &[("job", "pods")]);
        for (until, from) in [(30, 29), (30, 20), (24, 25), (40, 10)] {
            let first = reseen(&scraped(&run, 0, 0), |at| (at < until).then_some(at));
            let second = reseen(&other, |at| (at >= from).then_some(at));
            let both = report(&[first, second]);
            let what = format!("until {until}, from {from}, {lag} late");
            assert_eq!(replicas(&both).len(), 1, "{what}");
            let (found, expected) = (finished(&both), finished(&once));
            // Of what was counted between two jobs that do not overlap nothing is known.
            let least = if until < from { 0.85 } else { 0.95 };
            assert!(found <= expected + 1.0 && found >= least * expected, "{what}: {found}");
        }
        let away = reseen(&scraped(&run, 0, 0), |at| (!(8..34).contains(&at)).then_some(at));
        let back = reseen(&other, |at| (at > 4).then_some(at));
        assert_as_if_once(&report(&[away, back]), &once, &format!("a hole, {lag} late"));
    }
}

/// Nothing in the labels says that they belong together.
#[test]
fn copies_at_other_places_count_once() {
    let run = capped(1);
    let once = report(&[scraped(&run, 0, 0)]);
    let no_pod = [("pod", ""), ("namespace", ""), ("node", "")];
    for lag in 0..FINE {
        let one = relabelled(scraped(&run, 0, 0), &no_pod);
        let other = relabelled(scraped(&run, 0, lag), &no_pod);
        let moved: [&[(&str, &str)]; 3] = [
            &[("instance", "10.9.9.9:metrics"), ("job", "pods")],
            &[("instance", "federation:9090"), ("cluster", "west"), ("pod", "x")],
            &[("instance", ""), ("service_instance_id", "a"), ("pod_name", "y")],
        ];
        for labels in moved {
            let parts = [one.clone(), relabelled(other.clone(), labels)];
            assert_as_if_once(&report(&parts), &once, &format!("{labels:?} {lag} late"));
        }
    }
}

/// A federation or a remote write passes on what is minutes old.
#[test]
fn a_copy_that_lags_by_several_scrapes_counts_once() {
    let run = capped(1);
    let once = report(&[scraped(&run, 0, 0)]);
    let elsewhere = [("instance", "federation:9090"), ("pod", "")];
    for scrapes in [1, 2, 4, 8, 16] {
        for labels in [&[("job", "pods")][..], &elsewhere] {
            let late = |at: usize| at.checked_sub(scrapes);
            let other = relabelled(reseen(&scraped(&run, 0, 0), late), labels);
            let what = format!("{scrapes} scrapes late, {labels:?}");
            let both = report(&[scraped(&run, 0, 0), other]);
            assert_as_if_once(&both, &once, &what);
        }
    }
}

/// Rules that save space leave out sums, or all but the buckets.
#[test]
fn a_copy_without_sums_at_another_place_counts_once() {
    let run = capped(1);
    let once = report(&[scraped(&run, 0, 0)]);
    for ends in [&["_sum"][..], &["_sum", "_count"], &["_sum", "_total"]] {
        let mut other = relabelled(scraped(&run, 0, 0), &[("instance", "b:1"), ("pod", "")]);
        other.retain(|one| !ends.iter().any(|end| one.labels["__name__"].ends_with(end)));
        assert_as_if_once(&report(&[scraped(&run, 0, 0), other]), &once, &format!("{ends:?}"));
    }
}

/// A cache before one of two scrapes serves an old page on and on.
#[test]
fn of_a_live_copy_and_an_old_one_the_live_one_counts() {
    let run = capped(1);
    let once = report(&[scraped(&run, 0, 0)]);
    for label in ["job", "a-label-of-ours", "instance"] {
        for (old, live) in [("first", "second"), ("second", "first")] {
            let stopped = reseen(&scraped(&run, 0, 0), |at| Some(at.min(30)));
            let parts = [
                relabelled(stopped, &[(label, old), ("pod", "")]),
                relabelled(scraped(&run, 0, 0), &[(label, live), ("pod", "")]),
            ];
            assert_as_if_once(&report(&parts), &once, &format!("{label}: {old} stopped"));
        }
    }
}

/// An engine exports each of its ranks once, however alike they are; no two add the same seconds
/// to the last bit.
#[test]
fn ranks_of_one_process_are_no_copies_of_each_other() {
    let run = simulated(2, |_| ());
    let first = relabelled(scraped(&run, 0, 0), &[("engine", "0")]);
    let place = first[0].labels.clone();
    let own = |name: &'static str| (name, place[name].as_str());
    let second = scraped(&run, 1, 0);
    let second = relabelled(second, &[("engine", "1"), own("instance"), own("pod")]);
    let both = report(&[first.clone(), second.clone()]);
    assert_eq!(replicas(&both).len(), 2);
    let stopped = reseen(&second, |at| Some(at.min(30)));
    let one_hangs = report(&[first, stopped]);
    let verdict = &one_hangs.diagnosis.verdict;
    let is_named = verdict.sentence.contains("/1") || verdict.id == CauseId::EngineHang;
    assert!(verdict.id != CauseId::Healthy && is_named, "{}", verdict.sentence);
}

/// A release adds the label, or a relabelling takes it.
#[test]
fn a_rank_that_is_named_from_some_time_on_is_no_second_one() {
    let run = capped(1);
    let once = report(&[scraped(&run, 0, 0)]);
    for at in [5, 30, 50] {
        for names in [["", "0"], ["0", ""]] {
            let before = reseen(&scraped(&run, 0, 0), |index| (index < at).then_some(index));
            let after = reseen(&scraped(&run, 0, 0), |index| (index >= at).then_some(index));
            let both = report(&[
                relabelled(before, &[("engine", names[0])]),
                relabelled(after, &[("engine", names[1])]),
            ]);
            let what = format!("{names:?} at {at}");
            assert_eq!(replicas(&both).len(), 1, "{what}");
            assert!((finished(&both) - finished(&once)).abs() < 0.5, "{what}: {}", finished(&both));
            assert_eq!(both.diagnosis.verdict.id, once.diagnosis.verdict.id, "{what}");
        }
    }
}

/// Sums over all targets hold what each of them counted.
#[test]
fn sums_beside_single_targets_are_refused() {
    let run = capped(2);
    let parts = [scraped(&run, 0, 0), scraped(&run, 1, 0)];
    let sums = summed(&parts);
    for beside in [&parts[..1], &parts] {
        let all: Vec<Scrapes> = beside.iter().chain([&sums]).cloned().collect();
        let found = report(&all);
        assert_eq!(found.diagnosis.verdict.id, CauseId::TelemetryFault);
        assert!(caveat(&found, "counted-twice").is_some());
    }
    assert_ne!(report(&[sums]).diagnosis.verdict.id, CauseId::TelemetryFault);
}

/// `sum without (instance, pod, ...)` of everything.
fn summed(parts: &[Scrapes]) -> Scrapes {
    let place = ["instance", "pod", "namespace", "node", "engine", "job"].map(|name| (name, ""));
    let mut sums: Scrapes = Vec::new();
    for one in parts.iter().flat_map(|part| relabelled(part.clone(), &place)) {
        match sums.iter_mut().find(|sum| sum.labels == one.labels) {
            Some(sum) => {
                for (sum, value) in sum.values.iter_mut().zip(&one.values) {
                    *sum += value;
                }
            }
            None => sums.push(one),
        }
    }
    sums
}

/// A federation takes some metrics and leaves others.
#[test]
fn a_copy_of_some_metrics_counts_once() {
    let run = capped(1);
    let once = report(&[scraped(&run, 0, 0)]);
    let kept: [&[&str]; 3] = [
        &["e2e_request_latency_seconds", "num_requests", "time_to_first_token_seconds"],
        &["_count", "_sum", "num_requests_running"],
        &["num_requests_running", "generation_tokens", "prompt_tokens"],
    ];
    for names in kept {
        for label in ["job", "cluster", "prometheus"] {
            let mut other = relabelled(scraped(&run, 0, 2), &[(label, "other")]);
            other.retain(|one| names.iter().any(|name| one.labels["__name__"].contains(name)));
            let both = report(&[scraped(&run, 0, 0), other]);
            assert_as_if_once(&both, &once, &format!("{names:?} under {label}"));
        }
    }
}

#[test]
fn a_copy_of_an_engine_that_restarts_counts_once() {
    for severity in [0.3, 1.0] {
        let run = simulated(1, |scenario| {
            *scenario = scenario.clone().with_fault(FaultClass::RestartLoop, severity, 60.0);
        });
        let once = report(&[scraped(&run, 0, 0)]);
        for lag in 0..FINE {
            let other = relabelled(scraped(&run, 0, lag), &[("job", "pods")]);
            let both = report(&[scraped(&run, 0, 0), other]);
            assert_eq!(replicas(&both).len(), 1, "{severity}, {lag} late");
            let (both, once) = (finished(&both), finished(&once));
            assert!((both - once).abs() < 0.5, "{severity}, {lag} late: {both}, not {once}");
        }
    }
}

/// A request a minute leaves little that moves.
#[test]
fn workers_with_little_to_do_are_several_and_their_copies_are_none() {
    for seed in 1..6 {
        let run = simulated(3, |scenario| {
            scenario.seed = seed;
            scenario.traffic.arrivals = scenario.traffic.arrivals.scaled(0.005);
        });
        let part = |one: usize, lag: usize, collector: &str| {
            let own = relabelled(scraped(&run, one, lag), &[("instance", "a:8080"), ("pod", "")]);
            relabelled(own, &[("WorkerId", &format!("w{one}")), ("cluster", collector)])
        };
        let all = (0..3).flat_map(|one| [part(one, 0, "a"), part(one, 1, "b")]);
        let found = report(&all.collect::<Vec<_>>());
        assert_eq!(replicas(&found).len(), 3, "seed {seed}: {:?}", replicas(&found));
    }
}

#[test]
fn a_highly_available_pair_sees_four_replicas_and_not_eight() {
    let run = capped(4);
    let seen = |lag, name| {
        (0..4).flat_map(move |replica| {
            relabelled(scraped(&run.clone(), replica, lag), &[("prometheus_replica", name)])
        })
    };
    let once = report(&[seen.clone()(0, "a").collect()]);
    let both = report(&[seen.clone()(0, "a").chain(seen(2, "b")).collect()]);
    assert_eq!(replicas(&once).len(), 4);
    assert_as_if_once(&both, &once, "pair");
}

#[test]
fn processes_under_any_label_are_several() {
    for replicas_behind in [2, 5, 8] {
        let run = capped(replicas_behind);
        let right =
            report(&(0..replicas_behind).map(|one| scraped(&run, one, 0)).collect::<Vec<_>>());
        for label in LABELS {
            let part = |one: usize| {
                let own = scraped(&run, one, 0);
                let same = relabelled(own, &[("instance", "10.0.0.9:8080"), ("pod", "head")]);
                relabelled(same, &[(label, &format!("value-{one}"))])
            };
            let split = report(&(0..replicas_behind).map(part).collect::<Vec<_>>());
            let keys = replicas(&split);
            assert_eq!(keys.len(), replicas_behind, "{label}: {keys:?}");
            for (one, key) in keys.iter().enumerate() {
                assert!(key.contains(&format!("value-{one}")), "{label}: {keys:?}");
            }
            assert!((finished(&split) - finished(&right)).abs() < 1e-9, "{label}");
            assert_eq!(split.diagnosis.verdict.id, right.diagnosis.verdict.id, "{label}");
            assert_eq!(caveat(&split, "scraped-twice"), None, "{label}");
        }
    }
}

/// Copies of several processes at one address.
#[test]
fn workers_seen_by_two_collectors_are_workers() {
    let run = capped(3);
    let part = |one: usize, lag: usize, collector: &str| {
        let own =
            relabelled(scraped(&run, one, lag), &[("instance", "10.0.0.9:8080"), ("pod", "")]);
        relabelled(own, &[("WorkerId", &format!("w{one}")), ("prometheus", collector)])
    };
    let once = report(&[part(0, 0, "a"), part(1, 0, "a"), part(2, 0, "a")]);
    let both = (0..3).flat_map(|one| [part(one, 0, "a"), part(one, 1, "b")]).collect::<Vec<_>>();
    assert_eq!(replicas(&once).len(), 3);
    assert_as_if_once(&report(&both), &once, "workers");
}

/// Engines of one age under one load are the hardest to tell from copies.
#[test]
fn replicas_that_share_a_load_evenly_are_no_copies() {
    for routing in [Routing::RoundRobin, Routing::Random, Routing::LeastLoaded] {
        let run = simulated(12, |scenario| {
            scenario.warm_up_seconds = 0.0;
            scenario.routing = routing;
            scenario.duration_seconds = 1800.0;
        });
        for every in [1, 4, 20] {
            let parts: Vec<Scrapes> = (0..12)
                .map(|one| {
                    let own = scraped(&run, one, 0);
                    let mut thin = own.clone();
                    for (thin, own) in thin.iter_mut().zip(&own) {
                        thin.values = own.values.iter().step_by(every).copied().collect();
                    }
                    thin
                })
                .collect();
            let found = report(&parts);
            assert_eq!(replicas(&found).len(), 12, "every {every}");
            assert_eq!(caveat(&found, "scraped-twice"), None, "every {every}");
        }
    }
}

/// A balancer, a gateway or a Service: each scrape meets one of several replicas.
#[test]
fn a_target_that_several_processes_answer_is_refused() {
    let meets: [(&str, usize, Meeting<'_>); 5] = [
        ("in turn", 2, &|at| at % 2),
        ("one of three in turn", 3, &|at| at % 3),
        ("by chance", 2, &|at| ((at * 2_654_435_761) >> 7) % 2),
        ("one of five by chance", 5, &|at| ((at * 2_654_435_761) >> 9) % 5),
        ("one for a while", 2, &|at| at / 6 % 2),
    ];
    for run in [capped(5), simulated(5, |_| ())] {
        for (what, behind, meets) in meets {
            let engines: Vec<Scrapes> = (0..behind).map(|one| scraped(&run, one, 0)).collect();
            let mut merged = relabelled(engines[0].clone(), &[("pod", ""), ("node", "")]);
            for (index, series) in merged.iter_mut().enumerate() {
                for (at, value) in series.values.iter_mut().enumerate() {
                    *value = engines[meets(at)].get(index).map_or(f64::NAN, |one| one.values[at]);
                }
            }
            let found = report(&[merged]);
            let verdict = &found.diagnosis.verdict;
            assert_eq!(verdict.id, CauseId::TelemetryFault, "{what}: {}", verdict.sentence);
            let action = verdict.action.as_ref().unwrap();
            assert!(action.sentence.starts_with("Scrape each replica"), "{}", action.sentence);
            assert_eq!(found.diagnosis.window.finished_requests, None, "{what}");
            assert!(caveat(&found, "shared-target").is_some(), "{what}");
        }
    }
}

/// At severity 1 a process answers three scrapes at most, and what it counts in one of them may be
/// most of what its predecessor had counted: such a loop passes for two processes at times.
#[test]
fn a_loop_of_restarts_is_one_process() {
    for severity in [0.3, 0.6, 0.8] {
        let run = simulated(2, |scenario| {
            *scenario = scenario.clone().with_fault(FaultClass::RestartLoop, severity, 60.0);
        });
        let found = report(&[scraped(&run, 0, 0), scraped(&run, 1, 0)]);
        assert_eq!(caveat(&found, "shared-target"), None, "{severity}");
        assert_eq!(replicas(&found).len(), 2);
        assert!(finished(&found) > 0.0);
    }
}

/// A pod of a stateful set at another address.
#[test]
fn a_pod_that_moved_is_one_replica_and_two_at_once_are_two() {
    let run = capped(2);
    let at = |one: usize, instance: &str| {
        relabelled(scraped(&run, one, 0), &[("pod", "llm-0"), ("instance", instance)])
    };
    let before = reseen(&at(0, "10.0.0.1:8000"), |at| (at < 25).then_some(at));
    let after = reseen(&at(1, "10.0.0.2:8000"), |at| (at >= 27).then_some(at));
    let moved = report(&[before.clone(), after.clone()]);
    assert_eq!(replicas(&moved).len(), 1);
    assert_eq!(caveat(&moved, "scraped-twice"), None);
    let alone = finished(&report(std::slice::from_ref(&before)));
    assert!(finished(&moved) > alone, "nothing that the new one counted is lost");

    // A server repeats the last sample of the old address for five minutes.
    let repeated = reseen(&at(0, "10.0.0.1:8000"), |at| (at < 45).then_some(at.min(25)));
    assert_eq!(replicas(&report(&[repeated, after])).len(), 1);

    let long = reseen(&at(1, "10.0.0.2:8000"), |at| (at >= 10).then_some(at));
    assert_eq!(replicas(&report(&[before, long])).len(), 2);
}

/// Nothing moves: the labels have to tell.
#[test]
fn idle_processes_are_no_copies_and_collectors_make_no_processes() {
    let run = simulated(1, |scenario| {
        scenario.traffic.arrivals = scenario.traffic.arrivals.scaled(1e-9);
        scenario.warm_up_seconds = 0.0;
    });
    for (label, expected) in [("WorkerId", 2), ("exported_pod", 2), ("job", 1), ("replica", 1)] {
        let one = relabelled(scraped(&run, 0, 0), &[(label, "a")]);
        let other = relabelled(scraped(&run, 0, 0), &[(label, "b")]);
        let found = report(&[one, other]);
        assert_eq!(replicas(&found).len(), expected, "{label}");
    }
    let no_pod = [("pod", ""), ("node", "")];
    let one = relabelled(scraped(&run, 0, 0), &no_pod);
    let other = relabelled(one.clone(), &[("instance", "10.9.9.9:8000")]);
    assert_eq!(replicas(&report(&[one, other])).len(), 2);
}
