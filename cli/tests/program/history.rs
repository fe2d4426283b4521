//! A history beside the range that is diagnosed: fetched where a baseline needs it, read from
//! files, kept in capsules.

use serde_json::{Value, json};

use crate::incident;
use crate::run::{Run, Scratch, run};
use crate::server::{Reply, Request, Server};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// A multiple of five minutes, Unix seconds.
const END: i64 = 1_780_000_200;
/// Requests a second.
const RATE: i64 = 2;

const PROBE: &str = r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"vllm:num_requests_running"},"values":[[0,"1"],[15,"1"],[30,"1"]]}]}}"#;

/// What an engine has counted is a function of the time, so that every range is a sample of the
/// same past.
fn samples(start: i64, end: i64, step: i64) -> Value {
    let requests = |time: i64| (time - 1_770_000_000) * RATE;
    let series = |name: &str, le: Option<&str>, value: &dyn Fn(i64) -> i64| {
        let mut metric = json!({"__name__": name, "model_name": "gemma", "instance": "a:8000"});
        if let Some(le) = le {
            metric["le"] = json!(le);
        }
        let times = (0..=(end - start) / step).map(|index| start + index * step);
        let values: Vec<Value> = times.map(|time| json!([time, value(time).to_string()])).collect();
        json!({"metric": metric, "values": values})
    };
    let bucket = "vllm:e2e_request_latency_seconds_bucket";
    incident::matrix(&[
        series(bucket, Some("1.0"), &|time| requests(time) / 2),
        series(bucket, Some("+Inf"), &requests),
        series("vllm:e2e_request_latency_seconds_sum", None, &|time| requests(time) * 2),
        series("vllm:num_requests_running", None, &|_| 4),
    ])
}

