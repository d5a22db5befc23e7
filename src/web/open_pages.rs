//! How many pages are open, and when the dashboard ends because there are none.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::clock::instant;

/// The dashboard ends after this time without a page. Our choice: a browser that restarts, or a
/// laptop lid closed for a meeting, finds it again.
const LINGER: Duration = Duration::from_secs(15 * 60);

/// The pages that are open.
#[derive(Debug, Clone)]
pub(super) struct OpenPages(Arc<Mutex<Pages>>);

#[derive(Debug)]
struct Pages {
    open: usize,
    /// When a page last loaded or closed.
    last: Instant,
}

/// An open page. Dropping it closes the page.
#[derive(Debug)]
pub(super) struct OpenPage(OpenPages);

impl OpenPages {
    pub(super) fn new(now: Instant) -> OpenPages {
        OpenPages(Arc::new(Mutex::new(Pages { open: 0, last: now })))
    }

    /// A page was opened.
    pub(super) fn open(&self) -> OpenPage {
        self.change(|pages| pages.open += 1);
        OpenPage(self.clone())
    }

    /// A page was loaded. It may be one that does not say when it closes.
    pub(super) fn note(&self) {
        self.change(|_| ());
    }

    /// How long to wait before the dashboard may end; none once it is over.
    pub(super) fn left(&self, now: Instant) -> Option<Duration> {
        let pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.open > 0 {
            return Some(LINGER);
        }
        let left = (pages.last + LINGER).saturating_duration_since(now);
        (!left.is_zero()).then_some(left)
    }

    fn change(&self, change: impl FnOnce(&mut Pages)) {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut pages);
        pages.last = instant();
    }
}

impl Drop for OpenPage {
    fn drop(&mut self) {
        self.0.change(|pages| pages.open -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_over_a_quarter_of_an_hour_after_the_last_page() {
        let began = instant();
        let open_pages = OpenPages::new(began);
        let minute = Duration::from_secs(60);
        assert_eq!(open_pages.left(began + 14 * minute), Some(minute));
        assert_eq!(open_pages.left(began + 15 * minute), None, "no page came");

        let (one, other) = (open_pages.open(), open_pages.open());
        drop(one);
        assert_eq!(open_pages.left(began + 600 * minute), Some(LINGER));
        drop(other);
        let closed = instant();
        assert!(open_pages.left(closed + 14 * minute).is_some());
        assert_eq!(open_pages.left(closed + 15 * minute), None);

        open_pages.note();
        assert!(open_pages.left(closed + 14 * minute).is_some());
    }
}
