//! Numbers given in turn: `3`, `2,1,_`, `30..60`, `0.1~0.3`.

/// Golden ratio less one: its multiples fill [0, 1) evenly without a period.
const GOLDEN: f64 = 0.618_033_988_749_894_9;

/// A rule for a number at each place.
#[derive(Debug, Clone, PartialEq)]
pub enum Sequence {
    /// One after the other, then from the start again; `None` = absent.
    Turns(Vec<Option<f64>>),
    /// From the first to the second over the segment.
    Ramp(f64, f64),
    /// Evenly spread between the two, in scattered order.
    Spread(f64, f64),
}

impl Sequence {
    /// The same number at every place.
    pub fn constant(value: f64) -> Self {
        Self::Turns(vec![Some(value)])
    }

    /// Reads the notation.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some((from, to)) = text.split_once("..") {
            return Ok(Self::Ramp(number(from)?, number(to)?));
        }
        if let Some((low, high)) = text.split_once('~') {
            return Ok(Self::Spread(number(low)?, number(high)?));
        }
        let turn = |word: &str| if word == "_" { Ok(None) } else { number(word).map(Some) };
        text.split(',').map(turn).collect::<Result<_, _>>().map(Self::Turns)
    }

    /// A number that none of them exceeds; 0 when all are absent.
    pub fn largest(&self) -> f64 {
        match self {
            Self::Turns(turns) => turns.iter().flatten().copied().fold(0.0, f64::max),
            Self::Ramp(one, other) | Self::Spread(one, other) => one.max(*other),
        }
    }

    /// The number at a place: `index` counts from 0 and is negative before, `progress` is the share
    /// of the segment that has passed, and `phase` keeps two spread sequences apart.
    pub fn at(&self, index: i64, progress: f64, phase: f64) -> Option<f64> {
        match self {
            Self::Turns(turns) => {
                let turn = i64::try_from(turns.len()).map_or(0, |length| index.rem_euclid(length));
                turns[turn as usize]
            }
            Self::Ramp(from, to) => Some(from + (to - from) * progress.clamp(0.0, 1.0)),
            Self::Spread(low, high) => {
                Some(low + (high - low) * ((index as f64 + 0.5) * GOLDEN + phase).rem_euclid(1.0))
            }
        }
    }
}

fn number(text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| format!("{text:?} is not a number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_four(text: &str) -> Vec<Option<f64>> {
        let sequence = Sequence::parse(text).unwrap();
        (0_i32..4).map(|index| sequence.at(i64::from(index), f64::from(index) / 3.0, 0.0)).collect()
    }

    #[test]
    fn each_notation_gives_its_numbers() {
        assert_eq!(first_four("3"), [Some(3.0); 4]);
        assert_eq!(first_four("2,1,_"), [Some(2.0), Some(1.0), None, Some(2.0)]);
        assert_eq!(first_four("30..60"), [Some(30.0), Some(40.0), Some(50.0), Some(60.0)]);
        let spread: Vec<f64> = first_four("1~2").into_iter().flatten().collect();
        assert!(spread.iter().all(|value| (1.0..2.0).contains(value)), "{spread:?}");
        assert!((spread[0] - spread[1]).abs() > 0.1, "{spread:?}");
    }

    #[test]
    fn a_word_is_refused() {
        assert_eq!(Sequence::parse("2,x").unwrap_err(), "\"x\" is not a number");
    }
}
