//! A recording to series, with the names, labels and buckets of the release.

use std::collections::BTreeMap;

use crate::scenario::ORIGIN_MS;
use crate::scenario::catalogue::{METRICS, Measure, Metric, Shape, bounds};
use crate::scenario::header::Header;
use crate::scenario::load::Load;
use crate::scenario::recording::{Entry, Recording, record};
use crate::scenario::release::Release;
use crate::scenario::response::Series;

/// The release that put the engine's rank into a label.
const RANKED: Release = Release::patch(8, 3);

/// The release that exports the cache's size in tokens.
const SIZED: Release = Release::minor(24);

/// Every series of one engine.
pub fn expose(load: &Load) -> Vec<Series> {
    let recording = record(load);
    let writer = Writer { header: &load.header, recording: &recording };
    let metrics = METRICS.iter().filter(|metric| metric.is_in(load.header.release));
    metrics
        .filter(|metric| !load.header.dropped.iter().any(|name| name == metric.base))
        .flat_map(|metric| writer.metric(metric))
        .collect()
}

struct Writer<'a> {
    header: &'a Header,
    recording: &'a Recording,
}

impl Writer<'_> {
    fn metric(&self, metric: &Metric) -> Vec<Series> {
        match metric.shape {
            Shape::Histogram(_) => self.histogram(metric),
            Shape::Counter(label) => self.counter(metric, label),
            Shape::Gauge(label) => self.gauge(metric, label),
            Shape::Info => self.cache_config(metric),
        }
    }

    fn histogram(&self, metric: &Metric) -> Vec<Series> {
        let entries =
            self.recording.observations.get(&metric.measure).map_or(&[][..], Vec::as_slice);
        let mut series = Vec::new();
        let mut bounds = bounds(metric, self.header.release, self.header.max_model_len);
        bounds.push(f64::INFINITY);
        for bound in bounds {
            let inside =
                |entry: &Entry| if entry.value <= bound { entry.times as f64 } else { 0.0 };
            series.extend(self.counted(
                metric,
                "_bucket",
                &[("le", &bound_text(bound))],
                entries,
                inside,
            ));
        }
        series.extend(
            self.counted(metric, "_sum", &[], entries, |entry| entry.value * entry.times as f64),
        );
        series.extend(self.counted(metric, "_count", &[], entries, |entry| entry.times as f64));
        series
    }

    fn counter(&self, metric: &Metric, label: Option<&str>) -> Vec<Series> {
        let mut series = Vec::new();
        for ((_, value), entries) in
            self.recording.growth.iter().filter(|((measure, _), _)| *measure == metric.measure)
        {
            let extra: Vec<(&str, &str)> =
                label.map(|label| (label, value.as_str())).into_iter().collect();
            series.extend(self.counted(metric, "_total", &extra, entries, |entry| {
                entry.value * entry.times as f64
            }));
        }
        series
    }

    fn gauge(&self, metric: &Metric, label: Option<&str>) -> Vec<Series> {
        let columns =
            self.recording.gauges.iter().filter(|((measure, _), _)| *measure == metric.measure);
        columns
            .map(|((_, value), column)| {
                let extra: Vec<(&str, &str)> =
                    label.map(|label| (label, value.as_str())).into_iter().collect();
                self.series(metric, "", &extra, column)
            })
            .collect()
    }

    fn cache_config(&self, metric: &Metric) -> Vec<Series> {
        let header = self.header;
        let blocks = (header.kv_tokens / 16.0).floor().to_string();
        let concurrency = header.kv_tokens / header.max_model_len;
        let (size, concurrency) = (header.kv_tokens.to_string(), concurrency.to_string());
        let mut extra = vec![
            ("block_size", "16"),
            ("cache_dtype", "auto"),
            ("enable_prefix_caching", "True"),
            ("gpu_memory_utilization", "0.9"),
            ("num_gpu_blocks", blocks.as_str()),
        ];
        if header.release >= SIZED {
            extra.extend([
                ("kv_cache_size_tokens", size.as_str()),
                ("kv_cache_max_concurrency", concurrency.as_str()),
            ]);
        }
        let column = vec![Some(1.0); self.recording.scraped.len()];
        vec![self.series(metric, "", &extra, &column)]
    }

    /// A series that counts up within each process; none when zeros are lazy and nothing was
    /// counted.
    fn counted(
        &self,
        metric: &Metric,
        suffix: &str,
        extra: &[(&str, &str)],
        entries: &[Entry],
        growth: impl Fn(&Entry) -> f64,
    ) -> Option<Series> {
        let processes = &self.recording.process;
        let mut steps = vec![0.0; processes.len()];
        for entry in entries {
            steps[entry.sample.max(0) as usize] += growth(entry);
        }
        let factor =
            if self.header.doubled.iter().any(|name| name == metric.base) { 2.0 } else { 1.0 };
        // Two replicas whose counters never differ are one, scraped twice.
        let before = if self.header.lazy_zeros { 0.0 } else { self.past() };
        let (mut total, mut process) = (before * steps.iter().sum::<f64>(), 0);
        let column: Vec<Option<f64>> = steps
            .iter()
            .zip(processes)
            .map(|(step, &current)| {
                if current != process {
                    (total, process) = (0.0, current);
                }
                total += step * factor;
                (total != 0.0 || !self.header.lazy_zeros).then_some(total)
            })
            .collect();
        let series = self.series(metric, suffix, extra, &column);
        (!series.samples.is_empty()).then_some(series)
    }

    fn series(
        &self,
        metric: &Metric,
        suffix: &str,
        extra: &[(&str, &str)],
        column: &[Option<f64>],
    ) -> Series {
        let mut labels: BTreeMap<String, String> = self.labels(metric.measure);
        labels.insert(
            "__name__".to_owned(),
            format!("{}{}{suffix}", self.prefix(metric), metric.base),
        );
        labels
            .extend(extra.iter().map(|(label, value)| ((*label).to_owned(), (*value).to_owned())));
        let every = self.header.steps_per_scrape();
        let scrape_of = |index: usize| index - index % every;
        let samples = (0_i64..)
            .zip(0..column.len())
            .filter(|&(_, index)| self.recording.scraped[scrape_of(index)])
            .filter_map(|(step, index)| {
                Some((ORIGIN_MS + step * self.header.step_ms, column[scrape_of(index)]?))
            })
            .collect();
        Series { labels, samples }
    }

    /// How many times over the replica served its load before the first sample: none for the first
    /// replica and rank, more for each that follows.
    fn past(&self) -> f64 {
        let number = |text: &str| {
            let digits = text.trim_start_matches(|letter: char| !letter.is_ascii_digit());
            digits.parse::<u32>().map_or(0.0, f64::from)
        };
        16.0 * number(&self.header.replica) + number(&self.header.rank)
    }

    fn prefix(&self, metric: &Metric) -> &str {
        if metric.measure == Measure::HttpRequests { "" } else { &self.header.prefix }
    }

    /// The labels of the scrape and of the engine. The cache configuration names no model, the HTTP
    /// server neither.
    fn labels(&self, measure: Measure) -> BTreeMap<String, String> {
        let header = self.header;
        let mut labels = BTreeMap::from([
            ("job".to_owned(), "vllm".to_owned()),
            ("pod".to_owned(), header.replica.clone()),
            ("instance".to_owned(), format!("{}:8000", header.replica)),
        ]);
        if measure == Measure::HttpRequests {
            return labels;
        }
        if header.release >= RANKED && measure != Measure::Rejections {
            labels.insert("engine".to_owned(), header.rank.clone());
        }
        if measure != Measure::CacheConfig && !header.model.is_empty() {
            labels.insert("model_name".to_owned(), header.model.clone());
        }
        labels
    }
}

