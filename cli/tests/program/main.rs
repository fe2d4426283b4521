//! The built program, run the way a shell runs it. One file a subject; what they share is in `run`
//! and `server`.

mod answers;
mod capsules;
mod compare;
mod cost_and_links;
mod diagnosis;
mod exposition;
mod files;
mod fraction;
mod gate;
mod gate_loss;
mod history;
mod hostile;
mod incident;
mod large_fleet;
mod lint;
mod network;
mod quantile;
mod rules;
mod run;
mod scrape;
mod server;
mod usage;
