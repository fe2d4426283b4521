//! One row of an exporter's table: a metric, how it is exported and what it measures.

use crate::catalogue::families::{Family, Population};
use crate::ingest::batch::Labels;

/// How a metric is exported, which decides the endings of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `_bucket`, `_sum` and `_count`.
    Histogram,
    /// Cumulative. `_total`, or the bare name where a pipeline keeps OpenMetrics' family names.
    Counter,
    /// A state under its bare name.
    Gauge,
    /// Always 1; the labels are the value.
    Info,
    /// A counter of the sum of observations that have no histogram: a mean and no quantile. Its
    /// number comes in a row of [`Form::MeanCount`] for the same family.
    MeanSum,
    /// A counter of the number of observations whose sum is a [`Form::MeanSum`].
    MeanCount,
}

/// The unit a metric is exported in, where it is not the one of its family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// The family's own: seconds, ratios, bytes, tokens.
    Own,
    /// Thousandths of a second.
    Milliseconds,
    /// Millionths of a second.
    Microseconds,
    /// Hundredths: 8.5 is a ratio of 0.085.
    PerCent,
    /// 2^20 bytes.
    Mebibytes,
}

impl Unit {
    /// A value in the family's own unit. Divisions, because 300 ms / 1000 is the float nearest to
    /// 0.3 s and 300 ms × 0.001 need not be.
    pub fn to_own(self, value: f64) -> f64 {
        match self {
            Self::Own => value,
            Self::Milliseconds => value / 1e3,
            Self::Microseconds => value / 1e6,
            Self::PerCent => value / 1e2,
            Self::Mebibytes => value * 1_048_576.0,
        }
    }
}

/// What a label of a series must say for the series to be this row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selection {
    /// The label has one of these values.
    In(&'static str, &'static [&'static str]),
    /// The value of the first of these labels that is there begins with this, as every status code
    /// of one class does.
    StartsWith(&'static [&'static str], &'static str),
    /// Any of these labels has one of these values.
    AnyIn(&'static [&'static str], &'static [&'static str]),
}

impl Selection {
    /// Whether a series with these labels is selected.
    pub fn accepts(self, labels: &Labels) -> bool {
        match self {
            Self::In(label, values) => {
                labels.get(label).is_some_and(|value| values.contains(&value.as_str()))
            }
            Self::StartsWith(names, start) => {
                let value = names.iter().find_map(|label| labels.get(*label));
                value.is_some_and(|value| value.starts_with(start))
            }
            Self::AnyIn(names, values) => {
                let mut found = names.iter().filter_map(|label| labels.get(*label));
                found.any(|value| values.contains(&value.as_str()))
            }
        }
    }

    /// The labels that it looks at.
    pub fn labels(&self) -> &[&'static str] {
        match self {
            Self::In(label, _) => std::slice::from_ref(label),
            Self::StartsWith(labels, _) | Self::AnyIn(labels, _) => labels,
        }
    }
}

/// How several series of one process make one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Across {
    /// Each counts its own part: they add up.
    Sum,
    /// Each shows the same thing, or the fullest part decides: the largest counts, and of counters
    /// and histograms one rank stands for all.
    Max,
}

/// Which of the labels that place a series it lacks: a query cannot select it by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lacks {
    /// None that matters.
    Nothing,
    /// The model.
    Model,
    /// The model and the rank.
    ModelAndRank,
}

/// One metric of an exporter.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Name without prefix and without the endings of its form.
    pub base: &'static str,
    /// How it is exported.
    pub form: Form,
    /// Unit of its values and, for a histogram, of its bounds.
    pub unit: Unit,
    /// What it measures.
    pub family: Family,
    /// When its observations are recorded; None where it observes nothing.
    pub population: Option<Population>,
    /// What tells its series from those of another row under the same name.
    pub selection: Option<Selection>,
    /// A label and its values whose series are left out though the rest says that they are meant.
    pub without: Option<Selection>,
    /// How several series of one process combine.
    pub across: Across,
    /// Longest time in milliseconds for which a state may repeat although the truth moved on; 0: it
    /// is true at every scrape.
    pub stale_for_ms: i64,
    /// Placement labels that its series lack.
    pub lacks: Lacks,
}

impl Metric {
    const fn new(form: Form, base: &'static str, family: Family) -> Self {
        Self {
            base,
            form,
            unit: Unit::Own,
            family,
            population: None,
            selection: None,
            without: None,
            across: Across::Sum,
            stale_for_ms: 0,
            lacks: Lacks::Nothing,
        }
    }

