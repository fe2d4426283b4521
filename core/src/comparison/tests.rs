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
