//! What a report says of the objectives of a window, from the samples on.

mod page;

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::catalogue::phases::Phase;
use inference_triage_core::catalogue::signals::SignalId;
use inference_triage_core::report::{Attained, Diagnosis, Kept, Objective, Objectives};
use inference_triage_core::session::Session;
use inference_triage_core::settings::Settings;
use page::{END, MINUTE, PLACE, Page, SECOND, labels};

/// A histogram whose observations all fall into the last minute.
fn add(page: &mut Page, name: &str, cumulative: &[(&str, f64)], sum: f64) {
    let at_end = |count: f64| move |time| if time > END - MINUTE { count } else { 0.0 };
    for (bound, count) in cumulative {
        let mut own = labels(&format!("vllm:{name}_bucket"), &PLACE);
        own.push(("le".into(), (*bound).into()));
        page.add(own, at_end(*count));
    }
    page.add(labels(&format!("vllm:{name}_sum"), &PLACE), at_end(sum));
}

fn page_of(ttft: &[(&str, f64)], sum: f64) -> Page {
    let mut page = Page::default();
    add(&mut page, "time_to_first_token_seconds", ttft, sum);
    page.add(labels("vllm:num_requests_running", &PLACE), |_| 1.0);
    page.add(labels("vllm:num_requests_waiting", &PLACE), |_| 0.0);
    page
}

fn diagnosed(page: Page, settings: &str) -> Diagnosis {
    let mut session: Session = page.session(15);
    let settings = Settings::from_json(settings.as_bytes()).expect("sound settings");
    session.configure(settings).expect("sound settings");
    session.diagnosis(0).expect("one scope")
}

