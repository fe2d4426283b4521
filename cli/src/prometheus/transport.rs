//! Everything that can go wrong before a server has answered, as one sentence with its cause and
//! cure.

use std::io;
use std::time::Duration;

use inference_triage_core::time::length;
use ureq::{Error, Timeout};

use super::address::Address;
use super::refusal::Refusal;
use crate::budget::Budget;

/// No connection, or no HTTP over it.
pub(crate) fn unreachable(address: &Address, error: Error, timeout: Duration) -> Refusal {
    let (name, host, option) = (address.name(), address.host(), address.option());
    Refusal::of_all(match error {
        Error::HostNotFound => unresolved(name),
        Error::Timeout(Timeout::Connect | Timeout::Resolve) => {
            format!(
                "{host} does not accept a connection in time; check the host, the port and the firewalls between"
            )
        }
        Error::Timeout(_) => return too_slow(address, timeout),
        Error::ConnectProxyFailed(_) | Error::InvalidProxyUrl => {
            format!(
                "the proxy does not connect to {host}: {error}; check HTTPS_PROXY and NO_PROXY in the environment"
            )
        }
        Error::Io(error) => connection_failed(address, &error),
        Error::Rustls(_) | Error::Tls(_) => untrusted(address, &error.to_string()),
        Error::Protocol(_) | Error::Http(_) | Error::LargeResponseHeader(..) => format!(
            "what listens on {host} does not answer as an HTTP server ({error}); check the port, and http:// against \
             https:// in {option}"
        ),
        _ => format!("{name} cannot be asked: {error}; check {option}"),
    })
}

fn connection_failed(address: &Address, error: &io::Error) -> String {
    let (name, host, option) = (address.name(), address.host(), address.option());
    match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            format!(
                "nothing listens on {host} (connection refused); check that the server runs and that the port is right"
            )
        }
        io::ErrorKind::InvalidData if address.encrypted() => untrusted(address, &error.to_string()),
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable => {
            format!("there is no route to {host} ({error}); check the network or the VPN")
        }
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted => format!(
            "{host} closed the connection without an answer; check the port, and http:// against https:// in {option}"
        ),
        // The resolver's failure has no kind of its own.
        _ if error.to_string().contains("lookup address") => unresolved(name),
        _ => format!("{host} cannot be reached: {error}; check {option} and the network"),
    }
}

fn unresolved(name: &str) -> String {
    format!("the host name in {name} cannot be resolved; check its spelling and this machine's DNS")
}

fn untrusted(address: &Address, reason: &str) -> String {
    let (name, option) = (address.name(), address.option());
    if reason.contains("InvalidContentType") || reason.contains("corrupt message") {
        return format!("{name} does not speak TLS; write http:// in {option}");
    }
    format!(
        "the TLS connection to {name} failed: {reason}; if its certificate comes from a private authority, add that to \
         the system's store or name its file in SSL_CERT_FILE"
    )
}

pub(crate) fn too_slow(address: &Address, timeout: Duration) -> Refusal {
    let limit = length(i64::try_from(timeout.as_millis()).unwrap_or(i64::MAX));
    let cure = if address.option() == "--url" {
        "ask for less with a shorter --range or a narrower --match, or wait longer with --timeout"
    } else {
        "allow more time with a longer --every, and look at the CPU load of the engine's server"
    };
    let sentence = format!("{} did not answer within {limit}; {cure}", address.name());
    Refusal { is_time_out: true, ..Refusal::of_this(sentence) }
}

/// The headers came, the body did not.
pub(crate) fn broken_off(
    address: &Address,
    error: io::Error,
    timeout: Duration,
    budget: &Budget,
) -> Refusal {
    let name = address.name();
    if Budget::is_exceeded(&error) {
        return Refusal::of_run(budget.sentence(&format!("the answer of {name}"), None));
    }
    match Error::from(error) {
        Error::Timeout(_) => too_slow(address, timeout),
        error => Refusal::of_this(format!("the answer of {name} broke off: {error}; try again")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_fail_in_words() {
        let address = Address::parse("https://ann:pw@host:9090").unwrap();
        let io = |kind| Error::Io(io::Error::from(kind));
        for (error, cause) in [
            (Error::HostNotFound, "cannot be resolved"),
            (io(io::ErrorKind::ConnectionRefused), "nothing listens on host:9090"),
            (io(io::ErrorKind::ConnectionReset), "closed the connection"),
            (io(io::ErrorKind::BrokenPipe), "closed the connection"),
            (
                Error::Io(io::Error::new(io::ErrorKind::InvalidData, "UnknownIssuer")),
                "SSL_CERT_FILE",
            ),
            (
                Error::Io(io::Error::new(io::ErrorKind::InvalidData, "received corrupt message")),
                "does not speak TLS",
            ),
            (Error::Timeout(Timeout::Connect), "accept a connection in time"),
            (Error::Timeout(Timeout::PerCall), "within 30 s"),
        ] {
            let refusal = unreachable(&address, error, Duration::from_secs(30));
            assert!(refusal.sentence.contains(cause), "{}", refusal.sentence);
            assert!(!refusal.sentence.contains("pw"), "{}", refusal.sentence);
        }
    }
}
