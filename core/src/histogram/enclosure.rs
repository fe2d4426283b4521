//! Histograms of different layouts together: what their buckets prove, without interpolating one
//! layout into another.
//!
//! Every observation lies between the ends of its own bucket, whatever the layouts of the others.
//! With all lower ends in ascending order and all upper ends in ascending order, the observation of
//! rank r lies between the r-th lower end and the r-th upper end: at least r observations are no
//! greater than the r-th upper end, and fewer than r can lie below the r-th lower end. Counted
//! along the bounds these two orders are the envelopes of the cumulative count: Σ C(greatest own
//! bound ≤ t) and Σ C(least own bound ≥ t).
//!
//! The sum narrows that down as in one layout. N − r + 1 observations are at least Q, and together
//! they exceed their lower ends by at least as much as those N − r + 1 with the greatest lower ends
//! would:
//!
//! ```text
//!     S − Σ n·l ≥ Σ max(0, Q − l)     over the N − r + 1 greatest lower ends
//!     Σ n·u − S ≥ Σ max(0, u − Q)     over the r least upper ends
//! ```
//!
//! Either right side is piecewise linear and monotone in Q, so its limit on Q is found bucket by
//! bucket.

use super::UNBOUNDED_BELOW;
use super::slack::Slack;

/// The observations of one bucket, or of equal buckets of several histograms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Piece {
    /// The bound below the bucket; −Inf for a first bucket.
    pub(super) bound_before: f64,
    /// Its upper bound.
    pub(super) upper: f64,
    /// How many of them, more than none.
    pub(super) count: f64,
}

/// Filled buckets of several layouts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Enclosure {
    by_lower: Vec<Piece>,
    by_upper: Vec<Piece>,
    /// A bucket with a negative bound is filled, so that first buckets have no lower end.
    reaches_below_zero: bool,
}

impl Enclosure {
    /// From filled buckets in an order that is always the same; the counts of equal ones are added
    /// in it.
    pub(super) fn new(pieces: &[Piece], reaches_below_zero: bool) -> Self {
        let (mut by_lower, mut by_upper) = (Vec::new(), Vec::new());
        for piece in pieces {
            insert(&mut by_lower, piece, |piece| (piece.bound_before, piece.upper));
            insert(&mut by_upper, piece, |piece| (piece.upper, piece.bound_before));
        }
        Self { by_lower, by_upper, reaches_below_zero }
    }

    /// Every filled bucket, in a fixed order.
    pub(super) fn pieces(&self) -> &[Piece] {
        &self.by_lower
    }

    pub(super) fn counts(&self) -> Vec<f64> {
        self.by_lower.iter().map(|piece| piece.count).collect::<Vec<_>>()
    }

    pub(super) fn lower_ends(&self) -> impl Iterator<Item = f64> {
        self.by_lower.iter().map(|piece| self.lower_end(piece))
    }

    pub(super) fn upper_bounds(&self) -> Vec<f64> {
        self.by_lower.iter().map(|piece| piece.upper).collect::<Vec<_>>()
    }

    /// As for one histogram: no less than 0, unless a bucket below 0 is filled.
    fn lower_end(&self, piece: &Piece) -> f64 {
        if piece.bound_before > 0.0 || self.reaches_below_zero { piece.bound_before } else { 0.0 }
    }

    /// The lower end of that rank as a finite number, and whether the observation of that rank lies
    /// strictly above it.
    pub(super) fn lower_end_of_rank(&self, rank: f64) -> (f64, bool) {
        let end = self.by_lower[first_reaching(&self.by_lower, rank)];
        let end = self.lower_end(&end);
        // At 0 some buckets may start with it and others above it.
        (end.max(UNBOUNDED_BELOW), end != 0.0 && end > UNBOUNDED_BELOW)
    }

    /// The upper end of that rank, if it is finite.
    pub(super) fn upper_end_of_rank(&self, rank: f64) -> Option<f64> {
        Some(self.by_upper[first_reaching(&self.by_upper, rank)].upper)
            .filter(|end| end.is_finite())
    }

