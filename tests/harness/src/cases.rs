//! Running a check over many seeds, and replaying one of them.

use std::any::Any;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::random::Random;

/// Name of the environment variable that replays a single seed: `TRIAGE_SEED=123 cargo test …`.
pub const REPLAY: &str = "TRIAGE_SEED";

/// At most this many failures are printed in full.
const SHOWN: usize = 5;

/// Runs `check` once a seed and panics with the seeds and texts of its failures, if there are any.
///
/// `check` gets a source of chance that depends on the seed alone. A panic inside it is a failure
/// of its seed. With the variable [`REPLAY`] set, only that seed runs.
///
/// # Panics
/// When a check fails, with the seed to replay.
pub fn for_each_seed(seeds: Range<u64>, mut check: impl FnMut(&mut Random) -> Result<(), String>) {
    let replay = std::env::var(REPLAY).ok().and_then(|text| text.parse().ok());
    let seeds = replay.map_or(seeds, |seed: u64| seed..seed + 1);
    let total = seeds.end - seeds.start;
    let mut failures = 0_usize;
    let mut shown = Vec::new();
    for seed in seeds {
        let mut random = Random::new(seed);
        let result = catch_unwind(AssertUnwindSafe(|| check(&mut random)));
        if let Err(text) = result.unwrap_or_else(|panic| Err(panic_text(panic.as_ref()))) {
            failures += 1;
            if shown.len() < SHOWN {
                shown.push(format!("{REPLAY}={seed}\n{text}"));
            }
        }
    }
    assert!(
        failures == 0,
        "{failures} of {total} cases failed; the first ones:\n\n{}\n",
        shown.join("\n\n")
    );
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    format!("panic: {}", text.unwrap_or("without a text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "TRIAGE_SEED=7\npanic: seven")]
    fn a_panic_names_its_seed() {
        for_each_seed(7..8, |_| panic!("seven"));
    }

    #[test]
    #[should_panic(expected = "1 of 10 cases failed; the first ones:\n\nTRIAGE_SEED=4\nfour")]
    fn a_failure_names_its_seed() {
        let mut runs = 0;
        for_each_seed(0..10, |_| {
            runs += 1;
            if runs == 5 { Err("four".to_owned()) } else { Ok(()) }
        });
    }

    #[test]
    fn the_same_seed_gives_the_same_chance() {
        let mut bits = Vec::new();
        for _ in 0..2 {
            for_each_seed(3..4, |random| {
                bits.push(random.bits());
                Ok(())
            });
        }
        assert_eq!(bits[0], bits[1]);
    }
}
