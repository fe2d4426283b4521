//! When the number that PromQL prints says nothing about the data.

use super::classic::Histogram;

/// Why PromQL's point for a quantile carries no information.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Artefact {
    /// All observations share one bucket: the point is a fixed position inside it, whatever the
    /// data.
    OneBucket,
    /// The quantile lies in the first bucket: the point is drawn between 0 and its bound.
    FirstBucket,
    /// The quantile lies above the highest finite bound: the point is pinned to that bound.
    OpenBucket,
    /// Fewer than 1/(1 − q) observations: the quantile is the largest of them.
    TooFewObservations,
}

impl Artefact {
    /// The reason in one phrase for people.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::OneBucket => {
                "all observations share one bucket, so this number carries no information"
            }
            Self::FirstBucket => {
                "it lies in the first bucket, so this number is drawn between 0 and the bucket's bound"
            }
            Self::OpenBucket => {
                "it lies above the highest finite bound, which is all this number says"
            }
            Self::TooFewObservations => {
                "there are too few observations for this quantile, so it is the largest of them"
            }
        }
    }
}

impl Histogram {
    /// Why PromQL's point for q says nothing about the data; the first reason that applies, in the
    /// order of [`Artefact`]. `None` if it says something, when empty, or if q is not in [0, 1].
    ///
    /// - q is 1: no number of observations is enough.
    /// - Layouts without a bound in common were merged: there is no point, so `None`.
    pub fn artefact(&self, q: f64) -> Option<Artefact> {
        // Decimal quantiles are not exact: 10 observations are enough for what 0.9 is written for.
        const NOISE_OF_Q: f64 = 1e-9;
        let ranks = self.ranks(q).filter(|_| self.has_finite_bound())?;
        if self.counts().iter().filter(|count| **count > 0.0).count() == 1 {
            return Some(Artefact::OneBucket);
        }
        let (first, last) = self.buckets_of(ranks);
        if first == 0 {
            Some(Artefact::FirstBucket)
        } else if last == self.counts().len() - 1 {
            Some(Artefact::OpenBucket)
        } else if self.count() * (1.0 - q) < 1.0 - NOISE_OF_Q {
            Some(Artefact::TooFewObservations)
        } else {
            None
        }
    }

    /// Whether the quantile lies, or may lie, in the first or in the +Inf bucket. False when empty
    /// or if q is not in [0, 1].
    pub fn is_unresolved(&self, q: f64) -> bool {
        self.ranks(q).is_some_and(|ranks| {
            let buckets = self.buckets_of(ranks);
            let (lo, _, hi) = self.ends_of(ranks, buckets);
            hi.is_none() || lo <= self.lowest_end() && buckets.0 == 0
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caveat::Caveats;
    use crate::histogram::Basis;

    const INF: f64 = f64::INFINITY;

    /// Name, cumulative buckets, q, the reason expected, and whether the quantile is unresolved.
    type Case = (&'static str, &'static [(f64, f64)], f64, Option<Artefact>, bool);

    #[test]
    fn reasons_in_their_order() {
        let spread: &[(f64, f64)] = &[(1.0, 2.0), (2.0, 10.0), (4.0, 19.0), (INF, 20.0)];
        let closed: &[(f64, f64)] = &[(1.0, 0.0), (2.0, 10.0), (4.0, 20.0), (INF, 20.0)];
        let cases: [Case; 12] = [
            (
                "one bucket",
                &[(1.0, 0.0), (2.0, 5.0), (INF, 5.0)],
                0.5,
                Some(Artefact::OneBucket),
                false,
            ),
            (
                "one bucket, the first",
                &[(0.3, 132.0), (INF, 132.0)],
                0.95,
                Some(Artefact::OneBucket),
                true,
            ),
            (
                "one bucket, the last",
                &[(0.3, 0.0), (INF, 132.0)],
                0.95,
                Some(Artefact::OneBucket),
                true,
            ),
            ("first bucket", spread, 0.08, Some(Artefact::FirstBucket), true),
            ("resolved", spread, 0.5, None, false),
            ("just below the open bucket", spread, 0.95, None, false),
            ("open bucket", spread, 0.96, Some(Artefact::OpenBucket), true),
            ("enough for 0.95", closed, 0.95, None, false),
            ("too few for 0.96", closed, 0.96, Some(Artefact::TooFewObservations), false),
            ("never enough for 1", closed, 1.0, Some(Artefact::TooFewObservations), false),
            ("empty", &[(1.0, 0.0), (INF, 0.0)], 0.5, None, false),
            ("q outside", spread, 1.5, None, false),
        ];
        for (name, cumulative, q, artefact, unresolved) in cases {
            let histogram =
                Histogram::from_cumulative(cumulative, None, Basis::Exact, &mut Caveats::new())
                    .expect("valid");
            assert_eq!(histogram.artefact(q), artefact, "{name}");
            assert_eq!(histogram.is_unresolved(q), unresolved, "{name}");
        }
    }

    #[test]
    fn ten_observations_are_enough_for_the_ninth_tenth() {
        let ten = [(1.0, 2.0), (2.0, 9.0), (3.0, 10.0), (INF, 10.0)];
        let histogram = Histogram::from_cumulative(&ten, None, Basis::Exact, &mut Caveats::new())
            .expect("valid");
        assert_eq!(histogram.artefact(0.9), None);
        assert_eq!(histogram.artefact(0.91), Some(Artefact::TooFewObservations));
    }
}
