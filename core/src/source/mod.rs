//! Exporters: their metric names, units and quirks, and nothing of them anywhere else.

mod device;
mod engine;
pub mod exporter;
mod gateway;
pub(crate) mod group_labels;
mod host;
pub(crate) mod identify;
pub mod metric;
pub mod registry;
mod scheduler;
pub mod selector;
pub mod stock_bounds;
pub mod unsupported;
