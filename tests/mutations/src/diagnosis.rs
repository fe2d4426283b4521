//! The core asked about a damaged input, and its answer compared with what may be said.

use std::panic::{AssertUnwindSafe, catch_unwind};

use inference_triage_core::error::Error;
use inference_triage_core::session::Session;
use inference_triage_core::settings::Settings;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::base::{Base, HEALTHY};
use crate::expectation::Expectation;
use crate::mutation::Mutated;
use crate::table::Table;

/// What became of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The truth.
    Right,
    /// A neighbour of it.
    Near,
    /// It is left open, or the data are refused with a sentence.
    Open,
    /// Healthy where a fault lies in the window, or where nothing proves that there is none.
    FalseHealthy,
    /// More or fewer finished requests than there were.
    Figures,
    /// Another cause.
    WrongCause,
    /// A cause where all is well.
    FalseAlarm,
    /// A panic, a refusal of more than one sentence, or another report for the same series in
    /// another order.
    Broken,
}

impl Outcome {
    /// Every outcome, the wrong ones last.
    pub const ALL: [Self; 8] = [
        Self::Right,
        Self::Near,
        Self::Open,
        Self::FalseHealthy,
        Self::Figures,
        Self::WrongCause,
        Self::FalseAlarm,
        Self::Broken,
    ];

    /// Whether it must not be.
    pub fn is_wrong(self) -> bool {
        self >= Self::FalseHealthy
    }

    /// Head of its column.
    pub fn title(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Near => "neighbour",
            Self::Open => "cannot tell",
            Self::FalseHealthy => "false healthy",
            Self::Figures => "false figures",
            Self::WrongCause => "wrong cause",
            Self::FalseAlarm => "false alarm",
            Self::Broken => "broken",
        }
    }
}

/// An answer with its judgement.
#[derive(Debug, Clone)]
pub struct Judged {
    /// What became of it.
    pub outcome: Outcome,
    /// The verdict with its sentence, or why the data were refused.
    pub said: String,
    /// The report; none when the data were refused.
    pub report: Option<Value>,
}

/// Asks about a table over a window.
pub fn report(
    base: &Base,
    table: &Table,
    window: (i64, i64),
    model: Option<&str>,
) -> Result<Value, Error> {
    let mut settings = base.settings_with(window);
    if let Some(model) = model {
        settings["scope"] = json!({ "model": model });
    }
    let mut session = Session::new();
    session.configure(Settings::from_json(settings.to_string().as_bytes())?)?;
    session.load_batch(table.batch())?;
    Ok(serde_json::from_slice(&session.report_bytes()?).unwrap_or(Value::Null))
}

/// Asks about a damaged input and judges the answer; with `twice`, asks again with the series in
/// the opposite order.
pub fn judge(base: &Base, mutated: &Mutated, twice: bool) -> Judged {
    let asked = |table: &Table| {
        let model = mutated.model.as_deref();
        catch_unwind(AssertUnwindSafe(|| report(base, table, mutated.window, model)))
    };
    let answer = match asked(&mutated.table) {
        Err(_) => return broken("a panic".to_owned()),
        Ok(Err(error)) => return refusal(&error.to_string()),
        Ok(Ok(report)) => report,
    };
    if twice {
        let mut reversed = mutated.table.clone();
        reversed.series.reverse();
        if !matches!(asked(&reversed), Ok(Ok(again)) if again == answer) {
            return broken("another report for the same series in another order".to_owned());
        }
    }
    if let Some(said) = begins_in_its_baseline(&answer) {
        return broken(said);
    }
    let (outcome, said) = compare(&answer, &mutated.expectation);
    Judged { outcome, said, report: Some(answer) }
}

fn broken(said: String) -> Judged {
    Judged { outcome: Outcome::Broken, said, report: None }
}

fn refusal(sentence: &str) -> Judged {
    let one = !sentence.contains('\n') && !sentence.contains(". ");
    let outcome = if one { Outcome::Open } else { Outcome::Broken };
    Judged { outcome, said: format!("refused: {sentence}"), report: None }
}

/// What a verdict says began before the end of the baseline that it is measured by: that baseline
/// holds the fault. One that was given or lies an offset back is not the core's choice.
fn begins_in_its_baseline(report: &Value) -> Option<String> {
    let baseline = &report["baseline"];
    let is_chosen = ["auto", "drift"].contains(&baseline["source"].as_str().unwrap_or(""));
    let (since, end) = (report["verdict"]["since"].as_i64()?, baseline["end"].as_i64()?);
    (is_chosen && since < end)
        .then(|| format!("it began {} s before its baseline ended", (end - since) / 1000))
}

fn compare(report: &Value, expectation: &Expectation) -> (Outcome, String) {
    let verdict = &report["verdict"];
    let text = |field: &str| verdict[field].as_str().unwrap_or("");
    let (id, sentence) = (text("id"), text("sentence"));
    let finished = report["window"]["finished_requests"].as_f64();
    let count = finished.map_or_else(|| "no".to_owned(), |count| format!("{count:.0}"));
    let said = format!("{id}: {sentence} [{count} finished]");
    let accepted = |list: &[&str]| list.contains(&id);
    let figures = match (expectation.finished, finished) {
        (Some(figures), Some(finished)) => figures.hold(finished),
        _ => true,
    };
    // However honest the verdict, a figure beside it is read: none may be doubled.
    let too_many = expectation.finished.zip(finished).is_some_and(|(one, count)| count > one.most);
    let changed = expectation.sentence.as_deref().is_some_and(|wanted| wanted != sentence);
    let is_named = expectation.named_by_health && names_replica(report, expectation);
    let outcome = if id == HEALTHY && expectation.forbids_healthy() && !is_named {
        Outcome::FalseHealthy
    } else if changed {
        Outcome::WrongCause
    } else if too_many {
        Outcome::Figures
    } else if accepted(&expectation.honest) && !accepted(&expectation.right) {
        Outcome::Open
    } else if !figures {
        Outcome::Figures
    } else if accepted(&expectation.right) && names_replica(report, expectation) {
        Outcome::Right
    } else if accepted(&expectation.right)
        || accepted(&expectation.near)
        || id == HEALTHY && is_named
    {
        Outcome::Near
    } else if expectation.right == [HEALTHY] {
        Outcome::FalseAlarm
    } else {
        Outcome::WrongCause
    };
    (outcome, said)
}