fn ttft_of(cumulative: &[(&str, f64)], sum: f64, target: f64) -> Objective {
    let settings = format!(r#"{{"slo": {{"targets": {{"ttft": {target}}}}}}}"#);
    let objectives = diagnosed(page_of(cumulative, sum), &settings).objectives;
    find(&objectives, SignalId::Ttft).clone()
}

fn find(objectives: &Objectives, signal: SignalId) -> &Objective {
    objectives.rows.iter().find(|row| row.signal == signal).expect("a row")
}

fn share(objective: &Objective) -> Attained {
    objective.attained.expect("a measured share")
}

/// Whether a number is this one, but for rounding.
fn is(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-12
}

/// Source: by hand, from the counts.
#[test]
fn a_target_on_a_bucket_bound_is_judged_exactly() {
    let buckets = [("0.5", 90.0), ("1.0", 96.0), ("+Inf", 100.0)];
    let met = ttft_of(&buckets, 30.0, 1.0);
    assert!(met.given && met.kept == Kept::Met, "{met:?}");
    let attained = share(&met);
    assert!(is(attained.lo, 0.96) && is(attained.hi, 0.96), "{attained:?}");
    assert_eq!((attained.count, attained.requests), (100.0, Some(100.0)));
    assert_eq!(attained.nearest_bound, None, "the target is a bound");
    let missed = ttft_of(&buckets, 30.0, 0.5);
    assert_eq!(missed.kept, Kept::Missed);
    assert!(is(share(&missed).spent.0, 2.0), "ten of a hundred, five may");
}

/// Source: by hand. Any number of the six in the bucket from 0.5 s to 1 s may lie within 0.7 s; the
/// sum is far from what the buckets allow at least and at most, so it narrows nothing down.
#[test]
fn a_target_inside_a_bucket_leaves_an_interval_and_names_the_nearest_bound() {
    let buckets = [("0.5", 90.0), ("1.0", 96.0), ("+Inf", 100.0)];
    let found = ttft_of(&buckets, 30.0, 0.7);
    assert_eq!(found.kept, Kept::Unknown);
    let attained = share(&found);
    assert!(is(attained.lo, 0.9) && is(attained.hi, 0.96), "{attained:?}");
    assert_eq!(attained.nearest_bound, Some((0.5, 0.9)), "0.2 s away, the other is 0.3 s away");
    let (lo, hi) = attained.sample.expect("a hundred requests");
    assert!(lo < 0.9 && hi > 0.96, "wider than the window");
    // Clopper and Pearson for 90 and for 96 of 100.
    assert!((lo - 0.8238).abs() < 1e-4 && (hi - 0.9890).abs() < 1e-4, "{lo} {hi}");
}

#[test]
fn a_target_above_every_finite_bound_is_not_told_without_a_sum_that_bounds_it() {
    let found = ttft_of(&[("0.5", 90.0), ("+Inf", 100.0)], 1000.0, 0.8);
    assert_eq!(found.kept, Kept::Unknown);
    let attained = share(&found);
    assert!(is(attained.lo, 0.9) && is(attained.hi, 1.0), "{attained:?}");
    assert_eq!(attained.nearest_bound, Some((0.5, 0.9)));
}

/// Source: 1 − 0.025^(1/1) and its mirror image, the interval of one of one.
#[test]
fn one_request_says_hardly_anything_of_the_service() {
    let found = ttft_of(&[("0.5", 1.0), ("+Inf", 1.0)], 0.3, 0.5);
    let attained = share(&found);
    assert!(is(attained.lo, 1.0) && is(attained.hi, 1.0));
    let (lo, hi) = attained.sample.expect("one request");
    assert!((lo - 0.025).abs() < 1e-6 && is(hi, 1.0), "{lo} {hi}");
}

#[test]
fn an_objective_without_data_says_why() {
    let nothing = [("0.5", 0.0), ("+Inf", 0.0)];
    let objectives = diagnosed(page_of(&nothing, 0.0), "{}").objectives;
    let why = |signal| {
        let row = find(&objectives, signal);
        assert_eq!((row.kept, row.attained), (Kept::Unknown, None), "{signal}");
        row.reason.as_str()
    };
    assert_eq!(why(SignalId::Ttft), "nothing was observed in this window");
    assert_eq!(why(SignalId::Tpot), "not in the data");
    assert!(why(SignalId::LostRequests).starts_with("no counter of failures"));
    assert_eq!((&objectives.joint, &objectives.budget), (&None, &None));
    assert!(objectives.rows.iter().all(|row| !row.given), "the defaults of the kind of service");
}

/// Source: by hand. 10 of 100 requests miss the first target and 20 the second; one runs at either
/// end, which makes either share uncertain by one request.
#[test]
fn the_joint_goodput_is_bounded_by_both_shares() {
    let mut page = page_of(&[("0.5", 90.0), ("+Inf", 100.0)], 30.0);
    let tpot = [("0.05", 80.0), ("+Inf", 100.0)];
    add(&mut page, "request_time_per_output_token_seconds", &tpot, 5.0);
    let settings = r#"{"slo": {"targets": {"ttft": 0.5, "tpot": 0.05}}}"#;
    let joint = diagnosed(page, settings).objectives.joint.expect("two objectives");
    assert_eq!(joint.signals, [SignalId::Ttft, SignalId::Tpot]);
    assert!((joint.lo - 0.68).abs() < 1e-9 && (joint.hi - 0.81).abs() < 1e-9, "{joint:?}");
}

/// Source: by hand. Of 200 requests 20 ended in an error.
#[test]
fn failures_spend_the_budget_too() {
    let mut page = page::engine().with(|name| name.contains("request_success"), |_, _| f64::NAN);
    for (reason, each) in [("stop", 0.9), ("error", 0.1)] {
        let own: Vec<(&str, &str)> =
            PLACE.iter().copied().chain([("finished_reason", reason)]).collect();
        page.add(labels("vllm:request_success_total", &own), move |time| {
            each * page::requests(time)
        });
    }
    let diagnosis = diagnosed(page, "{}");
    let failed = find(&diagnosis.objectives, SignalId::LostRequests);
    assert_eq!(failed.kept, Kept::Missed, "{failed:?}");
    let attained = share(failed);
    assert!((attained.hi - 0.9).abs() < 0.01 && attained.lo <= attained.hi, "{attained:?}");
    let budget = diagnosis.objectives.budget.expect("failures are counted");
    assert_eq!(budget.signal, SignalId::LostRequests);
    assert!(budget.sentence.contains("failed or were lost"), "{}", budget.sentence);
}

/// Lists of requests: more would take longer and find no more.
const ROUNDS: usize = 60;

/// A small repeatable source of numbers in [0, 1).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 = self.0 * 48_271 % 2_147_483_647;
        self.0 as f64 / 2_147_483_647.0
    }
}

