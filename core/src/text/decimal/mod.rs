//! Decimal text to numbers and numbers to decimal text, to the last bit, without the standard
//! library's tables.

mod exact;
mod product;
mod read;
mod write;

pub(crate) use product::{with_decimals, with_few_decimals};
pub(crate) use read::Scanned;
pub use read::parse;
pub use write::{rounded, shortest};
