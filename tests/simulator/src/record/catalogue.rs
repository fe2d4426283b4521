//! The families of a release in the order of its exposition.

use crate::configuration::Release;
use crate::record::Recorder;
use crate::record::columns::{Kind, Target};
use crate::record::histogram::Histogram;

const WAITING_BY_REASON: Release = Release::new(20, 0);
const BY_SOURCE: Release = Release::new(16, 0);
const COMPUTED_LENGTH: Release = Release::new(13, 0);
const OLD_NAMES_GONE: Release = Release::new(11, 0);
const OLD_ITL_GONE: Release = Release::new(12, 0);
const NEW_ITL: Release = Release::new(10, 2);
const NEW_CACHE_NAMES: Release = Release::new(9, 2);
const REQUEST_TPOT: Release = Release::new(11, 0);
const PREEMPTIONS_PER_REQUEST: Release = Release::new(30, 0);
const SLEEP_STATE: Release = Release::new(11, 1);
const REJECTIONS: Release = Release::new(32, 0);
const EXTERNAL_CACHE: Release = Release::new(11, 1);

/// Writes one scrape of an engine.
struct Page<'a> {
    target: &'a mut Target,
    prefix: &'static str,
    labels: Vec<(String, String)>,
}

impl Page<'_> {
    fn value(&mut self, kind: Kind, name: &str, extra: &[(&str, &str)], value: f64) {
        let Self { target, prefix, labels } = self;
        target.next(kind, value, || (format!("{prefix}{name}"), with(labels, extra)));
    }

    fn gauge(&mut self, name: &str, value: f64) {
        self.value(Kind::Gauge, name, &[], value);
    }

    fn counter(&mut self, name: &str, value: f64) {
        self.value(Kind::Counter, &format!("{name}_total"), &[], value);
    }

    fn histogram(&mut self, name: &str, histogram: &Histogram) {
        let Self { target, prefix, labels } = self;
        let mut count = 0.0;
        for (index, cumulative) in histogram.cumulative().enumerate() {
            count = cumulative;
            target.next(Kind::Counter, cumulative, || {
                let le = histogram
                    .bounds()
                    .get(index)
                    .map_or_else(|| "+Inf".to_owned(), |bound| format!("{bound:?}"));
                (format!("{prefix}{name}_bucket"), with(labels, &[("le", &le)]))
            });
        }
        target.next(Kind::Counter, count, || (format!("{prefix}{name}_count"), labels.clone()));
        target.next(Kind::Counter, histogram.sum(), || {
            (format!("{prefix}{name}_sum"), labels.clone())
        });
    }
}

fn with(labels: &[(String, String)], extra: &[(&str, &str)]) -> Vec<(String, String)> {
    let extra = extra.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    labels.iter().cloned().chain(extra).collect()
}

impl Recorder {
    /// Writes what a scrape reads now; the target has begun a scrape. Work of `lag` seconds still
    /// lies before the event loop.
    pub(crate) fn write(
        &self,
        target: &mut Target,
        (has_speculation, has_remote_kv, is_asleep): (bool, bool, bool),
        lag: f64,
    ) {
        let labels = vec![
            ("engine".to_owned(), "0".to_owned()),
            ("model_name".to_owned(), self.model_name.clone()),
        ];
        let mut page = Page { target, prefix: self.dialect.prefix(), labels };
        self.write_state(&mut page, has_remote_kv);
        self.write_sleep(&mut page, is_asleep);
        self.write_counters(&mut page, has_speculation);
        self.write_histograms(&mut page, has_remote_kv);
        self.write_process(&mut page, lag);
    }

    fn write_state(&self, page: &mut Page<'_>, has_remote_kv: bool) {
        page.gauge("num_requests_running", self.state.running);
        page.gauge(
            "num_requests_waiting",
            self.state.waiting_capacity + self.state.waiting_deferred,
        );
        if self.release >= WAITING_BY_REASON {
            for (reason, value) in [
                ("capacity", self.state.waiting_capacity),
                ("deferred", self.state.waiting_deferred),
            ] {
                page.value(
                    Kind::Gauge,
                    "num_requests_waiting_by_reason",
                    &[("reason", reason)],
                    value,
                );
            }
        }
        if has_remote_kv && self.release >= REJECTIONS {
            for (stage, value) in [
                ("waiting_to_start", 0.0),
                ("in_progress", self.state.fetching),
                ("completed_waiting", 0.0),
            ] {
                page.value(
                    Kind::Gauge,
                    "num_requests_kv_fetch_by_stage",
                    &[("stage", stage)],
                    value,
                );
            }
        }
        if self.release >= NEW_CACHE_NAMES {
            page.gauge("kv_cache_usage_perc", self.state.kv_usage);
        }
        if self.release < OLD_NAMES_GONE {
            page.gauge("gpu_cache_usage_perc", self.state.kv_usage);
        }
    }

    /// The API server writes it itself, at once.
    fn write_sleep(&self, page: &mut Page<'_>, is_asleep: bool) {
        if self.release < SLEEP_STATE {
            return;
        }
        let (asleep, awake) = if is_asleep { (1.0, 0.0) } else { (0.0, 1.0) };
        for (state, value) in
            [("awake", awake), ("weights_offloaded", asleep), ("discard_all", 0.0)]
        {
            page.value(Kind::Gauge, "engine_sleep_state", &[("sleep_state", state)], value);
        }
    }

