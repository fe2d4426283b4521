//! One run, three forms: columns, range response, text. The core says the same of each.

use std::collections::BTreeMap;

use inference_triage_core::session::Session;
use inference_triage_simulator::configuration::{FaultClass, Hardware, Scenario};
use inference_triage_simulator::{Run, simulate};

fn run(class: FaultClass) -> Run {
    let sound = Scenario::new(Hardware::opt_13b_a100()).undisturbed();
    let base = Scenario { duration_seconds: 600.0, ..sound };
    simulate(&base.with_fault(class, 0.6, 240.0), 15.0)
}

#[test]
fn columns_and_response_give_one_report() {
    for class in
        [FaultClass::SlotCap, FaultClass::KvThrash, FaultClass::RestartLoop, FaultClass::BadReplica]
    {
        let run = run(class);
        let mut columns = Session::new();
        columns.load_batch(run.sample_batch(&[])).expect("columns are sound");
        let mut response = Session::new();
        response.load_prometheus(&[&run.range_response()]).expect("the response is sound");
        let left = columns.report().expect("there is a report");
        let right = response.report().expect("there is a report");
        let json = |report| serde_json::to_value(report).expect("a report can be written");
        assert_eq!(json(left), json(right), "{}", class.id());
    }
}

#[test]
fn text_with_times_holds_every_sample() {
    let run = run(FaultClass::RestartLoop);
    let mut text = Vec::new();
    run.open_metrics(&mut text).expect("writing into memory");
    let text = String::from_utf8(text).expect("the text is UTF-8");
    assert!(text.ends_with("# EOF\n"));
    let lines = text.lines().filter(|line| !line.starts_with('#')).count();
    let present = |values: &[f64]| values.iter().filter(|value| !value.is_nan()).count();
    let series = run
        .targets
        .iter()
        .flat_map(|target| target.series.iter().map(|series| present(&series.values)));
    let up = run.targets.iter().map(|target| present(&target.up));
    assert_eq!(lines, series.chain(up).sum::<usize>());
}

#[test]
fn a_page_shows_the_scrape_before_it() {
    let run = run(FaultClass::SlotCap);
    let page = run.exposition(0, 100.0, true).expect("the engine answers");
    let shown: BTreeMap<&str, &str> =
        page.lines().filter_map(|line| line.split_once("} ")).collect();
    let index = run
        .times
        .iter()
        .position(|time| *time == (run.scenario.start_unix_seconds + 90) * 1000)
        .expect("90 s");
    let series = run.targets[0]
        .series
        .iter()
        .find(|series| series.name == "vllm:generation_tokens_total")
        .expect("there");
    let head = "vllm:generation_tokens_total{engine=\"0\",model_name=\"opt-13b\"";
    assert_eq!(shown[head], format!("{:?} {}", series.values[index], run.times[index]));
}

#[test]
fn a_target_that_is_down_answers_nothing() {
    let run = run(FaultClass::RestartLoop);
    assert!(
        run.exposition(0, 255.0, false).is_none(),
        "the replica restarts at 240 s and needs a minute"
    );
    assert!(run.exposition(0, 345.0, false).is_some());
    assert!(run.exposition(99, 100.0, false).is_none());
    let down = run.targets[0].up.iter().filter(|up| **up < 0.5).count();
    assert!(down >= 4, "{down} scrapes without an answer");
}

#[test]
fn dropped_metrics_are_gone() {
    let batch = run(FaultClass::SlotCap).sample_batch(&["num_preemptions_total", "DCGM_"]);
    let names: Vec<&str> = batch
        .series
        .iter()
        .filter_map(|series| series.labels.get("__name__"))
        .map(String::as_str)
        .collect();
    assert!(names.contains(&"vllm:num_requests_running"));
    assert!(
        !names
            .iter()
            .any(|name| name.starts_with("DCGM_") || name.contains("num_preemptions_total"))
    );
}
