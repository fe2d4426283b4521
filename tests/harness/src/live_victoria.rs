//! A real VictoriaMetrics with imported samples, on the loopback interface, for as long as the
//! value lives.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::Duration;

use crate::http::{exchange, free_address};
use crate::live_prometheus::{Sample, instant};

/// What to do when the program is missing.
const CURE: &str = "install the Debian package `victoria-metrics`";

/// How often readiness is asked for, a tenth of a second apart.
const MOST_ATTEMPTS: usize = 300;

/// A running server. It is killed and its directory removed when the value is dropped.
#[derive(Debug)]
pub struct LiveVictoria {
    server: Child,
    address: SocketAddr,
    directory: PathBuf,
}

impl LiveVictoria {
    /// Starts a server that holds the samples of an OpenMetrics text with times in seconds.
    ///
    /// Fails with one sentence when the program is missing or the server does not come up.
    pub fn start(openmetrics: &str) -> Result<Self, String> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("inference-triage-victoria-{}-{number}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        let fail = |error: std::io::Error| {
            format!("cannot prepare victoria-metrics in the temporary directory: {error}")
        };
        fs::create_dir_all(&directory).map_err(fail)?;
        let log = File::create(directory.join("log")).map_err(fail)?;
        let address = free_address().map_err(fail)?;
        let server = Command::new("victoria-metrics")
            .arg(format!("-storageDataPath={}", directory.join("data").display()))
            .arg(format!("-httpListenAddr={address}"))
            // The samples are old; nothing may expire, be hidden as too new, or be remembered.
            .args([
                "-retentionPeriod=100y",
                "-search.latencyOffset=0s",
                "-search.disableCache",
                "-loggerLevel=ERROR",
            ])
            .current_dir(&directory)
            .stdin(Stdio::null())
            .stdout(log.try_clone().map_err(fail)?)
            .stderr(log)
            .spawn();
        let server = server.map_err(|error| match error.kind() {
            ErrorKind::NotFound => {
                format!("`victoria-metrics` is not installed, and this test compares with the real one: {CURE}")
            }
            _ => format!("`victoria-metrics` cannot be run ({error}): {CURE}"),
        })?;
        let mut live = Self { server, address, directory };
        live.wait_until_ready()?;
        live.import(openmetrics)?;
        Ok(live)
    }

    /// An instant query. Times are Unix seconds.
    pub fn instant(&self, query: &str, seconds: i64) -> Result<Vec<Sample>, String> {
        instant(self.address, query, seconds)
    }

    fn import(&self, openmetrics: &str) -> Result<(), String> {
        let lines = openmetrics.lines().filter(|line| !line.starts_with('#'));
        // Its own interface takes milliseconds.
        let body = lines.flat_map(|line| [line, "000\n"]).collect::<String>();
        let (status, answer) = exchange(self.address, "/api/v1/import/prometheus", Some(&body))?;
        if status >= 300 {
            return Err(format!(
                "victoria-metrics refused the samples: {}",
                String::from_utf8_lossy(&answer)
            ));
        }
        exchange(self.address, "/internal/force_flush", None).map(|_| ())
    }

    fn wait_until_ready(&mut self) -> Result<(), String> {
        for _ in 0..MOST_ATTEMPTS {
            if let Ok(Some(status)) = self.server.try_wait() {
                return Err(format!("victoria-metrics ended with {status}: {}", self.log()));
            }
            if exchange(self.address, "/health", None).is_ok_and(|(status, _)| status == 200) {
                return Ok(());
            }
            sleep(Duration::from_millis(100));
        }
        Err(format!("victoria-metrics did not become ready: {}", self.log()))
    }

    fn log(&self) -> String {
        fs::read_to_string(self.directory.join("log")).unwrap_or_default()
    }
}

impl Drop for LiveVictoria {
    fn drop(&mut self) {
        // All fail only when the process or the directory has gone by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
        let _ = fs::remove_dir_all(&self.directory);
    }
}