/// Source: the list of simulated latencies itself, which the histogram has forgotten.
#[test]
fn the_attained_share_holds_that_of_the_requests() {
    let mut numbers = Numbers(7);
    let bounds = ["0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "5.0"];
    let mut inside_service = 0;
    for _ in 0..ROUNDS {
        let count = 1 + (numbers.next() * 300.0) as usize;
        let scale = 0.05 + numbers.next();
        // An exponential distribution, whose share within the target is known.
        let list: Vec<f64> = (0..count).map(|_| -scale * libm::log(1.0 - numbers.next())).collect();
        let target = (numbers.next() * 2.0 + 0.01) * 1.001;
        let within = |bound: f64| list.iter().filter(|one| **one <= bound).count() as f64;
        let mut cumulative: Vec<(&str, f64)> =
            bounds.iter().map(|text| (*text, within(text.parse().expect("a bound")))).collect();
        cumulative.push(("+Inf", count as f64));
        let found = ttft_of(&cumulative, list.iter().sum(), target);
        let attained = share(&found);
        let truth = within(target) / count as f64;
        let holds = attained.lo - 1e-12 <= truth && truth <= attained.hi + 1e-12;
        assert!(holds, "{truth} is not in {attained:?} of {list:?} within {target}");
        match found.kept {
            Kept::Met => assert!(truth >= 0.95, "{truth} was met in {attained:?}"),
            Kept::Missed => assert!(truth < 0.95, "{truth} was missed in {attained:?}"),
            Kept::Unknown => {}
        }
        let (lo, hi) = attained.sample.expect("at least one request");
        assert!(lo <= attained.lo && attained.hi <= hi, "{attained:?}");
        let of_service = 1.0 - libm::exp(-target / scale);
        inside_service += usize::from(lo <= of_service && of_service <= hi);
    }
    assert!(inside_service * 100 >= ROUNDS * 95, "{inside_service} of {ROUNDS} hold the service");
}

/// What all requests spent is told by phase and cause: requests that wait for two slots.
#[test]
fn a_queue_behind_a_cap_is_what_spent_the_budget() {
    let times = [
        ("time_to_first_token_seconds", 6.06, 1.0),
        ("request_queue_time_seconds", 6.0, 1.0),
        ("request_prefill_time_seconds", 0.05, 1.0),
        ("request_decode_time_seconds", 2.0, 1.0),
        ("inter_token_latency_seconds", 0.02, 100.0),
        ("e2e_request_latency_seconds", 8.06, 1.0),
    ];
    let slow = |time: i64| page::requests(time) - page::requests(END - 20 * MINUTE);
    let mut page = Page::default().counts_of(&PLACE, None, times, slow);
    page.add(labels("vllm:num_requests_running", &PLACE), |_| 2.0);
    page.add(labels("vllm:num_requests_waiting", &PLACE), |time| {
        (3 + time / (15 * SECOND) % 2) as f64
    });
    page.add(labels("vllm:kv_cache_usage_perc", &PLACE), |_| 0.02);
    let objectives = diagnosed(page, "{}").objectives;
    let budget = objectives.budget.expect("measured");
    assert_eq!(budget.signal, SignalId::Ttft, "{budget:?}");
    let first = budget.spenders.first().expect("a phase");
    assert_eq!((first.phase, first.cause), (Phase::Queue, Some(CauseId::SlotCap)), "{budget:?}");
    assert!(first.share > 0.9, "{budget:?}");
    let total: f64 = budget.spenders.iter().map(|one| one.share).sum();
    assert!((total - 1.0).abs() < 1e-9, "{budget:?}");
}
