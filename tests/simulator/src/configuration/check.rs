//! What a scenario must hold to be simulated.

use crate::configuration::{Arrivals, EngineConfiguration, Lengths, Scenario};

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
        self.check_traffic()?;
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
        }
        for hang in &self.hangs {
            within("a hang's time", hang.at_seconds, -1e9, 1e9)?;
            within("a hang's length", hang.for_seconds, 0.0, 1e9)?;
        }
        Ok(())
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
        front.per_output_seconds,
        front.variation,
    ] {
        within("a time of the front end", seconds, 0.0, 1e4)?;
    }
    if let Some(rate) = front.stream_tokens_per_second {
        within("stream_tokens_per_second", rate, 1e-6, 1e9)?;
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
    within("start_up.load_seconds", engine.start_up.load_seconds, 0.0, 1e6)
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
    use crate::configuration::{FaultClass, Hardware};

    #[test]
    fn every_class_passes() {
        for hardware in Hardware::all() {
            assert_eq!(Scenario::new(hardware).check(15.0), Ok(()));
        }
        for class in FaultClass::ALL {
            let scenario = Scenario::new(Hardware::opt_13b_a100()).with_fault(*class, 1.0, 0.0);
            assert_eq!(scenario.check(15.0), Ok(()), "{}", class.id());
        }
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
