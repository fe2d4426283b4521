//! One scrape of all targets.

use crate::configuration::Scenario;
use crate::faults;
use crate::fleet::Fleet;
use crate::record::{DeviceReading, QueueReading, Target};

/// Prometheus gives a scrape so long, seconds, and never as long as its interval.
const SCRAPE_TIMEOUT_SECONDS: f64 = 10.0;

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
    pub(crate) fn scrape(&mut self, now: f64) {
        let since = now - self.scenario.warm_up_seconds;
        let unix_ms = self.scenario.start_unix_seconds * 1000 + libm::round(since * 1000.0) as i64;
        self.scrape_times.push(unix_ms);
        for replica in 0..self.replicas.len() {
            self.scrape_engine(replica, now, unix_ms as f64 / 1000.0);
            if self.scenario.telemetry.dcgm {
                self.scrape_device(replica, now);
            }
        }
        self.scrape_queue(now, since);
    }

    fn scrape_engine(&mut self, replica: usize, now: f64, unix_seconds: f64) {
        let time_out = (0.8 * self.interval).min(SCRAPE_TIMEOUT_SECONDS);
        let target = &mut self.engines[replica];
        let Some(engine) =
            self.replicas[replica].engine.as_ref().filter(|engine| engine.ready <= now)
        else {
            // Before its first start there is no target at all, so nothing that could be down.
            target.begin((self.replicas[replica].process > 0).then_some(false));
            return;
        };
        // The loop that is behind with outputs serves this page too.
        let lag = engine.front_end_lag(now);
        if lag > time_out {
            target.begin(Some(false));
            return;
        }
        target.begin(Some(true));
        let flags = &engine.conditions.engine;
        let extras = (flags.speculation.is_some(), flags.remote_kv.is_some());
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
    }

    fn scrape_device(&mut self, replica: usize, now: f64) {
        let conditions = &self.effective.replicas[replica];
        let entry = &mut self.replicas[replica];
        let there = entry.engine.as_ref();
        self.devices[replica].begin(there.map(|_| true));
        let Some(engine) = there else { return };
        // The step under way has been booked in full; what of it lies ahead belongs to the next
        // scrape.
        let worked = engine.recorder.device_seconds - entry.device_seconds;
        let prefill = engine.recorder.device_prefill_seconds - entry.device_prefill_seconds;
        entry.device_seconds = engine.recorder.device_seconds;
        entry.device_prefill_seconds = engine.recorder.device_prefill_seconds;
        entry.link_errors += conditions.link_errors_per_second * self.interval;
        let first = now <= self.scenario.warm_up_seconds;
        let span = if first { now.max(self.interval) } else { self.interval };
        let reading = DeviceReading {
            busy: (worked / span).clamp(0.0, 1.0),
            prefill: if worked > 0.0 { prefill / worked } else { 0.0 },
            clock_share: conditions.clock_share,
            neighbour_memory: conditions.neighbour_memory,
            waiting_share: conditions.waiting_share,
            link_errors: libm::floor(entry.link_errors),
            interval: self.interval,
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