    /// The greatest value that `observations` of the greatest lower ends can share without
    /// exceeding them by more than `above_least` together; not rounded.
    pub(super) fn highest_level(&self, observations: f64, above_least: f64) -> Option<f64> {
        let greatest = take(self.by_lower.iter().rev(), observations);
        let ends = greatest.iter().rev().map(|(piece, count)| (self.lower_end(piece), *count));
        fill(ends, self.widened(above_least))
    }

    /// The least value that `observations` of the least upper ends can share without falling short
    /// of them by more than `below_most` together; not rounded.
    pub(super) fn lowest_level(&self, observations: f64, below_most: f64) -> Option<f64> {
        let least = take(self.by_upper.iter(), observations);
        let ends = least.iter().rev().map(|(piece, count)| (-piece.upper, *count));
        fill(ends, self.widened(below_most)).map(|level| -level)
    }

    /// Observations that must, that may, and that need not lie at or below a threshold: (least,
    /// greatest) number of them by the buckets and by the sum, and whether the buckets alone fix
    /// it.
    pub(super) fn count_at_or_below(
        &self,
        threshold: f64,
        slack: Option<Slack>,
    ) -> (f64, f64, bool) {
        let ended: f64 = self
            .by_upper
            .iter()
            .filter(|piece| piece.upper <= threshold)
            .map(|piece| piece.count)
            .sum();
        let straddles = |piece: &&Piece| {
            let lower = self.lower_end(piece);
            piece.upper > threshold
                && (lower < threshold || (lower <= threshold && piece.bound_before < lower))
        };
        let inside: f64 = self.by_lower.iter().filter(straddles).map(|piece| piece.count).sum();
        let above = self.by_lower.iter().rev().filter(straddles);
        let above = above.map(|piece| (threshold - self.lower_end(piece), piece.count));
        let below = self
            .by_upper
            .iter()
            .filter(straddles)
            .map(|piece| (piece.upper - threshold, piece.count));
        let most_above = slack
            .and_then(Slack::above_least)
            .map_or(inside, |slack| affordable(above, self.widened(slack)));
        let most_below = slack
            .and_then(Slack::below_most)
            .map_or(inside, |slack| affordable(below, self.widened(slack)));
        (ended + (inside - most_above), ended + most_below, inside <= 0.0)
    }

    /// A distance with slack for the rounding of one step a bucket.
    fn widened(&self, distance: f64) -> f64 {
        distance + 4.0 * f64::EPSILON * (self.by_lower.len() + 2) as f64 * distance.abs()
    }
}

/// Keeps the pieces in the order of a key, equal ones as one.
fn insert(pieces: &mut Vec<Piece>, piece: &Piece, key: fn(&Piece) -> (f64, f64)) {
    let (first, second) = key(piece);
    let place = pieces.binary_search_by(|other| {
        let (other_first, other_second) = key(other);
        other_first.total_cmp(&first).then(other_second.total_cmp(&second))
    });
    match place {
        Ok(index) => pieces[index].count += piece.count,
        Err(index) => pieces.insert(index, *piece),
    }
}

/// Index of the first piece at which the running count reaches the rank, or the last.
fn first_reaching(pieces: &[Piece], rank: f64) -> usize {
    let mut running = 0.0;
    let reaches = |piece: &Piece| {
        running += piece.count;
        running >= rank
    };
    pieces.iter().position(reaches).unwrap_or(pieces.len() - 1)
}

/// Pieces from the front, the last one cut, until so many observations are taken.
fn take<'a>(pieces: impl Iterator<Item = &'a Piece>, observations: f64) -> Vec<(&'a Piece, f64)> {
    let mut left = observations;
    let mut taken = Vec::new();
    for piece in pieces {
        if left <= 0.0 {
            break;
        }
        taken.push((piece, piece.count.min(left)));
        left -= piece.count;
    }
    taken
}

