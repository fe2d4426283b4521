//! What a metric's name in a query stands for.

use inference_triage_core::source::metric::{Form, Lacks, Metric};
use inference_triage_core::source::registry::engine;

use super::history::{
    MISNAMED, OPEN_ENDED, OTHERS, PHANTOMS, RETIRED, ROUTER_OWN, Replacement, Retired,
};

/// How a metric is exposed, which decides its endings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Counter,
    Gauge,
    Histogram,
    Info,
}

/// Which series of a metric a name selects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The series of a gauge, an info or a counter with its `_total`.
    Value,
    Bucket,
    Sum,
    Count,
    /// A histogram's bare name, which a native histogram has.
    Native,
}

/// A metric that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Series {
    /// What stands before the name, e.g. `vllm:` or `ray_vllm_`.
    pub(crate) prefix: String,
    pub(crate) base: &'static str,
    pub(crate) shape: Shape,
    pub(crate) part: Part,
}

/// What a name in a query is.
#[derive(Debug, Clone)]
pub(crate) enum Reading {
    /// Not an engine's, or one that cannot be judged: nothing is said about it.
    Other,
    Series(Series),
    /// An engine's metric with an ending that it is not exposed with; and the right name.
    WrongEnding {
        right: String,
    },
    Retired {
        prefix: String,
        retired: &'static Retired,
        ending: String,
    },
    Misnamed {
        prefix: String,
        shape: Shape,
        replacement: Replacement,
    },
    /// A metric of another program that nobody exports.
    Phantom(&'static str),
    /// Under the engine's prefix and exported by no release.
    Unknown,
}

/// The form of a metric that the diagnosis reads, by its bare name.
#[cfg(test)]
pub(crate) fn known(base: &str) -> Option<(&'static str, Shape)> {
    read_by_core(base).map(|metric| (metric.base, shape_of(metric.form)))
}

/// The form of a metric that current releases export.
#[cfg(test)]
pub(crate) fn current(base: &str) -> Option<Shape> {
    let known = known(base).map(|(_, shape)| shape);
    known.or_else(|| OTHERS.iter().find(|(name, _)| *name == base).map(|(_, shape)| *shape))
}

/// Whether the series of this metric carry no name of the model.
pub(crate) fn lacks_model(base: &str) -> bool {
    read_by_core(base).is_some_and(|metric| metric.lacks != Lacks::Nothing)
}

fn read_by_core(base: &str) -> Option<&'static Metric> {
    engine("vllm")?.metrics.iter().find(|metric| metric.base == base)
}

fn shape_of(form: Form) -> Shape {
    match form {
        Form::Counter | Form::MeanSum | Form::MeanCount => Shape::Counter,
        Form::Gauge => Shape::Gauge,
        Form::Histogram => Shape::Histogram,
        Form::Info => Shape::Info,
    }
}

/// Reads a name; `variable` is what stands in it for a variable of the dashboard.
pub(crate) fn read(name: &str, variable: Option<&str>) -> Reading {
    if let Some((_, right)) = PHANTOMS.iter().find(|(phantom, _)| *phantom == name) {
        return Reading::Phantom(right);
    }
    let Some((prefix, rest)) = split(name, variable) else {
        return Reading::Other;
    };
    // A second colon is how recording rules are named; what client libraries add is believed.
    if rest.contains(':') || rest.ends_with("_created") || rest.is_empty() {
        return Reading::Other;
    }
    if let Some((retired, ending)) = RETIRED
        .iter()
        .find_map(|retired| Some((retired, ending_of(rest, retired.base, retired.shape)?)))
    {
        return Reading::Retired { prefix, retired, ending: ending.to_owned() };
    }
    if let Some(found) = currently(&prefix, rest) {
        return found;
    }
    let misnamed = |row: &&(&str, Shape, Replacement)| ending_of(rest, row.0, row.1).is_some();
    if let Some((_, shape, replacement)) = MISNAMED.iter().find(misnamed) {
        return Reading::Misnamed { prefix, shape: *shape, replacement: *replacement };
    }
    // What a variable stands for in the middle of a name is not known.
    let is_believed = rest.contains("dashboard_variable_")
        || OPEN_ENDED.iter().any(|start| rest.starts_with(start))
        || ROUTER_OWN.iter().any(|own| rest.starts_with(own))
        || !KNOWN_PREFIXES.contains(&prefix.as_str());
    if is_believed { Reading::Other } else { Reading::Unknown }
}

