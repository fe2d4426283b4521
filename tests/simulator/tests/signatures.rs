//! Every class changes what it should, and leaves alone what it should.

use inference_triage_simulator::configuration::{Clients, FaultClass, Hardware, Scenario};
use inference_triage_simulator::load::quantile;
use inference_triage_simulator::record::outcome::{Ending, Outcome};
use inference_triage_simulator::run::increase;
use inference_triage_simulator::{Run, simulate};

const ONSET: f64 = 300.0;
const END: f64 = 900.0;

/// A service of which nothing but its fault is uneven, with callers who wait for ever: what they do
/// otherwise has its own test.
fn calm(hardware: Hardware) -> Scenario {
    let mut scenario = Scenario::new(hardware).undisturbed();
    scenario.traffic.clients = Clients::default();
    scenario
}

/// What a class does before and after its onset.
struct Signature {
    run: Run,
    before: Run,
    after: Run,
}

impl Signature {
    fn of(class: FaultClass, severity: f64) -> Self {
        Self::on(Hardware::opt_13b_a100(), class, severity)
    }

    fn on(hardware: Hardware, class: FaultClass, severity: f64) -> Self {
        let base = Scenario { duration_seconds: END, ..calm(hardware) };
        let run = simulate(&base.with_fault(class, severity, ONSET), 5.0);
        let before = run.between(0.0, ONSET - 5.0);
        let after = run.between(ONSET + 30.0, END);
        Self { run, before, after }
    }

    /// True quantile of the requests that arrived before or after the onset.
    fn true_p95(&self, value: fn(&Outcome) -> Option<f64>) -> (f64, f64) {
        let of = |from: f64, to: f64| {
            let arrived = self
                .run
                .requests
                .iter()
                .filter(|outcome| outcome.arrival >= from && outcome.arrival < to);
            quantile(arrived.filter_map(value).collect(), 0.95).unwrap_or(0.0)
        };
        (of(0.0, ONSET), of(ONSET, END))
    }

    fn gauge(&self, name: &str) -> (f64, f64) {
        (mean(&self.before, name), mean(&self.after, name))
    }

    fn rate(&self, name: &str) -> (f64, f64) {
        (self.before.growth(name) / ONSET, self.after.growth(name) / (END - ONSET - 30.0))
    }

    fn ratio(&self, above: &str, below: &str) -> (f64, f64) {
        let ratio = |run: &Run| run.growth(above) / run.growth(below).max(1e-9);
        (ratio(&self.before), ratio(&self.after))
    }

    fn mean_of(&self, family: &str) -> (f64, f64) {
        self.ratio(&format!("{family}_sum"), &format!("{family}_count"))
    }

    /// Share of the requests that meet their objectives.
    fn met(&self) -> (f64, f64) {
        let share = |from, to| self.run.attainment(from, to).share().unwrap_or(1.0);
        (share(0.0, ONSET), share(ONSET, END))
    }
}

fn values<'a>(run: &'a Run, name: &'a str) -> impl Iterator<Item = f64> {
    let series = run.targets.iter().flat_map(|target| &target.series);
    let series =
        series.filter(move |series| series.name == name || series.name == format!("vllm:{name}"));
    series.flat_map(|series| series.values.iter().copied().filter(|value| !value.is_nan()))
}

