//! Progress on standard error, for the seconds in which a server works.

use std::io::{IsTerminal as _, Write as _};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::input_arguments::ProgressWhen;

/// Shorter waits need no explanation.
const QUIET_TIME: Duration = Duration::from_secs(1);

/// How often the line is rewritten, for the seconds in it.
const REFRESH: Duration = Duration::from_millis(250);

/// A line that says how much is done, such as "3 of 31 queries answered". It vanishes when this is
/// dropped.
pub(crate) struct Progress {
    painter: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Starts to count up to `total`; `what` is done, such as "queries answered".
    pub(crate) fn start(when: ProgressWhen, total: usize, what: &'static str) -> Self {
        let (shown, quiet) = match when {
            ProgressWhen::Never => (false, QUIET_TIME),
            ProgressWhen::Auto => (std::io::stderr().is_terminal(), QUIET_TIME),
            ProgressWhen::Always => (true, Duration::ZERO),
        };
        let painter = shown.then(|| {
            let (sender, receiver) = channel();
            (sender, std::thread::spawn(move || paint(&receiver, total, what, quiet)))
        });
        Self { painter }
    }

    /// A handle for a thread that does some of it.
    pub(crate) fn counter(&self) -> Counter {
        Counter(self.painter.as_ref().map(|(sender, _)| sender.clone()))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((sender, painter)) = self.painter.take() {
            drop(sender);
            // The painter ends when the last counter is gone; it cannot fail in a way that matters
            // here.
            let _ = painter.join();
        }
    }
}

/// Reports what is done; cheap to clone.
#[derive(Clone)]
pub(crate) struct Counter(Option<Sender<()>>);

impl Counter {
    /// One more is done.
    pub(crate) fn advance(&self) {
        if let Some(sender) = &self.0 {
            let _ = sender.send(());
        }
    }
}

fn paint(answered: &Receiver<()>, total: usize, what: &str, quiet: Duration) {
    let start = Instant::now();
    let (mut done, mut painted) = (0, false);
    loop {
        match answered.recv_timeout(REFRESH) {
            Ok(()) => done += 1,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        let waited = start.elapsed();
        if waited >= quiet {
            painted = true;
            write(&line(done, total, what, waited));
        }
    }
    if painted {
        write("\r\u{1b}[K");
    }
}

fn line(done: usize, total: usize, what: &str, waited: Duration) -> String {
    format!("\r\u{1b}[K{done} of {total} {what}, {} s", waited.as_secs())
}

fn write(text: &str) {
    let mut output = std::io::stderr().lock();
    let _ = output.write_all(text.as_bytes()).and_then(|()| output.flush());
}
