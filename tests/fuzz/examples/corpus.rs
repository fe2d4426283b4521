//! Writes the seeds of the fuzzer: generated responses of every layout, each named by its number.
//!
//! `cargo run --example corpus FOLDER COUNT`

#[expect(dead_code, reason = "a part of it changes documents, which is the fuzzer's own task")]
#[path = "../../harness/tests/scanner/documents.rs"]
mod documents;

use std::path::PathBuf;

use inference_triage_harness::random::Random;

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "corpus/scanner".to_owned()));
    let count: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(64);
    std::fs::create_dir_all(&folder)?;
    for seed in 0..count {
        let mut random = Random::new(seed);
        std::fs::write(
            folder.join(format!("{seed:03}.json")),
            documents::any_response(&mut random),
        )?;
    }
    Ok(())
}
