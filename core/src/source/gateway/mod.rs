//! What requests pass before they reach an engine, one exporter a file.

pub(crate) mod http_server;