/// As the Python client prints a bound: always with a decimal point.
fn bound_text(bound: f64) -> String {
    if bound.is_infinite() { "+Inf".to_owned() } else { format!("{bound:?}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value_at(series: &[Series], name: &str, le: Option<&str>, sample: usize) -> String {
        let found = series
            .iter()
            .find(|one| one.name() == name && one.labels.get("le").map(String::as_str) == le);
        found.unwrap().samples[sample].1.to_string()
    }

    #[test]
    fn buckets_are_cumulative_and_bounds_print_like_python() {
        let text = "steps 2\n  requests 2 queue=0.2,6 prefill=0.1 decode=1 output=11\n  running 2  waiting 0\n";
        let load = Load::parse("step=15s age=0", text).unwrap();
        let series = expose(&load);
        let bucket = |le| value_at(&series, "vllm:request_queue_time_seconds_bucket", Some(le), 2);
        assert_eq!(
            [bucket("0.3"), bucket("5.0"), bucket("10.0"), bucket("+Inf")],
            ["2", "2", "4", "4"]
        );
        assert_eq!(value_at(&series, "vllm:request_queue_time_seconds_sum", None, 2), "12.4");
        assert_eq!(value_at(&series, "vllm:num_requests_running", None, 0), "2");
    }

    #[test]
    fn labels_are_those_the_engine_writes() {
        let load =
            Load::parse("model=m dialect=0.33", "steps 1\n  requests 1\n  rejections 1\n").unwrap();
        let series = expose(&load);
        let labels = |name: &str| &series.iter().find(|one| one.name() == name).unwrap().labels;
        assert!(!labels("vllm:cache_config_info").contains_key("model_name"));
        assert!(!labels("vllm:admission_rejections_total").contains_key("engine"));
        assert!(!labels("http_requests_total").contains_key("model_name"));
        assert_eq!(labels("vllm:request_success_total")["engine"], "0");
        assert_eq!(labels("vllm:cache_config_info")["kv_cache_max_concurrency"], "12.20703125");
    }

    #[test]
    fn lazy_zeros_do_not_exist() {
        let load = Load::parse("zeros=lazy age=0", "steps 2\n  requests 0,1 queue=0.1\n").unwrap();
        let series = expose(&load);
        let queue = series
            .iter()
            .find(|one| one.name() == "vllm:request_queue_time_seconds_count")
            .unwrap();
        assert_eq!(queue.samples.len(), 1);
        assert!(!series.iter().any(|one| one.name() == "vllm:num_preemptions_total"));
    }

    #[test]
    fn between_scrapes_the_last_sample_repeats() {
        let load = Load::parse("step=15s scrape=30s age=0", "steps 4\n  requests 1\n").unwrap();
        let series = expose(&load);
        let finished: Vec<String> = (0..5)
            .map(|sample| value_at(&series, "vllm:e2e_request_latency_seconds_count", None, sample))
            .collect();
        assert_eq!(finished, ["0", "0", "2", "2", "4"]);
    }
}
