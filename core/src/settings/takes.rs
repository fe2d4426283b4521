//! What a setting may hold.

use crate::small::text::joined;
use crate::text::decimal::shortest;

/// Numbers that are allowed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// Lower bound.
    pub least: f64,
    /// Upper bound; infinite where there is none. Infinity itself is never allowed.
    pub most: f64,
    /// Whether the bounds themselves are allowed.
    pub includes_bounds: bool,
}

impl Range {
    /// Finite numbers greater than 0.
    pub const POSITIVE: Self = Self { least: 0.0, most: f64::INFINITY, includes_bounds: false };
    /// Quantiles, the smallest and the largest observation among them.
    pub const UNIT: Self = Self { least: 0.0, most: 1.0, includes_bounds: true };
    /// Quantiles that leave something on either side.
    pub const INSIDE_UNIT: Self = Self { least: 0.0, most: 1.0, includes_bounds: false };

    /// Whether a number is allowed; NaN never is.
    pub fn contains(self, number: f64) -> bool {
        let Self { least, most, includes_bounds } = self;
        let is_inside = number > least && number < most;
        is_inside || (includes_bounds && (least..=most).contains(&number))
    }

    /// The allowed numbers in words, after "a number".
    pub fn text(self) -> String {
        let (least, most) = (shortest(self.least), shortest(self.most));
        if self.most.is_infinite() {
            format!("greater than {least}")
        } else if self.includes_bounds {
            format!("from {least} to {most}")
        } else {
            format!("between {least} and {most}, neither of them included")
        }
    }
}

/// Kind and range of a setting's value. Times are Unix milliseconds, lengths of time milliseconds.
#[derive(Debug, Clone, Copy)]
pub enum Takes {
    /// One number.
    Number(Range),
    /// One id of a closed list.
    Choice(&'static [&'static str]),
    /// Any text.
    Text,
    /// A point in time.
    Time,
    /// A length of time, more than 0.
    Duration,
    /// Two times, the later one last.
    Interval,
    /// Any number of numbers.
    Numbers(Range),
    /// Any number of ids of a closed list, in order.
    Choices(&'static [&'static str]),
    /// Numbers by some ids of a closed list, which the function names in reading order.
    NumberById(fn() -> Vec<&'static str>, Range),
    /// Numbers by names of any kind.
    NumberByName(Range),
}

impl Takes {
    /// What is allowed, as the end of "must be …".
    pub fn text(&self) -> String {
        match self {
            Self::Number(range) => format!("a number {}", range.text()),
            Self::Choice(ids) => format!("one of {}", joined(ids, ", ")),
            Self::Text => "a text".to_owned(),
            Self::Time => "a time as a whole number of Unix milliseconds".to_owned(),
            Self::Duration => "a whole number of milliseconds greater than 0".to_owned(),
            Self::Interval => {
                "{\"start\": …, \"end\": …} in Unix milliseconds, the end after the start"
                    .to_owned()
            }
            Self::Numbers(range) => format!("a list of numbers {}", range.text()),
            Self::Choices(ids) => format!("a list out of {}", joined(ids, ", ")),
            Self::NumberById(ids, range) => {
                format!("an object of numbers {} by {}", range.text(), joined(&ids(), ", "))
            }
            Self::NumberByName(range) => {
                format!("an object of numbers {} by name", range.text())
            }
        }
    }
}