/// The level to which `volume` fills vessels with these (floor, area), the floors ascending. `None`
/// without a vessel, with a negative volume or if the lowest floor is infinite.
fn fill(vessels: impl Iterator<Item = (f64, f64)>, volume: f64) -> Option<f64> {
    let (mut level, mut left, mut area) = (f64::NEG_INFINITY, volume, 0.0);
    for (floor, more) in vessels {
        let needed = if area > 0.0 { (floor - level) * area } else { 0.0 };
        if needed > left {
            break;
        }
        left -= needed;
        level = floor;
        area += more;
    }
    let level = level + left / area;
    (left >= 0.0 && level.is_finite()).then_some(level)
}

/// How many observations, cheapest first, cost no more than the budget together.
fn affordable(costs: impl Iterator<Item = (f64, f64)>, budget: f64) -> f64 {
    let (mut left, mut number) = (budget, 0.0);
    for (cost, count) in costs {
        let spent = cost * count;
        if spent > left {
            return number + (left / cost).max(0.0);
        }
        left -= spent;
        number += count;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    const INF: f64 = f64::INFINITY;

    fn piece(bound_before: f64, upper: f64, count: f64) -> Piece {
        Piece { bound_before, upper, count }
    }

    /// Four observations in (0, 1], (1, 3] and twice (2, 4].
    fn mixed() -> Enclosure {
        Enclosure::new(&[piece(2.0, 4.0, 2.0), piece(-INF, 1.0, 1.0), piece(1.0, 3.0, 1.0)], false)
    }

    #[test]
    fn ranks_lie_between_the_sorted_ends() {
        let expected = [
            (1.0, (0.0, false), 1.0),
            (2.0, (1.0, true), 3.0),
            (3.0, (2.0, true), 4.0),
            (4.0, (2.0, true), 4.0),
        ];
        for (rank, lower, upper) in expected {
            assert_eq!(mixed().lower_end_of_rank(rank), lower, "rank {rank}");
            assert_eq!(mixed().upper_end_of_rank(rank), Some(upper), "rank {rank}");
        }
        let open = Enclosure::new(&[piece(-INF, -1.0, 1.0), piece(4.0, INF, 1.0)], true);
        assert_eq!(
            (open.lower_end_of_rank(1.0), open.upper_end_of_rank(2.0)),
            ((UNBOUNDED_BELOW, false), None)
        );
    }

    #[test]
    fn equal_buckets_become_one() {
        let twice = Enclosure::new(&[piece(1.0, 2.0, 3.0), piece(1.0, 2.0, 4.0)], false);
        assert_eq!(twice.pieces(), [piece(1.0, 2.0, 7.0)]);
    }

    #[test]
    fn levels_by_hand() {
        // The two greatest share 2, so 1 above it is 2 + 1/2; the three greatest share 1, 2, 2: one
        // unit lifts the first to 2, half a unit more lifts all three by a sixth.
        let close =
            |got: Option<f64>, expected: f64| got.is_some_and(|got| (got - expected).abs() < 1e-12);
        assert!(close(mixed().highest_level(2.0, 1.0), 2.5));
        assert!(close(mixed().highest_level(3.0, 0.5), 1.5));
        assert!(close(mixed().highest_level(3.0, 1.5), 2.0 + 1.0 / 6.0));
        // The two least upper ends are 1 and 3: 2 units lower the second to 1, one more lowers both
        // to 1/2.
        assert!(close(mixed().lowest_level(2.0, 1.0), 2.0));
        assert!(close(mixed().lowest_level(2.0, 3.0), 0.5));
        assert_eq!(mixed().highest_level(0.0, 1.0), None);
        assert_eq!(mixed().highest_level(1.0, -1.0), None);
    }

    #[test]
    fn shares_by_hand() {
        assert_eq!(mixed().count_at_or_below(2.5, None), (1.0, 4.0, false));
        assert_eq!(mixed().count_at_or_below(1.0, None), (1.0, 1.0, true));
        assert_eq!(mixed().count_at_or_below(0.0, None), (0.0, 1.0, false));
        assert_eq!(mixed().count_at_or_below(9.0, None), (4.0, 4.0, true));
    }
}
