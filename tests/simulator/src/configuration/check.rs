//! What a scenario must hold to be simulated.

use crate::configuration::{Arrivals, EngineConfiguration, Lengths, Noise, Scenario, Scraping};

/// Scrapes of one target, at most.
const SCRAPES: f64 = 200_000.0;

impl Scenario {
    /// Says in one sentence what cannot be simulated; [`crate::simulate`] expects scenarios that
    /// pass.
    pub fn check(&self, scrape_interval: f64) -> Result<(), String> {
        within("the scrape interval", scrape_interval, 0.01, 86_400.0)?;
        within("warm_up_seconds", self.warm_up_seconds, 0.0, 1e6)?;
        within("duration_seconds", self.duration_seconds, 0.0, 1e7)?;
        within("scrapes of a target", self.duration_seconds / scrape_interval, 0.0, SCRAPES)?;
        within("start_unix_seconds", self.start_unix_seconds as f64, 0.0, 1e11)?;
        within("replicas", self.replicas as f64, 1.0, 256.0)?;
        check_engine(&self.engine)?;
        self.check_pools()?;
        self.check_traffic()?;
        self.check_disturbances()?;
        for fault in &self.faults {
            within("the severity of a fault", fault.severity, 1e-6, 1.0)?;
            within("the onset of a fault", fault.onset_seconds, -1e9, 1e9)?;
        }
        for shift in &self.shifts {
            within("a shift's time", shift.at_seconds, -1e9, 1e9)?;
            for factor in [shift.rate_factor, shift.prompt_factor, shift.output_factor] {
                within("a shift's factor", factor, 0.0, 1e4)?;
            }
        }
        for action in self.actions.iter().filter_map(|action| action.value) {
            within("the value of an action", action, 0.0, 1e9)?;
        }
        for restart in &self.restarts {
            within("a restart's time", restart.at_seconds, -1e9, 1e9)?;
            within("the time to drain", restart.drain_seconds, 0.0, 1e6)?;
        }
        for hang in &self.hangs {
            within("a hang's time", hang.at_seconds, -1e9, 1e9)?;
            within("a hang's length", hang.for_seconds, 0.0, 1e9)?;
        }
        self.check_flags_over_time()
    }

    /// Faults and actions change flags: at no time may an engine have such that vLLM refuses.
    fn check_flags_over_time(&self) -> Result<(), String> {
        for time in crate::faults::changes(self).into_iter().chain([-self.warm_up_seconds]) {
            for conditions in &crate::effective::at(self, time).replicas {
                check_engine(&conditions.engine)
                    .map_err(|error| format!("from {time} s on {error}"))?;
            }
        }
        Ok(())
    }

    /// Where prompts are computed apart, somebody must decode, and fetch what was computed.
    fn check_pools(&self) -> Result<(), String> {
        if self.prefill_replicas == 0 {
            return Ok(());
        }
        if self.prefill_replicas >= self.replicas {
            return Err(format!(
                "{} of {} replicas compute prompts, so that none decodes",
                self.prefill_replicas, self.replicas
            ));
        }
        match &self.engine.remote_kv {
            Some(remote) if remote.share >= 1.0 => Ok(()),
            _ => Err("prompts are computed apart, and remote_kv does not fetch all of them".into()),
        }
    }

    fn check_disturbances(&self) -> Result<(), String> {
        let Noise { drift, start_spread, stalls_per_hour, tail_share } = self.noise;
        within("noise.drift", drift, 0.0, 1.0)?;
        within("noise.start_spread", start_spread, 0.0, 1.0)?;
        within("noise.stalls_per_hour", stalls_per_hour, 0.0, 3600.0)?;
        within("noise.tail_share", tail_share, 0.0, 1.0)?;
        let Scraping { jitter_seconds, missed_share, slow_share, .. } = self.scraping;
        within("scraping.jitter_seconds", jitter_seconds, 0.0, 3600.0)?;
        within("scraping.missed_share", missed_share, 0.0, 1.0)?;
        within("scraping.slow_share", slow_share, 0.0, 1.0)?;
        let clients = &self.traffic.clients;
        within("the time-out of callers", clients.timeout_seconds.unwrap_or(1.0), 1e-3, 1e6)?;
        within("the share of callers that leave", clients.leaving_share, 0.0, 1.0)?;
        within("the retries of callers", f64::from(clients.retries), 0.0, 20.0)?;
        within("the pause before a retry", clients.back_off_seconds, 0.0, 1e4)
    }