/// Whether the answer names the faulty replica, where there is one of several.
fn names_replica(report: &Value, expectation: &Expectation) -> bool {
    let Some(replica) = expectation.replica.as_deref() else { return true };
    let is_it = |text: &Value| {
        let words = text.as_str().unwrap_or("").split(|c: char| c.is_whitespace() || c == ',');
        words.into_iter().any(|word| word.split([':', '/']).next() == Some(replica))
    };
    let of_finding = report["findings"][0]["replicas"].as_array();
    is_it(&report["verdict"]["sentence"]) || of_finding.is_some_and(|all| all.iter().any(is_it))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expectation::Figures;

    fn outcome(id: &str, finished: f64, expectation: &Expectation) -> Outcome {
        let report = json!({
            "verdict": {"id": id, "sentence": "It is so."},
            "window": {"finished_requests": finished},
        });
        compare(&report, expectation).0
    }

    #[test]
    fn every_answer_has_its_place() {
        let fault = Expectation::of("slot-cap").with_finished(Some(Figures::around(100.0)));
        for (id, finished, expected) in [
            ("slot-cap", 100.0, Outcome::Right),
            ("slot-cap", 200.0, Outcome::Figures),
            ("load-above-capacity", 100.0, Outcome::Near),
            ("slow-decode", 100.0, Outcome::WrongCause),
            ("healthy", 100.0, Outcome::FalseHealthy),
            ("cannot-tell", 20.0, Outcome::Open),
            ("cannot-tell", 200.0, Outcome::Figures),
            ("telemetry-fault", 100.0, Outcome::Open),
            ("telemetry-fault", 200.0, Outcome::Figures),
        ] {
            assert_eq!(outcome(id, finished, &fault), expected, "{id} {finished}");
        }
        let well = Expectation::of(HEALTHY);
        assert_eq!(outcome("healthy", 1.0, &well), Outcome::Right);
        assert_eq!(outcome("slow-decode", 1.0, &well), Outcome::FalseAlarm);
        assert_eq!(outcome("healthy", 1.0, &well.clone().or_stale()), Outcome::FalseHealthy);
        assert_eq!(outcome("engine-hang", 1.0, &well.or_hang()), Outcome::Right);
    }

    #[test]
    fn the_faulty_one_of_several_is_to_be_named() {
        let expectation = Expectation::of("slow-decode").in_one("vllm-2".to_owned());
        let outcome = |sentence: &str| {
            let verdict = json!({"id": "sick-replica", "sentence": sentence});
            compare(&json!({"verdict": verdict}), &expectation).0
        };
        assert_eq!(outcome("Slow: vllm-2/0 is slower."), Outcome::Right);
        assert_eq!(outcome("vllm-2/0, 1 of 3 replicas: slow."), Outcome::Right);
        for other in ["Slow.", "Slow: vllm-20/0 is slower.", "Slow: vllm-1/0 is slower."] {
            assert_eq!(outcome(other), Outcome::Near, "{other}");
        }
        let health = |sentence: &str| {
            let verdict = json!({"id": "healthy", "sentence": sentence});
            compare(&json!({"verdict": verdict}), &expectation).0
        };
        assert_eq!(health("Healthy, but vllm-2/0 is slower than the others: TTFT."), Outcome::Near);
        assert_eq!(health("Healthy: TTFT."), Outcome::FalseHealthy);
    }

    #[test]
    fn a_changed_sentence_is_found() {
        let same = |text: &str| Expectation {
            sentence: Some(text.to_owned()),
            ..Expectation::of(HEALTHY)
        };
        assert_eq!(outcome("healthy", 1.0, &same("It is so.")), Outcome::Right);
        assert_eq!(outcome("healthy", 1.0, &same("It was so.")), Outcome::WrongCause);
    }

    #[test]
    fn a_baseline_that_holds_the_fault_is_broken() {
        let report = |source: &str, since: i64| {
            json!({
                "baseline": { "source": source, "end": 50_000 },
                "verdict": { "since": since },
            })
        };
        assert!(begins_in_its_baseline(&report("auto", 40_000)).is_some());
        assert!(begins_in_its_baseline(&report("drift", 49_999)).is_some());
        assert_eq!(begins_in_its_baseline(&report("auto", 50_000)), None);
        assert_eq!(begins_in_its_baseline(&report("given", 40_000)), None);
        assert_eq!(begins_in_its_baseline(&json!({ "baseline": null, "verdict": {} })), None);
    }

    #[test]
    fn a_refusal_is_one_sentence() {
        assert_eq!(refusal("no engine; check the query").outcome, Outcome::Open);
        assert_eq!(refusal("no engine. Check the query").outcome, Outcome::Broken);
    }
}
