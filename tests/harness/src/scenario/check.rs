//! Expectations against a report, read as its JSON: what a front end sees, not what the core holds.

use serde_json::Value;

use crate::scenario::ORIGIN_MS;
use crate::scenario::expectation::{Expectation, Place};

/// What a case gave: a report, or the code and message of an error.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The report's JSON.
    Report(Value),
    /// Refused.
    Refused {
        /// Stable code.
        code: String,
        /// The sentence.
        message: String,
    },
}

/// Relative tolerance of exact numbers: what adding in another order may change.
const TOLERANCE: f64 = 1e-9;

/// One sentence for each expectation that does not hold. `step_ms` is the distance of the samples.
pub fn failures(expectations: &[Expectation], outcome: &Outcome, step_ms: i64) -> Vec<String> {
    let checker = Checker { expectations, step_ms };
    expectations.iter().filter_map(|expectation| checker.failure(expectation, outcome)).collect()
}

struct Checker<'a> {
    expectations: &'a [Expectation],
    step_ms: i64,
}

impl Checker<'_> {
    fn failure(&self, expectation: &Expectation, outcome: &Outcome) -> Option<String> {
        match (outcome, expectation) {
            (Outcome::Refused { code, message }, Expectation::Error(wanted)) => {
                differs("error", wanted, &format!("{code} ({message})"), code == wanted)
            }
            (Outcome::Refused { message, .. }, Expectation::Contains(Place::Error, wanted)) => {
                differs("error contains", wanted, message, message.contains(wanted.as_str()))
            }
            (Outcome::Refused { .. }, Expectation::Exit(status)) => {
                differs("exit", status, &65, *status == 65)
            }
            (Outcome::Refused { code, message }, _) => {
                Some(format!("{expectation:?}: refused with {code}: {message}"))
            }
            (Outcome::Report(report), _) => self.report_failure(expectation, report),
        }
    }

    fn report_failure(&self, expectation: &Expectation, report: &Value) -> Option<String> {
        let verdict = &report["verdict"];
        match expectation {
            Expectation::Verdict(id, severity) => {
                let found = (text(&verdict["id"]), text(&verdict["severity"]));
                let sentence = text(&verdict["sentence"]);
                let shown = format!("{} {} ({sentence})", found.0, found.1);
                differs(
                    "verdict",
                    &format!("{id} {severity}"),
                    &shown,
                    found == (id.as_str(), severity.as_str()),
                )
            }
            Expectation::Error(code) => {
                Some(format!("error: wanted {code}, found verdict {}", text(&verdict["id"])))
            }
            Expectation::Rule(rule, state) => rule_failure(report, rule, &[state]),
            Expectation::NotFiring(rule) => rule_failure(report, rule, &["clear", "unknown"]),
            Expectation::Exit(status) => {
                let found = exit_status(text(&verdict["severity"]));
                differs("exit", status, &found, *status == found)
            }
            Expectation::Action(wanted) => {
                let found = verdict["action"]["id"].as_str();
                differs("action", wanted, &found, found == wanted.as_deref())
            }
            Expectation::Avoid(id) => among("avoid", id, &strings(&verdict["action"]["avoid"])),
            Expectation::Since(wanted) => self.since_failure(*wanted, &verdict["since"]),
            Expectation::Baseline(source, until) => {
                let baseline = &report["baseline"];
                let end = baseline["end"].as_i64().map(|end| self.step(end));
                let found = text(&baseline["source"]);
                let same = found == source && until.is_none_or(|until| end == Some(until));
                differs("baseline", &(source, until), &(found, end), same)
            }
            Expectation::Caveat(_)
            | Expectation::NoCaveat(_)
            | Expectation::NoOtherCaveat
            | Expectation::Grade(_) => self.quality_failure(expectation, &report["quality"]),
            Expectation::Contains(place, wanted) => {
                let found = text_at(place, report);
                differs(
                    &format!("{place:?} contains"),
                    wanted,
                    &found,
                    found.contains(wanted.as_str()),
                )
            }
            Expectation::Lacks(place, unwanted) => {
                let found = text_at(place, report);
                differs(
                    &format!("{place:?} lacks"),
                    unwanted,
                    &found,
                    !found.contains(unwanted.as_str()),
                )
            }
            _ => fact_failure(expectation, report),
        }
    }

    fn step(&self, time: i64) -> i64 {
        (time - ORIGIN_MS) / self.step_ms
    }

    fn since_failure(&self, wanted: Option<(i64, i64)>, found: &Value) -> Option<String> {
        let found = found.as_i64().map(|time| self.step(time));
        let same = match (wanted, found) {
            (None, None) => true,
            (Some((step, by)), Some(found)) => (found - step).abs() <= by,
            _ => false,
        };
        differs("since step", &wanted, &found, same)
    }

    fn quality_failure(&self, expectation: &Expectation, quality: &Value) -> Option<String> {
        let found: Vec<&str> = quality["caveats"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|caveat| text(&caveat["id"]))
            .collect();
        match expectation {
            Expectation::Caveat(id) => among("caveat", id, &found),
            Expectation::NoCaveat(Some(id)) => {
                differs("no caveat", id, &found, !found.contains(&id.as_str()))
            }
            Expectation::NoCaveat(None) => differs("no caveat", &"none", &found, found.is_empty()),
            Expectation::NoOtherCaveat => {
                let named = |id: &&str| {
                    self.expectations
                        .iter()
                        .any(|one| *one == Expectation::Caveat((*id).to_owned()))
                };
                let others: Vec<&&str> = found.iter().filter(|id| !named(id)).collect();
                differs("no other caveat", &"none", &others, others.is_empty())
            }
            Expectation::Grade(grade) => {
                let shown = format!("{} with {found:?}", text(&quality["grade"]));
                differs("grade", grade, &shown, text(&quality["grade"]) == grade)
            }
            _ => None,
        }
    }
}

