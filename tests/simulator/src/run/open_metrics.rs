//! OpenMetrics text with times, for `promtool tsdb create-blocks-from openmetrics`.

use std::io::{self, Write};

use inference_triage_harness::openmetrics;

use crate::run::Run;
use crate::run::sample_batch::labels;

impl Run {
    /// Writes every sample, series after series, and the end mark. `up` is written too.
    pub fn open_metrics(&self, writer: &mut impl Write) -> io::Result<()> {
        for (target, series) in self.stored(&[]) {
            let head = head(&series.name, &labels(target, &series.name, &series.labels));
            self.write_samples(writer, &head, &series.values)?;
        }
        for target in &self.targets {
            let head = head("up", &labels(target, "up", &[]));
            self.write_samples(writer, &head, &target.up)?;
        }
        writer.write_all(b"# EOF\n")
    }

    fn write_samples(&self, writer: &mut impl Write, head: &str, values: &[f64]) -> io::Result<()> {
        for (time, value) in self.times.iter().zip(values).filter(|(_, value)| !value.is_nan()) {
            writeln!(writer, "{head} {} {}", number(*value), seconds(*time))?;
        }
        Ok(())
    }
}

/// Name and labels as text.
pub(crate) fn head<'a>(
    name: &str,
    labels: impl IntoIterator<Item = (&'a String, &'a String)>,
) -> String {
    let pairs: Vec<String> = labels
        .into_iter()
        .filter(|(label, _)| *label != "__name__")
        .map(|(label, value)| format!("{label}=\"{}\"", escaped(value)))
        .collect();
    if pairs.is_empty() { name.to_owned() } else { format!("{name}{{{}}}", pairs.join(",")) }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// Unix milliseconds as seconds.
fn seconds(time: i64) -> String {
    if time % 1000 == 0 {
        (time / 1000).to_string()
    } else {
        format!("{}.{:03}", time / 1000, time % 1000)
    }
}

/// A value as a text that reads back to the last bit.
pub fn number(value: f64) -> String {
    openmetrics::number(value)
}
