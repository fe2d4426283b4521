//! PromQL selectors of an exporter's metrics: the only place that writes one.

use crate::catalogue::families::Family;
use crate::role::RolePart;
use crate::small::list::CollectVec;
use crate::small::text::joined;
use crate::source::exporter::Exporter;
use crate::source::metric::{Form, Metric, Selection};

/// Which series of a metric to select.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// Those under the name without the endings of a histogram.
    Name,
    /// One component of a histogram.
    Part(RolePart),
    /// Buckets and sum together, so that no scrape falls between them; the count is the last
    /// bucket.
    BucketsAndSum,
}

impl Exporter {
    /// A selector of the preferred metric of a family, e.g.
    /// `vllm:num_requests_running{model_name="gemma"}`. `matchers` come without braces. Empty where
    /// the exporter has no such metric.
    pub fn selector(&self, family: Family, ask: Ask, prefix: &str, matchers: &str) -> String {
        let part = match ask {
            Ask::Part(part) => Some(part),
            Ask::Name | Ask::BucketsAndSum => None,
        };
        self.metrics_of(family)
            .find(|metric| metric.is_in_part(part))
            .map_or_else(String::new, |metric| metric.selector(ask, prefix, matchers))
    }

    /// Selectors of all metrics of a family in order of preference.
    pub fn selectors(&self, family: Family, ask: Ask, prefix: &str, matchers: &str) -> Vec<String> {
        let part = match ask {
            Ask::Part(part) => Some(part),
            Ask::Name | Ask::BucketsAndSum => None,
        };
        self.metrics_of(family)
            .filter(|metric| metric.is_in_part(part))
            .map(|metric| metric.selector(ask, prefix, matchers))
            .collect_vec()
    }

    /// A selector of a family's metric under any prefix.
    pub fn selector_under_any_prefix(&self, family: Family, matchers: &str) -> String {
        let name = self.metrics_of(family).next().map_or("", |metric| metric.base);
        format!("{{__name__=~\".*{name}\",{matchers}}}")
    }

