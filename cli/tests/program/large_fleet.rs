//! A fleet that does not fit at the usual step: the step is wider and told, or nothing is asked.

use serde_json::{Value, json};

use crate::incident;
use crate::run::{Run, run};
use crate::server::{Reply, Request, Server};

const END: i64 = 1_780_000_200;

/// 100 engines that are scraped every 15 s.
fn probe() -> Value {
    let values = [END - 30, END - 15, END].map(|time| json!([time, "1"]));
    let engine = |number: usize| {
        let name = "vllm:num_requests_running";
        let metric = json!({"__name__": name, "instance": number.to_string()});
        json!({"metric": metric, "values": values})
    };
    incident::matrix(&(0..100).map(engine).collect::<Vec<_>>())
}

/// Says that the queries have so many series.
fn server(series: &'static str) -> Server {
    Server::start(move |request| {
        if !request.is_probe() {
            return Reply::new(200, incident::onset());
        }
        if !is_count(request) {
            return Reply::new(200, probe().to_string());
        }
        let result = json!([{"metric": {}, "value": [END, series]}]);
        let data = json!({"resultType": "vector", "result": result});
        Reply::new(200, json!({"status": "success", "data": data}).to_string())
    })
}

fn is_count(request: &Request) -> bool {
    request.parameter("query").is_some_and(|query| query.contains("count("))
}

fn diagnose(server: &Server, flags: &[&str]) -> Run {
    let (url, end) = (server.url(), END.to_string());
    let given = ["diagnose", "--url", &url, "--end", &end, "--range", "1d", "--format", "json"];
    run(&[&given, flags].concat())
}

/// Steps of the range queries, each once, seconds.
fn steps(server: &Server) -> Vec<String> {
    let requests = server.requests();
    let ranges = requests.iter().filter(|request| !request.is_probe());
    let mut steps: Vec<String> =
        ranges.filter_map(|request| request.parameter("step").map(str::to_owned)).collect();
    steps.sort();
    steps.dedup();
    steps
}

#[test]
fn the_step_is_wider_and_told() {
    let server = server("25100");
    let run = diagnose(&server, &[]);
    for part in ["the step is 2 min 15 s instead of 1 min 30 s", "25100 series", "256 MiB"] {
        assert!(run.stderr.contains(part), "{run:?}");
    }
    assert_eq!(steps(&server), ["135"]);
    let counted = server.requests().into_iter().find(is_count).expect("the series are counted");
    let query = counted.parameter("query").expect("a query");
    assert!(query.contains("count(count_over_time(vllm:num_requests_running"), "{query}");
}

#[test]
fn a_larger_budget_keeps_the_step() {
    let server = server("25100");
    let run = diagnose(&server, &["--memory-budget", "1GiB"]);
    assert!(!run.stderr.contains("the step is"), "{run:?}");
    assert_eq!(steps(&server), ["90"]);
}

#[test]
fn what_fits_at_no_step_is_not_asked_for() {
    for (series, flags, parts) in [
        ("60000", &[][..], ["60000 series", "takes 50000", "--grouping model"]),
        ("25100", &["--memory-budget", "16MiB"], ["16 MiB", "needs 240", "--memory-budget"]),
    ] {
        let server = server(series);
        diagnose(&server, flags).fails(64, &parts);
        assert_eq!(steps(&server), [""; 0]);
    }
}

#[test]
fn a_server_that_does_not_count_is_asked_as_usual() {
    let server = server("not a number");
    let run = diagnose(&server, &[]);
    assert!(!run.stderr.contains("the step is"), "{run:?}");
    assert_eq!(steps(&server), ["90"]);
}
