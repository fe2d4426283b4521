//! A client for the two query endpoints of Prometheus's HTTP API, and for servers that
//! have the same ones (Mimir, Thanos, VictoriaMetrics).

mod address;
mod refusal;
mod transport;

use std::io::{self, Read};
use std::time::Duration;

use inference_triage_core::error::Error;
use inference_triage_core::ingest::batch::SampleBatch;
use ureq::Agent;
use ureq::Body;
use ureq::http::header::{ACCEPT, HeaderName, HeaderValue};
use ureq::http::response::Parts;
use ureq::http::{Response, StatusCode};
use ureq::tls::{RootCerts, TlsConfig};

pub(crate) use address::{Address, parse_headers, without_credentials};
pub(crate) use refusal::{Reach, Refusal, looks_like_html, quote};
pub(crate) use transport::{broken_off, too_slow, unreachable};

use crate::budget::Budget;
use crate::intake::{self, Intake, Trouble, is_response};
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
        self.ask("query", &[("query", promql), ("time", &seconds(time))], Self::text)
    }

    /// Text of the answer of a range query.
    pub(crate) fn query_range(&self, promql: &str, grid: Grid) -> Result<Vec<u8>, Refusal> {
        self.ask_range(promql, grid, Self::text)
    }

    /// Samples of the answer of a range query, whose text is not held; the inner error is the
    /// core's, about an answer that is a success and holds something else.
    pub(crate) fn samples(
        &self,
        promql: &str,
        grid: Grid,
    ) -> Result<Result<SampleBatch, Error>, Refusal> {
        self.ask_range(promql, grid, Self::read)
    }

    fn ask_range<T>(
        &self,
        promql: &str,
        grid: Grid,
        read: impl Fn(&Self, Response<Body>, &str) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let (start, end, step) = (seconds(grid.start), seconds(grid.end), seconds(grid.step));
        let form = [("query", promql), ("start", &start), ("end", &end), ("step", &step)];
        self.ask("query_range", &form, read)
    }

    /// The answer of an endpoint, unless too many before it came too late.
    fn ask<T>(
        &self,
        endpoint: &str,
        form: &[(&str, &str)],
        read: impl Fn(&Self, Response<Body>, &str) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        if self.time_outs.are_too_many() {
            return Err(self.given_up());
        }
        let url = self.address.endpoint(endpoint);
        let answer = self.post(&url, form).and_then(|response| read(self, response, &url));
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
    fn post(&self, url: &str, form: &[(&str, &str)]) -> Result<Response<Body>, Refusal> {
        let mut request = self.agent.post(url).header(ACCEPT, "application/json");
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let response =
            request.send_form(form.iter().copied()).map_err(|error| self.unreachable(error))?;
        if response.status() == StatusCode::METHOD_NOT_ALLOWED {
            return self.get(url, form);
        }
        Ok(response)
    }

    fn get(&self, url: &str, form: &[(&str, &str)]) -> Result<Response<Body>, Refusal> {
        let mut request = self.agent.get(url).header(ACCEPT, "application/json");
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request.query_pairs(form.iter().copied()).call().map_err(|error| self.unreachable(error))
    }

    /// The text of a successful answer.
    fn text(&self, response: Response<Body>, url: &str) -> Result<Vec<u8>, Refusal> {
        let (head, body) = response.into_parts();
        self.checked(&head, body_of(body), url)
    }

    /// The text of a successful answer, of which the body is left.
    fn checked(&self, head: &Parts, body: impl Read, url: &str) -> Result<Vec<u8>, Refusal> {
        let location = head.headers.get("location").and_then(|value| value.to_str().ok());
        let bytes = self.budget.read(body).map_err(|error| self.broken_off(error))?;
        refusal::check(self.name(), url, head.status, location, &bytes)?;
        Ok(bytes)
    }

    /// The samples of a successful answer. One that does not begin like the answers of servers is
    /// looked at as a whole: it may say why there is none.
    fn read(
        &self,
        response: Response<Body>,
        url: &str,
    ) -> Result<Result<SampleBatch, Error>, Refusal> {
        let (head, body) = response.into_parts();
        let mut body = Counted { source: body_of(body), bytes: 0 };
        let beginning = intake::beginning(&mut body).map_err(|error| self.broken_off(error))?;
        let mut intake = Intake::new(self.budget, 0);
        if !head.status.is_success() || !is_response(&beginning) {
            let text = self.checked(&head, beginning.chain(body), url)?;
            return Ok(intake.read(&text).and_then(|()| intake.finish()));
        }
        match intake.read_on(&beginning, &mut body) {
            Ok(()) => Ok(intake.finish()),
            Err(Trouble::Source(error)) => Err(self.broken_off(error)),
            Err(Trouble::Response(error)) if error.is_cut_off() => {
                Err(refusal::cut_off(self.name(), body.bytes))
            }
            Err(Trouble::Response(error)) => Ok(Err(error)),
        }
    }

    fn broken_off(&self, error: io::Error) -> Refusal {
        broken_off(&self.address, error, self.timeout, self.budget)
    }

    fn given_up(&self) -> Refusal {
        let late = too_slow(&self.address, self.timeout).sentence;
        Refusal::of_run(format!("{} queries in a row had no answer: {late}", time_outs::MOST))
    }

    fn unreachable(&self, error: ureq::Error) -> Refusal {
        unreachable(&self.address, error, self.timeout)
    }
}

fn body_of(body: Body) -> impl Read {
    body.into_with_config().limit(u64::MAX).reader()
}

/// Counts what is read.
struct Counted<R> {
    source: R,
    bytes: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        let length = self.source.read(place)?;
        self.bytes += length as u64;
        Ok(length)
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
