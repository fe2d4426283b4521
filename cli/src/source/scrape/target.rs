//! What is scraped: an address, and the labels that Prometheus would give its series.

use inference_triage_core::ingest::batch::Labels;

use crate::exit::Failure;
use crate::prometheus::Address;

/// One process that serves its metrics.
pub(crate) struct Target {
    pub(crate) address: Address,
    pub(crate) labels: Labels,
}

/// The series by which Prometheus says whether a scrape succeeded.
pub(crate) const UP: &str = "up";

/// Its job label; Prometheus takes that from its configuration.
const JOB: &str = "scrape";

/// The targets that the addresses name. Two with one host and port could not be told apart.
pub(super) fn parse(urls: &[String]) -> Result<Vec<Target>, Failure> {
    let mut targets: Vec<Target> = Vec::new();
    for url in urls {
        let address = Address::of_exposition(url)?;
        let instance = address.host_and_port();
        if targets.iter().any(|known| known.address.host_and_port() == instance) {
            return Err(Failure::usage(format!(
                "--scrape names {instance} twice, and its series could not be told apart; name \
                 each engine once"
            )));
        }
        targets.push(Target { labels: labels(JOB, &instance), address });
    }
    Ok(targets)
}

/// The labels that a scraper adds.
pub(crate) fn labels(job: &str, instance: &str) -> Labels {
    Labels::from_entries(vec![
        ("instance".to_owned(), instance.to_owned()),
        ("job".to_owned(), job.to_owned()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_engine_is_named_once() {
        let urls = |urls: &[&str]| urls.iter().map(|&url| url.to_owned()).collect::<Vec<_>>();
        let targets = parse(&urls(&["http://a:8000", "http://b:8000/m", "http://a"])).unwrap();
        let instances: Vec<&str> =
            targets.iter().map(|target| target.labels["instance"].as_str()).collect();
        assert_eq!(instances, ["a:8000", "b:8000", "a:80"]);
        let same = parse(&urls(&["http://a:80/x", "http://ann:pw@a/metrics"])).err().unwrap();
        assert!(same.to_string().contains("a:80 twice"), "{same}");
    }
}
