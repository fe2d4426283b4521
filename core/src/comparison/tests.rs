//! What each row says, and what they say together.

use super::*;

fn row(subject: Subject, outcome: Outcome) -> Row {
    let (id, unit, because, title) = ("", "", String::new(), String::new());
    Row { subject, id, title, unit, before: None, after: None, outcome, because }
}

#[test]
fn the_verdict_decides_where_it_fails_and_the_work_where_it_changed() {
    use Outcome::{Fail, Inconclusive, Pass};
    for (verdict, workload, phase, latency, all) in [
        (Pass, Pass, Pass, Pass, Pass),
        // The buckets seldom tell everything.
        (Pass, Pass, Pass, Inconclusive, Pass),
        (Pass, Pass, Fail, Pass, Fail),
        (Pass, Pass, Pass, Fail, Fail),
        // Slower with other work is no proof, and as fast with other work none either.
        (Pass, Fail, Fail, Fail, Inconclusive),
        (Pass, Fail, Pass, Pass, Inconclusive),
        (Pass, Inconclusive, Pass, Pass, Inconclusive),
        (Pass, Pass, Inconclusive, Inconclusive, Inconclusive),
        (Inconclusive, Pass, Pass, Pass, Inconclusive),
        (Fail, Pass, Pass, Pass, Fail),
        (Fail, Fail, Inconclusive, Inconclusive, Fail),
    ] {
        let rows = [
            row(Subject::Verdict, verdict),
            row(Subject::Workload, workload),
            row(Subject::Phase, phase),
            row(Subject::Latency, latency),
        ];
        assert_eq!(overall(&rows), all, "{rows:?}");
    }
    assert_eq!(overall(&[]), Inconclusive);
}

fn entry(ratio: f64, share: Option<f64>) -> LedgerEntry {
    let factor = FactorId::StepTime;
    let (title, unit) = (factor.title(), factor.unit());
    LedgerEntry { factor, title, unit, before: 0.02, now: 0.02 * ratio, ratio, share }
}

#[test]
fn a_dearer_step_fails_where_it_owns_what_requests_grew_by() {
    use Outcome::{Fail, Inconclusive, Pass};
    for (ratio, share, is_slower, outcome, because) in [
        (1.5, Some(0.8), true, Fail, "owns 80 % of the added time"),
        (1.5, Some(0.8), false, Pass, "higher, but not what made requests longer"),
        (1.5, Some(0.1), true, Pass, "higher, but not what made requests longer"),
        (1.5, None, true, Pass, "higher, but not what made requests longer"),
        (1.05, Some(0.8), true, Pass, "about the same"),
        (0.5, Some(0.0), true, Pass, "lower"),
    ] {
        let found = told_of(Some(&entry(ratio, share)), is_slower);
        assert_eq!(found, (outcome, because.to_owned()), "{ratio} {share:?} {is_slower}");
    }
    assert_eq!(told_of(None, true).0, Inconclusive);
}

#[test]
fn markdown_holds_every_row_and_no_word_of_the_input_beyond_code() {
    let window = Window { start: 0, end: 60_000, step: 15_000, finished_requests: None };
    let rows = vec![Row {
        before: Some(0.5),
        after: Some(2.0),
        unit: "s",
        title: "TTFT p95".to_owned(),
        because: "proved higher".to_owned(),
        ..row(Subject::Latency, Outcome::Fail)
    }];
    let outcome = Outcome::Fail;
    let comparison = Comparison { scope: 0, before: window, after: window, outcome, rows };
    assert_eq!(
        comparison.markdown("a|b"),
        "**FAIL** `a|b`\n\n- before: 1970-01-01 00:00 to 1970-01-01 00:01 UTC\n\
         - after: 1970-01-01 00:00 to 1970-01-01 00:01 UTC\n\n\
         | | before | after | | |\n| --- | ---: | ---: | --- | --- |\n\
         | TTFT p95 | ≤ 0.5 s | ≤ 2 s | FAIL | proved higher |\n"
    );
    assert!(comparison.markdown("").starts_with("**FAIL**\n"));
    let hostile = comparison.markdown("a\n\n# x @here\u{1b}[2J`");
    assert!(hostile.starts_with("**FAIL** `` a  # x @here[2J` ``\n"), "{hostile}");
}
