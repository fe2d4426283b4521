//! One scrape of all targets.

use inference_triage_harness::random::Random;

use crate::configuration::{Scenario, Scraping};
use crate::faults;
use crate::fleet::Fleet;
use crate::fleet::events::Event;
use crate::record::{DeviceReading, QueueReading, Target};

/// Prometheus gives a scrape so long, seconds, and never as long as its interval.
const SCRAPE_TIMEOUT_SECONDS: f64 = 10.0;

/// How much later than the others a slow scrape reads, seconds.
const SLOW_SECONDS: (f64, f64) = (1.0, 8.0);

/// Targets of a fleet of that size: engines, devices, the scheduling layer.
pub(crate) fn targets(
    scenario: &Scenario,
    size: usize,
) -> (Vec<Target>, Vec<Target>, Option<Target>) {
    let pod = |replica: usize| vec![("pod".to_owned(), format!("vllm-{replica}"))];
    let engines = (0..size)
        .map(|replica| Target::new("vllm", format!("vllm-{replica}:8000"), pod(replica)))
        .collect();
    let devices = if scenario.telemetry.dcgm { size } else { 0 };
    let devices = (0..devices)
        .map(|replica| Target::new("dcgm", format!("node-{replica}:9400"), pod(replica)))
        .collect();
    let queue =
        scenario.telemetry.kueue.then(|| Target::new("kueue", "kueue:8443".to_owned(), Vec::new()));
    (engines, devices, queue)
}