/// Under these a name that no release exports is a mistake; under others, and under a variable, it
/// may be another program's.
const KNOWN_PREFIXES: &[&str] =
    &["vllm:", "vllm_", "ray_vllm:", "ray_vllm_", "kserve_vllm:", "kserve_vllm_"];

/// Whether it is a metric that only the production-stack router exports.
pub(crate) fn is_router_own(name: &str) -> bool {
    split(name, None).is_some_and(|(_, rest)| ROUTER_OWN.iter().any(|own| rest.starts_with(own)))
}

/// The prefix and what follows it; None for a name that is no engine's.
fn split<'a>(name: &'a str, variable: Option<&str>) -> Option<(String, &'a str)> {
    if let Some(text) = variable
        && let Some(rest) = name.strip_prefix(text)
    {
        return Some((text.to_owned(), rest));
    }
    let at = ["vllm:", "vllm_"].iter().filter_map(|mark| name.find(mark)).min()?;
    let before = &name[..at];
    let is_prefix = before.is_empty()
        || (before.ends_with('_')
            && before.chars().all(|c| c.is_ascii_lowercase() || c == '_')
            && before.matches('_').count() == 1);
    is_prefix.then(|| (name[..at + 5].to_owned(), &name[at + 5..]))
}

fn currently(prefix: &str, rest: &str) -> Option<Reading> {
    let metrics = engine("vllm")?.metrics.iter().map(|one| (one.base, shape_of(one.form)));
    let mut wrong = None;
    for (base, shape) in metrics.chain(OTHERS.iter().copied()) {
        let series = |part| Series { prefix: prefix.to_owned(), base, shape, part };
        match ending_of(rest, base, shape) {
            Some(ending) => return Some(Reading::Series(series(part_of(shape, ending)))),
            None if rest == base && shape == Shape::Counter => {
                let right = format!("{prefix}{base}_total");
                wrong = Some(Reading::WrongEnding { right });
            }
            None if rest.strip_suffix("_total") == Some(base) && shape == Shape::Gauge => {
                let right = format!("{prefix}{base}");
                wrong = Some(Reading::WrongEnding { right });
            }
            None => {}
        }
    }
    wrong
}

/// The ending with which this name is a series of that metric; None where it is not.
fn ending_of<'a>(rest: &'a str, base: &str, shape: Shape) -> Option<&'a str> {
    let ending = rest.strip_prefix(base)?;
    let endings: &[&str] = match shape {
        Shape::Counter => &["_total"],
        Shape::Gauge | Shape::Info => &[""],
        Shape::Histogram => &["_bucket", "_sum", "_count", ""],
    };
    endings.contains(&ending).then_some(ending)
}

fn part_of(shape: Shape, ending: &str) -> Part {
    match (shape, ending) {
        (Shape::Histogram, "_bucket") => Part::Bucket,
        (Shape::Histogram, "_sum") => Part::Sum,
        (Shape::Histogram, "_count") => Part::Count,
        (Shape::Histogram, _) => Part::Native,
        _ => Part::Value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_every_dialect() {
        for (name, base, part) in [
            ("vllm:num_requests_running", "num_requests_running", Part::Value),
            ("ray_vllm_num_preemptions_total", "num_preemptions", Part::Value),
            (
                "kserve_vllm:e2e_request_latency_seconds_sum",
                "e2e_request_latency_seconds",
                Part::Sum,
            ),
            ("vllm_iteration_tokens_total_bucket", "iteration_tokens_total", Part::Bucket),
        ] {
            let Reading::Series(series) = read(name, None) else { panic!("{name}") };
            assert_eq!((series.base, series.part), (base, part), "{name}");
        }
    }

    #[test]
    fn what_is_not_an_engines_is_not_judged() {
        for name in ["up", "my_vllm_thing_x", "vllm:ttft:p95", "sglang:token_usage", "vllmish"] {
            assert!(matches!(read(name, None), Reading::Other), "{name}");
        }
        assert!(matches!(read("vllm_gpu_utilization", None), Reading::Unknown));
        assert!(matches!(read("vllm:nixl_anything_new", None), Reading::Other));
    }
}
