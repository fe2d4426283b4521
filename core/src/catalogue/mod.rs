//! The closed lists: everything that has an id, each list made from one table.
//!
//! An id is written once, in its list. Rust uses the member, TypeScript the union that is generated
//! from the ids, and the catalogues in `docs/` the doc comments.

pub mod actions;
pub mod baseline_modes;
pub mod causes;
pub mod caveats;
pub mod columns;
pub mod factors;
pub mod facts;
pub mod families;
pub mod fleet;
pub mod groupings;
pub mod knobs;
pub mod limits;
pub(crate) mod list;
pub mod phases;
pub mod purposes;
pub mod sections;
pub mod signals;
pub mod slo_profiles;
pub mod text_sizes;
pub mod threshold;
