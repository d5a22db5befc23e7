//! What a request must be like before anything looks at its path: it is for this address, and no other
//! page had the browser send it.
//!
//! A page of another origin can make a browser send requests here, and a name that changes its
//! address (DNS rebinding) can make them look like its own. The `Host` gives the second away, `Origin`
//! and `Sec-Fetch-Site`, which no script can forge, the first.

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, Method, StatusCode, Uri};

/// Why a request is refused.
pub(super) type Refusal = (StatusCode, &'static str);

/// Checks a request to this port.
pub(super) fn check(
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    port: u16,
) -> Result<(), Refusal> {
    let Ok(Some(host)) = only(headers, HOST.as_str()) else {
        return Err((StatusCode::BAD_REQUEST, "one Host is needed"));
    };
    let is_ours = |name: &str| host == format!("{name}:{port}");
    // An absolute address has a host of its own.
    if uri.authority().is_some()
        || !["localhost", "127.0.0.1", "[::1]"]
            .iter()
            .any(|name| is_ours(name))
    {
        return Err((StatusCode::MISDIRECTED_REQUEST, "this is not that host"));
    }
    if method != Method::GET && method != Method::POST {
        return Err((StatusCode::METHOD_NOT_ALLOWED, "only GET and POST"));
    }
    let foreign = Err((StatusCode::FORBIDDEN, "another page asked for this"));
    let (Ok(site), Ok(origin), Ok(mode), Ok(destination)) = (
        only(headers, "sec-fetch-site"),
        only(headers, ORIGIN.as_str()),
        only(headers, "sec-fetch-mode"),
        only(headers, "sec-fetch-dest"),
    ) else {
        return foreign;
    };
    let is_page_load =
        method == Method::GET && mode == Some("navigate") && destination == Some("document");
    let is_same_site = match site {
        Some("same-origin") => true,
        // A link elsewhere, or an address that was typed. Without the cookie it shows nothing.
        Some(_) => is_page_load,
        None => true,
    };
    let is_same_origin = match origin {
        Some("null") => {
            // What a form sends from a page that tells nobody where it is, as ours are.
            method == Method::POST && site == Some("same-origin")
        }
        Some(origin) => origin.strip_prefix("http://") == Some(host),
        // Browsers leave it out of a GET only.
        None => method == Method::GET,
    };
    if is_same_site && is_same_origin {
        Ok(())
    } else {
        foreign
    }
}

/// The only value of a header; an error if there are several, or if it is no text.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, ()> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| ()),
        (Some(_), Some(_)) => Err(()),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn status(method: Method, uri: &str, lines: &[&str]) -> u16 {
        let mut headers = HeaderMap::new();
        for line in lines {
            let (name, value) = line.split_once(": ").unwrap();
            let name: HeaderName = name.parse().unwrap();
            headers.append(name, value.parse().unwrap());
        }
        let checked = check(&method, &uri.parse().unwrap(), &headers, 7000);
        checked.map_or_else(|(status, _)| status.as_u16(), |()| 200)
    }

    const HERE: &str = "host: 127.0.0.1:7000";
    const SAME: &str = "sec-fetch-site: same-origin";
    const LOAD: [&str; 2] = ["sec-fetch-mode: navigate", "sec-fetch-dest: document"];

    #[test]
    fn only_this_host_and_port_are_answered() {
        let get = |lines: &[&str]| status(Method::GET, "/", lines);
        for host in ["127.0.0.1:7000", "localhost:7000", "[::1]:7000"] {
            assert_eq!(get(&[&format!("host: {host}")]), 200, "{host}");
        }
        for host in [
            "127.0.0.1",
            "127.0.0.1:7001",
            "localhost:70000",
            "evil.example:7000",
            "localhost.evil.example:7000",
            "127.0.0.1:7000.evil.example",
            "user@127.0.0.1:7000",
            "LOCALHOST:7000",
            "127.0.0.2:7000",
            "2130706433:7000",
            "",
        ] {
            assert_eq!(get(&[&format!("host: {host}")]), 421, "{host}");
        }
        assert_eq!(get(&[]), 400);
        assert_eq!(get(&[HERE, HERE]), 400);
        let absolute = status(Method::GET, "http://evil.example/", &[HERE]);
        assert_eq!(absolute, 421);
    }

    #[test]
    fn what_another_page_sends_is_refused() {
        let get = |lines: &[&str]| status(Method::GET, "/", &[&[HERE], lines].concat());
        let post = |lines: &[&str]| status(Method::POST, "/", &[&[HERE], lines].concat());
        let ours = "origin: http://127.0.0.1:7000";
        assert_eq!(get(&[]), 200);
        assert_eq!(get(&[SAME]), 200);
        assert_eq!(post(&[SAME, ours]), 200);
        assert_eq!(post(&[ours]), 200);
        assert_eq!(post(&[SAME, "origin: null"]), 200);
        for site in ["cross-site", "same-site", "none", "made-up"] {
            let site = format!("sec-fetch-site: {site}");
            assert_eq!(get(&[&site]), 403, "{site}");
            assert_eq!(get(&[&site, LOAD[0], LOAD[1]]), 200, "{site}");
            let frame = "sec-fetch-dest: iframe";
            assert_eq!(get(&[&site, LOAD[0], frame]), 403, "{site}");
            assert_eq!(post(&[&site, ours, LOAD[0], LOAD[1]]), 403, "{site}");
        }
        for origin in [
            "null",
            "http://evil.example",
            "https://127.0.0.1:7000",
            "http://127.0.0.1:7001",
            "http://localhost:7000",
            "",
        ] {
            let origin = format!("origin: {origin}");
            assert_eq!(get(&[&origin]), 403, "{origin}");
            assert_eq!(post(&[&origin]), 403, "{origin}");
        }
        assert_eq!(post(&[]), 403, "no browser posts without an origin");
        assert_eq!(post(&[SAME, ours, ours]), 403);
        assert_eq!(get(&[SAME, "sec-fetch-site: cross-site"]), 403);
        for method in [
            Method::HEAD,
            Method::PUT,
            Method::DELETE,
            Method::OPTIONS,
            Method::CONNECT,
        ] {
            assert_eq!(status(method, "/", &[HERE]), 405);
        }
    }
}
