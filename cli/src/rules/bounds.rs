//! The bucket bound that stands for a target.
//!
//! A histogram counts exactly at its bounds only. An alert that interpolates between them fires or
//! stays quiet by a guess, so each target is judged at a bound, and says so where that is another
//! number.

use inference_triage_core::text::number::chosen_seconds;
use serde::Deserialize;

/// Which bound stands for a target inside a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Rounding {
    /// The next bound above: what is counted as missed was missed for certain.
    #[default]
    Above,
    /// The next bound below: what is counted as met was met for certain.
    Below,
}

/// A bound and how it relates to the target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bound {
    /// Where requests are counted, seconds.
    pub(crate) seconds: f64,
    /// The target, seconds.
    pub(crate) target: f64,
    /// The bucket that holds the target, where the target is no bound; from 0 for the first.
    pub(crate) inside: Option<(f64, f64)>,
}

impl Bound {
    /// The bound for a target; None where the target lies above the last bound, or below the first
    /// one and the bound below is wanted.
    pub(crate) fn of(target: f64, bounds: &[f64], rounding: Rounding) -> Option<Self> {
        if let Some(bound) = bounds.iter().find(|bound| bound.total_cmp(&target).is_eq()) {
            return Some(Self { seconds: *bound, target, inside: None });
        }
        let below = bounds.iter().copied().rfind(|bound| *bound < target);
        let above = bounds.iter().copied().find(|bound| *bound > target)?;
        let seconds = match rounding {
            Rounding::Above => above,
            Rounding::Below => below?,
        };
        Some(Self { seconds, target, inside: Some((below.unwrap_or(0.0), above)) })
    }

    /// A matcher of the label `le`, in every spelling that servers store: client libraries and
    /// Prometheus since 3.0 write `10.0`, others `10`.
    pub(crate) fn matcher(&self) -> String {
        let text = self.seconds.to_string();
        if text.contains('.') {
            return format!("le=\"{text}\"");
        }
        format!("le=~\"{text}|{text}[.]0\"")
    }

    /// What is counted, and in which direction it is off.
    pub(crate) fn sentence(&self, flag: Option<&str>) -> String {
        let (target, bound) = (chosen_seconds(self.target), chosen_seconds(self.seconds));
        let Some((lower, upper)) = self.inside else {
            return format!("Counted exactly: {target} is a bucket bound.");
        };
        let direction = if self.seconds > self.target {
            format!(
                "requests between {target} and {bound} count as met, so the true share is higher"
            )
        } else {
            format!(
                "requests between {bound} and {target} count as missed, so the true share is lower"
            )
        };
        let cure = flag.map_or_else(String::new, |flag| {
            format!(" For an exact count configure a bound at {target} ({flag}).")
        });
        format!(
            "Counted at the bucket bound {bound}, because the target {target} lies inside the bucket \
             ({}, {}]: {direction}.{cure}",
            chosen_seconds(lower),
            chosen_seconds(upper)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: &[f64] = &[0.1, 0.25, 2.5, 10.0];

    #[test]
    fn a_target_that_is_a_bound_is_counted_exactly() {
        let bound = Bound::of(2.5, BOUNDS, Rounding::Above).expect("a bound");
        assert_eq!((bound.seconds, bound.inside), (2.5, None));
        assert_eq!(bound.matcher(), "le=\"2.5\"");
        assert!(bound.sentence(Some("--flag")).contains("exactly"));
    }

    #[test]
    fn a_target_inside_a_bucket_takes_a_neighbour_and_says_which() {
        let above = Bound::of(0.2, BOUNDS, Rounding::Above).expect("a bound");
        assert_eq!((above.seconds, above.inside), (0.25, Some((0.1, 0.25))));
        let sentence = above.sentence(Some("--flag"));
        assert!(sentence.contains("count as met") && sentence.contains("--flag"), "{sentence}");
        let below = Bound::of(0.2, BOUNDS, Rounding::Below).expect("a bound");
        assert!(below.seconds.total_cmp(&0.1).is_eq());
        assert!(below.sentence(None).contains("count as missed"));
        let whole = Bound::of(3.0, BOUNDS, Rounding::Above).expect("a bound");
        assert_eq!(whole.matcher(), "le=~\"10|10[.]0\"");
    }

    #[test]
    fn a_target_beyond_the_bounds_has_none() {
        assert_eq!(Bound::of(11.0, BOUNDS, Rounding::Above), None);
        assert_eq!(Bound::of(0.05, BOUNDS, Rounding::Below), None);
        assert_eq!(Bound::of(0.05, BOUNDS, Rounding::Above).map(|bound| bound.seconds), Some(0.1));
    }
}
