//! The list of exporters, in the order in which they are tried.

use crate::catalogue::families::Family;
use crate::source::device::amd::AMD;
use crate::source::device::dcgm::DCGM;
use crate::source::engine::vllm::VLLM;
use crate::source::exporter::{Exporter, ExporterKind};
use crate::source::gateway::dynamo::DYNAMO;
use crate::source::gateway::endpoint_picker::ENDPOINT_PICKER;
use crate::source::gateway::http_server::HTTP_SERVER;
use crate::source::gateway::production_stack_router::PRODUCTION_STACK_ROUTER;
use crate::source::gateway::vllm_router::VLLM_ROUTER;
use crate::source::host::cadvisor::CADVISOR;
use crate::source::host::process::PROCESS;
use crate::source::scheduler::kube_state::KUBE_STATE;
use crate::source::scheduler::kueue::KUEUE;

/// Every known exporter.
pub static EXPORTERS: &[&Exporter] = &[
    &VLLM,
    &DCGM,
    &PROCESS,
    &HTTP_SERVER,
    &KUBE_STATE,
    &KUEUE,
    &DYNAMO,
    &ENDPOINT_PICKER,
    &VLLM_ROUTER,
    &PRODUCTION_STACK_ROUTER,
    &AMD,
    &CADVISOR,
];

/// The exporter of that id.
pub fn exporter(id: &str) -> Option<&'static Exporter> {
    EXPORTERS.iter().copied().find(|exporter| exporter.id == id)
}

/// What to name where a family would tell more and is not there: the first exporter that has it.
pub fn teller(family: Family) -> &'static str {
    let mut tellers = EXPORTERS.iter().filter(|one| one.metrics_of(family).next().is_some());
    tellers.next().map_or("", |one| one.title)
}

/// Serving engines.
pub fn engines() -> impl Iterator<Item = &'static Exporter> {
    EXPORTERS.iter().copied().filter(|exporter| exporter.kind == ExporterKind::Engine)
}

/// The engine of that id.
pub fn engine(id: &str) -> Option<&'static Exporter> {
    engines().find(|engine| engine.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::families::{Purpose, Shape};
    use crate::source::metric::Form;

    /// A file without a row here would be dead code that looks alive.
    #[test]
    fn every_exporter_file_has_a_row_of_its_kind() {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src/source");
        for kind in ExporterKind::ALL {
            for entry in std::fs::read_dir(format!("{source}/{kind}")).unwrap() {
                let name = entry.unwrap().file_name().into_string().unwrap();
                if name == "mod.rs" {
                    continue;
                }
                let id = name.trim_end_matches(".rs").replace('_', "-");
                let found = exporter(&id);
                assert!(found.is_some(), "src/source/{kind}/{name} has no row in EXPORTERS");
                assert_eq!(found.map(|exporter| exporter.kind), Some(*kind), "{id}");
            }
        }
    }

    #[test]
    fn a_row_is_exported_as_its_family_is_read() {
        for exporter in EXPORTERS {
            for metric in exporter.metrics {
                let shape = match metric.form {
                    Form::Histogram | Form::MeanSum | Form::MeanCount => Shape::Histogram,
                    Form::Counter => Shape::Counter,
                    Form::Gauge => Shape::Gauge,
                    Form::Info => Shape::Info,
                };
                assert_eq!(metric.family.shape(), shape, "{} {}", exporter.id, metric.base);
                let observes = shape == Shape::Histogram;
                assert_eq!(metric.population.is_some(), observes, "{}", metric.base);
            }
        }
    }

    /// A hint on what the plan leaves out would change with the way the data come.
    #[test]
    fn a_release_is_told_by_what_every_plan_asks_for() {
        for exporter in EXPORTERS {
            for hint in exporter.version_hints {
                let purpose = hint.family.purpose();
                assert!(purpose <= Purpose::Evidence, "{} {}", exporter.id, hint.family);
            }
        }
    }

    #[test]
    fn every_family_is_read_from_some_metric_or_waits_for_an_engine_that_exports_it() {
        // vLLM does not export its caps; Dynamo does but this one.
        let later = [Family::KvCapacity];
        for family in Family::ALL {
            let is_read = EXPORTERS.iter().any(|one| one.metrics_of(*family).next().is_some());
            assert_ne!(is_read, later.contains(family), "{family}");
        }
    }
}
