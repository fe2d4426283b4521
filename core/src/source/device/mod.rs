//! Devices, one exporter a file.

pub(crate) mod amd;
pub(crate) mod dcgm;
