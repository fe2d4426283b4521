//! A live exporter: one loopback port a target, each with its own `/metrics`.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use inference_triage_simulator::{Run, simulate};
use serde_json::{Map, Value, json};

use crate::arguments::Arguments;

/// How long the last page stays after the end of the run.
const GRACE: Duration = Duration::from_secs(30);

/// The moment of the run that is shown.
#[derive(Debug, Clone, Copy)]
struct Clock {
    began: Instant,
    elapsed: f64,
    speed: f64,
    stamped: bool,
}

impl Clock {
    fn seconds(&self) -> f64 {
        self.elapsed + self.began.elapsed().as_secs_f64() * self.speed
    }
}

pub(crate) fn serve(arguments: &mut Arguments) -> Result<(), String> {
    let scenario = arguments.scenario()?;
    let interval = arguments.number("--interval")?.unwrap_or(1.0);
    let elapsed = arguments.number("--elapsed")?.unwrap_or(0.0);
    let speed: f64 = arguments.number("--speed")?.unwrap_or(1.0);
    let first_port: u16 = arguments.number("--port")?.unwrap_or(0);
    let stamped = arguments.flag("--stamped");
    let exit_with_stdin = arguments.flag("--exit-with-stdin");
    arguments.finish()?;
    if !(speed > 0.0 && speed <= 10_000.0) {
        return Err("--speed needs a number above 0, at most 10000".to_owned());
    }
    scenario.check(interval)?;
    let run = Arc::new(simulate(&scenario, interval));
    let mut listeners = Vec::new();
    for target in 0..run.targets.len() {
        let port = if first_port == 0 { Some(0) } else { first_port.checked_add(target as u16) };
        let port = port.ok_or("--port is so high that there is no port left for every target")?;
        let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, port));
        listeners.push(bound.map_err(|error| {
            format!("cannot listen on port {port} of the loopback address: {error}")
        })?);
    }
    let clock = Clock { began: Instant::now(), elapsed, speed, stamped };
    println!("{}", announcement(&run, &listeners)?);
    for (target, listener) in listeners.into_iter().enumerate() {
        let run = Arc::clone(&run);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A scraper that hangs up in the middle is no reason to stop.
                let _ = answer(stream, &run, target, clock);
            }
        });
    }
    let rest =
        Duration::from_secs_f64(((scenario.duration_seconds - elapsed).max(0.0) / speed).min(1e6));
    if exit_with_stdin {
        std::thread::spawn(|| {
            let _ = std::io::stdin().read_to_end(&mut Vec::new());
            std::process::exit(0);
        });
    }
    std::thread::sleep(rest + GRACE);
    Ok(())
}

/// One line of JSON: where each target is, under which labels a scraper should store it.
fn announcement(run: &Run, listeners: &[TcpListener]) -> Result<String, String> {
    let mut targets = Vec::new();
    for (target, listener) in run.targets.iter().zip(listeners) {
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let mut labels: Map<String, Value> = target
            .labels
            .iter()
            .map(|(name, value)| (name.clone(), value.clone().into()))
            .collect();
        labels.insert("instance".to_owned(), target.instance.clone().into());
        targets
            .push(json!({ "job": target.job, "address": address.to_string(), "labels": labels }));
    }
    let scenario = &run.scenario;
    Ok(json!({
        "name": scenario.name,
        "model": scenario.model_name,
        "start": scenario.start_unix_seconds,
        "duration": scenario.duration_seconds,
        "targets": targets,
    })
    .to_string())
}

fn answer(mut stream: TcpStream, run: &Run, target: usize, clock: Clock) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut request = Vec::new();
    let mut chunk = [0; 2048];
    while !request.windows(4).any(|window| window == b"\r\n\r\n") && request.len() < 16_384 {
        let read = stream.read(&mut chunk)?;
        if read == 0 {
            break;
        }
        request.extend_from_slice(&chunk[..read]);
    }
    let (status, body) = if request.starts_with(b"GET /metrics ") {
        match run.exposition(target, clock.seconds(), clock.stamped) {
            Some(text) => ("200 OK", text),
            None => (
                "503 Service Unavailable",
                "this target does not answer at this moment of the run\n".to_owned(),
            ),
        }
    } else {
        ("404 Not Found", "only /metrics is served here\n".to_owned())
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}
