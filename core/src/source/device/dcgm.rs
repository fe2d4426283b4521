//! NVIDIA's DCGM exporter.

use crate::catalogue::families::Family;
use crate::source::exporter::{
    Exporter, ExporterKind, PLAIN_LABELS, PlacementLabels, no_adapters, no_limits,
};
use crate::source::metric::{Lacks, Metric, Unit};

/// `DCGM_FI_DEV_GPU_UTIL` is left out: it is the share of time in which any kernel ran, near 100 %
/// for every decode loop. The profiling fields tell more; `SM_ACTIVE` and `SM_OCCUPANCY` are off in
/// the exporter's default list.
///
/// With its mapping to Kubernetes the pod of a series is the one that holds the device. Scraped
/// without `honor_labels`, that pod is `exported_pod` and `pod` is the exporter's own. `Hostname`
/// became `hostname` in May 2026.
pub(crate) static DCGM: Exporter = Exporter {
    id: "dcgm",
    title: "NVIDIA DCGM exporter",
    kind: ExporterKind::Device,
    canonical_prefix: "DCGM_",
    prefix_marks: &["DCGM_"],
    router_label: None,
    labels: PlacementLabels {
        pod: &[
            ("exported_pod", "exported_namespace"),
            ("pod", "namespace"),
            ("pod_name", "pod_namespace"),
        ],
        node: &["Hostname", "hostname", "node", "kubernetes_node"],
        device: Some("UUID"),
        device_index: Some("gpu"),
        device_title: Some("modelName"),
        device_slice: Some("GPU_I_ID"),
        ..PLAIN_LABELS
    },
    metrics: &[
        row("FI_DEV_SM_CLOCK", Family::SmClock),
        row("FI_PROF_SM_ACTIVE", Family::SmActive),
        row("FI_PROF_SM_OCCUPANCY", Family::SmOccupancy),
        row("FI_PROF_PIPE_TENSOR_ACTIVE", Family::TensorActive),
        row("FI_PROF_DRAM_ACTIVE", Family::DramActive),
        row("FI_DEV_FB_USED", Family::DeviceMemoryUsed).unit(Unit::Mebibytes),
        row("FI_DEV_FB_FREE", Family::DeviceMemoryFree).unit(Unit::Mebibytes),
        row("FI_DEV_POWER_USAGE", Family::DevicePower),
        row("FI_DEV_POWER_MGMT_LIMIT", Family::DevicePowerLimit),
        row("FI_DEV_GPU_TEMP", Family::DeviceTemperature),
        // Newer releases call the throttle reasons event reasons; the bits are the same.
        row("FI_DEV_CLOCKS_EVENT_REASONS", Family::ClockEventReasons),
        row("FI_DEV_CLOCK_THROTTLE_REASONS", Family::ClockEventReasons),
        row("FI_DEV_XID_ERRORS", Family::XidError),
        row("FI_PROF_NVLINK_TX_BYTES", Family::NvlinkSent),
        row("FI_PROF_NVLINK_RX_BYTES", Family::NvlinkReceived),
    ],
    version_hints: &[],
    cache_limits: no_limits,
    adapter_slots: no_adapters,
    knobs: &[],
    silent_unless_finished: false,
    // Bits 0 (idle) and 1 (the clock that was asked for) slow nothing that works.
    words: &[
        "",
        "",
        "power cap",
        "hardware slowdown",
        "",
        "thermal",
        "thermal (hardware)",
        "power brake",
    ],
    // DCGM's blank, not found, not supported and not permitted, as 32-bit, 64-bit and floating
    // values. The 64-bit ones are one float.
    blanks: &[
        2_147_483_632.0,
        2_147_483_633.0,
        2_147_483_634.0,
        2_147_483_635.0,
        140_737_488_355_328.0,
        140_737_488_355_329.0,
        140_737_488_355_330.0,
        140_737_488_355_331.0,
        (1_u64 << 63) as f64,
    ],
    defects: &[],
};

/// A state of a device. A device that the exporter lists once for each container that shares it is
/// one device still.
const fn row(base: &'static str, family: Family) -> Metric {
    Metric::gauge(base, family).largest().lacks(Lacks::ModelAndRank)
}
