//! Observations ≥ 0 in many shapes, most of them chosen to sit where a wrong answer shows.

use crate::layouts::Layout;
use crate::random::Random;

/// Observations of a window in the order in which they were made, with a name for messages.
#[derive(Debug, Clone, PartialEq)]
pub struct Observations {
    /// What kind of distribution it is.
    pub name: &'static str,
    /// Finite, ≥ 0.
    pub values: Vec<f64>,
}

impl Observations {
    /// `count` observations of any shape.
    pub fn any(random: &mut Random, layout: &Layout, count: usize) -> Self {
        let (name, values) = match random.below(14) {
            0 => ("on bounds", (0..count).map(|_| on_bound(random, layout)).collect()),
            1 => ("beside bounds", (0..count).map(|_| beside_bound(random, layout)).collect()),
            2 => ("one bucket", one_bucket(random, layout, count)),
            3 => ("overflow", overflow(random, layout, count)),
            4 => ("zeros", with_zeros(random, layout, count)),
            5 => ("constant", vec![in_any_bucket(random, layout); count]),
            6 => ("bimodal", bimodal(random, layout, count)),
            7 => ("outlier", outlier(random, layout, count)),
            8 => ("tight from above", tight_from_above(random, layout, count)),
            9 => ("tight from below", tight_from_below(random, layout, count)),
            10 => ("any bucket", (0..count).map(|_| in_any_bucket(random, layout)).collect()),
            11 => ("tiny", (0..count).map(|_| random.log_uniform(1e-300, 1e-9)).collect()),
            _ => ("lognormal", lognormal(random, layout, count)),
        };
        let mut values: Vec<f64> = values;
        random.shuffle(&mut values);
        Self { name, values }
    }
}

/// A number in bucket `k`, often at one of its ends; above all bounds for the open bucket.
fn inside(random: &mut Random, layout: &Layout, k: usize) -> f64 {
    let least = layout.least(k);
    let Some(&bound) = layout.bounds.get(k) else {
        return if random.chance(0.2) {
            least
        } else {
            least.max(1e-9) * random.log_uniform(1.0, 1e4)
        };
    };
    match random.below(5) {
        0 => least,
        1 => bound,
        _ => random.uniform(least, bound),
    }
}

fn any_bucket(random: &mut Random, layout: &Layout) -> usize {
    random.between(*layout.buckets().start(), *layout.buckets().end())
}

fn in_any_bucket(random: &mut Random, layout: &Layout) -> f64 {
    let k = any_bucket(random, layout);
    inside(random, layout, k)
}

fn on_bound(random: &mut Random, layout: &Layout) -> f64 {
    random.pick(&layout.bounds).max(0.0)
}

fn beside_bound(random: &mut Random, layout: &Layout) -> f64 {
    let bound = on_bound(random, layout);
    *random.pick(&[bound.next_down().max(0.0), bound, bound.next_up()])
}

fn one_bucket(random: &mut Random, layout: &Layout, count: usize) -> Vec<f64> {
    let k = any_bucket(random, layout);
    (0..count).map(|_| inside(random, layout, k)).collect()
}

fn overflow(random: &mut Random, layout: &Layout, count: usize) -> Vec<f64> {
    let open = layout.bounds.len();
    let share = random.uniform(0.5, 1.0);
    (0..count)
        .map(|_| {
            if random.chance(share) {
                inside(random, layout, open)
            } else {
                in_any_bucket(random, layout)
            }
        })
        .collect()
}

fn with_zeros(random: &mut Random, layout: &Layout, count: usize) -> Vec<f64> {
    let share = *random.pick(&[0.3, 0.9, 1.0]);
    (0..count)
        .map(|_| if random.chance(share) { 0.0 } else { in_any_bucket(random, layout) })
        .collect()
}

/// A number somewhere among the positive bounds, the place for a median.
fn middle(random: &mut Random, layout: &Layout) -> f64 {
    random.pick(&layout.bounds).max(1e-3) * random.log_uniform(0.3, 3.0)
}

fn lognormal(random: &mut Random, layout: &Layout, count: usize) -> Vec<f64> {
    let (median, sigma) = (middle(random, layout), *random.pick(&[0.01, 0.3, 0.9, 2.0]));
    (0..count).map(|_| random.lognormal(median, sigma)).collect()
}

fn bimodal(random: &mut Random, layout: &Layout, count: usize) -> Vec<f64> {
    let medians = [middle(random, layout), middle(random, layout)];
    let share = random.uniform(0.02, 0.5);
    (0..count)
        .map(|_| {
            let median = medians[usize::from(random.chance(share))];
            random.lognormal(median, 0.1)
        })
        .collect()
}

/// One observation that dwarfs the sum of all others.
fn outlier(random: &mut Random, layout: &Layout, count: usize) -> Vec<f64> {
    let mut values = lognormal(random, layout, count);
    if let Some(first) = values.first_mut() {
        *first *= random.log_uniform(1e3, 1e12);
    }
    values
}

/// The m largest of one bucket share one value and every other observation is the least of its
/// bucket, so that the sum pins that value from above.
fn tight_from_above(random: &mut Random, layout: &Layout, count: usize) -> Vec<f64> {
    let pinned = any_bucket(random, layout);
    let value = inside(random, layout, pinned);
    let share = random.unit();
    (0..count)
        .map(
            |_| if random.chance(share) { value } else { layout.least(any_bucket(random, layout)) },
        )
        .collect()
}

/// The smallest of one bucket share one value and every other observation lies on the upper bound
/// of its bucket, so that the sum pins that value from below.
fn tight_from_below(random: &mut Random, layout: &Layout, count: usize) -> Vec<f64> {
    let pinned = random.between(*layout.buckets().start(), layout.bounds.len() - 1);
    let value = inside(random, layout, pinned);
    let share = random.unit();
    (0..count)
        .map(|_| if random.chance(share) { value } else { on_bound(random, layout) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn observations_are_finite_and_never_negative() {
        let mut random = Random::new(0);
        for _ in 0..10_000 {
            let layout = Layout::any(&mut random);
            let count = random.between(0, 30);
            let observations = Observations::any(&mut random, &layout, count);
            assert_eq!(observations.values.len(), count, "{observations:?}");
            assert!(
                observations.values.iter().all(|&value| value.is_finite() && value >= 0.0),
                "{observations:?}"
            );
        }
    }
}
