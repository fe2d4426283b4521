//! What a sample gives away without any figure: the series that exist and the configuration that is
//! stated, read as the presence-only rival reads them.

use inference_triage_accuracy::environment::Needs;
use inference_triage_accuracy::experiment::standing;
use inference_triage_accuracy::grid::{Grid, Point, SEED};
use inference_triage_accuracy::rivals::presence::{Presence, Seen};
use inference_triage_accuracy::starts::Starts;
use inference_triage_accuracy::{parallel, samples};

/// What a reader of presence may name beyond chance: five points.
const ALLOWED: f64 = 0.05;

/// Faults alone, fewer than the rival is measured on.
fn faults() -> Grid {
    let mut grid = samples::presence();
    (grid.tuning.per_class, grid.test.per_class) = (4, 4);
    grid
}

fn named(points: &[Point]) -> Result<Presence, String> {
    let seen = parallel::map(points, 2, standing, |_| {});
    let seen: Vec<Seen> = seen.into_iter().collect::<Result<_, _>>()?;
    Ok(Presence::cross_validated(SEED, String::new(), &seen))
}

#[test]
fn what_exists_and_is_stated_names_little_more_than_chance() {
    let presence = named(&faults().points(SEED)).unwrap();
    let share = presence.standing.value().unwrap();
    assert!(
        share <= presence.chance + ALLOWED,
        "{share:.3} where chance is {:.3}; best: {:?}",
        presence.chance,
        presence.best
    );
}

/// The same sample, but for drafts, adapters and the like that only the faults have which need
/// them: what the first benchmark was.
#[test]
fn parts_that_only_their_fault_has_are_noticed() {
    let mut points = faults().points(SEED);
    for point in &mut points {
        let needs = Needs::of(point.subject.id());
        let environment = &mut point.environment;
        environment.speculation &= needs.speculation;
        environment.lora &= needs.lora;
        environment.remote_kv &= needs.remote_kv;
        environment.encoder &= needs.encoder;
        environment.grammar &= needs.grammar;
        environment.pending &= needs.pending;
        environment.errors &= needs.errors;
        environment.refusals &= needs.refusals;
        environment.replays &= needs.replays;
        environment.deployed &= needs.deployed;
        environment.starts = Starts::None;
    }
    let presence = named(&points).unwrap();
    let share = presence.standing.value().unwrap();
    assert!(share > presence.chance + ALLOWED, "{share:.3}: {:?}", presence.best);
}

/// Whoever changes what is drawn measures the rival anew: `npm run accuracy -- --presence`.
#[test]
fn what_the_page_says_was_measured_on_the_sample_that_is_drawn() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/accuracy/presence.json");
    let text = std::fs::read_to_string(file).unwrap();
    let committed: Presence = serde_json::from_str(&text).unwrap();
    assert_eq!(committed.sample, samples::presence().fingerprint(committed.seed));
}
