//! What a case expects, one line each.
//!
//! | line | meaning |
//! |---|---|
//! | `verdict slot-cap warning` | the primary verdict and its severity; every case has this line or `error` |
//! | `error no-engine` | loading or settings are refused with that code |
//! | `slow-decode clear`, `slow-decode not firing` | a rule's state: `firing`, `clear` or `unknown` |
//! | `exit 1` | exit status of the command line for this report |
//! | `action raise-max-num-seqs`, `no action`, `avoid scale-out-first` | what to do and what not |
//! | `since step 41 within 1`, `no since` | beginning of the condition |
//! | `baseline auto until step 40` | source of the baseline, and its end |
//! | `caveat gap`, `no caveat`, `no caveat gap`, `no other caveat` | repairs; "other" than the lines of the block name |
//! | `grade A` | data quality |
//! | `limit max_num_seqs 2 inferred on pod-0/0`, `no limit max_num_seqs` | limits |
//! | `level ttft high` | level of a signal; `absent`: there is no such signal |
//! | `mean queue_time 3.07`, `max waiting 6`, `phase queue 3.07`, `finished 96` | exact numbers (to 1e-9) |
//! | `quantile ttft 0.95 within 6.05 7.5` | the proven interval lies inside these two |
//! | `sentence contains two words`, `detail lacks …`, `reason slow-decode contains …` | wording |
//! | `replicas pod-1/0` | replicas of the primary finding |
//! | `rules out kv-thrash`, `missing kv_usage` | of the primary finding |
//! | `model gemma`, `scopes 2`, `scope llama healthy` | scopes |
//! | `prefix ray_vllm_`, `version >=0.24` | the engine found |
//! | `pattern contains admission` | the matched row of the matrix |

/// One expectation.
#[derive(Debug, Clone, PartialEq)]
pub enum Expectation {
    /// Verdict id and severity.
    Verdict(String, String),
    /// Error code.
    Error(String),
    /// Rule and state.
    Rule(String, String),
    /// A rule that is clear or unknown.
    NotFiring(String),
    /// Exit status.
    Exit(i64),
    /// Action id; `None`: there must be none.
    Action(Option<String>),
    /// Id among those to avoid.
    Avoid(String),
    /// Step and tolerance; `None`: there must be no beginning.
    Since(Option<(i64, i64)>),
    /// Source, and the step at which it ends.
    Baseline(String, Option<i64>),
    /// Caveat id is there.
    Caveat(String),
    /// Caveat id is not there; `None`: none at all.
    NoCaveat(Option<String>),
    /// Only caveats that other lines of the block name.
    NoOtherCaveat,
    /// Grade.
    Grade(String),
    /// Name, value, provenance, replica.
    Limit(String, f64, String, Option<String>),
    /// No limit of that name.
    NoLimit(String),
    /// Signal and level; `absent` for no such signal.
    Level(String, String),
    /// A number of a signal: which field, which signal, value.
    Number(String, String, f64),
    /// A phase and its mean seconds.
    Phase(String, f64),
    /// Finished requests.
    Finished(f64),
    /// Signal, quantile, and two ends that hold the proven interval.
    Quantile(String, f64, f64, f64),
    /// Where the text must be, and the text.
    Contains(Place, String),
    /// Where the text must not be, and the text.
    Lacks(Place, String),
    /// Replicas of the primary finding.
    Replicas(Vec<String>),
    /// A rival that the primary finding rules out.
    RulesOut(String),
    /// A signal that the primary finding lacks.
    Missing(String),
    /// Model of the scope shown.
    Model(String),
    /// Number of scopes.
    Scopes(usize),
    /// Model and its verdict.
    Scope(String, String),
    /// Metric prefix.
    Prefix(String),
    /// Version hint.
    Version(String),
}

/// A text of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The verdict's sentence.
    Sentence,
    /// What follows it.
    Detail,
    /// The direction of the matrix.
    Pattern,
    /// The reason of one rule.
    Reason(String),
    /// The message of an error.
    Error,
}

/// Reads an expect block; empty lines and what follows `#` count for nothing. The error names the
/// line, from 1.
pub fn parse(text: &str) -> Result<Vec<Expectation>, String> {
    let mut expectations = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let words: Vec<&str> =
            line.split('#').next().unwrap_or_default().split_whitespace().collect();
        if !words.is_empty() {
            let expectation = parse_line(&words);
            expectations.push(
                expectation
                    .ok_or_else(|| format!("expect line {}: {line:?} means nothing", index + 1))?,
            );
        }
    }
    let decides =
        |one: &Expectation| matches!(one, Expectation::Verdict(..) | Expectation::Error(_));
    if expectations.iter().filter(|one| decides(one)).count() == 1 {
        Ok(expectations)
    } else {
        Err("a case expects one verdict or one error".to_owned())
    }
}

