//! What a series is, as the value of a label: planned queries carry what their sums lost.

use std::fmt;
use std::str::FromStr;

use crate::catalogue::families::{Family, Shape};
use crate::catalogue::list::closed_list;

/// The label of planned queries that holds a [`Role`].
pub const ROLE_LABEL: &str = "triage_role";

closed_list! {
    /// How the values of a series are to be read.
    SeriesKind {
        /// Cumulative, with resets.
        Counter = "counter",
        /// A state.
        Gauge = "gauge",
        /// Cumulative over processes of which none starts or ends in the range: a fall tells
        /// nothing of the growth.
        Total = "total",
        /// Exact growth since the previous step; adds up over any interval.
        Increment = "increment",
        /// PromQL `rate`: per second, extrapolated.
        Rate = "rate",
        /// PromQL `increase`: extrapolated.
        Increase = "increase",
    }
}

/// A component of a histogram, as the ending of a metric's name says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RolePart {
    /// A cumulative bucket; its bound is the label `le`.
    Bucket,
    /// The sum of the observations.
    Sum,
    /// Their number.
    Count,
}

/// What a series measures and how to read its values, written as
/// `<family>[_bucket|_sum|_count]/<kind>/<window in ms>/<exporter>/<prefix>`. The family alone will
/// do; what is left out is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// What it measures.
    pub family: Family,
    /// Which component of a histogram; None: its labels tell, or it is no histogram.
    pub part: Option<RolePart>,
    /// How to read its values.
    pub kind: Option<SeriesKind>,
    /// Window of increments and rates: milliseconds, or a host's variable for them. Empty: not
    /// told.
    pub window: String,
    /// Id of the exporter; empty: not told.
    pub exporter: String,
    /// Prefix of the metric names; None: the exporter's own.
    pub prefix: Option<String>,
}

impl Role {
    /// Window of increments and rates in milliseconds; None where it is not told or no number.
    pub fn window_ms(&self) -> Option<i64> {
        self.window.parse().ok()
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = match self.part {
            None => "",
            Some(RolePart::Bucket) => "_bucket",
            Some(RolePart::Sum) => "_sum",
            Some(RolePart::Count) => "_count",
        };
        let Self { family, window, exporter, .. } = self;
        let kind = self.kind.map_or("", SeriesKind::id);
        write!(formatter, "{family}{part}/{kind}/{window}/{exporter}")?;
        self.prefix.as_ref().map_or(Ok(()), |prefix| write!(formatter, "/{prefix}"))
    }
}

/// The text names no family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoRole;

impl FromStr for Role {
    type Err = NoRole;

    fn from_str(text: &str) -> Result<Self, NoRole> {
        let mut fields = text.split('/');
        let name = fields.next().unwrap_or_default();
        let (family, part) = match Family::from_id(name) {
            Some(family) => (family, None),
            None => in_parts(name).ok_or(NoRole)?,
        };
        let kind = fields.next().and_then(SeriesKind::from_id);
        let window = fields.next().unwrap_or_default().to_owned();
        let exporter = fields.next().unwrap_or_default().to_owned();
        Ok(Self { family, part, kind, window, exporter, prefix: fields.next().map(str::to_owned) })
    }
}

fn in_parts(name: &str) -> Option<(Family, Option<RolePart>)> {
    let (base, suffix) = name.rsplit_once('_')?;
    let part = match suffix {
        "bucket" => RolePart::Bucket,
        "sum" => RolePart::Sum,
        "count" => RolePart::Count,
        _ => return None,
    };
    let family = Family::from_id(base).filter(|family| family.shape() == Shape::Histogram)?;
    Some((family, Some(part)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for family in Family::ALL {
            for (kind, prefix) in
                [(SeriesKind::Counter, None), (SeriesKind::Increment, Some("ray_vllm_"))]
            {
                let role = Role {
                    family: *family,
                    part: None,
                    kind: Some(kind),
                    window: "15000".to_owned(),
                    exporter: "vllm".to_owned(),
                    prefix: prefix.map(str::to_owned),
                };
                assert_eq!(role.to_string().parse(), Ok(role));
            }
        }
    }

    #[test]
    fn a_family_alone_will_do_and_a_part_only_of_a_histogram() {
        let role: Role = "queue_time_bucket".parse().unwrap();
        assert_eq!((role.family, role.part), (Family::QueueTime, Some(RolePart::Bucket)));
        assert_eq!((role.kind, role.window_ms(), role.prefix), (None, None, None));
        assert_eq!("running_sum".parse::<Role>(), Err(NoRole));
        assert_eq!("node_load1".parse::<Role>(), Err(NoRole));
        let variable: Role = "ttft/increment/$__interval_ms/vllm/vllm:".parse().unwrap();
        assert_eq!(variable.window_ms(), None);
    }
}
