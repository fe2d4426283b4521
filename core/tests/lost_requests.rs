//! Requests that get a first token and never end: told by two counts, which may contradict each
//! other or be absent.

mod page;

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::report::Diagnosis;
use page::{END, MINUTE, PLACE, Page, engine, labels, requests};

/// Mean tokens of a prompt.
const PROMPT: f64 = 300.0;

/// An engine whose callers leave in the window after their first token, one in so many, and which
/// counts prompt tokens for so many requests of those that begin.
fn left(share: f64, of_prompts: impl Fn(f64, f64) -> f64 + 'static) -> Page {
    let gone = move |time: i64| share * (requests(time) - requests(time.min(END - 10 * MINUTE)));
    let is_first_token = |name: &str| name.contains("time_to_first_token");
    let mut page = engine().with(is_first_token, move |time, value| {
        value(time) * (1.0 + gone(time) / requests(time).max(1.0))
    });
    let prompt_tokens = labels("vllm:prompt_tokens_total", &PLACE);
    page.add(prompt_tokens, move |time| of_prompts(requests(time), gone(time)));
    for (part, size) in [("sum", PROMPT), ("count", 1.0)] {
        let own = labels(&format!("vllm:request_prompt_tokens_{part}"), &PLACE);
        page.add(own, move |time| size * requests(time));
    }
    for bound in ["200", "500", "+Inf"] {
        let own = [PLACE[0], PLACE[1], ("le", bound)];
        let share = if bound == "200" { 0.0 } else { 1.0 };
        let own = labels("vllm:request_prompt_tokens_bucket", &own);
        page.add(own, move |time| share * requests(time));
    }
    page
}

fn said(found: &Diagnosis) -> &str {
    &found.verdict.sentence
}

#[test]
fn callers_that_leave_are_told_whether_or_not_prompt_tokens_are_counted() {
    for per_request in [PROMPT, 0.6 * PROMPT, 0.0, f64::NAN] {
        let found = left(0.4, move |ended, gone| {
            if per_request > 0.0 { PROMPT * ended + per_request * gone } else { per_request }
        })
        .diagnosis();
        assert_eq!(found.verdict.id, CauseId::ClientAborts, "{per_request}: {}", said(&found));
    }
}

/// First tokens counted twice, or callers that are gone: one of the counts is wrong, and neither
/// health nor a loss is proven.
#[test]
fn counts_that_contradict_each_other_prove_nothing() {
    for share in [0.1, 0.4, 1.0] {
        let found = left(share, |ended, _| PROMPT * ended).diagnosis();
        assert_eq!(found.verdict.id, CauseId::CannotTell, "{share}: {}", said(&found));
        assert!(said(&found).contains("one of the counts is wrong"), "{}", said(&found));
    }
}

#[test]
fn all_that_end_are_lost_by_nobody() {
    let found = left(0.0, |ended, _| PROMPT * ended).diagnosis();
    assert_eq!(found.verdict.id, CauseId::Healthy, "{}", said(&found));
}
