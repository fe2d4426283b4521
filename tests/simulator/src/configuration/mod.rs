//! What is simulated: engines, devices, traffic, routing, faults. Everything reads and writes as
//! JSON.

pub mod action;
mod check;
pub mod engine;
pub mod fault;
pub mod hardware;
pub mod healthy;
pub mod incident;
pub mod noise;
pub mod release;
pub mod scenario;
pub mod traffic;

pub use action::{Action, Knob};
pub use engine::{
    Encoder, EngineConfiguration, FrontEnd, Grammar, Lora, RemoteKv, Speculation, StartUp,
};
pub use fault::{Fault, FaultClass};
pub use hardware::{Hardware, LargeBatch, StepLaw};
pub use healthy::HealthyVariant;
pub use incident::Incident;
pub use noise::{Noise, Scraping};
pub use release::{Dialect, Release};
pub use scenario::{Hang, Objectives, Pending, Restart, Scenario, Shift, Telemetry};
pub use traffic::{Arrivals, Clients, Lengths, Prefixes, Routing, TraceName, Traffic};
