//! Loads that no engine could carry: Little's law against the gauges.
//!
//! In a steady state the mean number running is the time that ending requests spent in inference,
//! by the length of the segment; the mean number waiting is the time they spent queued. A scenario
//! whose gauges contradict its requests tests a world that does not exist.

use crate::scenario::load::{Level, Load, Requests, Segment, Trait};

/// Steps from which a segment is looked at: a shorter one is a transition.
const LEAST_STEPS: i64 = 10;

/// Relative difference that sampling explains, and a whole request beside it.
const TOLERANCE: f64 = 0.3;

/// One sentence for each segment whose gauges contradict its requests.
pub fn contradictions(load: &Load) -> Vec<String> {
    if load.header.implausible {
        return Vec::new();
    }
    let step = load.header.step_ms as f64 / 1000.0;
    let mut found = Vec::new();
    for (index, segment) in
        load.segments.iter().enumerate().filter(|(_, segment)| segment.steps >= LEAST_STEPS)
    {
        let seconds = segment.steps as f64 * step;
        for (level, phases) in [
            (Level::Running, [Trait::Prefill, Trait::Decode].as_slice()),
            (Level::Waiting, [Trait::Queue].as_slice()),
        ] {
            let Some(gauge) = mean_level(segment, level) else {
                continue;
            };
            let spent: f64 =
                segment.requests.iter().map(|kind| spent(kind, segment.steps, phases)).sum();
            let expected = spent / seconds;
            if (gauge - expected).abs() > TOLERANCE * expected.max(gauge) + 1.0 {
                found.push(format!(
                    "segment {}: {level:?} is {gauge:.1}, its requests make {expected:.1}",
                    index + 1
                ));
            }
        }
    }
    found
}

fn mean_level(segment: &Segment, level: Level) -> Option<f64> {
    let numbers = segment.levels.get(&level)?;
    let values: Vec<f64> = (0..segment.steps)
        .filter_map(|step| numbers.at(step, share(step, segment.steps), 0.0))
        .collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Seconds that requests of one kind spent in some phases over a segment.
fn spent(kind: &Requests, steps: i64, phases: &[Trait]) -> f64 {
    let mut seconds = 0.0;
    let mut index = 0;
    for step in 0..steps {
        let share = share(step, steps);
        let count = kind.per_step.at(step, share, 0.0).unwrap_or(0.0).round().max(0.0) as usize;
        for _ in 0..count {
            let of = |phase: &Trait| {
                kind.shape
                    .get(phase)
                    .and_then(|numbers| numbers.at(index, share, 0.0))
                    .unwrap_or(0.0)
            };
            seconds += phases.iter().map(of).sum::<f64>();
            index += 1;
        }
    }
    seconds
}

fn share(step: i64, steps: i64) -> f64 {
    if steps > 1 { step as f64 / (steps - 1) as f64 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contradictions_of(gauges: &str) -> usize {
        let text = format!(
            "steps 20\n  requests 5 queue=3 prefill=0.02 decode=5.98 output=600\n  {gauges}\n"
        );
        contradictions(&Load::parse("step=15s", &text).unwrap()).len()
    }

    #[test]
    fn gauges_follow_from_the_requests() {
        assert_eq!(contradictions_of("running 2  waiting 1"), 0);
        assert_eq!(contradictions_of("running 8  waiting 1"), 1);
        assert_eq!(contradictions_of("running 2  waiting 9"), 1);
        assert_eq!(contradictions_of("running 8  waiting 9"), 2);
    }
}
