//! One handle: load data, choose settings, read the report.

use crate::error::Error;
use crate::ingest::batch::SampleBatch;
use crate::report::Report;
use crate::settings::Settings;

/// Loaded data with settings. Everything it returns is a pure function of the two.
#[derive(Debug, Default)]
pub struct Session {
    settings: Settings,
}

impl Session {
    /// A session without data, with default settings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces the data by Prometheus range responses (JSON bytes, one or more).
    pub fn load_prometheus(&mut self, _responses: &[&[u8]]) -> Result<(), Error> {
        Err(Error::nothing_loaded())
    }

    /// Replaces the data by a neutral batch.
    pub fn load_batch(&mut self, _batch: SampleBatch) -> Result<(), Error> {
        Err(Error::nothing_loaded())
    }

    /// Adds the newest part of the same queries; overlapping samples are replaced.
    pub fn append_prometheus(&mut self, _responses: &[&[u8]]) -> Result<(), Error> {
        Err(Error::nothing_loaded())
    }

    /// Adds the newest part of the same queries; overlapping samples are replaced.
    pub fn append_batch(&mut self, _batch: SampleBatch) -> Result<(), Error> {
        Err(Error::nothing_loaded())
    }

    /// Replaces the settings; takes effect with the next report.
    pub fn configure(&mut self, settings: Settings) -> Result<(), Error> {
        settings.check()?;
        self.settings = settings;
        Ok(())
    }

    /// The diagnosis.
    pub fn report(&self) -> Result<Report, Error> {
        Err(Error::nothing_loaded())
    }

    /// The diagnosis as JSON text: stable key order, shortest round-trip floats.
    pub fn report_bytes(&self) -> Result<Vec<u8>, Error> {
        serde_json::to_vec(&self.report()?).map_err(|error| Error::bad_data(error.to_string()))
    }

    /// A long column of the report's scope, aligned with `times`; `NaN` = absent. None when there is no such column.
    pub fn column(&self, _id: &str) -> Option<Vec<f64>> {
        None
    }
}
