//! The process and the machine under an engine, one exporter a file.

pub(crate) mod cadvisor;
pub(crate) mod process;
