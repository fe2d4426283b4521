//! Numbers and foreign text in sentences, and decimals both ways: every spelling once.

pub mod decimal;
pub mod foreign;
pub(crate) mod markdown;
pub mod number;
pub(crate) mod phrase;
pub mod plain;
