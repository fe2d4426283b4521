//! Which series exist and move in each case of a larger sample, one line of JSON each: for finding
//! what gives a class away. `presence [PER_CLASS] [SEED]`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints")]

use inference_triage_accuracy::environment::Environment;
use inference_triage_accuracy::grid::{Point, SEED, Subject};
use inference_triage_accuracy::{experiment, parallel, samples};

fn main() {
    let number = |position| std::env::args().nth(position).and_then(|text| text.parse().ok());
    let mut grid = samples::quick();
    let per_class = number(1).unwrap_or(12) as usize;
    (grid.tuning.per_class, grid.test.per_class) = (per_class / 2, per_class - per_class / 2);
    (grid.tuning.per_variant, grid.test.per_variant) = (1, 2);
    let points = grid.points(number(2).unwrap_or(SEED));
    let timed = |point: &Point| {
        let begun = std::time::Instant::now();
        let seen = experiment::presence(point);
        let seconds = begun.elapsed().as_secs_f64();
        let Environment { running, lengths, .. } = &point.environment;
        let configuration = &point.configuration;
        eprintln!("{seconds:6.2} s {} {configuration:?} {running} {lengths}", point.id);
        seen
    };
    let seen = parallel::map(&points, 2, timed, |_| {});
    for (point, seen) in points.iter().zip(seen) {
        let Ok((features, standing)) = seen else { continue };
        let fault = matches!(point.subject, Subject::Fault(_));
        let line = serde_json::json!({
            "truth": point.subject.id(), "fault": fault, "standing": standing, "split": point.split,
            "features": features,
        });
        println!("{line}");
    }
}