fn mean(run: &Run, name: &str) -> f64 {
    let values: Vec<f64> = values(run, name).collect();
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn highest(run: &Run, name: &str) -> f64 {
    values(run, name).fold(0.0, f64::max)
}

#[track_caller]
fn grows((before, after): (f64, f64), factor: f64) {
    assert!(after > before * factor, "{before} became {after}, not {factor} times as much");
}

#[track_caller]
fn stays((before, after): (f64, f64), tolerance: f64) {
    assert!((after / before - 1.0).abs() < tolerance, "{before} became {after}");
}

#[test]
fn slot_cap() {
    let signature = Signature::of(FaultClass::SlotCap, 0.6);
    let waiting = signature.gauge("num_requests_waiting");
    assert!(waiting.0 < 1.0 && waiting.1 > 10.0, "{waiting:?}");
    let slots: Vec<f64> = values(&signature.after, "num_requests_running").collect();
    let full = slots
        .iter()
        .filter(|running| **running >= highest(&signature.after, "num_requests_running"))
        .count();
    assert!(
        full * 10 > slots.len() * 8,
        "running stands at its maximum in {full} of {} scrapes",
        slots.len()
    );
    assert!(highest(&signature.after, "kv_cache_usage_perc") < 0.2);
    assert!(signature.after.growth("num_preemptions_total") < 0.5);
    assert!(
        signature.mean_of("inter_token_latency_seconds").1
            <= signature.mean_of("inter_token_latency_seconds").0
    );
    grows(signature.true_p95(Outcome::queue), 20.0);
}

#[test]
fn load_above_capacity() {
    let signature = Signature::of(FaultClass::LoadAboveCapacity, 0.6);
    grows(signature.gauge("num_requests_waiting"), 20.0);
    grows(signature.gauge("num_requests_running"), 2.0);
    grows(signature.mean_of("inter_token_latency_seconds"), 1.4);
    grows(signature.rate("generation_tokens_total"), 1.5);
}

#[test]
fn kv_bound_admission() {
    let signature = Signature::of(FaultClass::KvBoundAdmission, 0.5);
    grows(signature.gauge("num_requests_waiting"), 20.0);
    assert!(
        signature.gauge("kv_cache_usage_perc").1 > 0.8,
        "{:?}",
        signature.gauge("kv_cache_usage_perc")
    );
    let finished = signature.after.growth("e2e_request_latency_seconds_count");
    assert!(signature.after.growth("num_preemptions_total") < finished * 0.01);
    let running: Vec<f64> = values(&signature.after, "num_requests_running").collect();
    let highest = highest(&signature.after, "num_requests_running");
    let full = running.iter().filter(|running| **running >= highest).count();
    assert!(
        full * 2 < running.len(),
        "running varies below its maximum: {full} of {}",
        running.len()
    );
}

#[test]
fn kv_thrash() {
    let signature = Signature::of(FaultClass::KvThrash, 0.6);
    let finished = signature.after.growth("e2e_request_latency_seconds_count");
    assert!(signature.after.growth("num_preemptions_total") > finished * 0.1);
    assert!(highest(&signature.after, "kv_cache_usage_perc") > 0.97);
    // Evicted requests wait, booked as inference.
    let inference = signature.rate("request_inference_time_seconds_sum").1;
    let running = signature.gauge("num_requests_running").1;
    assert!(inference > running * 1.02, "{inference} booked as inference, {running} run");
}

#[test]
fn token_budget() {
    let signature = Signature::on(Hardware::llama_8b_h100(), FaultClass::TokenBudget, 0.6);
    grows(signature.gauge("num_requests_waiting"), 10.0);
    assert!(highest(&signature.after, "kv_cache_usage_perc") < 0.5);
    let slots = signature.run.scenario.engine.max_num_seqs as f64;
    assert!(highest(&signature.after, "num_requests_running") < slots);
    // Steps are full, and shorter than before: no device is slower.
    let gap = signature.mean_of("inter_token_latency_seconds");
    assert!(gap.1 < gap.0 * 1.1, "{gap:?}");
    grows(signature.true_p95(Outcome::ttft), 5.0);
}

#[test]
fn long_prompts() {
    let signature = Signature::of(FaultClass::LongPrompts, 0.6);
    grows(signature.mean_of("request_prompt_tokens"), 2.0);
    grows(signature.mean_of("request_prefill_time_seconds"), 2.5);
    grows(signature.true_p95(Outcome::ttft), 2.0);
    let (queue, prefill) = (
        signature.mean_of("request_queue_time_seconds").1,
        signature.mean_of("request_prefill_time_seconds").1,
    );
    assert!(queue < prefill * 0.5, "queue {queue}, prefill {prefill}");
}

#[test]
fn prefix_cache_collapse() {
    let signature = Signature::of(FaultClass::PrefixCacheCollapse, 0.9);
    let hits = signature.ratio("prefix_cache_hits_total", "prefix_cache_queries_total");
    assert!(hits.0 > 0.6 && hits.1 < 0.25, "{hits:?}");
    stays(signature.mean_of("request_prompt_tokens"), 0.35);
    grows(signature.mean_of("request_prefill_kv_computed_tokens"), 2.0);
}

#[test]
fn prefill_stalls_decode() {
    let signature = Signature::of(FaultClass::PrefillStallsDecode, 0.6);
    let tail = |run: &Run| run.bucket_quantile("inter_token_latency_seconds", 0.99).unwrap_or(0.0);
    assert!(
        tail(&signature.after) >= tail(&signature.before) * 3.0,
        "{} {}",
        tail(&signature.before),
        tail(&signature.after)
    );
    let typical =
        |run: &Run| run.bucket_quantile("inter_token_latency_seconds", 0.5).unwrap_or(0.0);
    assert!(typical(&signature.after) <= typical(&signature.before) * 2.0);
    let finished = signature.after.growth("e2e_request_latency_seconds_count");
    assert!(signature.after.growth("num_preemptions_total") < finished * 0.05);
}

/// Each mechanism as the gauges of the devices tell it from the others.
#[test]
fn slow_decode() {
    let of = |seed: u64| {
        let base = Scenario { seed, duration_seconds: END, ..calm(Hardware::opt_13b_a100()) };
        let run = simulate(&base.with_fault(FaultClass::SlowDecode, 0.4, ONSET), 5.0);
        let (before, after) = (run.between(0.0, ONSET - 5.0), run.between(ONSET + 30.0, END));
        Signature { run, before, after }
    };
    let throttled = of(0);
    grows(throttled.mean_of("request_prefill_time_seconds"), 1.2);
    let clock = throttled.gauge("DCGM_FI_DEV_SM_CLOCK");
    assert!(clock.1 < clock.0 * 0.7, "{clock:?}");
    assert!(throttled.gauge("DCGM_FI_DEV_CLOCKS_EVENT_REASONS").1 > 31.0);

    let starved = of(1);
    grows(starved.mean_of("inter_token_latency_seconds"), 1.5);
    grows(starved.gauge("DCGM_FI_DEV_SM_CLOCK"), 1.0);
    grows(starved.gauge("DCGM_FI_PROF_DRAM_ACTIVE"), 1.05);
    assert!(starved.gauge("num_requests_waiting").1 < 2.0);

    let fallen_back = of(2);
    grows(fallen_back.mean_of("inter_token_latency_seconds"), 1.5);
    grows(fallen_back.mean_of("request_prefill_time_seconds"), 1.5);
    stays(fallen_back.gauge("DCGM_FI_DEV_SM_CLOCK"), 0.02);
}

#[test]
fn host_bound() {
    let signature = Signature::of(FaultClass::HostBound, 0.4);
    grows(signature.mean_of("inter_token_latency_seconds"), 1.5);
    stays(signature.gauge("DCGM_FI_DEV_SM_CLOCK"), 0.02);
    let busy = signature.gauge("DCGM_FI_PROF_SM_ACTIVE");
    assert!(busy.1 < busy.0 * 0.95, "{busy:?}");
}

/// Nothing is put out for as long as it lasts, requests pile up, and every scrape is answered.
#[test]
fn engine_hang() {
    let signature = Signature::of(FaultClass::EngineHang, 0.5);
    let hung = signature.run.between(ONSET + 10.0, ONSET + 140.0);
    assert!(hung.growth("generation_tokens_total") < 0.5);
    assert!(failed_scrapes(&hung) < 1e-9);
    let lost = signature.run.requests.iter().filter(|outcome| outcome.ttft() > Some(60.0)).count();
    assert!(lost > 10, "{lost} waited for a minute");
    assert!(signature.run.between(ONSET + 200.0, END).growth("generation_tokens_total") > 100.0);
}

#[test]
fn engine_asleep() {
    let signature = Signature::of(FaultClass::EngineAsleep, 0.5);
    let state = |run: &Run, state: &str| {
        let series = run.targets[0].series.iter().find(|series| {
            series.name == "vllm:engine_sleep_state"
                && series.labels.iter().any(|(_, value)| value == state)
        });
        series.expect("exported").values.iter().copied().fold(f64::INFINITY, f64::min)
    };
    assert!(state(&signature.before, "awake") > 0.5 && state(&signature.after, "awake") < 0.5);
    assert!(state(&signature.after, "weights_offloaded") > 0.5);
    assert!(signature.after.growth("generation_tokens_total") < 0.5);
}

#[test]
fn config_drift() {
    let signature = Signature::of(FaultClass::ConfigDrift, 0.6);
    let most: Vec<f64> = signature
        .after
        .engines()
        .map(|target| {
            let series = target
                .series
                .iter()
                .find(|series| series.name == "vllm:num_requests_running")
                .expect("exported");
            series.values.iter().copied().fold(0.0, f64::max)
        })
        .collect();
    assert!(most[1] < most[0] * 0.6 && most[1] < most[2] * 0.6, "{most:?}");
    assert!(signature.met().0 > 0.9 && signature.met().1 < 0.8, "{:?}", signature.met());
}

/// Refusals while there is room: slots and cache are free, and nobody waits for long.
#[test]
fn admission_rejected() {
    let signature = Signature::on(Hardware::llama_8b_h100(), FaultClass::AdmissionRejected, 0.9);
    assert!(signature.before.growth("admission_rejections_total") < 0.5);
    let refused = signature.after.growth("admission_rejections_total");
    let finished = signature.after.growth("e2e_request_latency_seconds_count");
    assert!(refused > finished * 0.05, "{refused} refused, {finished} finished");
    assert!(signature.gauge("num_requests_waiting").1 < 2.0);
    assert!(highest(&signature.after, "kv_cache_usage_perc") < 0.9);
}

#[test]
fn head_of_line() {
    let signature = Signature::of(FaultClass::HeadOfLine, 0.8);
    let (before, after) = (
        highest(&signature.before, "num_requests_waiting"),
        highest(&signature.after, "num_requests_waiting"),
    );
    assert!(after > before + 5.0, "{before} then {after}");
    let longest = signature.run.requests.iter().map(|outcome| outcome.prompt).max().unwrap_or(0);
    let held = signature.run.scenario.engine.kv_tokens() as f64;
    assert!(f64::from(longest) > held * 0.5, "{longest} of {held} tokens");
    grows(signature.true_p95(Outcome::queue), 3.0);
}

#[test]
fn grammar_stall() {
    let signature = Signature::of(FaultClass::GrammarStall, 0.6);
    let deferred = |run: &Run| {
        let series = run.targets[0].series.iter().find(|series| {
            series.name == "vllm:num_requests_waiting_by_reason"
                && series.labels.iter().any(|(_, value)| value == "deferred")
        });
        let series = series.expect("exported");
        series.values.iter().sum::<f64>() / series.values.len() as f64
    };
    assert!(deferred(&signature.before) < 0.2, "{}", deferred(&signature.before));
    assert!(deferred(&signature.after) > 0.2, "{}", deferred(&signature.after));
    // A grammar takes no time of the device.
    stays(signature.mean_of("request_prefill_time_seconds"), 0.3);
    grows(signature.true_p95(Outcome::queue), 3.0);
}

#[test]
fn batch_growth() {
    let signature = Signature::of(FaultClass::BatchGrowth, 0.5);
    grows(signature.gauge("num_requests_running"), 1.5);
    grows(signature.mean_of("inter_token_latency_seconds"), 1.1);
    // On the line of the law: what the batch and its prefill add, nothing else.
    let clock = signature.gauge("DCGM_FI_DEV_SM_CLOCK");
    stays(clock, 0.01);
    // A token takes about as long as its objective: some requests meet it, some do not.
    assert!((0.2..0.8).contains(&signature.met().1), "{:?}", signature.met());
}

#[test]
fn long_context_decode() {
    let signature = Signature::of(FaultClass::LongContextDecode, 0.6);
    grows(signature.mean_of("request_prompt_tokens"), 2.0);
    let computed = signature.mean_of("request_prefill_kv_computed_tokens");
    assert!(computed.1 < computed.0 * 1.6, "{computed:?}");
    grows(signature.mean_of("inter_token_latency_seconds"), 1.2);
}

#[test]
fn interconnect_degraded() {
    let signature = Signature::of(FaultClass::InterconnectDegraded, 0.6);
    grows(signature.mean_of("inter_token_latency_seconds"), 1.8);
    grows(signature.mean_of("request_prefill_time_seconds"), 1.5);
    stays(signature.gauge("DCGM_FI_DEV_SM_CLOCK"), 0.01);
    assert!(highest(&signature.after, "DCGM_FI_DEV_PCIE_REPLAY_COUNTER") > 100.0);
}

#[test]
fn front_end_cpu() {
    let signature = Signature::of(FaultClass::FrontEndCpu, 0.8);
    grows(signature.true_p95(Outcome::ttft), 10.0);
    let queue = signature.true_p95(Outcome::queue);
    assert!(queue.1 < 1.0, "{queue:?}");
    assert!(failed_scrapes(&signature.before) < 1e-9);
    assert!(failed_scrapes(&signature.after) > 0.3, "the loop that is behind serves scrapes too");

    let mild = Signature::of(FaultClass::FrontEndCpu, 0.2);
    let cpu = mild.after.targets[0]
        .series
        .iter()
        .find(|series| series.name == "process_cpu_seconds_total");
    let cpu = cpu
        .map(|series| increase(&series.values) / (END - ONSET - 30.0))
        .expect("the process is exported");
    assert!(cpu > 0.85 && cpu <= 1.001, "{cpu} cores");
}

/// Share of the scrapes of the engines that were not answered.
fn failed_scrapes(run: &Run) -> f64 {
    let up: Vec<f64> = run.engines().flat_map(|target| target.up.iter().copied()).collect();
    up.iter().filter(|up| **up < 0.5).count() as f64 / up.len() as f64
}

/// The engine's clock shows nothing; what its API server is late with, its callers feel.
#[test]
fn stream_back_pressure() {
    let signature = Signature::of(FaultClass::StreamBackPressure, 0.4);
    let rest = |run: &Run| {
        let sum = |family: &str| run.growth(&format!("{family}_sum"));
        sum("e2e_request_latency_seconds")
            - sum("request_queue_time_seconds")
            - sum("request_inference_time_seconds")
    };
    let share = |run: &Run| rest(run) / run.growth("e2e_request_latency_seconds_sum");
    let (before, after) = (share(&signature.before), share(&signature.after));
    assert!(before < 0.1 && after > before * 3.0, "{before} then {after}");
    stays(signature.mean_of("inter_token_latency_seconds"), 0.25);
    grows(signature.true_p95(Outcome::ttft), 2.0);
    // At its worst the gauges lag so far behind that scrapes fail.
    let worst = Signature::of(FaultClass::StreamBackPressure, 1.0);
    assert!(failed_scrapes(&worst.after) > 0.1, "{}", failed_scrapes(&worst.after));
}

#[test]
fn speculation_not_paying() {
    let signature = Signature::of(FaultClass::SpeculationNotPaying, 0.6);
    let accepted = signature
        .ratio("spec_decode_num_accepted_tokens_total", "spec_decode_num_draft_tokens_total");
    assert!(accepted.0 > 0.5 && accepted.1 < 0.2, "{accepted:?}");
    grows(signature.true_p95(Outcome::tpot), 1.8);
}

#[test]
fn routing_imbalance() {
    let signature = Signature::of(FaultClass::RoutingImbalance, 0.6);
    let waiting: Vec<f64> = signature
        .after
        .engines()
        .map(|target| {
            let series = target
                .series
                .iter()
                .find(|series| series.name == "vllm:num_requests_waiting")
                .expect("exported");
            series.values.iter().sum::<f64>() / series.values.len() as f64
        })
        .collect();
    assert!(waiting[0] > 10.0 && waiting[1..].iter().all(|waiting| *waiting < 1.0), "{waiting:?}");
}

#[test]
fn bad_replica() {
    let signature = Signature::of(FaultClass::BadReplica, 0.6);
    let latency: Vec<f64> = signature
        .after
        .engines()
        .map(|target| {
            let growth = |name: &str| {
                let series = target
                    .series
                    .iter()
                    .find(|series| series.name == format!("vllm:{name}"))
                    .expect("exported");
                increase(&series.values)
            };
            growth("inter_token_latency_seconds_sum") / growth("inter_token_latency_seconds_count")
        })
        .collect();
    assert!(latency[1] > latency[0] * 1.5 && latency[1] > latency[2] * 1.5, "{latency:?}");
}

#[test]
fn cold_start() {
    let signature = Signature::of(FaultClass::ColdStart, 0.6);
    let start = |run: &Run| highest(run, "process_start_time_seconds");
    let started = signature.run.scenario.start_unix_seconds as f64 + ONSET;
    assert!(
        start(&signature.before) < started - 3600.0
            && (start(&signature.after) - started).abs() < 1.0
    );
    grows(signature.mean_of("inter_token_latency_seconds"), 1.3);
    let late = signature.run.between(END - 60.0, END);
    let early = signature.run.between(ONSET + 30.0, ONSET + 90.0);
    let gap = |run: &Run| {
        run.growth("inter_token_latency_seconds_sum")
            / run.growth("inter_token_latency_seconds_count")
    };
    assert!(gap(&late) < gap(&early) * 0.7, "it wears off: {} then {}", gap(&early), gap(&late));
}

#[test]
fn restart_loop() {
    let signature = Signature::of(FaultClass::RestartLoop, 0.6);
    let mut starts: Vec<u64> =
        values(&signature.after, "process_start_time_seconds").map(f64::to_bits).collect();
    starts.dedup();
    assert!(starts.len() >= 3, "{} processes", starts.len());
    assert!(signature.after.targets[0].up.iter().any(|up| *up < 0.5));
    assert!(signature.run.requests.iter().any(|outcome| outcome.ending == Ending::Lost));
}

#[test]
fn kv_transfer_stall() {
    let signature = Signature::of(FaultClass::KvTransferStall, 0.6);
    let series = |run: &Run, reason: &str| {
        let series = run.targets[0].series.iter().find(|series| {
            series.name == "vllm:num_requests_waiting_by_reason"
                && series.labels.iter().any(|(_, value)| value == reason)
        });
        let series = series.expect("exported");
        series.values.iter().sum::<f64>() / series.values.len() as f64
    };
    assert!(series(&signature.before, "deferred") < 2.0);
    assert!(series(&signature.after, "deferred") > 5.0, "{}", series(&signature.after, "deferred"));
    grows(signature.mean_of("nixl_xfer_time_seconds"), 5.0);
    let source = signature.after.targets[0]
        .series
        .iter()
        .find(|series| series.labels.iter().any(|(_, value)| value == "external_kv_transfer"));
    assert!(source.is_some_and(|series| increase(&series.values) > 1000.0));
}

#[test]
fn lora_churn() {
    let signature = Signature::of(FaultClass::LoraChurn, 0.6);
    grows(signature.gauge("num_requests_waiting"), 5.0);
    let lists = |run: &Run| {
        let information =
            run.targets[0].series.iter().filter(|series| series.name == "vllm:lora_requests_info");
        information.filter(|series| series.values.iter().any(|value| !value.is_nan())).count()
    };
    assert!(lists(&signature.after) > lists(&signature.before) * 2, "{}", lists(&signature.after));
    let information = signature.run.targets[0]
        .series
        .iter()
        .find(|series| series.name == "vllm:lora_requests_info");
    assert!(information.is_some_and(|series| {
        series.labels.iter().any(|(name, _)| name == "waiting_lora_adapters")
    }));
}

#[test]
fn client_aborts() {
    let signature = Signature::of(FaultClass::ClientAborts, 0.6);
    let lost = |run: &Run| {
        let first = run.growth("time_to_first_token_seconds_count");
        1.0 - run.growth("e2e_request_latency_seconds_count") / first
    };
    assert!(
        lost(&signature.before) < 0.1 && lost(&signature.after) > 0.3,
        "{}",
        lost(&signature.after)
    );
    let aborted = signature.after.targets[0].series.iter().find(|series| {
        series.name == "vllm:request_success_total"
            && series.labels.iter().any(|(_, value)| value == "abort")
    });
    assert!(
        aborted.is_some_and(|series| increase(&series.values) < 0.5),
        "the Python front end books no abort"
    );
}

#[test]
fn runaway_outputs() {
    let signature = Signature::of(FaultClass::RunawayOutputs, 0.6);
    grows(signature.gauge("num_requests_running"), 1.8);
    let length = |run: &Run| {
        let series = run.targets[0]
            .series
            .iter()
            .find(|series| series.labels.iter().any(|(_, value)| value == "length"));
        series.map_or(0.0, |series| increase(&series.values))
    };
    assert!(length(&signature.before) < 0.5 && length(&signature.after) > 5.0);
}

#[test]
fn burst() {
    let signature = Signature::of(FaultClass::Burst, 0.4);
    let peak = highest(&signature.run.between(ONSET, ONSET + 120.0), "num_requests_waiting");
    assert!(peak > 10.0, "{peak}");
    let end = signature.run.between(END - 60.0, END);
    assert!(
        mean(&end, "num_requests_waiting") < 2.0,
        "it passes: {}",
        mean(&end, "num_requests_waiting")
    );
}

#[test]
fn autoscaler_lag() {
    let signature = Signature::of(FaultClass::AutoscalerLag, 0.1);
    assert!(highest(&signature.before, "kueue_pending_workloads") < 0.5);
    assert!(highest(&signature.after, "kueue_pending_workloads") > 0.5);
    let wanted = highest(&signature.after, "kube_deployment_spec_replicas");
    let first =
        values(&signature.after, "kube_deployment_status_replicas_available").next().unwrap_or(0.0);
    assert!(wanted > first, "{wanted} wanted, {first} there");
    grows(signature.gauge("num_requests_waiting"), 5.0);
}

#[test]
fn multimodal_cost() {
    let signature = Signature::of(FaultClass::MultimodalCost, 0.6);
    stays(signature.mean_of("request_prompt_tokens"), 0.3);
    grows(signature.mean_of("request_prefill_time_seconds"), 2.0);
    assert!(signature.after.growth("mm_cache_queries_total") > 50.0);
}

#[test]
fn telemetry_fault() {
    for seed in 0..3 {
        let base =
            Scenario { seed, duration_seconds: END, ..Scenario::new(Hardware::opt_13b_a100()) };
        let scenario = base.with_fault(FaultClass::TelemetryFault, 0.6, ONSET);
        let broken = simulate(&scenario, 15.0);
        let sound =
            simulate(&scenario.with_action("repair-telemetry").expect("the id is known"), 15.0);
        assert_eq!(broken.requests, sound.requests, "the engine itself is well");
        assert_ne!(broken.range_response(), sound.range_response());
        let share = broken.attainment(ONSET, END).share().unwrap_or(0.0);
        assert!(share > 0.9, "{share}");
    }
}

#[test]
fn upstream_starvation() {
    let signature = Signature::of(FaultClass::UpstreamStarvation, 0.8);
    let rate = signature.rate("e2e_request_latency_seconds_count");
    assert!(rate.1 < rate.0 * 0.4, "{rate:?}");
    assert!(signature.met().1 > 0.9);
}

#[test]
fn error_burst() {
    let signature = Signature::of(FaultClass::ErrorBurst, 0.6);
    let errors = |run: &Run| {
        let series = run.targets[0]
            .series
            .iter()
            .find(|series| series.labels.iter().any(|(_, value)| value == "error"));
        series.map_or(0.0, |series| increase(&series.values))
    };
    assert!(errors(&signature.before) < 0.5 && errors(&signature.after) > 30.0);
}

#[test]
fn over_provisioned() {
    let signature = Signature::of(FaultClass::OverProvisioned, 0.6);
    assert!(signature.after.engines().count() >= 6);
    assert!(signature.gauge("num_requests_running").1 < 1.0);
    assert!(signature.met().1 > 0.9);
}

/// Every class has its test above: the names of the tests are the ids.
#[test]
fn no_class_is_forgotten() {
    let source = include_str!("signatures.rs");
    for class in FaultClass::ALL {
        let test = format!("\nfn {}() {{", class.id().replace('-', "_"));
        assert!(source.contains(&test), "{} has no signature", class.id());
    }
    assert_eq!(FaultClass::ALL.len(), 37);
}

/// On other devices the same severity is the same fault.
#[test]
fn classes_act_on_every_device() {
    for hardware in
        [Hardware::llama_8b_two_h100(), Hardware::llama_8b_a100(), Hardware::llama_70b_four_h100()]
    {
        for class in [FaultClass::SlotCap, FaultClass::SlowDecode, FaultClass::FrontEndCpu] {
            let base = Scenario { duration_seconds: 300.0, ..Scenario::new(hardware.clone()) };
            let run = simulate(&base.with_fault(class, 0.8, 100.0), 15.0);
            let (before, after) =
                (run.attainment(0.0, 80.0).share(), run.attainment(160.0, 300.0).share());
            assert!(
                before > Some(0.85) && after < Some(0.6),
                "{} {}: {before:?} {after:?}",
                class.id(),
                hardware.id
            );
        }
    }
}
