//! The built program, run the way a shell runs it. One file a subject; what they share is in `run` and `server`.

mod files;
mod network;
mod quantile;
mod run;
mod server;
mod usage;
