//! What systemd is told when it started the monitor as its service: that it is
//! ready, how it stands, that it lives, that it ends. Elsewhere nobody is told.
//!
//! The loop that watches says it itself, not a thread beside it: a loop that
//! hangs falls silent, and systemd starts the service again. Here is the only
//! code that knows sd-notify.

use jiff::{SignedDuration, Timestamp};

/// Whoever started the monitor and looks after it. Dropping it says that the monitor ends.
#[derive(Debug)]
pub struct Supervisor {
    told: Told,
    /// Within this time it must hear that the monitor lives; none where it does not ask.
    patience: Option<SignedDuration>,
}

/// What can be said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, reason = "nobody is told there")
)]
enum Word {
    /// Watching, or it is known why not.
    Ready,
    /// The loop goes round.
    Alive,
    /// How things stand.
    Stands(String),
    /// It is the end.
    Ending,
}

/// What was said last.
#[derive(Debug, Default)]
struct Told {
    words: String,
    since: Option<Timestamp>,
    alive: Option<Timestamp>,
}

impl Supervisor {
    /// The one that started this process, if any did.
    #[must_use]
    pub fn of_this_process() -> Supervisor {
        Supervisor {
            told: Told::default(),
            patience: patience(),
        }
    }

    /// How things stand, and since when. Called as often as the loop goes round; what needs no saying is not said.
    pub fn stands(&mut self, words: &str, since: Timestamp, now: Timestamp) {
        let news = self.told.hear(words, since, now, self.patience);
        if !news.is_empty() {
            say(&news);
        }
    }

    /// So long the loop may wait; none where nobody minds.
    #[must_use]
    pub fn leaves(&self, now: Timestamp) -> Option<SignedDuration> {
        self.told.leaves(now, self.patience?)
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        say(&[Word::Ending]);
    }
}

impl Told {
    /// What of this is news. That the loop lives is said at half the patience, and
    /// degrees that change while the state does not go along with it.
    fn hear(
        &mut self,
        words: &str,
        since: Timestamp,
        now: Timestamp,
        patience: Option<SignedDuration>,
    ) -> Vec<Word> {
        let mut news = Vec::new();
        if self.since.is_none() {
            news.push(Word::Ready);
        }
        let is_due = match (patience, self.alive) {
            (None, _) => false,
            (Some(_), None) => true,
            // Either way, for a clock set back.
            (Some(patience), Some(alive)) => now.duration_since(alive).abs() >= patience / 2,
        };
        if is_due {
            self.alive = Some(now);
            news.push(Word::Alive);
        }
        let is_another = self.since.replace(since) != Some(since);
        if (is_another || is_due) && self.words != words {
            words.clone_into(&mut self.words);
            news.push(Word::Stands(words.to_owned()));
        }
        news
    }

    /// Half the patience is when it is said, three quarters how late at the latest: a loop
    /// that goes round by itself in between is not woken for it.
    fn leaves(&self, now: Timestamp, patience: SignedDuration) -> Option<SignedDuration> {
        let silent = now.duration_since(self.alive?).abs();
        Some((patience / 4 * 3 - silent).max(SignedDuration::ZERO))
    }
}

/// Whether this process is a service of systemd.
#[must_use]
pub fn is_there() -> bool {
    cfg!(target_os = "linux") && std::env::var_os("NOTIFY_SOCKET").is_some()
}

#[cfg(target_os = "linux")]
fn patience() -> Option<SignedDuration> {
    SignedDuration::try_from(sd_notify::watchdog_enabled()?).ok()
}

#[cfg(target_os = "linux")]
fn say(words: &[Word]) {
    use sd_notify::NotifyState;
    let states: Vec<NotifyState<'_>> = words
        .iter()
        .map(|word| match word {
            Word::Ready => NotifyState::Ready,
            Word::Alive => NotifyState::Watchdog,
            Word::Stands(words) => NotifyState::Status(words),
            Word::Ending => NotifyState::Stopping,
        })
        .collect();
    // Whoever cannot be told has gone, and then minds nothing.
    let _ = sd_notify::notify(&states);
}

#[cfg(not(target_os = "linux"))]
fn patience() -> Option<SignedDuration> {
    None
}

#[cfg(not(target_os = "linux"))]
fn say(_: &[Word]) {}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(second: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
    }

    /// What is said of rows of (second, words, since).
    fn said(rows: &[(i64, &str, i64)], patience: Option<i64>) -> Vec<String> {
        let mut told = Told::default();
        let patience = patience.map(SignedDuration::from_secs);
        rows.iter()
            .map(|(now, words, since)| {
                let news = told.hear(words, second(*since), second(*now), patience);
                let words = news.iter().map(|word| match word {
                    Word::Ready => "ready".to_owned(),
                    Word::Alive => "alive".to_owned(),
                    Word::Stands(words) => words.clone(),
                    Word::Ending => "ending".to_owned(),
                });
                words.collect::<Vec<_>>().join(", ")
            })
            .collect()
    }

    #[test]
    fn a_new_state_is_said_at_once_and_new_degrees_with_the_next_sign_of_life() {
        let rows = [
            (0, "upright, 2°", 0),
            (5, "upright, 3°", 0),
            (59, "upright, 4°", 0),
            (61, "upright, 4°", 0),
            (62, "nobody there", 62),
            (90, "nobody there", 62),
            (121, "nobody there", 62),
        ];
        let wanted = [
            "ready, alive, upright, 2°",
            "",
            "",
            "alive, upright, 4°",
            "nobody there",
            "",
            "alive",
        ];
        assert_eq!(said(&rows, Some(120)), wanted);
    }

    #[test]
    fn without_a_watchdog_only_states_are_said() {
        let rows = [(0, "a", 0), (500, "b", 0), (501, "c", 501)];
        assert_eq!(said(&rows, None), ["ready, a", "", "c"]);
    }

    #[test]
    fn a_clock_set_back_does_not_silence_it() {
        let rows = [(5000, "a", 0), (1000, "a", 0)];
        assert_eq!(said(&rows, Some(120)), ["ready, alive, a", "alive"]);
    }

    #[test]
    fn the_loop_may_wait_for_three_quarters_of_the_patience() {
        let mut told = Told::default();
        let patience = SignedDuration::from_secs(120);
        assert_eq!(told.leaves(second(0), patience), None, "it is not ready");
        told.hear("a", second(0), second(0), Some(patience));
        let leaves = |now| {
            told.leaves(second(now), patience)
                .map(|left| left.as_secs())
        };
        assert_eq!(leaves(0), Some(90));
        assert_eq!(leaves(60), Some(30));
        assert_eq!(leaves(100), Some(0));
    }
}