    fn write_counters(&self, page: &mut Page<'_>, has_speculation: bool) {
        if self.release >= NEW_CACHE_NAMES {
            page.counter("prefix_cache_queries", self.state.cache_queries);
            page.counter("prefix_cache_hits", self.state.cache_hits);
        }
        if self.release < OLD_NAMES_GONE {
            page.counter("gpu_prefix_cache_queries", self.state.cache_queries);
            page.counter("gpu_prefix_cache_hits", self.state.cache_hits);
        }
        if self.release >= EXTERNAL_CACHE {
            page.counter("external_prefix_cache_queries", self.state.external_queries);
            page.counter("external_prefix_cache_hits", self.state.external_hits);
            page.counter("mm_cache_queries", self.state.encoded_items);
            page.counter("mm_cache_hits", 0.0);
        }
        page.counter("num_preemptions", self.state.preemptions);
        page.counter("prompt_tokens", self.prompt_tokens);
        if self.release >= BY_SOURCE {
            let computed = self.prompt_tokens - self.cached_tokens - self.fetched_tokens;
            let sources = [
                ("local_compute", computed),
                ("local_cache_hit", self.cached_tokens),
                ("external_kv_transfer", self.fetched_tokens),
            ];
            for (source, value) in sources {
                page.value(
                    Kind::Counter,
                    "prompt_tokens_by_source_total",
                    &[("source", source)],
                    value,
                );
            }
            page.counter("prompt_tokens_cached", self.cached_tokens + self.fetched_tokens);
        }
        page.counter("generation_tokens", self.generation_tokens);
        for (reason, value) in
            ["stop", "length", "abort", "error", "repetition"].into_iter().zip(self.endings)
        {
            page.value(
                Kind::Counter,
                "request_success_total",
                &[("finished_reason", reason)],
                value,
            );
        }
        if self.release >= REJECTIONS {
            let Page { target, prefix, .. } = page;
            for (reason, value) in
                [("max_num_queued_reqs", self.rejections), ("max_num_queued_tokens", 0.0)]
            {
                target.next(Kind::Counter, value, || {
                    let labels = [("model_name", self.model_name.as_str()), ("reason", reason)];
                    (format!("{prefix}admission_rejections_total"), with(&[], &labels))
                });
            }
        }
        if has_speculation {
            page.counter("spec_decode_num_drafts", self.drafts);
            page.counter("spec_decode_num_draft_tokens", self.draft_tokens);
            page.counter("spec_decode_num_accepted_tokens", self.accepted_tokens);
            for (position, value) in self.accepted_per_position.iter().enumerate() {
                let position = position.to_string();
                let labels = [("position", position.as_str())];
                page.value(
                    Kind::Counter,
                    "spec_decode_num_accepted_tokens_per_pos_total",
                    &labels,
                    *value,
                );
            }
        }
    }

    fn write_histograms(&self, page: &mut Page<'_>, has_remote_kv: bool) {
        page.histogram("time_to_first_token_seconds", &self.ttft);
        if self.release >= NEW_ITL {
            page.histogram("inter_token_latency_seconds", &self.itl);
        }
        if self.release < OLD_ITL_GONE {
            page.histogram("time_per_output_token_seconds", &self.itl);
        }
        if self.release >= REQUEST_TPOT {
            page.histogram("request_time_per_output_token_seconds", &self.tpot);
        }
        page.histogram("e2e_request_latency_seconds", &self.e2e);
        page.histogram("request_queue_time_seconds", &self.queue);
        page.histogram("request_prefill_time_seconds", &self.prefill);
        page.histogram("request_decode_time_seconds", &self.decode);
        page.histogram("request_inference_time_seconds", &self.inference);
        page.histogram("request_prompt_tokens", &self.prompt_length);
        page.histogram("request_generation_tokens", &self.output_length);
        page.histogram("request_params_max_tokens", &self.output_limit);
        if self.release >= COMPUTED_LENGTH {
            page.histogram("request_prefill_kv_computed_tokens", &self.computed_length);
        }
        if self.release >= PREEMPTIONS_PER_REQUEST {
            page.histogram("request_num_preemptions", &self.request_preemptions);
        }
        page.histogram("iteration_tokens_total", &self.iteration_tokens);
        if has_remote_kv && self.release >= EXTERNAL_CACHE {
            page.histogram("nixl_xfer_time_seconds", &self.transfer);
        }
    }

    fn write_process(&self, page: &mut Page<'_>, lag: f64) {
        let target = &mut *page.target;
        for (status, value) in ["2xx", "4xx", "5xx"].into_iter().zip(self.http) {
            target.next(Kind::Counter, value, || {
                let labels =
                    [("handler", "/v1/chat/completions"), ("method", "POST"), ("status", status)];
                ("http_requests_total".to_owned(), with(&[], &labels))
            });
        }
        // The kernel counts it in ticks of 10 ms.
        let ticks = libm::floor((self.cpu_seconds - lag).max(0.0) * 100.0);
        target.next(Kind::Counter, ticks / 100.0, || {
            ("process_cpu_seconds_total".to_owned(), Vec::new())
        });
        target.next(Kind::Gauge, self.process_start, || {
            ("process_start_time_seconds".to_owned(), Vec::new())
        });
    }
}
