//! Named measurements with a unit, a judgement and their uncertainty.

pub mod build;
pub mod change;
pub mod columns;
pub mod heat_map;
pub mod level;
pub mod measurements;
pub mod ordering;
pub mod phases;
pub mod registry;
pub mod step_time;
pub mod together;