/// Exit status of the command line by severity.
pub fn exit_status(severity: &str) -> i64 {
    match severity {
        "ok" | "info" => 0,
        "unknown" => 2,
        _ => 1,
    }
}

fn rule_failure(report: &Value, rule: &str, states: &[&str]) -> Option<String> {
    let finding =
        report["findings"].as_array().into_iter().flatten().find(|finding| finding["id"] == rule);
    let Some(finding) = finding else {
        return Some(format!("{rule}: there is no such rule in the report"));
    };
    let shown = format!("{} ({})", text(&finding["state"]), text(&finding["reason"]));
    differs(rule, &states, &shown, states.contains(&text(&finding["state"])))
}

fn text_at(place: &Place, report: &Value) -> String {
    match place {
        Place::Sentence => text(&report["verdict"]["sentence"]).to_owned(),
        Place::Detail => detail(&report["verdict"]),
        Place::Pattern => text(&report["pattern"]["direction"]).to_owned(),
        Place::Reason(rule) => {
            let mut findings = report["findings"].as_array().into_iter().flatten();
            findings
                .find(|finding| finding["id"] == rule.as_str())
                .map_or_else(String::new, |finding| text(&finding["reason"]).to_owned())
        }
        Place::Error => String::new(),
    }
}

/// Signals, limits, phases, scopes and the primary finding.
fn fact_failure(expectation: &Expectation, report: &Value) -> Option<String> {
    let primary = &report["findings"][0];
    let mut scopes = report["scopes"].as_array().into_iter().flatten();
    let scope = scopes.find(|scope| scope["id"] == report["scope"]).unwrap_or(&Value::Null);
    match expectation {
        Expectation::Limit(name, value, provenance, replica) => {
            let limits: Vec<&Value> = limits_of(report, name).collect();
            let fits = |limit: &&Value| {
                same_number(*value, limit["value"].as_f64())
                    && text(&limit["provenance"]) == provenance
                    && replica.as_deref().is_none_or(|replica| limit["replica"] == replica)
            };
            differs(
                &format!("limit {name}"),
                &(value, provenance, replica),
                &limits,
                limits.iter().any(fits),
            )
        }
        Expectation::NoLimit(name) => {
            let limits: Vec<&Value> = limits_of(report, name).collect();
            differs(&format!("no limit {name}"), &"none", &limits, limits.is_empty())
        }
        Expectation::Level(name, level) => {
            let signal = report["signals"].get(name);
            let found = signal.map_or("absent", |signal| text(&signal["level"]));
            let shown =
                format!("{found} ({})", signal.map_or("", |signal| text(&signal["level_reason"])));
            differs(&format!("level {name}"), level, &shown, found == level)
        }
        Expectation::Number(field, name, value) => {
            let found = report["signals"][name][field].as_f64();
            differs(&format!("{field} {name}"), value, &found, same_number(*value, found))
        }
        Expectation::Phase(phase, seconds) => {
            let mut parts = report["phases"]["parts"].as_array().into_iter().flatten();
            let found = parts
                .find(|part| part["phase"] == phase.as_str())
                .and_then(|part| part["seconds"].as_f64());
            differs(&format!("phase {phase}"), seconds, &found, same_number(*seconds, found))
        }
        Expectation::Finished(count) => {
            let found = report["window"]["finished_requests"].as_f64();
            differs("finished", count, &found, same_number(*count, found))
        }
        Expectation::Quantile(name, q, low, high) => {
            let mut all = report["signals"][name]["quantiles"].as_array().into_iter().flatten();
            let found = all.find(|one| same_number(*q, one["q"].as_f64()));
            let ends = found.map(|one| (one["lo"].as_f64(), one["hi"].as_f64()));
            let inside = matches!(ends, Some((Some(lo), Some(hi))) if lo >= *low && hi <= *high);
            differs(&format!("quantile {name} {q}"), &(low, high), &ends, inside)
        }
        Expectation::Replicas(wanted) => {
            let found = strings(&primary["replicas"]);
            differs("replicas", wanted, &found, found == *wanted)
        }
        Expectation::RulesOut(id) => {
            let rivals: Vec<&str> = primary["rules_out"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|one| text(&one["id"]))
                .collect();
            among("rules out", id, &rivals)
        }
        Expectation::Missing(signal) => among("missing", signal, &strings(&primary["missing"])),
        Expectation::Model(model) => {
            differs("model", model, &scope["model"], text(&scope["model"]) == model)
        }
        Expectation::Scopes(count) => {
            let found = report["scopes"].as_array().map_or(0, Vec::len);
            differs("scopes", count, &found, found == *count)
        }
        Expectation::Scope(model, verdict) => {
            let mut all = report["scopes"].as_array().into_iter().flatten();
            let found = all
                .find(|scope| scope["model"] == model.as_str())
                .map(|scope| text(&scope["verdict_id"]));
            differs(&format!("scope {model}"), verdict, &found, found == Some(verdict.as_str()))
        }
        Expectation::Prefix(prefix) => {
            let found = text(&scope["engine"]["prefix"]);
            differs("prefix", prefix, &found, found == prefix)
        }
        Expectation::Version(version) => {
            let found = text(&scope["engine"]["version_hint"]);
            differs("version", version, &found, found == version)
        }
        other => Some(format!("{other:?} is not checked")),
    }
}