    fn check_traffic(&self) -> Result<(), String> {
        const RATE: f64 = 1e5;
        match self.traffic.arrivals {
            Arrivals::Poisson { rate } | Arrivals::Trace { rate, .. } => {
                within("the rate of arrivals", rate, 0.0, RATE)?;
            }
            Arrivals::ClosedLoop { sessions, think_seconds } => {
                within("sessions", sessions as f64, 0.0, RATE)?;
                within("the think time", think_seconds, 0.0, 1e6)?;
            }
            Arrivals::Bursts { rate, share, period_seconds, length_seconds } => {
                within("the rate of arrivals", rate, 0.0, RATE)?;
                within("the share of requests in bursts", share, 0.0, 1.0)?;
                within("the length of a burst", length_seconds, 1e-3, 1e6)?;
                within("the period of bursts", period_seconds, length_seconds * 1.001, 1e7)?;
            }
        }
        if let Lengths::Lognormal { prompt_mean, prompt_variation, output_mean, output_variation } =
            self.traffic.lengths
        {
            within("the mean prompt", prompt_mean, 1.0, 1e6)?;
            within("the mean output", output_mean, 1.0, 1e6)?;
            within("the variation of prompts", prompt_variation, 0.0, 100.0)?;
            within("the variation of outputs", output_variation, 0.0, 100.0)?;
        }
        within("prompt_factor", self.traffic.prompt_factor, 1e-4, 1e4)?;
        within("output_factor", self.traffic.output_factor, 1e-4, 1e4)?;
        within("the share that ends by length", self.traffic.length_share, 0.0, 1.0)?;
        within("the share that ends with errors", self.traffic.error_share, 0.0, 1.0)?;
        within("the share that is refused", self.traffic.refused_share, 0.0, 1.0)?;
        within("the shared share of prompts", self.traffic.prefixes.share, 0.0, 1.0)?;
        within("adapters", self.traffic.adapters as f64, 0.0, 1e5)
    }
}

fn check_engine(engine: &EngineConfiguration) -> Result<(), String> {
    let law = &engine.hardware.law;
    within("the base of a step", law.base, 1e-5, 1e3)?;
    for coefficient in [law.prefill, law.square, law.sequence, law.context] {
        within("a coefficient of the step's time", coefficient, 0.0, 1e3)?;
    }
    within("the jitter of a step", engine.hardware.jitter, 0.0, 2.0)?;
    within("devices", engine.hardware.devices as f64, 1.0, 1024.0)?;
    within("max_num_seqs", engine.max_num_seqs as f64, 1.0, 1e6)?;
    within("max_num_batched_tokens", engine.max_num_batched_tokens as f64, 1.0, 1e8)?;
    within("max_model_len", engine.max_model_len as f64, 2.0, 1e8)?;
    within("block_size", engine.block_size as f64, 1.0, 1e5)?;
    within("kv_blocks", engine.kv_blocks as f64, 2.0, 1e8)?;
    within("admission_watermark", engine.admission_watermark, 0.0, 1.0)?;
    let front = &engine.front_end;
    for seconds in [
        front.per_request_seconds,
        front.per_prompt_token_seconds,
        front.per_request_wait_seconds,
        front.per_step_seconds,
        front.per_scrape_seconds,
        front.per_output_seconds,
        front.variation,
    ] {
        within("a time of the front end", seconds, 0.0, 1e4)?;
    }
    if let Some(remote) = &engine.remote_kv {
        within("the link's tokens_per_second", remote.tokens_per_second, 1e-3, 1e15)?;
        within("the share of remote prompts", remote.share, 0.0, 1.0)?;
        within("the link's latency", remote.latency_seconds, 0.0, 1e4)?;
    }
    if let Some(speculation) = &engine.speculation {
        within("draft_tokens", speculation.draft_tokens as f64, 1.0, 64.0)?;
        within("the acceptance of drafts", speculation.acceptance, 0.0, 1.0)?;
        within("draft_seconds", speculation.draft_seconds, 0.0, 1e3)?;
    }
    if let Some(grammar) = &engine.grammar {
        within("the share of requests with a grammar", grammar.share, 0.0, 1.0)?;
        within("the time to compile a grammar", grammar.seconds, 0.0, 1e4)?;
    }
    within("start_up.load_seconds", engine.start_up.load_seconds, 0.0, 1e6)?;
    refused_flags(engine)
}

