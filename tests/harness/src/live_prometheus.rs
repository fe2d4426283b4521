//! A real Prometheus with backfilled samples, on the loopback interface, for as long as the value
//! lives.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;

use crate::http::{exchange, free_address, percent_encoded};

/// What to do when a program is missing.
const CURE: &str = "install the Debian package `prometheus` (2.42 or later; it brings promtool)";

/// How often readiness is asked for, a tenth of a second apart.
const MOST_ATTEMPTS: usize = 300;

/// A running server. It is killed and its directory removed when the value is dropped.
#[derive(Debug)]
pub struct LivePrometheus {
    server: Child,
    address: SocketAddr,
    directory: PathBuf,
}

/// One sample of an instant query.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Labels of the result.
    pub labels: BTreeMap<String, String>,
    /// The printed value, read as a float.
    pub value: f64,
}

impl LivePrometheus {
    /// Starts a server that holds the samples of an OpenMetrics text.
    ///
    /// Fails with one sentence when a program is missing or the server does not come up.
    pub fn start(openmetrics: &str) -> Result<Self, String> {
        let directory = new_directory()?;
        let started = backfill(&directory, openmetrics).and_then(|()| launch(&directory));
        let (server, address) = started.inspect_err(|_| remove(&directory))?;
        let mut live = Self { server, address, directory };
        live.wait_until_ready()?;
        Ok(live)
    }

    /// An instant query. Times are Unix seconds.
    pub fn instant(&self, query: &str, seconds: i64) -> Result<Vec<Sample>, String> {
        instant(self.address, query, seconds)
    }

    fn get(&self, path: &str) -> Result<(u16, Vec<u8>), String> {
        exchange(self.address, path, None)
    }

    fn wait_until_ready(&mut self) -> Result<(), String> {
        for _ in 0..MOST_ATTEMPTS {
            if let Ok(Some(status)) = self.server.try_wait() {
                return Err(format!("prometheus ended with {status}: {}", self.log()));
            }
            if self.get("/-/ready").is_ok_and(|(status, _)| status == 200) {
                return Ok(());
            }
            sleep(Duration::from_millis(100));
        }
        Err(format!("prometheus did not become ready: {}", self.log()))
    }

    fn log(&self) -> String {
        fs::read_to_string(self.directory.join("log")).unwrap_or_default()
    }
}

impl Drop for LivePrometheus {
    fn drop(&mut self) {
        // Both fail only when the process has ended by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
        remove(&self.directory);
    }
}

fn new_directory() -> Result<PathBuf, String> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("inference-triage-prometheus-{}-{number}", std::process::id());
    let directory = std::env::temp_dir().join(name);
    remove(&directory);
    fs::create_dir_all(directory.join("data"))
        .map_err(|error| format!("cannot make {}: {error}", directory.display()))?;
    Ok(directory)
}

fn remove(directory: &Path) {
    // What is left lies in the system's temporary directory.
    let _ = fs::remove_dir_all(directory);
}

fn backfill(directory: &Path, openmetrics: &str) -> Result<(), String> {
    let text = directory.join("samples.txt");
    fs::write(&text, openmetrics)
        .map_err(|error| format!("cannot write {}: {error}", text.display()))?;
    let mut promtool = Command::new("promtool");
    promtool
        .args(["tsdb", "create-blocks-from", "openmetrics", "--quiet"])
        .arg(&text)
        .arg(directory.join("data"));
    let Output { status, stderr, .. } =
        promtool.output().map_err(|error| cannot_run("promtool", &error))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("promtool refused: {}", String::from_utf8_lossy(&stderr)))
    }
}

fn launch(directory: &Path) -> Result<(Child, SocketAddr), String> {
    let fail = |error: std::io::Error| {
        format!("cannot prepare prometheus in {}: {error}", directory.display())
    };
    let configuration = directory.join("prometheus.yml");
    fs::write(&configuration, "scrape_configs: []\n").map_err(fail)?;
    let log = File::create(directory.join("log")).map_err(fail)?;
    let address = free_address().map_err(fail)?;
    let server = Command::new("prometheus")
        .arg(format!("--config.file={}", configuration.display()))
        .arg(format!("--storage.tsdb.path={}", directory.join("data").display()))
        .arg(format!("--web.listen-address={address}"))
        // The samples are old; nothing may expire.
        .arg("--storage.tsdb.retention.time=100y")
        .arg("--log.level=warn")
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(log.try_clone().map_err(fail)?)
        .stderr(log)
        .spawn();
    Ok((server.map_err(|error| cannot_run("prometheus", &error))?, address))
}

fn cannot_run(program: &str, error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => {
            format!(
                "`{program}` is not installed, and this test compares with the real one: {CURE}"
            )
        }
        _ => format!("`{program}` cannot be run ({error}): {CURE}"),
    }
}

/// An instant query of a server that speaks Prometheus's HTTP interface. Times are Unix seconds.
pub(crate) fn instant(
    address: SocketAddr,
    query: &str,
    seconds: i64,
) -> Result<Vec<Sample>, String> {
    let path = format!("/api/v1/query?query={}&time={seconds}", percent_encoded(query));
    let (status, body) = exchange(address, &path, None)?;
    let answer: Value =
        serde_json::from_slice(&body).map_err(|error| format!("{query}: {error}"))?;
    let samples = answer["data"]["result"].as_array().filter(|_| status == 200);
    let samples = samples.ok_or_else(|| format!("the server refused {query}: {answer}"))?;
    samples
        .iter()
        .map(|sample| read_sample(sample).ok_or_else(|| format!("{query}: no sample: {sample}")))
        .collect()
}

fn read_sample(sample: &Value) -> Option<Sample> {
    let labels = sample["metric"].as_object()?.iter();
    let labels = labels.map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    Some(Sample {
        labels: labels.collect::<Option<_>>()?,
        value: sample["value"][1].as_str()?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_names_its_cure() {
        let error = std::io::Error::from(ErrorKind::NotFound);
        assert_eq!(
            cannot_run("promtool", &error),
            "`promtool` is not installed, and this test compares with the real one: install the Debian package \
             `prometheus` (2.42 or later; it brings promtool)"
        );
    }

    #[test]
    fn printed_values_become_floats() {
        let sample = serde_json::json!({"metric": {"case": "1"}, "value": [1.5, "+Inf"]});
        let sample = read_sample(&sample).unwrap();
        assert_eq!(sample.labels["case"], "1");
        assert!(sample.value.is_infinite());
    }
}
