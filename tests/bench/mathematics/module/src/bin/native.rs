//! The same stages as a native program: reads a contestant's name a line, answers with its
//! milliseconds and what came out.
//!
//! native VALUES REPLICAS STEPS WINDOW BOUND… · RESPONSE     (VALUES: little-endian f64; RESPONSE:
//! a range response)
#![allow(clippy::print_stdout, reason = "a command-line program")]

use std::hint::black_box;
use std::io::{self, BufRead as _, Write as _};
use std::time::Instant;

use inference_triage_core::ingest::prometheus::parse_responses;
use inference_triage_mathematics_bench::{Fleet, Windows};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((kind, [response])) if kind == "scan" => scan(&std::fs::read(response)?),
        Some((kind, [values, replicas, steps, window, bounds @ ..])) if kind == "fleet" => {
            let bounds: Result<Vec<f64>, _> = bounds.iter().map(|bound| bound.parse()).collect();
            fleet(&Fleet::new(
                read_values(values)?,
                bounds?,
                replicas.parse()?,
                steps.parse()?,
                window.parse()?,
            ))
        }
        _ => {
            Err("native scan RESPONSE, or native fleet VALUES REPLICAS STEPS WINDOW BOUND…".into())
        }
    }
}

fn read_values(file: &str) -> Result<Vec<f64>, Failure> {
    let bytes = std::fs::read(file)?;
    Ok(bytes.as_chunks().0.iter().map(|value| f64::from_le_bytes(*value)).collect())
}

fn fleet(fleet: &Fleet) -> Result<(), Failure> {
    let windows: Windows = fleet.windows();
    serve(|name| {
        Some(match name {
            "read" => fleet.read(),
            "fleet" => fleet.quantiles().iter().filter(|value| !value.is_nan()).sum(),
            "make" => windows.make(),
            "point" => windows.points(),
            "pointAndBounds" => windows.points_and_bounds(),
            _ => return None,
        })
    })
}

/// Columns out of a response: the scanner, a document of `serde_json`, and the check that the bytes
/// are text.
fn scan(response: &[u8]) -> Result<(), Failure> {
    serve(|name| match name {
        "scanner" => parse_responses(&[response]).ok().map(|batch| batch.values.iter().sum()),
        "document" => document_columns(response).map(|columns| columns.iter().flatten().sum()),
        "text" => {
            std::str::from_utf8(response).ok().map(|text| black_box(text.to_owned()).len() as f64)
        }
        _ => None,
    })
}

fn document_columns(response: &[u8]) -> Option<Vec<Vec<f64>>> {
    let document: serde_json::Value = serde_json::from_slice(response).ok()?;
    let value = |sample: &serde_json::Value| sample[1].as_str()?.parse::<f64>().ok();
    let column =
        |series: &serde_json::Value| series["values"].as_array()?.iter().map(value).collect();
    document["data"]["result"].as_array()?.iter().map(column).collect()
}

/// Answers every line until the input ends.
fn serve(mut run: impl FnMut(&str) -> Option<f64>) -> Result<(), Failure> {
    for line in io::stdin().lock().lines() {
        let line = line?;
        let began = Instant::now();
        let result = black_box(run(black_box(line.trim())));
        let ms = began.elapsed().as_secs_f64() * 1000.0;
        let result = result.ok_or_else(|| format!("\"{line}\" is no contestant, or it failed"))?;
        println!("{ms} {result}");
        io::stdout().flush()?;
    }
    Ok(())
}
