//! Searching cumulative counts.

/// Index of the first of ascending counts that reaches the rank, or their number where none does.
///
/// It counts those below the rank, one in four and then the four where it lies: each step is
/// independent of the others, where halving would wait for every one.
pub fn first_at_least(rank: f64, counts: &[f64]) -> usize {
    let (fours, rest) = counts.as_chunks::<4>();
    let below: usize = fours.iter().map(|four| usize::from(four[3] < rank)).sum();
    let inside = match fours.get(below) {
        Some(four) => {
            usize::from(four[0] < rank) + usize::from(four[1] < rank) + usize::from(four[2] < rank)
        }
        None => rest.iter().map(|count| usize::from(*count < rank)).sum(),
    };
    4 * below + inside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_finds_the_first() {
        let mut state = 3_u64;
        let mut next = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for _ in 0..20_000 {
            let length = next(40) as usize;
            let mut counts: Vec<f64> = (0..length).map(|_| next(12) as f64).collect();
            counts.sort_by(f64::total_cmp);
            for rank in [next(13) as f64, next(13) as f64 - 0.5, -1.0, f64::INFINITY] {
                let expected = counts.iter().position(|count| *count >= rank).unwrap_or(length);
                assert_eq!(first_at_least(rank, &counts), expected, "{rank} in {counts:?}");
            }
        }
    }
}
