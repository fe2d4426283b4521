//! The kinds of findings: one row a kind, from which the output and `docs/lint.md` are made.

/// Declares the kinds from one table: variant, id, why it is wrong, what replaces it.
macro_rules! kinds {
    ($( $variant:ident = $id:literal, $why:literal, $instead:literal; )+) => {
        /// What can be wrong with a query.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "the row of each kind says what it means")]
        pub(crate) enum Kind { $( $variant, )+ }

        impl Kind {
            /// All of them, in the order of the documentation.
            #[cfg(test)]
            pub(crate) const ALL: &'static [Self] = &[$( Self::$variant, )+];

            /// The stable id.
            pub(crate) const fn id(self) -> &'static str {
                match self { $( Self::$variant => $id, )+ }
            }

            /// Why such a query is wrong, whatever the place.
            pub(crate) const fn why(self) -> &'static str {
                match self { $( Self::$variant => $why, )+ }
            }

            /// What the corrected query does.
            pub(crate) const fn instead(self) -> &'static str {
                match self { $( Self::$variant => $instead, )+ }
            }
        }
    };
}

kinds! {
    NotParsed = "not-parsed",
        "The expression is not PromQL, so the server refuses it and the panel or rule is empty.",
        "none: repair the syntax; MetricsQL's own functions are not PromQL";
    MigrationLeftOver = "migration-left-over",
        "A converter could not translate this query and left a placeholder that matches no series.",
        "none: rewrite the query";
    MetricGone = "metric-gone",
        "No supported vLLM release exports this metric, so the query is empty.",
        "a query of current metrics where one says the same";
    MetricRenamed = "metric-renamed",
        "vLLM renamed this metric, so the query is empty on current releases.",
        "the current name";
    MetricUnknown = "metric-unknown",
        "No vLLM release exports a metric of this name, so the query is empty.",
        "the metric that is probably meant, where there is one";
    MetricSuffix = "metric-suffix",
        "Counters are exposed with `_total` and histograms with `_bucket`, `_sum` and `_count`; \
         another ending matches no series.",
        "the exposed name";
    LabelNotExported = "label-not-exported",
        "The metric does not carry the label that the selector asks for, so nothing matches.",
        "the selector without that matcher";
    InfoValue = "info-value",
        "The value of an info metric says nothing (1, or a time): what it tells is in its labels.",
        "a count by the label";
    AbortsNotRecorded = "aborts-not-recorded",
        "vLLM's Python front end counts no request whose client went away, so this stays 0.",
        "first tokens against finished requests, over a range much longer than a request";
    QuantileWithoutLe = "quantile-without-le",
        "Without `sum by (le)` PromQL computes one quantile a series (each pod and rank), or, where \
         the aggregation drops `le`, none.",
        "the buckets added up by `le` first";
    QuantileOfNonBucket = "quantile-of-non-bucket",
        "`histogram_quantile` reads `_bucket` series; of others it returns nothing.",
        "the buckets";
    QuantileOutOfRange = "quantile-out-of-range",
        "A quantile lies between 0 and 1; above 1 PromQL returns +Inf.",
        "the quantile divided by 100";
    AverageOfQuantiles = "average-of-quantiles",
        "Averages and sums of quantiles are quantiles of nothing: a slow replica with little traffic \
         weighs as much as a busy one.",
        "one quantile of the buckets added up";
    SumOfQuantiles = "sum-of-quantiles",
        "Quantiles of phases do not add up, and can be neither subtracted nor stacked.",
        "means, which do";
    ThresholdBeyondBuckets = "threshold-beyond-buckets",
        "`histogram_quantile` never returns more than the largest finite bucket bound, so this \
         comparison never holds.",
        "the share of requests beyond the largest bound";
    ThresholdInsideBucket = "threshold-inside-bucket",
        "The threshold is no bucket bound, so interpolation inside one bucket decides.",
        "the share of requests within the nearest bound";
    LeNotABound = "le-not-a-bound",
        "No bucket has this bound, so the selector matches nothing.",
        "the nearest bound";
    LeAsText = "le-as-text",
        "Bounds are texts: vLLM and Prometheus 3 write `120.0`, older scrapes keep `120`.",
        "a matcher that takes both";
    CumulativeBuckets = "cumulative-buckets",
        "Buckets count since the engine started, so their bare values show history, not now.",
        "their increase over a range";
    RateOfGauge = "rate-of-gauge",
        "`rate` and `increase` take each fall of a gauge for a counter reset and return nonsense.",
        "the average of the gauge over the range";
    DeltaOfCounter = "delta-of-counter",
        "`delta`, `deriv` and averages over time ignore the resets of a counter.",
        "`increase` or `rate`";
    CounterWithoutRate = "counter-without-rate",
        "A counter counts since the engine started: the comparison holds until the next restart.",
        "its increase over a range";
    SumBeforeRate = "sum-before-rate",
        "A rate of a sum sees the restart of one replica as a reset of all.",
        "the sum of the rates";
    RangeTooShort = "range-too-short",
        "`rate` needs two samples; a range shorter than two scrape intervals often holds one, and \
         then the graph has gaps.",
        "a range of four scrape intervals, or `$__rate_interval`";
    AverageOfRatios = "average-of-ratios",
        "An average of ratios weighs an idle replica like a busy one.",
        "the ratio of the sums";
    MeanOfMeans = "mean-of-means",
        "A mean of each replica's mean weighs an idle replica like a busy one.",
        "the sum of all times over the count of all requests";
    LifetimeMean = "lifetime-mean",
        "Counters divided without a rate, as `_sum / _count`, give the mean since the engine started.",
        "rates of both";
    TimePerSecond = "time-per-second",
        "The rate of a `_sum` alone is seconds per second, i.e. how many requests are in that phase: \
         it grows with traffic, not with latency.",
        "divided by the rate of the count";
    AverageOfShares = "average-of-shares",
        "The average KV cache usage hides the one replica that is full.",
        "the fullest replica";
    AbsenceAsZero = "absence-as-zero",
        "`or vector(0)` shows 0 for a target that is gone or a metric that was renamed.",
        "the query without it: no data is shown as no data";
    ClampedDenominator = "clamped-denominator",
        "A denominator held above a floor turns an idle engine into 0, or understates a slow one.",
        "the plain ratio: idle is no data";
    SilentOutage = "silent-outage",
        "Where no target is up, `count(up == 1)` is empty and the comparison never fires.",
        "a count that is 0 when everything is down";
    ComparisonWithoutBool = "comparison-without-bool",
        "Without `bool` a comparison drops series instead of returning 0 or 1, so the average is \
         that of those left.",
        "the comparison with `bool`";
    TypedLimit = "typed-limit",
        "The limit is typed in and stays when the engine is started with another; vLLM does not \
         export `max_num_seqs`.",
        "the largest batch that each engine ran in the last day";
    RouterReExport = "router-re-export",
        "The production-stack router exports the engines' gauges again (label `server`), so sums \
         count each request twice.",
        "the sum of the engines' own series";
    LabelsNeverMatch = "labels-never-match",
        "The two sides have different labels and no `on` or `ignoring`, so no pair matches.",
        "both sides with the same labels";
    SumOfCodes = "sum-of-codes",
        "The value is the code of the last error; sums and averages of codes mean nothing.",
        "the number of devices with an error";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_texts_are_whole() {
        let mut ids: Vec<_> = Kind::ALL.iter().map(|kind| kind.id()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), Kind::ALL.len());
        for kind in Kind::ALL {
            assert!(kind.why().ends_with('.') && !kind.instead().ends_with('.'), "{}", kind.id());
        }
    }

    /// Each kind has a row in the documentation, with the same words.
    #[test]
    fn every_kind_is_documented() {
        let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/lint.md"))
            .unwrap();
        for kind in Kind::ALL {
            let row = format!("| `{}` | {} | {} |", kind.id(), kind.why(), kind.instead());
            assert!(page.contains(&row), "docs/lint.md lacks this row:\n{row}");
        }
        let rows = page.lines().filter(|line| line.starts_with("| `")).count();
        assert_eq!(rows, Kind::ALL.len(), "docs/lint.md has rows of kinds that are gone");
    }
}
