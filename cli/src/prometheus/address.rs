//! What the user types to name a server and to be let in: its address and extra headers.

use std::path::Path;

use ureq::http::Uri;
use ureq::http::header::{HeaderName, HeaderValue};

use crate::budget::Budget;
use crate::exit::Failure;
use crate::input;

/// The base of the API or the address of an exposition: scheme, host and path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// The option that it was given with, for messages.
    option: &'static str,
    /// Without the trailing slash.
    base: String,
    /// The same without credentials.
    name: String,
    /// Host, and port where one is given.
    host: String,
    encrypted: bool,
}

impl Address {
    /// Refuses what cannot be the base of an API, with the form it should have.
    pub(crate) fn parse(url: &str) -> Result<Self, Failure> {
        let wrong = |why: &str| {
            Failure::usage(format!(
                "--url \"{}\" {why}; write it as http://prometheus:9090 or https://host/prefix",
                without_credentials(url)
            ))
        };
        if url.contains(['?', '#']) {
            return Err(wrong("must not carry a query or a fragment"));
        }
        let base = url.trim_end_matches('/');
        Self::checked("--url", url, base, wrong)
    }

    /// The address of an exposition, `/metrics` where it names no path.
    pub(crate) fn of_exposition(url: &str) -> Result<Self, Failure> {
        let wrong = |why: &str| {
            Failure::usage(format!(
                "--scrape \"{}\" {why}; write it as http://engine:8000/metrics",
                without_credentials(url)
            ))
        };
        if url.contains('#') {
            return Err(wrong("must not carry a fragment"));
        }
        let path = url.split_once("://").map_or(url, |(_, rest)| rest).trim_end_matches('/');
        if path.contains(['/', '?']) {
            return Self::checked("--scrape", url, url, wrong);
        }
        let base = format!("{}/metrics", url.trim_end_matches('/'));
        Self::checked("--scrape", url, &base, wrong)
    }

    fn checked(
        option: &'static str,
        url: &str,
        base: &str,
        wrong: impl Fn(&str) -> Failure,
    ) -> Result<Self, Failure> {
        let uri: Uri = url.parse().map_err(|_| wrong("is not an address"))?;
        let encrypted = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(wrong("does not begin with http:// or https://")),
        };
        let host = uri.authority().map_or("", |authority| authority.as_str());
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host).to_owned();
        if host.is_empty() || host.starts_with(':') {
            return Err(wrong("names no host"));
        }
        let name = without_credentials(base);
        Ok(Self { option, name, base: base.to_owned(), host, encrypted })
    }

    /// The option that it was given with.
    pub(crate) fn option(&self) -> &'static str {
        self.option
    }

    /// The address itself, credentials included.
    pub(crate) fn full(&self) -> &str {
        &self.base
    }

    /// Host and port; the port of the scheme where none is given.
    pub(crate) fn host_and_port(&self) -> String {
        // The colons of an IPv6 address stand in brackets.
        let has_port = self.host.rsplit(']').next().is_some_and(|end| end.contains(':'));
        match (has_port, self.encrypted) {
            (true, _) => self.host.clone(),
            (false, true) => format!("{}:443", self.host),
            (false, false) => format!("{}:80", self.host),
        }
    }

    /// The address without credentials, for messages.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Host, and port where one is given.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Whether it begins with https://.
    pub(crate) fn encrypted(&self) -> bool {
        self.encrypted
    }

    /// The full address of an endpoint.
    pub(crate) fn endpoint(&self, name: &str) -> String {
        format!("{}/api/v1/{name}", self.base)
    }
}

/// A password in an address must not reach a log or an incident channel.
pub(crate) fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find('/').unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) => format!("{scheme}://{}", &rest[at + 1..]),
        None => url.to_owned(),
    }
}

/// The headers of all `--header` arguments.
pub(crate) fn parse_headers(
    arguments: &[String],
) -> Result<Vec<(HeaderName, HeaderValue)>, Failure> {
    let headers: Vec<_> =
        arguments.iter().map(|argument| parse_header(argument)).collect::<Result<_, _>>()?;
    Ok(headers.into_iter().flatten().collect())
}

