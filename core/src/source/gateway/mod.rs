//! What requests pass before they reach an engine, one exporter a file.

pub(crate) mod dynamo;
pub(crate) mod endpoint_picker;
pub(crate) mod http_server;
pub(crate) mod production_stack_router;
pub(crate) mod vllm_router;
