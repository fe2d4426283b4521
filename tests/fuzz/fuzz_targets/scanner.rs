//! Any bytes: the scanner and the reader by serde_json give the same batch, or both refuse.

#![no_main]

#[path = "../../harness/tests/scanner/batches.rs"]
mod batches;
#[path = "../../harness/tests/scanner/oracle.rs"]
mod oracle;
#[path = "../../harness/tests/scanner/same.rs"]
mod same;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Err(difference) = same::assert_same(bytes) {
        panic!("{difference}");
    }
});
