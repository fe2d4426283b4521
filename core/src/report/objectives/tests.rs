use super::budget::{budget, sentence, spenders};
use super::*;
use crate::catalogue::causes::CauseId;
use crate::catalogue::phases::Phase;
use crate::triage::rank::Claim;

fn attained(lo: f64, hi: f64, count: f64) -> Attained {
    Attained::of((lo, hi), count, Some(count), None, 0.95)
}

fn row(signal: SignalId, kept: Kept, attained: Option<Attained>) -> Objective {
    Objective { signal, target: Some(1.0), given: true, kept, reason: String::new(), attained }
}

fn near(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9
}

/// Source: by hand; Clopper and Pearson's tables for 96 of 100 and for one of one.
#[test]
fn a_share_has_its_interval_and_what_it_spent() {
    let of_hundred = attained(0.96, 0.96, 100.0);
    assert!(near(of_hundred.spent.0, 0.8) && near(of_hundred.spent.1, 0.8));
    let (lo, hi) = of_hundred.sample.expect("a hundred requests");
    assert!((lo - 0.9007).abs() < 1e-4 && (hi - 0.9890).abs() < 1e-4, "{lo} {hi}");
    let one = attained(1.0, 1.0, 1.0);
    assert!(near(one.spent.0, 0.0));
    let (lo, hi) = one.sample.expect("one request");
    assert!((lo - 0.025).abs() < 1e-6 && near(hi, 1.0), "one request says hardly anything");
    // From 86 to 88 of 100 within it: 12 to 14 of the 5 that may miss it, 240 to 280 %.
    let overspent = attained(0.86, 0.88, 100.0);
    assert!(near(overspent.spent.0, 2.4) && near(overspent.spent.1, 2.8));
    let outputs = Attained::of((0.5, 0.5), 9600.0, Some(96.0), None, 0.95);
    let (lo, hi) = outputs.sample.expect("the requests behind the outputs");
    assert!((lo - 0.396).abs() < 2e-3 && (hi - 0.604).abs() < 2e-3, "{lo} {hi}");
    let unknown = Attained::of((0.5, 0.5), 9600.0, None, None, 0.95);
    assert_eq!(unknown.sample, None, "outputs of unknown requests");
}

/// Source: Fréchet by hand, 50 and 70 % leave 20 to 50 % for both; with 4 of 96 others at either
/// end, 50 and 70 % are 45.8 to 54.2 and 65.8 to 74.2 %.
#[test]
fn all_objectives_at_once_have_the_bounds_of_frechet() {
    let ttft = row(SignalId::Ttft, Kept::Missed, Some(attained(0.5, 0.5, 96.0)));
    let tpot = row(SignalId::Tpot, Kept::Missed, Some(attained(0.7, 0.7, 96.0)));
    let without = row(SignalId::E2e, Kept::Unknown, None);
    let all = [ttft, tpot, without];
    let both = joint(all.iter(), 0.0).expect("two");
    assert_eq!(both.signals, [SignalId::Ttft, SignalId::Tpot]);
    assert!(near(both.lo, 0.2) && near(both.hi, 0.5), "{both:?}");
    let both = joint(all.iter(), 4.0).expect("two");
    let other = 4.0 / 96.0;
    assert!(near(both.lo, 0.2 - 2.0 * other) && near(both.hi, 0.5 + other), "{both:?}");
    assert_eq!(joint(all.iter(), 40.0), None, "too many others");
    assert_eq!(joint(all[..1].iter(), 0.0), None, "one is not several");
    assert_eq!(joint([].iter(), 0.0), None);
}

fn claims() -> Vec<Claim> {
    let claim = |phase, cause, seconds| Claim { phase, cause, seconds };
    vec![
        claim(Phase::Prefill, None, 0.3),
        claim(Phase::Decode, Some(CauseId::SlowDecode), 9.0),
        claim(Phase::Queue, Some(CauseId::SlotCap), 2.7),
    ]
}

#[test]
fn what_spent_a_budget_is_of_the_phases_of_its_objective() {
    let of = |signal| spenders(signal, &claims());
    let ttft = of(SignalId::Ttft);
    let [queue, prefill] = ttft.as_slice() else { panic!("{ttft:?}") };
    assert_eq!((queue.phase, queue.cause), (Phase::Queue, Some(CauseId::SlotCap)));
    assert!(near(queue.share, 0.9) && near(prefill.share, 0.1));
    assert_eq!((prefill.phase, prefill.cause), (Phase::Prefill, None));
    for signal in [SignalId::Itl, SignalId::Tpot] {
        let decode = of(signal);
        assert!(decode.len() == 1 && decode[0].phase == Phase::Decode, "{decode:?}");
        assert!(near(decode[0].share, 1.0));
    }
    assert!(near(of(SignalId::E2e)[0].share, 0.75), "nine of twelve seconds");
    assert!(of(SignalId::LostRequests).is_empty());
}

#[test]
fn the_budget_is_that_of_the_most_spent_objective() {
    let slo = Slo::default();
    let ttft = row(SignalId::Ttft, Kept::Missed, Some(attained(0.86, 0.88, 3120.0)));
    let tpot = row(SignalId::Tpot, Kept::Met, Some(attained(0.96, 0.96, 3120.0)));
    let whole = row(SignalId::E2e, Kept::Missed, Some(attained(0.1, 0.1, 3120.0)));
    let by_default = Objective { given: false, ..whole.clone() };
    let rows = [tpot, ttft, by_default];
    let found = budget(&rows, &claims(), &slo).expect("measured");
    assert_eq!(found.signal, SignalId::Ttft, "a default of whole requests is not counted");
    assert_eq!(
        found.sentence,
        "TTFT missed by 12–14 % of 3,120 requests: 2.4–2.8 × the error budget (5 %) of this \
         window. Of the time in excess, 90 % is queue (slot cap). If it goes on, the budget of 30 \
         days is spent in 10.7–12.5 days."
    );
    let found = budget(&[rows[0].clone(), whole], &claims(), &slo).expect("measured");
    assert_eq!(found.signal, SignalId::E2e, "one that the user set is");
    let found = budget(&rows[..1], &claims(), &slo).expect("measured");
    assert_eq!(
        found.sentence,
        "TPOT missed by 4 % of 3,120 requests: 80 % of the error budget (5 %) of this window."
    );
    let kept = row(SignalId::Ttft, Kept::Met, Some(attained(1.0, 1.0, 3120.0)));
    let found = budget(&[kept], &claims(), &slo).expect("measured");
    assert_eq!(found.sentence, "Nothing of the error budget (5 %) of this window is spent.");
    let without = row(SignalId::Ttft, Kept::Unknown, None);
    assert_eq!(budget(&[without], &claims(), &slo), None, "absent is not zero");
}

#[test]
fn failures_and_outputs_are_called_so() {
    let may_miss = 0.05;
    let failed = row(SignalId::LostRequests, Kept::Missed, Some(attained(0.88, 0.88, 300.0)));
    let text =
        |row: &Objective| sentence(row, row.attained.as_ref().expect("a share"), &[], may_miss);
    assert_eq!(
        text(&failed),
        "12 % of 300 requests failed or were lost: 2.4 × the error budget (5 %) of this window. If \
         it goes on, the budget of 30 days is spent in 12.5 days."
    );
    let itl = row(SignalId::Itl, Kept::Unknown, Some(attained(0.9, 1.0, 1.0)));
    assert_eq!(
        text(&itl),
        "ITL may be missed by 0–10 % of 1 output: ≤ 2 × the error budget (5 %) of this window."
    );
}
