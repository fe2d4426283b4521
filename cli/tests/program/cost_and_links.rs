//! What a user adds to a verdict: a price, and where traces and logs are.

use serde_json::Value;

use crate::incident;
use crate::run::{Run, run_with_input};

fn diagnose(flags: &[&str]) -> Run {
    let asked = [&["diagnose", "--response", "-"], flags].concat();
    run_with_input(&asked, incident::onset().as_bytes())
}

/// The hour of the cap: one replica. 227 output tokens a second are 816,000 an hour.
#[test]
fn the_price_that_is_given_is_turned_into_costs() {
    let price = ["--price-per-gpu-hour", "2.5", "--gpus-per-replica", "1"];
    let text = diagnose(&[&["--full"], &price[..]].concat()).stdout;
    let cost = text
        .split(
            "
Cost",
        )
        .nth(1)
        .unwrap_or_else(|| {
            panic!(
                "no costs in
{text}"
            )
        });
    let cost = cost.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in ["1 replica of 1 GPU,", "0.82 million output tokens", "a million costs 3.1 at most"]
    {
        assert!(cost.contains(part), "no {part:?} in {cost}");
    }
    assert!(
        cost.contains("slot-cap wastes 9.4 GPU hours a day while it holds, which cost 23"),
        "{cost}"
    );
    assert!(!diagnose(&["--full"]).stdout.contains("Cost"), "a price is never guessed");
    for flags in [&price[..], &price[..2], &["--gpus-per-replica", "1", "--full"]] {
        assert_eq!(diagnose(flags).status, 64, "{flags:?}");
    }
    let json = diagnose(&[&["--full", "--format", "json"], &price[..]].concat());
    json.fails(64, &["--format text"]);
}

#[test]
fn links_lead_to_the_window_and_the_model() {
    let report: Value = serde_json::from_str(&diagnose(&["--format", "json"]).stdout).unwrap();
    let at = |name: &str| report["window"][name].as_i64().expect("a time");
    let traces = "https://tempo.example/?from={start}&to={end}&min={threshold_seconds}s";
    let logs = "https://logs.example/{model}";
    let links = ["--trace-url", traces, "--log-url", logs];
    // Nobody chose a target for a whole answer: the mean one.
    let filled = format!("https://tempo.example/?from={}&to={}&min=9.31s", at("start"), at("end"));
    let markdown = diagnose(&[&["--format", "markdown"], &links[..]].concat()).stdout;
    assert!(
        markdown.contains(&format!(
            "- **Traces** <{filled}>
"
        )),
        "{markdown}"
    );
    assert!(
        markdown.ends_with(
            "- **Logs** <https://logs.example/gemma>
"
        ),
        "{markdown}"
    );
    let full = diagnose(&[&["--full"], &links[..]].concat()).stdout;
    assert!(
        full.contains(&format!(
            "
  Traces  {filled}
"
        )),
        "{full}"
    );
    diagnose(&links).fails(64, &["--full", "--format markdown"]);
    let wrong = diagnose(&["--full", "--log-url", "https://x/{pod}"]);
    assert!(wrong.status == 64 && wrong.stderr.contains("there is no {pod}"), "{wrong:?}");
}
