//! Whether saved scrapes are in the order in which they were taken: a process that started once
//! counts upwards.

use std::collections::BTreeMap;

use inference_triage_core::ingest::batch::Labels;

use super::Scrape;
use crate::exit::Failure;
use crate::input::name_of;

/// When a process started, as every client library exports it.
const STARTED: &str = "process_start_time_seconds";

/// Ends of the names of what only grows while a process runs.
const COUNTERS: [&str; 4] = ["_total", "_count", "_sum", "_bucket"];

/// Refuses scrapes of one process of which a later one counts less than an earlier one: they are in
/// the wrong order, or of several engines. Without the time of its start a process that counts less
/// may have started anew.
pub(super) fn check(scrapes: &[Scrape], times: &[i64]) -> Result<(), Failure> {
    let mut order: Vec<(&i64, &Scrape)> = times.iter().zip(scrapes).collect();
    order.sort_by_key(|(time, _)| **time);
    for pair in order.windows(2) {
        let [(_, earlier), (_, later)] = pair else { continue };
        if falls(earlier, later) {
            return Err(Failure::bad_data(format!(
                "{} counts less than {}, although the process of both started once: the scrapes are in the \
                 wrong order, or of different engines; give the oldest first, and an engine at a time",
                name_of(&later.path),
                name_of(&earlier.path)
            )));
        }
    }
    Ok(())
}

/// Whether most counters that moved fell, of a process that started once. Of several on a page it
/// is not known whose counters fell.
fn falls(earlier: &Scrape, later: &Scrape) -> bool {
    let before: BTreeMap<&Labels, f64> =
        earlier.samples.iter().map(|sample| (&sample.labels, sample.value)).collect();
    let (mut starts, mut is_same, mut fell, mut rose) = (0, false, 0, 0);
    for sample in &later.samples {
        let Some(&before) = before.get(&sample.labels) else { continue };
        let name = sample.labels.get("__name__").map_or("", String::as_str);
        if name == STARTED {
            starts += 1;
            is_same = before.total_cmp(&sample.value).is_eq();
        } else if COUNTERS.iter().any(|end| name.ends_with(end)) {
            fell += usize::from(sample.value < before);
            rose += usize::from(sample.value > before);
        }
    }
    starts == 1 && is_same && fell > rose
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use inference_triage_core::ingest::exposition::parse;

    use super::*;

    fn scrape(name: &str, requests: u32, started: u32) -> Scrape {
        let text = format!(
            "vllm:request_success_total{{finished_reason=\"stop\"}} {requests}\n\
             vllm:num_requests_running 3\n\
             process_start_time_seconds {started}\n"
        );
        let samples = parse(text.as_bytes()).expect("an exposition");
        Scrape { path: PathBuf::from(name), samples, given: None, written: None }
    }

    #[test]
    fn scrapes_in_the_wrong_order_are_told_from_a_restart() {
        let (first, second) = (scrape("t0.prom", 100, 7), scrape("t1.prom", 200, 7));
        assert!(check(&[first, second], &[0, 15_000]).is_ok());
        let turned = [scrape("t1.prom", 200, 7), scrape("t0.prom", 100, 7)];
        let said = check(&turned, &[0, 15_000]).expect_err("in the wrong order").to_string();
        assert!(said.contains("t0.prom counts less than t1.prom"), "{said}");
        assert!(said.contains("give the oldest first"), "{said}");
        assert!(check(&turned, &[15_000, 0]).is_ok(), "their times say their order");
        let restarted = [scrape("t0.prom", 200, 7), scrape("t1.prom", 10, 9)];
        assert!(check(&restarted, &[0, 15_000]).is_ok());
    }
}
