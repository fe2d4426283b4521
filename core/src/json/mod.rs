//! JSON text read straight into what it describes: no tree between, and no generated reader for
//! each type, which would weigh thirty kilobytes.
//!
//! [`Cursor`] moves over the tokens; responses with millions of samples are read with it.
//! [`Reader`] reads small inputs of named fields, settings and the descriptions of batches, and
//! says of a wrong value which field of what it is.

mod cursor;
mod fault;
mod fields;
mod text;
#[cfg(test)]
mod variations;

pub(crate) use cursor::Cursor;
pub(crate) use fault::{Excess, Fault, Problem, shown};
pub(crate) use fields::{Reader, Shape};
#[cfg(test)]
pub(crate) use variations::variations;
