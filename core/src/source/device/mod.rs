//! Devices, one exporter a file.

pub(crate) mod dcgm;
