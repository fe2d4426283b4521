use super::Figures;
use super::equal_load::{Step, median, slowness, usual};
use crate::catalogue::fleet::FleetFigure;

fn step(batch: f64, time: f64) -> Step {
    Step { batch, time, prompts: 1000.0 }
}

/// Source: by hand. A peer with a batch of 8 in 40 ms puts out 200 a second; with 4 sequences it
/// takes between 20 and 40 ms.
#[test]
fn a_step_is_compared_with_what_any_law_of_its_peer_allows() {
    let (least, most) = slowness(&[step(4.0, 0.04), step(8.0, 0.04)], 0).expect("a peer");
    assert!((least - 1.0).abs() < 1e-9 && (most - 2.0).abs() < 1e-9, "{least} {most}");
    let (least, most) = slowness(&[step(4.0, 0.04), step(8.0, 0.04)], 1).expect("a peer");
    assert!((least - 0.5).abs() < 1e-9 && (most - 1.0).abs() < 1e-9, "{least} {most}");
    assert_eq!(slowness(&[step(4.0, 0.04)], 0), None, "no peer");
}

/// With as many outputs, whoever takes longer is slower: its larger batch comes of that.
#[test]
fn a_batch_that_grew_because_steps_are_slow_excuses_nothing() {
    let (least, most) = slowness(&[step(10.0, 0.1), step(1.0, 0.01)], 0).expect("a peer");
    assert!((least - 10.0).abs() < 1e-9 && (most - 10.0).abs() < 1e-9, "{least} {most}");
}

/// Prompts are computed between the steps: with twice as many of them, twice the step is its due.
#[test]
fn more_prompts_excuse_longer_steps() {
    let busy = Step { prompts: 2000.0, ..step(2.0, 0.02) };
    let (least, _) = slowness(&[step(1.0, 0.01), busy], 1).expect("a peer");
    assert!((least - 1.0).abs() < 1e-9, "{least}");
}

/// Whatever share of a step is fixed, and however the load spreads: equal replicas hold a factor of
/// one, and one of them that becomes 2.5 times as slow at its load is told.
#[test]
fn whatever_the_law_is_equal_replicas_hold_one_and_slow_ones_do_not() {
    for fixed in [0.2, 0.5, 0.9, 1.0] {
        let (alpha, beta) = (0.03 * fixed, 0.03 * (1.0 - fixed) / 8.0);
        let at_rate = |rate: f64, slower: f64| {
            let time = slower * alpha / (1.0 - slower * beta * rate);
            step(rate * time, time)
        };
        let rates = (0..40).map(|at| 40.0 + f64::from(at));
        let mut steps: Vec<Step> = rates.map(|rate| at_rate(rate, 1.0)).collect();
        for at in 0..steps.len() {
            let (least, most) = slowness(&steps, at).expect("peers");
            assert!(least <= 1.05 && most >= 1.0 - 1e-9, "{fixed} {at}: {least} {most}");
        }
        steps[20] = at_rate(60.0, 2.5);
        let (least, _) = slowness(&steps, 20).expect("peers");
        assert!(least > 2.0, "{fixed}: {least}");
        let others = (0..40).filter(|at| *at != 20);
        let most = others
            .filter_map(|at| slowness(&steps, at))
            .fold(0.0, |most, (least, _)| least.max(most));
        assert!(most < 1.1, "{fixed}: a neighbour of the slow one {most}");
    }
}

#[test]
fn the_median_is_that_of_the_two_in_the_middle() {
    assert_eq!(median(vec![]), None);
    assert_eq!(median(vec![3.0]), Some(3.0));
    assert_eq!(median(vec![4.0, 1.0, 2.0]), Some(2.0));
    assert_eq!(median(vec![1.0, 2.0]), Some(1.5));
}

#[test]
fn a_replica_is_compared_with_the_others_that_are_like_it() {
    assert_eq!(usual(vec![], 1.0), None);
    assert_eq!(usual(vec![240.0, 80.0], 250.0), Some(240.0));
    assert_eq!(usual(vec![240.0, 240.0], 80.0), Some(240.0));
    assert_eq!(usual(vec![80.0, 240.0, 250.0], 1.0), Some(240.0));
}

/// Counts go, and what is a ratio of two of them, a state or a mean stays.
#[test]
fn refuted_counts_are_left_out_of_a_row_and_nothing_else() {
    let mut figures: Figures = FleetFigure::ALL.iter().map(|figure| (*figure, 1.0)).collect();
    figures.leave_out_counts();
    let gone = FleetFigure::ALL.iter().filter(|figure| figures.get(**figure).is_none());
    let gone: Vec<&str> = gone.map(|figure| figure.id()).collect();
    assert_eq!(gone, ["arrivals", "arrival_share", "failed"]);
}