impl Fleet<'_> {
    /// Every target is read once for each time of the grid, at that time or, where targets have
    /// their own phase, up to an interval before it.
    pub(crate) fn plan_scrapes(&mut self) {
        let (interval, warm_up) = (self.interval, self.scenario.warm_up_seconds);
        let scrapes = libm::floor(self.scenario.duration_seconds / interval + 1e-9) as usize;
        let mut chance = Random::new(self.scenario.seed ^ 0x7363_7261);
        let grid = |scrape: usize| warm_up + scrape as f64 * interval;
        for scrape in 0..=scrapes {
            self.agenda.plan(grid(scrape), Event::Scrape);
        }
        let devices = if self.scenario.telemetry.dcgm { self.replicas.len() } else { 0 };
        for target in 0..self.replicas.len() + devices {
            let phase = match self.given.scraped_early.get(target) {
                Some(seconds) => seconds / interval,
                None if self.scenario.scraping.has_offsets => chance.unit(),
                None => 0.0,
            };
            for scrape in 0..=scrapes {
                let (early, fails) = self.scrape_early(phase, &mut chance);
                let event = match target.checked_sub(self.replicas.len()) {
                    Some(replica) => Event::ScrapeDevice { replica, fails },
                    None => Event::ScrapeEngine { replica: target, fails },
                };
                self.agenda.plan((grid(scrape) - early).max(0.0), event);
            }
        }
    }

    /// How long before the time of the grid a scrape reads, and whether it fails.
    fn scrape_early(&self, phase: f64, chance: &mut Random) -> (f64, bool) {
        let Scraping { jitter_seconds, missed_share, slow_share, .. } = self.scenario.scraping;
        let mut early = phase * self.interval;
        if jitter_seconds > 0.0 {
            early -= jitter_seconds * chance.unit();
        }
        if slow_share > 0.0 && chance.chance(slow_share) {
            early -= chance.uniform(SLOW_SECONDS.0, SLOW_SECONDS.1);
        }
        let fails = missed_share > 0.0 && chance.chance(missed_share);
        (early.max(0.0), fails)
    }

    pub(crate) fn scrape(&mut self, now: f64) {
        let since = now - self.scenario.warm_up_seconds;
        let unix_ms = self.scenario.start_unix_seconds * 1000 + libm::round(since * 1000.0) as i64;
        self.scrape_times.push(unix_ms);
        self.scrape_queue(now, since);
    }

    /// Unix seconds to the millisecond.
    fn unix_seconds(&self, now: f64) -> f64 {
        let since = now - self.scenario.warm_up_seconds;
        let unix_ms = self.scenario.start_unix_seconds * 1000 + libm::round(since * 1000.0) as i64;
        unix_ms as f64 / 1000.0
    }

    pub(crate) fn scrape_engine(&mut self, replica: usize, fails: bool, now: f64) {
        let unix_seconds = self.unix_seconds(now);
        let time_out = (0.8 * self.interval).min(SCRAPE_TIMEOUT_SECONDS);
        let target = &mut self.engines[replica];
        let Some(engine) =
            self.replicas[replica].engine.as_mut().filter(|engine| engine.ready <= now)
        else {
            // Before its first start there is no target at all, so nothing that could be down.
            target.begin((self.replicas[replica].process > 0).then_some(false));
            return;
        };
        // The loop that is behind with outputs serves this page too.
        let lag = engine.front_end_lag(now);
        if fails || lag > time_out {
            target.begin(Some(false));
            return;
        }
        target.begin(Some(true));
        let flags = &engine.conditions.engine;
        let is_asleep = engine.conditions.is_asleep;
        let extras = (flags.speculation.is_some(), flags.remote_kv.is_some(), is_asleep);
        engine.recorder.write(target, extras, lag);
        let running = engine.batch_adapters();
        let mut waiting: Vec<u32> = engine
            .waiting
            .iter()
            .filter_map(|key| Some(engine.requests.get(*key)?.asked.adapter))
            .collect();
        waiting.sort_unstable();
        waiting.dedup();
        engine.recorder.write_information(target, flags, Some((&running, &waiting)), unix_seconds);
        let writing = flags.front_end.per_scrape_seconds;
        engine.front_end_work(writing, now);
    }

    pub(crate) fn scrape_device(&mut self, replica: usize, fails: bool, now: f64) {
        let conditions = &self.effective.replicas[replica];
        let entry = &mut self.replicas[replica];
        let there = entry.engine.as_ref();
        self.devices[replica].begin(there.map(|_| !fails));
        let Some(engine) = there.filter(|_| !fails) else { return };
        // The step under way has been booked in full; what of it lies ahead belongs to the next
        // scrape.
        let worked = engine.recorder.device_seconds - entry.device_seconds;
        let prefill = engine.recorder.device_prefill_seconds - entry.device_prefill_seconds;
        entry.device_seconds = engine.recorder.device_seconds;
        entry.device_prefill_seconds = engine.recorder.device_prefill_seconds;
        // Before the first reading the devices worked since the begin of the simulation.
        let span = now - entry.device_read;
        let span = if span > 0.0 { span } else { self.interval };
        entry.device_read = now;
        entry.link_errors += conditions.link_errors_per_second * span.min(self.interval * 2.0);
        let reading = DeviceReading {
            busy: (worked / span).clamp(0.0, 1.0),
            prefill: if worked > 0.0 { prefill / worked } else { 0.0 },
            clock_share: conditions.clock_share,
            neighbour_memory: conditions.neighbour_memory,
            waiting_share: conditions.waiting_share,
            link_errors: libm::floor(entry.link_errors),
            interval: span,
        };
        let node = format!("node-{replica}");
        reading.write(
            &mut self.devices[replica],
            &conditions.engine.hardware,
            &node,
            &mut entry.energy,
        );
    }

    fn scrape_queue(&mut self, now: f64, since: f64) {
        let ready = self
            .replicas
            .iter()
            .filter(|replica| replica.engine.as_ref().is_some_and(|engine| engine.ready <= now));
        let ready = ready.count();
        let (desired, pending) = faults::wanted(self.scenario, since);
        let devices_per_replica = self.scenario.engine.hardware.devices;
        let reading = QueueReading { desired, ready, pending, devices_per_replica };
        if let Some(target) = &mut self.queue {
            target.begin(Some(true));
            reading.write(target, &self.scenario.model_name);
        }
    }
}