    pub(crate) const fn histogram(
        base: &'static str,
        family: Family,
        population: Population,
    ) -> Self {
        Self { population: Some(population), ..Self::new(Form::Histogram, base, family) }
    }

    pub(crate) const fn counter(base: &'static str, family: Family) -> Self {
        Self::new(Form::Counter, base, family)
    }

    pub(crate) const fn gauge(base: &'static str, family: Family) -> Self {
        Self::new(Form::Gauge, base, family)
    }

    pub(crate) const fn info(base: &'static str, family: Family) -> Self {
        Self::new(Form::Info, base, family)
    }

    #[cfg(test)]
    pub(crate) const fn mean_sum(
        base: &'static str,
        family: Family,
        population: Population,
    ) -> Self {
        Self { population: Some(population), ..Self::new(Form::MeanSum, base, family) }
    }

    #[cfg(test)]
    pub(crate) const fn mean_count(
        base: &'static str,
        family: Family,
        population: Population,
    ) -> Self {
        Self { population: Some(population), ..Self::new(Form::MeanCount, base, family) }
    }

    pub(crate) const fn unit(self, unit: Unit) -> Self {
        Self { unit, ..self }
    }

    pub(crate) const fn only(self, label: &'static str, values: &'static [&'static str]) -> Self {
        Self { selection: Some(Selection::In(label, values)), ..self }
    }

    pub(crate) const fn only_from(
        self,
        labels: &'static [&'static str],
        start: &'static str,
    ) -> Self {
        Self { selection: Some(Selection::StartsWith(labels, start)), ..self }
    }

    pub(crate) const fn without(
        self,
        labels: &'static [&'static str],
        values: &'static [&'static str],
    ) -> Self {
        Self { without: Some(Selection::AnyIn(labels, values)), ..self }
    }

    pub(crate) const fn largest(self) -> Self {
        Self { across: Across::Max, ..self }
    }

    pub(crate) const fn lacks(self, lacks: Lacks) -> Self {
        Self { lacks, ..self }
    }

    #[cfg(test)]
    pub(crate) const fn stale_for_ms(self, stale_for_ms: i64) -> Self {
        Self { stale_for_ms, ..self }
    }

    /// Whether a series with these labels, under the name of this row, is meant.
    pub fn accepts(&self, labels: &Labels) -> bool {
        self.selection.is_none_or(|selection| selection.accepts(labels))
            && !self.without.is_some_and(|without| without.accepts(labels))
    }

    /// Endings of its names, the usual one first.
    pub fn suffixes(&self) -> &'static [&'static str] {
        match self.form {
            Form::Histogram => &["_bucket", "_sum", "_count"],
            Form::Counter | Form::MeanSum | Form::MeanCount => &["_total", ""],
            Form::Gauge | Form::Info => &[""],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::float_cmp, reason = "conversions give the nearest float")]
    fn bounds_in_milliseconds_become_the_floats_nearest_to_seconds() {
        let own = |unit: Unit, values: [f64; 4]| values.map(|value| unit.to_own(value));
        let milliseconds = [300.0, 5.0, 70.0, f64::INFINITY];
        assert_eq!(own(Unit::Milliseconds, milliseconds), [0.3, 0.005, 0.07, f64::INFINITY]);
        let others = [Unit::PerCent, Unit::Microseconds, Unit::Mebibytes, Unit::Own];
        assert_eq!(others.map(|unit| unit.to_own(2.0)), [0.02, 2e-6, 2_097_152.0, 2.0]);
    }

    #[test]
    fn a_selection_asks_for_a_value_of_a_set_or_for_its_beginning() {
        let labels: Labels = [("status".to_owned(), "5xx".to_owned())].into_iter().collect();
        assert!(Selection::In("status", &["4xx", "5xx"]).accepts(&labels));
        assert!(!Selection::In("status", &["4xx"]).accepts(&labels));
        assert!(Selection::StartsWith(&["status"], "5").accepts(&labels));
        assert!(Selection::StartsWith(&["code", "status"], "5").accepts(&labels));
        assert!(!Selection::StartsWith(&["code"], "5").accepts(&labels), "an absent label");
        assert!(Selection::AnyIn(&["code", "status"], &["5xx"]).accepts(&labels));
    }
}
