//! One scrape: a GET as Prometheus sends it, and its answer as samples.

use std::time::Duration;

use inference_triage_core::ingest::exposition::{Sample, parse};
use ureq::Agent;
use ureq::http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};

use super::refusal;
use crate::budget::Budget;
use crate::prometheus::{Address, Refusal, agent, broken_off, unreachable};

/// What Prometheus 3 asks for: OpenMetrics first, then its own text format.
const FORMATS: &str = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
                       application/openmetrics-text;version=0.0.1;q=0.5,\
                       text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,\
                       text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

/// Tells the target how long it is waited for.
const TIME_OUT: &str = "X-Prometheus-Scrape-Timeout-Seconds";

/// Scrapes targets. Threads share it; connections are kept and used again.
pub(super) struct Client<'a> {
    agent: Agent,
    headers: Vec<(HeaderName, HeaderValue)>,
    timeout: Duration,
    budget: &'a Budget,
}

impl<'a> Client<'a> {
    pub(super) fn new(
        headers: Vec<(HeaderName, HeaderValue)>,
        timeout: Duration,
        budget: &'a Budget,
    ) -> Self {
        Self { agent: agent(timeout), headers, timeout, budget }
    }

    /// The samples that a target serves now.
    pub(super) fn scrape(&self, address: &Address) -> Result<Vec<Sample>, Refusal> {
        let seconds = self.timeout.as_secs_f64().to_string();
        let mut request =
            self.agent.get(address.full()).header(ACCEPT, FORMATS).header(TIME_OUT, seconds);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let mut response =
            request.call().map_err(|error| unreachable(address, error, self.timeout))?;
        let status = response.status();
        let header = |name| {
            let value = response.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let (location, kind) = (header(LOCATION), header(CONTENT_TYPE));
        let body = response.body_mut().with_config().limit(u64::MAX).reader();
        let bytes = self
            .budget
            .read(body)
            .map_err(|error| broken_off(address, error, self.timeout, self.budget))?;
        // What is made of it is held, and counted, by its number of samples.
        self.budget.release(bytes.len());
        refusal::check(address.name(), status, &location, &kind, &bytes)?;
        parse(&bytes).map_err(|error| refusal::unreadable(address.name(), &error.to_string()))
    }
}
