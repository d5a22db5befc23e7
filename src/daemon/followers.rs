//! Sends the status to the clients that follow the monitor, whenever it has changed.

use std::io::Write;

use crossbeam_channel::Sender;
use jiff::Timestamp;

use super::runtime::Runtime;
use crate::control::Response;
use crate::monitor::MonitorStatus;

/// The clients that follow.
#[derive(Debug, Default)]
pub(crate) struct Followers {
    clients: Vec<Sender<Response>>,
    /// What they know.
    last: Option<Followed>,
}

/// What makes a status a new one when it changes. The status itself has the time and the costs of
/// this process too, and reading the day for it takes milliseconds.
#[derive(Debug, PartialEq)]
struct Followed {
    monitor: Option<MonitorStatus>,
    words: String,
    next_observation: Timestamp,
    until: Option<Timestamp>,
    camera: Option<String>,
    is_previewed: bool,
    is_calibrated: bool,
    settings_trouble: Option<String>,
}

impl Followers {
    /// Adds a client.
    pub(super) fn add(&mut self, client: Sender<Response>) {
        self.clients.push(client);
    }

    /// Sends a response. Clients that have gone or are too slow are forgotten, which closes their connection.
    fn send(&mut self, response: &Response) {
        self.clients
            .retain(|client| client.try_send(response.clone()).is_ok());
    }
}

impl<W: Write> Runtime<'_, W> {
    /// Sends the status to those who follow, if it has changed.
    pub(crate) fn tell_followers(&mut self, at: Timestamp) {
        if self.followers.clients.is_empty() {
            return;
        }
        let now = Some(Followed {
            monitor: self.effects.status().cloned(),
            words: self.progress.current_state().0.to_owned(),
            next_observation: self.effects.next_observation(),
            until: self.not_watching_until(at),
            camera: self.camera.clone(),
            is_previewed: self.previews.are_wanted(),
            is_calibrated: self.effects.calibrated.is_some(),
            settings_trouble: self.active.trouble.clone(),
        });
        if now != self.followers.last {
            let status = Response::Status(Box::new(self.status(at)));
            self.followers.send(&status);
            self.followers.last = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use crossbeam_channel::bounded;

    use super::*;

    const BACKLOG: usize = 4;

    #[test]
    fn a_client_that_reads_too_slowly_is_forgotten_and_the_others_are_not() {
        let mut followers = Followers::default();
        let (slow, unread) = bounded(BACKLOG);
        let (quick, statuses) = bounded(BACKLOG);
        followers.add(slow);
        followers.add(quick);
        for _ in 0..2 * BACKLOG {
            followers.send(&Response::Done);
            assert_eq!(statuses.try_recv(), Ok(Response::Done));
        }
        assert_eq!(followers.clients.len(), 1);
        assert_eq!(unread.iter().count(), BACKLOG, "its channel is closed");
        drop(statuses);
        followers.send(&Response::Done);
        assert!(followers.clients.is_empty());
    }
}