    /// One selector of many metrics: what the planned queries bring where `with_counts` is false,
    /// the counts of histograms too where it is true. Rows under one name are named once.
    pub fn selector_of_all(
        &self,
        metrics: &[&'static Metric],
        with_counts: bool,
        prefix: &str,
        matchers: &str,
    ) -> String {
        let mut names: Vec<String> = Vec::new();
        for metric in metrics {
            let ending = match metric.form {
                Form::Histogram if with_counts => "_(bucket|sum|count)",
                Form::Histogram => "_(bucket|sum)",
                _ => metric.suffixes()[0],
            };
            let name = format!("{}{ending}", metric.base);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let names = joined(&names, "|");
        match (prefix, matchers) {
            ("", "") => format!("{{__name__=~\"{names}\"}}"),
            (_, "") => format!("{{__name__=~\"{prefix}({names})\"}}"),
            _ => format!("{{__name__=~\"{prefix}({names})\",{matchers}}}"),
        }
    }
}

impl Metric {
    /// Whether its series are that part of the family; a histogram holds every part.
    fn is_in_part(&self, part: Option<RolePart>) -> bool {
        match self.form {
            Form::MeanSum => part != Some(RolePart::Count),
            Form::MeanCount => part == Some(RolePart::Count),
            _ => true,
        }
    }

    fn selector(&self, ask: Ask, prefix: &str, matchers: &str) -> String {
        let base = self.base;
        let ending = match (self.form, ask) {
            (Form::Histogram, Ask::Part(RolePart::Bucket)) => "_bucket",
            (Form::Histogram, Ask::Part(RolePart::Sum)) => "_sum",
            (Form::Histogram, Ask::Part(RolePart::Count)) => "_count",
            (Form::Histogram, Ask::Name) => "",
            (Form::Histogram, Ask::BucketsAndSum) => {
                return format!("{{__name__=~\"{prefix}{base}_(bucket|sum)\",{matchers}}}");
            }
            _ => self.suffixes()[0],
        };
        let without = self.without.map(|without| without.matcher(0, "!")).unwrap_or_default();
        let with = |selection: &str| {
            let all: Vec<&str> = [selection, &without, matchers]
                .into_iter()
                .filter(|matcher| !matcher.is_empty())
                .collect_vec();
            let all = joined(&all, ",");
            if prefix.contains('.') {
                // Such a name does not stand before the braces.
                let all = if all.is_empty() { all } else { format!(",{all}") };
                return format!("{{__name__=\"{prefix}{base}{ending}\"{all}}}");
            }
            let all = if all.is_empty() { all } else { format!("{{{all}}}") };
            format!("{prefix}{base}{ending}{all}")
        };
        let Some(selection) = self.selection else { return with("") };
        let labels = 0..selection.labels().len();
        let each: Vec<String> =
            labels.map(|label| with(&selection.matcher(label, "="))).collect_vec();
        if each.len() == 1 { joined(&each, "") } else { format!("({})", joined(&each, " or ")) }
    }
}

impl Selection {
    /// A matcher of the series that it accepts by one of its labels, or, where `sign` is `!`, of
    /// those that it accepts by none of them.
    fn matcher(self, label: usize, sign: &str) -> String {
        match self {
            Self::In(label, [value]) if sign == "=" => format!("{label}=\"{value}\""),
            Self::In(label, values) => format!("{label}{sign}~\"{}\"", joined(values, "|")),
            // An absent label is an empty one, which begins with anything.
            Self::StartsWith(labels, "") => format!("{}{sign}~\".+\"", labels[label]),
            Self::StartsWith(labels, start) => format!("{}{sign}~\"{start}.*\"", labels[label]),
            Self::AnyIn(labels, values) => {
                let values = joined(values, "|");
                let of = |label: &&str| format!("{label}{sign}~\"{values}\"");
                joined(&labels.iter().map(of).collect_vec(), ",")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::registry::exporter;

    fn selector(id: &str, family: Family, ask: Ask, matchers: &str) -> String {
        let exporter = exporter(id).unwrap();
        exporter.selector(family, ask, exporter.canonical_prefix, matchers)
    }

    #[test]
    fn each_form_has_its_ending() {
        let name = |family| selector("vllm", family, Ask::Name, "");
        assert_eq!(name(Family::Running), "vllm:num_requests_running");
        assert_eq!(name(Family::PromptTokens), "vllm:prompt_tokens_total");
        assert_eq!(name(Family::CacheConfig), "vllm:cache_config_info");
        let count = Ask::Part(RolePart::Count);
        assert_eq!(
            selector("vllm", Family::TokensPerStep, count, "a=\"b\""),
            "vllm:iteration_tokens_total_count{a=\"b\"}"
        );
        assert_eq!(selector("vllm", Family::SmClock, Ask::Name, ""), "", "no such metric");
    }

    #[test]
    fn a_row_that_shares_its_name_is_selected_by_its_label() {
        assert_eq!(
            selector("vllm", Family::KvFetchPending, Ask::Name, "model_name=\"m\""),
            "vllm:num_requests_kv_fetch_by_stage{stage=~\"waiting_to_start|in_progress\",\
             model_name=\"m\"}"
        );
        assert_eq!(
            selector("http-server", Family::HttpServerErrors, Ask::Name, "")
                .trim_matches(['(', ')']),
            ["status", "code", "status_code"]
                .map(|label| {
                    let paths = ["handler", "path", "route", "endpoint"];
                    let paths = paths.map(|path| format!("{path}!~\"/metrics|none\"")).join(",");
                    format!("http_requests_total{{{label}=~\"5.*\",{paths}}}")
                })
                .join(" or ")
        );
    }

    #[test]
    fn names_without_a_prefix_stand_alone() {
        let process = exporter("process").unwrap();
        assert_eq!(
            process.selector_of_all(&process.metrics.iter().collect::<Vec<_>>(), true, "", ""),
            "{__name__=~\"process_start_time_seconds|process_cpu_seconds_total|up\"}"
        );
        assert_eq!(selector("dcgm", Family::SmClock, Ask::Name, ""), "DCGM_FI_DEV_SM_CLOCK");
    }
}
