//! A client for the two query endpoints of Prometheus's HTTP API, and for servers that
//! have the same ones (Mimir, Thanos, VictoriaMetrics).

mod address;
mod refusal;
mod transport;

use std::time::Duration;

use ureq::Agent;
use ureq::Body;
use ureq::http::header::{ACCEPT, HeaderName, HeaderValue};
use ureq::http::{Response, StatusCode};
use ureq::tls::{RootCerts, TlsConfig};

pub(crate) use address::{Address, parse_headers, without_credentials};
pub(crate) use refusal::{Reach, Refusal, looks_like_html, quote};
pub(crate) use transport::{broken_off, too_slow, unreachable};

use crate::budget::Budget;
use crate::time_outs::{self, TimeOuts};

/// Long enough for a slow link, short enough for someone who mistyped a port.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A range of a query: first and last time and the distance of its points, Unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Grid {
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) step: i64,
}

/// One server. Cheap to share between threads; connections are kept and used again.
pub(crate) struct Server<'a> {
    agent: Agent,
    address: Address,
    headers: Vec<(HeaderName, HeaderValue)>,
    timeout: Duration,
    time_outs: TimeOuts,
    budget: &'a Budget,
}

/// What asks, with the time-outs, the trust and the distrust that every request of ours has.
pub(crate) fn agent(timeout: Duration) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        // A redirect would drop the form of a POST, or carry the credentials to another host;
        // it is reported.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_connect(Some(CONNECT_TIMEOUT.min(timeout)))
        .timeout_per_call(Some(timeout))
        .user_agent(concat!("inference-triage/", env!("CARGO_PKG_VERSION")))
        .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
        .build();
    config.into()
}

impl<'a> Server<'a> {
    pub(crate) fn new(
        address: Address,
        headers: Vec<(HeaderName, HeaderValue)>,
        timeout: Duration,
        budget: &'a Budget,
    ) -> Self {
        let time_outs = TimeOuts::default();
        Self { agent: agent(timeout), address, headers, timeout, time_outs, budget }
    }

    /// The server's address without credentials, for messages.
    pub(crate) fn name(&self) -> &str {
        self.address.name()
    }

    /// Answer of an instant query at a time in Unix milliseconds.
    pub(crate) fn query(&self, promql: &str, time: i64) -> Result<Vec<u8>, Refusal> {
        self.ask("query", &[("query", promql), ("time", &seconds(time))])
    }

    /// Answer of a range query.
    pub(crate) fn query_range(&self, promql: &str, grid: Grid) -> Result<Vec<u8>, Refusal> {
        let (start, end, step) = (seconds(grid.start), seconds(grid.end), seconds(grid.step));
        self.ask(
            "query_range",
            &[("query", promql), ("start", &start), ("end", &end), ("step", &step)],
        )
    }

    /// The answer of an endpoint, unless too many before it came too late.
    fn ask(&self, endpoint: &str, form: &[(&str, &str)]) -> Result<Vec<u8>, Refusal> {
        if self.time_outs.are_too_many() {
            return Err(self.given_up());
        }
        let answer = self.ask_now(endpoint, form);
        match &answer {
            Err(refusal) if refusal.is_time_out => {
                self.time_outs.add();
                if self.time_outs.are_too_many() {
                    return Err(self.given_up());
                }
            }
            Err(_) => {}
            Ok(_) => self.time_outs.forget(),
        }
        answer
    }

    /// POST, because the plan's queries are longer than some proxies let an address be; GET where
    /// POST is not allowed.
    fn ask_now(&self, endpoint: &str, form: &[(&str, &str)]) -> Result<Vec<u8>, Refusal> {
        let url = self.address.endpoint(endpoint);
        let mut request = self.agent.post(&url).header(ACCEPT, "application/json");
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let mut response =
            request.send_form(form.iter().copied()).map_err(|error| self.unreachable(error))?;
        if response.status() == StatusCode::METHOD_NOT_ALLOWED {
            response = self.get(&url, form)?;
        }
        self.body(response, &url)
    }

    fn get(&self, url: &str, form: &[(&str, &str)]) -> Result<Response<Body>, Refusal> {
        let mut request = self.agent.get(url).header(ACCEPT, "application/json");
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request.query_pairs(form.iter().copied()).call().map_err(|error| self.unreachable(error))
    }

    /// The bytes of a successful answer.
    fn body(&self, mut response: Response<Body>, url: &str) -> Result<Vec<u8>, Refusal> {
        let status = response.status();
        let location = response
            .headers()
            .get("location")
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let body = response.body_mut().with_config().limit(u64::MAX).reader();
        let bytes = self
            .budget
            .read(body)
            .map_err(|error| broken_off(&self.address, error, self.timeout, self.budget))?;
        refusal::check(self.name(), url, status, location.as_deref(), &bytes)?;
        Ok(bytes)
    }

    fn given_up(&self) -> Refusal {
        let late = too_slow(&self.address, self.timeout).sentence;
        Refusal::of_run(format!("{} queries in a row had no answer: {late}", time_outs::MOST))
    }

    fn unreachable(&self, error: ureq::Error) -> Refusal {
        unreachable(&self.address, error, self.timeout)
    }
}

/// Unix seconds with milliseconds only where there are any.
fn seconds(milliseconds: i64) -> String {
    let (whole, rest) = (milliseconds.div_euclid(1000), milliseconds.rem_euclid(1000));
    if rest == 0 {
        whole.to_string()
    } else if milliseconds < 0 {
        // The whole part was rounded towards −∞; print the value itself.
        format!("-{}.{:03}", -milliseconds / 1000, -milliseconds % 1000)
    } else {
        format!("{whole}.{rest:03}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_sent_in_seconds_to_the_millisecond() {
        for (milliseconds, text) in [
            (1_780_000_015_000, "1780000015"),
            (1_780_000_015_020, "1780000015.020"),
            (15_000, "15"),
            (333, "0.333"),
            (-1_500, "-1.500"),
            (-2_000, "-2"),
        ] {
            assert_eq!(seconds(milliseconds), text);
        }
    }
}
