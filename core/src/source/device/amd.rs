//! AMD's device metrics exporter.

use crate::catalogue::families::Family;
use crate::source::exporter::{
    Exporter, ExporterKind, PLAIN_LABELS, PlacementLabels, no_adapters, no_limits,
};
use crate::source::metric::{Lacks, Metric, Unit};

/// Under the prefix `amd_` that its configuration sets; without one its names are any exporter's.
/// One device has clocks of its memory and of its video engines too. Its activity of the whole
/// device is the share of time in which anything ran and is left out.
pub(crate) static AMD: Exporter = Exporter {
    id: "amd",
    title: "AMD device metrics exporter",
    kind: ExporterKind::Device,
    canonical_prefix: "",
    prefix_marks: &[],
    router_label: None,
    labels: PlacementLabels {
        pod: &[("exported_pod", "exported_namespace"), ("pod", "namespace")],
        node: &["hostname", "node", "kubernetes_node"],
        device: Some("serial_number"),
        device_index: Some("gpu_id"),
        device_title: Some("card_model"),
        device_slice: Some("gpu_partition_id"),
        ..PLAIN_LABELS
    },
    metrics: &[
        row("amd_gpu_clock", Family::SmClock).only("clock_type", &["GPU_CLOCK_TYPE_SYSTEM"]),
        row("amd_gpu_average_package_power", Family::DevicePower),
        row("amd_gpu_power_usage", Family::DevicePower),
        row("amd_gpu_junction_temperature", Family::DeviceTemperature),
        row("amd_gpu_used_vram", Family::DeviceMemoryUsed).unit(Unit::Mebibytes),
        row("amd_gpu_free_vram", Family::DeviceMemoryFree).unit(Unit::Mebibytes),
    ],
    version_hints: &[],
    cache_limits: no_limits,
    adapter_slots: no_adapters,
    knobs: &[],
    silent_unless_finished: false,
    words: &[],
    blanks: &[],
    defects: &[],
};

const fn row(base: &'static str, family: Family) -> Metric {
    Metric::gauge(base, family).largest().lacks(Lacks::ModelAndRank)
}
