//! Exporters: their metric names, units and quirks, and nothing of them anywhere else.

mod engine;
pub mod exporter;
pub(crate) mod identify;
pub mod registry;