/// Answers range queries up to a day before the end with `earlier`, and later ones with samples.
fn server(earlier: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Server {
    Server::start(move |request| {
        if request.is_probe() {
            Reply::new(200, PROBE)
        } else if number(request, "start") < END - DAY {
            earlier(request)
        } else {
            good(request)
        }
    })
}

fn good(request: &Request) -> Reply {
    let [start, end, step] = ["start", "end", "step"].map(|name| number(request, name));
    Reply::new(200, samples(start, end, step).to_string())
}

fn number(request: &Request, name: &str) -> i64 {
    request.parameter(name).and_then(|text| text.parse().ok()).expect("whole seconds")
}

/// Start, end and step of each range query.
fn ranges(server: &Server) -> Vec<[i64; 3]> {
    let requests = server.requests();
    let ranges = requests.iter().filter(|request| !request.is_probe());
    ranges.map(|request| ["start", "end", "step"].map(|name| number(request, name))).collect()
}

fn diagnose(server: &Server, flags: &[&str]) -> Run {
    let (url, end) = (server.url(), END.to_string());
    let given = ["diagnose", "--url", &url, "--raw", "--end", &end, "--format", "json"];
    run(&[&given, flags].concat())
}

fn report(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

const OFFSET: [&str; 4] = ["--range", "1h", "--baseline", "offset=1d"];
const DETAIL: [i64; 3] = [END - HOUR, END, 15];
const YESTERDAY: [i64; 3] = [END - DAY - HOUR, END - DAY, 60];

#[test]
fn an_offset_beyond_the_range_fetches_what_it_needs() {
    let server = server(good);
    let run = diagnose(&server, &OFFSET);
    assert_eq!(run.stderr, "");
    assert_eq!(ranges(&server), [DETAIL, YESTERDAY]);
    let report = report(&run);
    let baseline = &report["baseline"];
    assert_eq!(baseline["source"], "offset");
    assert_eq!(baseline["start"], (END - DAY - 360) * 1_000);
    assert_eq!(baseline["end"], (END - DAY) * 1_000);
    assert_eq!(baseline["finished_requests"].as_f64(), Some((360 * RATE) as f64));
    assert_eq!(report["range"]["step"], 15_000);
    assert_eq!(report["history"]["range"]["step"], 60_000);
}

#[test]
fn a_typed_baseline_before_the_range_is_fetched_too() {
    let server = server(good);
    let baseline = format!("{}..{}", END - 3 * HOUR, END - 2 * HOUR);
    let run = diagnose(&server, &["--range", "1h", "--baseline", &baseline]);
    assert_eq!(ranges(&server), [DETAIL, [END - 3 * HOUR, END - 2 * HOUR, 60]]);
    let found = &report(&run)["baseline"];
    assert_eq!(
        (&found["source"], &found["start"]),
        (&json!("given"), &json!((END - 3 * HOUR) * 1_000))
    );
}

#[test]
fn nothing_more_is_fetched_than_a_diagnosis_needs() {
    let server = server(good);
    let run = diagnose(&server, &["--range", "1h", "--baseline", "offset=30m"]);
    assert_eq!(ranges(&server), [DETAIL]);
    let report = report(&run);
    assert_eq!(
        (report["baseline"]["source"].as_str(), report.get("history")),
        (Some("offset"), None)
    );
}

#[test]
fn a_longer_history_is_in_the_json() {
    let server = server(good);
    let run = diagnose(&server, &["--history", "3d", "--progress", "always"]);
    assert_eq!(ranges(&server), [DETAIL, [END - 3 * DAY, END, 300]]);
    let history = &report(&run)["history"];
    let range = json!({"start": (END - 3 * DAY) * 1_000, "end": END * 1_000, "step": 300_000});
    assert_eq!(history["range"], range);
    let columns = history["columns"].as_array().expect("there are columns");
    assert!(columns.iter().any(|column| column["id"] == "running"), "{columns:?}");
    assert!(run.stderr.contains("of 2 queries"), "both fetches count: {:?}", run.stderr);
    let text = ["diagnose", "--url", &server.url(), "--raw", "--end", &END.to_string()];
    let with = run_text(&[&text[..], &["--history", "3d"]].concat());
    assert_eq!(with, run_text(&text), "the text is of the range alone");
}

fn run_text(arguments: &[&str]) -> String {
    run(arguments).stdout
}

#[test]
fn without_a_past_there_is_a_diagnosis_without_a_baseline() {
    let empty = incident::matrix(&[]).to_string();
    let refused = r#"{"status":"error","errorType":"execution","error":"too far back"}"#;
    for (status, body, reason) in
        [(200, empty.as_str(), "no series"), (422, refused, "too far back")]
    {
        let body = body.to_owned();
        let server = server(move |_| Reply::new(status, body.clone()));
        let run = diagnose(&server, &OFFSET);
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
        assert!(run.stderr.contains("without the history"), "{}", run.stderr);
        assert!(run.stderr.contains(reason), "{}", run.stderr);
        let report = report(&run);
        assert_eq!(report["baseline"], json!({"source": "none"}));
        assert_eq!((report.get("history"), &report["range"]["step"]), (None, &json!(15_000)));
    }
}

#[test]
fn a_capsule_keeps_the_history() {
    let server = server(good);
    let capsule = Scratch::absent("history.json.gz");
    let first = diagnose(&server, &[&OFFSET[..], &["--save-capsule", capsule.path()]].concat());
    assert!(report(&first)["history"].is_object());
    let again = run(&["diagnose", "--capsule", capsule.path(), "--format", "json"]);
    assert_eq!((again.status, again.stdout), (first.status, first.stdout));
}

#[test]
fn saved_responses_have_a_companion() {
    let file = |name, [start, end, step]: [i64; 3]| {
        Scratch::new(name, samples(start, end, step).to_string().as_bytes())
    };
    let (detail, history) = (file("detail.json", DETAIL), file("history.json", YESTERDAY));
    let both = run(&[
        "diagnose",
        "--response",
        detail.path(),
        "--history-response",
        history.path(),
        "--baseline",
        "offset=1d",
        "--format",
        "json",
    ]);
    assert_eq!(both.stdout, diagnose(&server(good), &OFFSET).stdout);
    let empty = Scratch::new("empty.json", incident::matrix(&[]).to_string().as_bytes());
    let with = |path| run(&["diagnose", "--response", detail.path(), "--history-response", path]);
    with(empty.path()).fails(65, &["no series", "plan"]);
    let cut = Scratch::new("cut-history.json", b"{\"status\":\"success\",\"data\":");
    with(cut.path()).fails(65, &[cut.path()]);
}

#[test]
fn a_history_needs_its_source() {
    let run = |flags: &[&str]| run(&[&["diagnose"], flags].concat());
    for flags in [
        &["--url", "http://127.0.0.1:1", "--history-response", "x"][..],
        &["--capsule", "x", "--history-response", "y"],
        &["--response", "x", "--history", "3d"],
        &["--url", "http://127.0.0.1:1", "--history", "yesterday"],
    ] {
        assert_eq!(run(flags).status, 64, "{flags:?}");
    }
}