/// The headers of one `--header` argument: `Name: value`, or `@FILE` with one a line.
fn parse_header(argument: &str) -> Result<Vec<(HeaderName, HeaderValue)>, Failure> {
    let Some(path) = argument.strip_prefix('@') else { return Ok(vec![parse_line(argument)?]) };
    let bytes = input::read(Path::new(path), &Budget::small())
        .map_err(|failure| Failure::usage(format!("--header: {failure}")))?;
    let text = String::from_utf8(bytes).map_err(|_| {
        Failure::usage(format!("--header: {path} is not text; write one \"Name: value\" a line"))
    })?;
    text.lines().filter(|line| !line.trim().is_empty()).map(parse_line).collect()
}

/// The message never repeats the value, which is usually a secret.
fn parse_line(line: &str) -> Result<(HeaderName, HeaderValue), Failure> {
    let wrong = || {
        Failure::usage("--header must be a name and a value: --header 'Authorization: Bearer …'")
    };
    let (name, value) = line.split_once(':').ok_or_else(wrong)?;
    let name = name.trim().parse().map_err(|_| wrong())?;
    let mut value: HeaderValue = value.trim().parse().map_err(|_| wrong())?;
    value.set_sensitive(true);
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Status;

    #[test]
    fn prefixes_and_trailing_slashes_are_kept_straight() {
        for (url, endpoint) in [
            ("http://prometheus:9090", "http://prometheus:9090/api/v1/query"),
            ("http://prometheus:9090/", "http://prometheus:9090/api/v1/query"),
            ("https://host/prometheus//", "https://host/prometheus/api/v1/query"),
            ("http://[::1]:9090/a/b", "http://[::1]:9090/a/b/api/v1/query"),
        ] {
            assert_eq!(Address::parse(url).unwrap().endpoint("query"), endpoint);
        }
    }

    #[test]
    fn what_is_not_a_base_address_is_a_usage_error() {
        for url in [
            "",
            "prometheus:9090",
            "ftp://host",
            "http://",
            "http://:9090",
            "http://host?x=1",
            "http://a b",
        ] {
            let failure = Address::parse(url).unwrap_err();
            assert_eq!(failure.status(), Status::Usage, "{url}");
            assert!(failure.to_string().contains("http://prometheus:9090"), "{failure}");
        }
    }

    #[test]
    fn an_exposition_has_a_path_and_its_instance_a_port() {
        for (url, full, instance) in [
            ("http://engine:8000", "http://engine:8000/metrics", "engine:8000"),
            ("http://engine:8000/", "http://engine:8000/metrics", "engine:8000"),
            ("https://engine/m/", "https://engine/m/", "engine:443"),
            ("http://[::1]/federate?match[]=up", "http://[::1]/federate?match[]=up", "[::1]:80"),
            ("http://[::1]:9/", "http://[::1]:9/metrics", "[::1]:9"),
        ] {
            let address = Address::of_exposition(url).unwrap();
            assert_eq!((address.full(), address.host_and_port()), (full, instance.to_owned()));
        }
        for url in ["", "engine:8000", "http://", "http:///metrics", "http://h/#x", "http://a b"] {
            let failure = Address::of_exposition(url).unwrap_err();
            assert_eq!(failure.status(), Status::Usage, "{url}");
            assert!(failure.to_string().contains("http://engine:8000/metrics"), "{failure}");
        }
    }

    #[test]
    fn credentials_never_show() {
        let address = Address::parse("https://ann:s3cret@host:9090/p").unwrap();
        assert_eq!((address.name(), address.host()), ("https://host:9090/p", "host:9090"));
        assert!(address.endpoint("query").contains("ann:s3cret@"));
        let failure = Address::parse("https://ann:s3cret@host?x").unwrap_err();
        assert!(!failure.to_string().contains("s3cret"), "{failure}");
        let failure = parse_header("Bearer s3cret").unwrap_err();
        assert!(!failure.to_string().contains("s3cret"), "{failure}");
    }

    #[test]
    fn a_header_is_a_name_and_a_value() {
        let headers = parse_header("X-Scope-OrgID:  team-a ").unwrap();
        assert_eq!(
            (headers[0].0.as_str(), headers[0].1.to_str().unwrap()),
            ("x-scope-orgid", "team-a")
        );
        for argument in ["", "NoColon", "Bad Name: x", "A: b\nC: d"] {
            assert!(parse_header(argument).is_err(), "{argument}");
        }
    }
}
