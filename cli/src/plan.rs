//! `plan`: the PromQL that a diagnosis needs, to look at or to paste elsewhere.

use serde::Serialize;

use crate::Outcome;
use crate::arguments::{Format, PlanArguments};
use crate::exit::{self, Failure, Status};
use crate::planned::Subject;
use inference_triage_core::text::plain::plain;

#[derive(Serialize)]
struct Printed<'a> {
    raw_selector: &'a str,
    queries: Vec<PrintedQuery<'a>>,
}

#[derive(Serialize)]
struct PrintedQuery<'a> {
    role: &'a str,
    promql: &'a str,
}

pub(crate) fn run(arguments: &PlanArguments) -> Outcome {
    let namespaces = arguments.namespaces.iter().map(|name| format!("{name}\n"));
    let namespaces: String = namespaces.collect();
    let subject = Subject {
        engine: &arguments.engine,
        prefix: arguments.prefix.as_deref(),
        matchers: arguments.matchers.as_deref(),
        grouping: arguments.grouping,
        namespaces: Some(namespaces.as_str()),
    };
    // Whatever the core refuses here was typed on the command line.
    let plan = subject
        .plan(arguments.host, arguments.step, None)
        .map_err(|error| Failure::usage(error.to_string()))?;
    let printed = Printed {
        raw_selector: &plan.raw_selector,
        queries: plan
            .queries
            .iter()
            .map(|query| PrintedQuery { role: &query.role, promql: &query.promql })
            .collect(),
    };
    match arguments.format {
        Format::Text => exit::answer(lines(&printed).as_bytes())?,
        Format::Json => exit::answer_json(&printed, "plan")?,
    }
    Ok(Status::Healthy)
}

/// One query a line; its role behind it is a PromQL comment, so that a whole line can be pasted.
fn lines(printed: &Printed<'_>) -> String {
    let raw = (
        printed.raw_selector,
        "raw selector: all series in one query, instead of the queries below",
    );
    let planned = printed.queries.iter().map(|query| (query.promql, query.role));
    let lines = std::iter::once(raw).chain(planned);
    let lines: Vec<String> =
        lines.map(|(promql, role)| format!("{}  # {}", plain(promql), plain(role))).collect();
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_a_query_with_its_role() {
        let printed = Printed {
            raw_selector: "{__name__=~\"vllm:.*\"}",
            queries: vec![PrintedQuery { role: "running", promql: "sum(\n  a)" }],
        };
        let text = lines(&printed);
        let all: Vec<&str> = text.lines().collect();
        assert_eq!(all.len(), 2);
        assert!(all[0].starts_with("{__name__=~\"vllm:.*\"}  # raw selector"));
        assert_eq!(all[1], "sum(   a)  # running");
    }
}
