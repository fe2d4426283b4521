//! One HTTP exchange with a server on the loopback interface.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

/// Asks and reads until the server closes the connection, with HTTP/1.0: (status, body). A body is
/// posted.
///
/// Fails with one sentence when there is no answer.
pub fn exchange(
    address: SocketAddr,
    path: &str,
    body: Option<&str>,
) -> Result<(u16, Vec<u8>), String> {
    let method = if body.is_some() { "POST" } else { "GET" };
    let content = body.unwrap_or_default();
    let request = format!(
        "{method} {path} HTTP/1.0\r\nHost: {address}\r\nAccept: application/json\r\nContent-Length: {}\r\n\r\n{content}",
        content.len()
    );
    let talk = || -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
        stream.set_read_timeout(Some(Duration::from_mins(1)))?;
        stream.write_all(request.as_bytes())?;
        let mut response = Vec::new();
        stream.read_to_end(&mut response)?;
        Ok(response)
    };
    let response = talk().map_err(|error| format!("no answer from {address}: {error}"))?;
    let end = response.windows(4).position(|window| window == b"\r\n\r\n");
    let end = end.ok_or_else(|| format!("{address} sent no HTTP header"))?;
    let head = String::from_utf8_lossy(&response[..end]);
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    let status = status.ok_or_else(|| format!("{address} sent no HTTP status"))?;
    Ok((status, response[end + 4..].to_vec()))
}

/// An address on the loopback interface that nobody listens on.
pub fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

/// Text as a part of a query string.
pub fn percent_encoded(text: &str) -> String {
    let encoded = text.bytes().map(|byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    });
    encoded.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_encoded() {
        assert_eq!(percent_encoded("rate(a[5m]) + 1"), "rate%28a%5B5m%5D%29%20%2B%201");
    }
}