/// What `vllm serve` refuses at its start. Sources: `SchedulerConfig`, `LoRAConfig` and
/// `CacheConfig` of vLLM 0.20, and its check of the memory left for the cache.
fn refused_flags(engine: &EngineConfiguration) -> Result<(), String> {
    const BLOCK_SIZES: [usize; 7] = [1, 8, 16, 32, 64, 128, 256];
    let refuse = |is_refused: bool, sentence: String| {
        if is_refused { Err(format!("{sentence}; vLLM refuses to start so")) } else { Ok(()) }
    };
    let (budget, slots) = (engine.max_num_batched_tokens, engine.max_num_seqs);
    refuse(
        budget < slots,
        format!("max_num_batched_tokens is {budget} and has to be at least max_num_seqs, {slots}"),
    )?;
    let (held, longest) = (engine.kv_blocks * engine.block_size, engine.max_model_len);
    refuse(
        held < longest,
        format!("the cache holds {held} tokens and has to hold max_model_len, {longest}"),
    )?;
    refuse(
        !BLOCK_SIZES.contains(&engine.block_size),
        format!("block_size is {} and has to be one of {BLOCK_SIZES:?}", engine.block_size),
    )?;
    let Some(lora) = &engine.lora else { return Ok(()) };
    refuse(
        lora.max_loras == 0 || lora.max_cpu_loras < lora.max_loras,
        format!(
            "max_loras is {} and has to lie between 1 and max_cpu_loras, {}",
            lora.max_loras, lora.max_cpu_loras
        ),
    )
}

/// Refuses NaN too.
fn within(what: &str, value: f64, low: f64, high: f64) -> Result<(), String> {
    if value >= low && value <= high {
        Ok(())
    } else {
        Err(format!("{what} is {value} and has to lie between {low} and {high}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration::{FaultClass, Hardware, HealthyVariant, Knob, Lora};

    /// Mild to severe, on every pair, with every knob turned: what is simulated would start.
    #[test]
    fn every_fault_passes_on_all_hardware() {
        for hardware in Hardware::all() {
            let sound = Scenario::new(hardware);
            assert_eq!(sound.check(15.0), Ok(()));
            for class in FaultClass::ALL {
                let scenario = sound.clone().with_injected(*class, 1.0, 900.0);
                for severity in [0.01, 0.3, 0.6, 1.0] {
                    let mut scenario = scenario.clone();
                    scenario.faults[0].severity = severity;
                    assert_eq!(scenario.check(15.0), Ok(()), "{} {severity}", scenario.name);
                }
                for knob in Knob::ALL {
                    let turned = scenario.with_action(knob.id()).expect("the id is known");
                    assert_eq!(turned.check(15.0), Ok(()), "{}, {}", scenario.name, knob.id());
                }
            }
        }
    }

    #[test]
    fn every_healthy_variant_passes() {
        let hardware = Hardware::all();
        for (index, variant) in HealthyVariant::ALL.iter().enumerate() {
            let pair = hardware[index % hardware.len()].clone();
            let scenario = Scenario::new(pair).with_variant(*variant);
            assert_eq!(scenario.check(15.0), Ok(()), "{}", scenario.name);
        }
    }

    #[test]
    fn what_vllm_refuses_is_refused_in_one_sentence() {
        let refusal = |change: &dyn Fn(&mut EngineConfiguration)| {
            let mut scenario = Scenario::new(Hardware::gemma_l40s());
            change(&mut scenario.engine);
            scenario.check(15.0).expect_err("vLLM refuses it")
        };
        let budget = refusal(&|engine| engine.max_num_batched_tokens = engine.max_num_seqs - 1);
        assert_eq!(
            budget,
            "max_num_batched_tokens is 255 and has to be at least max_num_seqs, 256; vLLM refuses \
             to start so"
        );
        let cache = refusal(&|engine| engine.kv_blocks = engine.max_model_len / 16 - 1);
        assert!(cache.starts_with("the cache holds 16368 tokens"), "{cache}");
        assert!(refusal(&|engine| engine.block_size = 24).starts_with("block_size is 24"));
        let lora = Lora { max_loras: 4, max_cpu_loras: 3, load_seconds: 0.0 };
        let adapters = refusal(&|engine| engine.lora = Some(lora.clone()));
        assert!(adapters.starts_with("max_loras is 4"), "{adapters}");
    }

    #[test]
    fn what_cannot_be_simulated_is_named() {
        let sound = Scenario::new(Hardware::gemma_l40s());
        let mut flat = sound.clone();
        flat.engine.block_size = 0;
        assert!(flat.check(15.0).unwrap_err().starts_with("block_size is 0"));
        let mut endless = sound.clone();
        endless.duration_seconds = f64::NAN;
        assert!(endless.check(15.0).unwrap_err().contains("duration_seconds is NaN"));
        assert!(sound.check(0.0).unwrap_err().contains("scrape interval"));
    }
}
