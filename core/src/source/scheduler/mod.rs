//! What decides where replicas run, one exporter a file.

pub(crate) mod kube_state;
pub(crate) mod kueue;
