//! What is exported beside the engines: DCGM's gauges of the devices, Kueue's and the cluster's
//! counts of replicas.

use crate::configuration::{EngineConfiguration, Hardware, Release};
use crate::record::Recorder;
use crate::record::columns::{Kind, Target};

/// Share of a step in which a kernel runs; the host needs the rest. From the published incident: 96
/// % with steps back to back.
const BUSY_OF_STEP: f64 = 0.96;

/// Share of its clock that a device gives up at full load.
const CLOCK_GIVES_WAY: f64 = 0.015;

/// From here on 92 % of the memory are the engine's by default: 0.11.2 still says 0.9, 0.20.1 says
/// 0.92, none between was looked at.
const LARGER_SHARE: Release = Release::new(20, 0);

/// One replica's device between two scrapes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DeviceReading {
    /// Share of the time in which a step ran, 0–1.
    pub busy: f64,
    /// Part of that time that was prefill, 0–1.
    pub prefill: f64,
    /// Share of its usual clock; above 1 where power is left.
    pub clock_share: f64,
    /// Share of the memory's bandwidth that another tenant reads, 0–1.
    pub neighbour_memory: f64,
    /// Share of the busy time in which it only waits for other devices, 0–1.
    pub waiting_share: f64,
    /// Replay errors since the begin.
    pub link_errors: f64,
    /// Seconds since the scrape before.
    pub interval: f64,
}

/// The scheduling layer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct QueueReading {
    pub desired: usize,
    pub ready: usize,
    pub pending: usize,
    pub devices_per_replica: usize,
}

impl DeviceReading {
    /// Writes a scrape of the devices of one replica. `energy` is their energy so far in
    /// millijoules.
    pub(crate) fn write(
        &self,
        target: &mut Target,
        hardware: &Hardware,
        node: &str,
        energy: &mut f64,
    ) {
        let arithmetic = self.busy * (1.0 - self.waiting_share);
        // Decode draws 137–300 W where prefill draws 700 (arXiv 2605.11999).
        let drawn = 0.25 + 0.75 * arithmetic * (0.5 + 0.5 * self.prefill);
        let power = hardware.power_watts * drawn * (0.3 + 0.7 * self.clock_share.min(1.0));
        *energy += power * self.interval * 1000.0;
        let used = hardware.memory_mib * 0.9;
        // Under load the clock gives way a little, unless power is left.
        let clock = (self.clock_share * (1.0 - CLOCK_GIVES_WAY * self.busy)).min(1.0);
        // Decode streams weights and cache from memory; prefill keeps the tensor pipes busy. The
        // shares are typical figures of dense models, not measurements.
        let of_load = |decode: f64, prefill: f64| {
            arithmetic * (decode * (1.0 - self.prefill) + prefill * self.prefill)
        };
        let memory_active = (of_load(0.75, 0.25) + self.neighbour_memory).min(0.98);
        let tensor_active = of_load(0.08, 0.55);
        let units_active = self.busy * (0.7 * (1.0 - self.prefill) + 0.9 * self.prefill);
        let gauges = [
            ("DCGM_FI_DEV_GPU_UTIL", libm::round(self.busy * BUSY_OF_STEP * 100.0)),
            ("DCGM_FI_DEV_MEM_COPY_UTIL", libm::round(memory_active * 100.0)),
            ("DCGM_FI_DEV_SM_CLOCK", libm::round(hardware.clock_mhz * clock)),
            ("DCGM_FI_DEV_GPU_TEMP", libm::round(38.0 + 32.0 * self.busy)),
            ("DCGM_FI_DEV_POWER_USAGE", power),
            ("DCGM_FI_DEV_FB_USED", libm::round(used)),
            ("DCGM_FI_DEV_FB_FREE", libm::round(hardware.memory_mib - used)),
            ("DCGM_FI_DEV_CLOCKS_EVENT_REASONS", self.clock_event_reasons()),
            ("DCGM_FI_DEV_XID_ERRORS", 0.0),
            ("DCGM_FI_PROF_GR_ENGINE_ACTIVE", self.busy),
            ("DCGM_FI_PROF_SM_ACTIVE", units_active),
            ("DCGM_FI_PROF_PIPE_TENSOR_ACTIVE", tensor_active),
            ("DCGM_FI_PROF_DRAM_ACTIVE", memory_active),
        ];
        let counters = [
            ("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", *energy),
            ("DCGM_FI_DEV_PCIE_REPLAY_COUNTER", self.link_errors),
        ];
        for device in 0..hardware.devices {
            let labels = || {
                vec![
                    ("gpu".to_owned(), device.to_string()),
                    ("UUID".to_owned(), format!("GPU-{node}-{device}")),
                    ("modelName".to_owned(), hardware.device.clone()),
                    ("hostname".to_owned(), node.to_owned()),
                ]
            };
            for (name, value) in gauges {
                target.next(Kind::Gauge, value, || (name.to_owned(), labels()));
            }
            for (name, value) in counters {
                target.next(Kind::Counter, value, || (name.to_owned(), labels()));
            }
        }
    }
}