fn limits_of<'a>(report: &'a Value, name: &'a str) -> impl Iterator<Item = &'a Value> {
    report["limits"].as_array().into_iter().flatten().filter(move |limit| limit["name"] == name)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

/// The detail, with what the layers around the engine say behind it.
fn detail(verdict: &Value) -> String {
    let beside = verdict["beside"].as_array().map_or(&[][..], Vec::as_slice);
    let all: Vec<&str> = [&verdict["detail"]].into_iter().chain(beside).map(text).collect();
    all.join(" ")
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().map(text).collect()
}

fn same_number(wanted: f64, found: Option<f64>) -> bool {
    found.is_some_and(|found| (found - wanted).abs() <= TOLERANCE * wanted.abs().max(1e-3))
}

fn among(what: &str, wanted: &str, found: &[&str]) -> Option<String> {
    differs(what, &wanted, &found, found.contains(&wanted))
}

fn differs(
    what: &str,
    wanted: &impl std::fmt::Debug,
    found: &impl std::fmt::Debug,
    same: bool,
) -> Option<String> {
    (!same).then(|| format!("{what}: wanted {wanted:?}, found {found:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::expectation;

    fn failures_of(lines: &str) -> Vec<String> {
        let report = serde_json::json!({
            "verdict": {"id": "slot-cap", "severity": "warning", "sentence": "Two slots.", "since": ORIGIN_MS + 600_000},
            "findings": [{"id": "slot-cap", "state": "firing", "reason": "r", "replicas": ["a/0"]}],
            "signals": {"ttft": {"level": "high", "mean": 0.1 + 0.2}},
            "limits": [{"name": "max_num_seqs", "value": 2.0, "provenance": "inferred"}],
            "quality": {"grade": "B", "caveats": [{"id": "gap"}]}
        });
        failures(&expectation::parse(lines).unwrap(), &Outcome::Report(report), 15_000)
    }

    #[test]
    fn what_holds_is_silent() {
        let lines = "verdict slot-cap warning\nslot-cap firing\nexit 1\nsince step 41 within 1\nlevel ttft high\n\
                     level itl absent\nmean ttft 0.3\nlimit max_num_seqs 2 inferred\n\
                     caveat gap\nno other caveat\n\
                     grade B\nno action\nreplicas a/0\nsentence contains Two slots\n";
        assert_eq!(failures_of(lines), [""; 0]);
    }

    #[test]
    fn every_kind_of_line_can_fail() {
        let lines = [
            "slot-cap clear",
            "slot-cap not firing",
            "kv-thrash clear",
            "exit 0",
            "action raise",
            "avoid x",
            "since step 38 within 1",
            "no since",
            "baseline auto",
            "caveat x",
            "no caveat",
            "no caveat gap",
            "no other caveat",
            "grade A",
            "limit max_num_seqs 3 inferred",
            "limit max_num_seqs 2 given",
            "no limit max_num_seqs",
            "level ttft normal",
            "level ttft absent",
            "mean ttft 0.300001",
            "phase queue 1",
            "finished 3",
            "quantile ttft 0.95 within 1 2",
            "sentence contains three",
            "sentence lacks slots",
            "detail contains x",
            "pattern contains x",
            "reason slot-cap contains x",
            "replicas b/0",
            "rules out x",
            "missing x",
            "model m",
            "scopes 1",
            "scope m x",
            "prefix vllm:",
            "version >=0.24",
        ];
        for line in lines {
            let found = failures_of(&format!("verdict slot-cap warning\n{line}\n"));
            assert_eq!(found.len(), 1, "{line}: {found:?}");
        }
        assert_eq!(failures_of("verdict slot-cap critical\n").len(), 1);
        assert_eq!(failures_of("error bad-data\n").len(), 1);
    }
}
