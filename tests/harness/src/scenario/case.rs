//! One case: its engines as one response, its settings, what is expected, and what the core says.

use inference_triage_core::error::Error;
use inference_triage_core::session::Session;
use inference_triage_core::settings::Settings;
use serde_json::Value;

use crate::scenario::ORIGIN_MS;
use crate::scenario::check::{Outcome, failures};
use crate::scenario::document::{Block, Section};
use crate::scenario::expectation::{self, Expectation};
use crate::scenario::exposition::expose;
use crate::scenario::header::duration_ms;
use crate::scenario::load::Load;
use crate::scenario::notation;
use crate::scenario::response::Response;

/// A case, ready to run.
#[derive(Debug, Clone)]
pub struct Case {
    /// The heading.
    pub title: String,
    /// The engines.
    pub loads: Vec<Load>,
    /// Some series were written by hand.
    pub has_raw_series: bool,
    /// Everything a range query over them would bring.
    pub response: Response,
    /// Settings as JSON, with times in Unix milliseconds.
    pub settings: Value,
    /// What must be found.
    pub expectations: Vec<Expectation>,
    /// Distance of the samples, milliseconds.
    pub step_ms: i64,
}

impl Case {
    /// Reads a section. The error names the block's line in the file.
    pub fn of(section: &Section) -> Result<Self, String> {
        let mut response = Response::default();
        let mut loads = Vec::new();
        for block in section.blocks_of("load") {
            let load =
                Load::parse(&block.header, &block.text).map_err(|error| at(block, &error))?;
            response.series.extend(expose(&load));
            loads.push(load);
        }
        let mut step_ms = loads.iter().map(|load: &Load| load.header.step_ms).min();
        for block in section.blocks_of("series") {
            let step = block
                .header
                .strip_prefix("step=")
                .ok_or_else(|| at(block, "series need step=…"))?;
            let step = duration_ms(step).map_err(|error| at(block, &error))?;
            step_ms = Some(step_ms.map_or(step, |known| known.min(step)));
            for line in block.text.lines().filter(|line| !line.trim().is_empty()) {
                response
                    .series
                    .push(notation::parse(line, step).map_err(|error| at(block, &error))?);
            }
        }
        let step_ms = step_ms.ok_or("a case needs a load or series")?;
        let settings = match section.blocks_of("settings").next() {
            Some(block) => settings(&block.text, step_ms).map_err(|error| at(block, &error))?,
            None => Value::Object(serde_json::Map::new()),
        };
        let block = section.blocks_of("expect").next().ok_or("a case needs an expect block")?;
        let expectations = expectation::parse(&block.text).map_err(|error| at(block, &error))?;
        let has_raw_series = section.blocks_of("series").next().is_some();
        Ok(Self {
            title: section.title.clone(),
            loads,
            has_raw_series,
            response,
            settings,
            expectations,
            step_ms,
        })
    }

    /// The report, or why it was refused.
    pub fn outcome(&self) -> Outcome {
        match diagnose(&self.settings, &self.response.to_json()) {
            Ok(report) => Outcome::Report(report),
            Err(error) => {
                Outcome::Refused { code: error.code().to_owned(), message: error.to_string() }
            }
        }
    }

    /// One sentence for each expectation that does not hold.
    pub fn failures(&self) -> Vec<String> {
        failures(&self.expectations, &self.outcome(), self.step_ms)
    }
}

/// Settings and the body of a response to the report's JSON.
pub fn diagnose(settings: &Value, response: &[u8]) -> Result<Value, Error> {
    let bytes = report_bytes(settings, response)?;
    Ok(serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

/// Settings and the body of a response to the report's text.
pub fn report_bytes(settings: &Value, response: &[u8]) -> Result<Vec<u8>, Error> {
    let mut session = Session::new();
    session.configure(Settings::from_json(settings.to_string().as_bytes())?)?;
    session.load_prometheus(&[response])?;
    session.report_bytes()
}

fn at(block: &Block, error: &str) -> String {
    format!("block at line {}: {error}", block.line)
}

/// Reads settings; a text `step 12` stands for the time of that sample.
fn settings(text: &str, step_ms: i64) -> Result<Value, String> {
    let mut value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    replace_steps(&mut value, step_ms)?;
    Ok(value)
}

fn replace_steps(value: &mut Value, step_ms: i64) -> Result<(), String> {
    match value {
        Value::String(text) => {
            if let Some(step) = text.strip_prefix("step ") {
                let step: i64 = step.parse().map_err(|_| format!("{text:?} is not a step"))?;
                *value = Value::from(ORIGIN_MS + step * step_ms);
            }
            Ok(())
        }
        Value::Array(items) => items.iter_mut().try_for_each(|item| replace_steps(item, step_ms)),
        Value::Object(fields) => {
            fields.values_mut().try_for_each(|field| replace_steps(field, step_ms))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_in_settings_become_times() {
        let value =
            settings(r#"{"window": {"start": "step 2", "end": "step 10"}}"#, 15_000).unwrap();
        assert_eq!(value["window"]["start"], ORIGIN_MS + 30_000);
        assert_eq!(value["window"]["end"], ORIGIN_MS + 150_000);
    }
}
