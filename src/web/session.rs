//! Who may read the pages: the browser that was opened on a token, from then on by its cookie.
//!
//! Cookies do not tell ports apart: a browser sends them to every program that listens on this
//! computer, another user's too. So the pages lie under a path that nobody can guess, and the
//! cookie belongs to that path.

use std::io;
use std::sync::{Mutex, PoisonError};

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

/// The cookie's name.
const NAME: &str = "sitwell";

/// Random bytes of a secret: as many as a 256-bit key.
const BYTES: usize = 32;

/// The secrets of one run.
pub(super) struct Session {
    /// Exchanged for the cookie, once.
    token: Mutex<Option<String>>,
    /// What the token was, for the address.
    address: String,
    cookie: String,
    /// The folder of all pages.
    base: String,
}

impl Session {
    /// New secrets.
    pub(super) fn new() -> io::Result<Session> {
        let token = secret()?;
        Ok(Session {
            address: format!("open?token={token}"),
            token: Mutex::new(Some(token)),
            cookie: secret()?,
            base: format!("/{}", secret()?),
        })
    }

    /// The folder of all pages, without a slash at its end.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// The address with the token.
    pub(super) fn address(&self, port: u16) -> String {
        format!("http://127.0.0.1:{port}/{}", self.address)
    }

    /// Takes the token, once. Returns the cookie to set.
    pub(super) fn redeem(&self, token: &str) -> Option<String> {
        let mut kept = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        kept.take_if(|kept| is_same(kept, token))?;
        let (cookie, base) = (&self.cookie, &self.base);
        Some(format!(
            "{NAME}={cookie}; Path={base}/; HttpOnly; SameSite=Strict"
        ))
    }

    /// Whether a request has the cookie.
    pub(super) fn admits(&self, headers: &HeaderMap) -> bool {
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|cookies| cookies.to_str().ok())
            .flat_map(|cookies| cookies.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='))
            .any(|(name, value)| name == NAME && is_same(value, &self.cookie))
    }
}

fn secret() -> io::Result<String> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Compares secrets in a time that does not say where they differ.
fn is_same(one: &str, other: &str) -> bool {
    let differs = one
        .bytes()
        .zip(other.bytes())
        .fold(0, |sum, (a, b)| sum | (a ^ b));
    one.len() == other.len() && differs == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_exchanged_once_for_a_cookie_that_admits() {
        let session = Session::new().unwrap();
        let address = session.address(7);
        let (_, token) = address.split_once("token=").unwrap();
        assert_eq!(token.len(), 2 * BYTES);
        for wrong in ["", &token[1..], &session.cookie] {
            assert_eq!(session.redeem(wrong), None, "{wrong}");
        }
        let set = session.redeem(token).unwrap();
        assert_eq!(session.redeem(token), None);
        assert!(set.ends_with("/; HttpOnly; SameSite=Strict"), "{set}");

        let (cookie, _) = set.split_once(';').unwrap();
        let admits = |header: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, header.parse().unwrap());
            session.admits(&headers)
        };
        assert!(admits(cookie));
        assert!(admits(&format!("other=1; {cookie}")));
        assert!(!admits(&cookie[..cookie.len() - 1]));
        assert!(!admits(&cookie.to_uppercase()));
        assert!(!admits("sitwell="));
        assert!(!session.admits(&HeaderMap::new()));
    }
}