fn parse_line(words: &[&str]) -> Option<Expectation> {
    let text = |word: &str| word.to_owned();
    let step = |word: &str| word.parse::<i64>().ok();
    let number = |word: &str| word.parse::<f64>().ok();
    Some(match *words {
        ["verdict", id, severity] => Expectation::Verdict(text(id), text(severity)),
        ["error", code] => Expectation::Error(text(code)),
        ["exit", status] => Expectation::Exit(step(status)?),
        ["action", id] => Expectation::Action(Some(text(id))),
        ["no", "action"] => Expectation::Action(None),
        ["avoid", id] => Expectation::Avoid(text(id)),
        ["since", "step", at] => Expectation::Since(Some((step(at)?, 0))),
        ["since", "step", at, "within", by] => Expectation::Since(Some((step(at)?, step(by)?))),
        ["no", "since"] => Expectation::Since(None),
        ["baseline", source] => Expectation::Baseline(text(source), None),
        ["baseline", source, "until", "step", at] => {
            Expectation::Baseline(text(source), Some(step(at)?))
        }
        ["caveat", id] => Expectation::Caveat(text(id)),
        ["no", "caveat"] => Expectation::NoCaveat(None),
        ["no", "other", "caveat"] => Expectation::NoOtherCaveat,
        ["no", "caveat", id] => Expectation::NoCaveat(Some(text(id))),
        ["grade", grade] => Expectation::Grade(text(grade)),
        ["limit", name, value, from] => {
            Expectation::Limit(text(name), number(value)?, text(from), None)
        }
        ["limit", name, value, from, "on", replica] => {
            Expectation::Limit(text(name), number(value)?, text(from), Some(text(replica)))
        }
        ["no", "limit", name] => Expectation::NoLimit(text(name)),
        ["level", signal, level] => Expectation::Level(text(signal), text(level)),
        [field @ ("mean" | "max" | "min" | "last" | "count" | "baseline_mean"), signal, value] => {
            Expectation::Number(text(field), text(signal), number(value)?)
        }
        ["phase", phase, seconds] => Expectation::Phase(text(phase), number(seconds)?),
        ["finished", count] => Expectation::Finished(number(count)?),
        ["quantile", signal, q, "within", low, high] => {
            Expectation::Quantile(text(signal), number(q)?, number(low)?, number(high)?)
        }
        ["reason", rule, "contains", ref words @ ..] => {
            Expectation::Contains(Place::Reason(text(rule)), words.join(" "))
        }
        [place, "contains", ref words @ ..] => {
            Expectation::Contains(Place::parse(place)?, words.join(" "))
        }
        [place, "lacks", ref words @ ..] => {
            Expectation::Lacks(Place::parse(place)?, words.join(" "))
        }
        ["replicas", ref replicas @ ..] => {
            Expectation::Replicas(replicas.iter().map(|one| text(one)).collect())
        }
        ["rules", "out", id] => Expectation::RulesOut(text(id)),
        ["missing", signal] => Expectation::Missing(text(signal)),
        ["model", model] => Expectation::Model(text(model)),
        ["scopes", count] => Expectation::Scopes(count.parse().ok()?),
        ["scope", model, verdict] => Expectation::Scope(text(model), text(verdict)),
        ["prefix", prefix] => Expectation::Prefix(text(prefix)),
        ["version", version] => Expectation::Version(text(version)),
        [rule, "not", "firing"] => Expectation::NotFiring(text(rule)),
        [rule, state @ ("firing" | "clear" | "unknown")] => {
            Expectation::Rule(text(rule), text(state))
        }
        _ => return None,
    })
}

impl Place {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "sentence" => Self::Sentence,
            "detail" => Self::Detail,
            "pattern" => Self::Pattern,
            "error" => Self::Error,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read() {
        let text = "verdict slot-cap critical\nslow-decode clear  # fast\nsince step 41 within 1\nno caveat gap\n";
        let found = parse(text).unwrap();
        assert_eq!(found[0], Expectation::Verdict("slot-cap".to_owned(), "critical".to_owned()));
        assert_eq!(found[1], Expectation::Rule("slow-decode".to_owned(), "clear".to_owned()));
        assert_eq!(found[2], Expectation::Since(Some((41, 1))));
        assert_eq!(found[3], Expectation::NoCaveat(Some("gap".to_owned())));
    }

    #[test]
    fn a_block_that_decides_nothing_is_refused() {
        assert!(parse("slow-decode clear\n").is_err());
        assert!(parse("verdict a ok\nverdict b ok\n").is_err());
        assert_eq!(
            parse("verdict a ok\nsince 4\n").unwrap_err(),
            "expect line 2: \"since 4\" means nothing"
        );
    }
}