impl DeviceReading {
    /// NVML's bits: idle, or slowed by the software's thermal limit.
    fn clock_event_reasons(&self) -> f64 {
        const IDLE: f64 = 1.0;
        const SOFTWARE_THERMAL: f64 = 32.0;
        if self.clock_share < 0.95 {
            SOFTWARE_THERMAL
        } else if self.busy < 0.01 {
            IDLE
        } else {
            0.0
        }
    }
}

impl QueueReading {
    pub(crate) fn write(&self, target: &mut Target, model: &str) {
        let queue = || ("cluster_queue".to_owned(), "serving".to_owned());
        let resource = || {
            vec![
                queue(),
                ("flavor".to_owned(), "gpu".to_owned()),
                ("resource".to_owned(), "nvidia.com/gpu".to_owned()),
            ]
        };
        let deployment = || {
            vec![
                ("deployment".to_owned(), model.to_owned()),
                ("namespace".to_owned(), "serving".to_owned()),
            ]
        };
        let per_replica = self.devices_per_replica as f64;
        let admitted = (self.desired - self.pending) as f64;
        for (status, value) in [("active", 0.0), ("inadmissible", self.pending as f64)] {
            target.next(Kind::Gauge, value, || {
                (
                    "kueue_pending_workloads".to_owned(),
                    vec![queue(), ("status".to_owned(), status.to_owned())],
                )
            });
        }
        target.next(Kind::Gauge, admitted, || {
            ("kueue_admitted_active_workloads".to_owned(), vec![queue()])
        });
        target.next(Kind::Gauge, admitted * per_replica, || {
            ("kueue_cluster_queue_resource_usage".to_owned(), resource())
        });
        let quota = if self.pending > 0 { admitted } else { self.desired as f64 } * per_replica;
        target.next(Kind::Gauge, quota, || {
            ("kueue_cluster_queue_nominal_quota".to_owned(), resource())
        });
        target.next(Kind::Gauge, self.desired as f64, || {
            ("kube_deployment_spec_replicas".to_owned(), deployment())
        });
        target.next(Kind::Gauge, self.ready as f64, || {
            ("kube_deployment_status_replicas_available".to_owned(), deployment())
        });
    }
}

impl Recorder {
    /// The series whose labels are their value: the cache's configuration, the adapters of the
    /// batch.
    pub(crate) fn write_information(
        &self,
        target: &mut Target,
        engine: &EngineConfiguration,
        adapters: Option<(&[u32], &[u32])>,
        unix_seconds: f64,
    ) {
        let prefix = self.dialect.prefix();
        let text = |name: &str, value: String| (name.to_owned(), value);
        let utilization = if self.release < LARGER_SHARE { "0.9" } else { "0.92" };
        let mut labels = vec![
            text("block_size", engine.block_size.to_string()),
            text("cache_dtype", "auto".to_owned()),
            text(
                "enable_prefix_caching",
                if engine.prefix_caching { "True" } else { "False" }.to_owned(),
            ),
            text("gpu_memory_utilization", utilization.to_owned()),
            text("num_gpu_blocks", engine.kv_blocks.to_string()),
        ];
        if self.release >= crate::configuration::Release::new(9, 2) {
            labels.insert(0, text("engine", "0".to_owned()));
        }
        if self.release >= crate::configuration::Release::new(24, 0) {
            let concurrency =
                (engine.kv_blocks * engine.block_size) as f64 / engine.max_model_len as f64;
            let size = (concurrency * engine.max_model_len as f64) as u64;
            labels.push(text("kv_cache_size_tokens", size.to_string()));
            labels.push(text("kv_cache_max_concurrency", format!("{concurrency:?}")));
        }
        target.labelled(Kind::Gauge, 1.0, &format!("{prefix}cache_config_info"), labels);
        if let (Some(lora), Some((running, waiting))) = (&engine.lora, adapters) {
            let list = |adapters: &[u32]| {
                let names: Vec<String> =
                    adapters.iter().map(|adapter| format!("adapter-{adapter}")).collect();
                names.join(",")
            };
            let labels = vec![
                text("max_lora", lora.max_loras.to_string()),
                text("running_lora_adapters", list(running)),
                text("waiting_lora_adapters", list(waiting)),
            ];
            target.labelled(
                Kind::Gauge,
                unix_seconds,
                &format!("{prefix}lora_requests_info"),
                labels,
            );
        }
    }
}
