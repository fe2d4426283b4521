//! The pages and pictures for people.

mod confidence;
pub mod drawing;
mod failures;
pub mod page;
pub mod pictures;
pub mod recorded;
pub mod reliability;
pub(crate) mod table;
