//! Sessions: spans in which somebody was in view.

use jiff::{SignedDuration, Timestamp};

use super::Effect;
use crate::posture::Moment;
use crate::record::{Record, WatchSession};

/// A longer absence ends the session. Our choice: fetching a cup takes less.
const BREAK: SignedDuration = SignedDuration::from_mins(5);
/// How often a session under way is saved: a crash loses at most this much of it. Our choice.
const SAVED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// Whether a session is under way.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum Presence {
    #[default]
    Nobody,
    Somebody {
        session: WatchSession,
        saved: Timestamp,
    },
}

impl Presence {
    pub(super) fn observe(&mut self, moment: Moment, at: Timestamp, effects: &mut Vec<Effect>) {
        self.tick(at, effects);
        match (&mut *self, moment) {
            (_, Moment::Away) => {}
            (Presence::Nobody, Moment::Upright | Moment::Slouched(_) | Moment::Unclear(_)) => {
                let session = WatchSession { from: at, to: at };
                *self = Presence::Somebody { session, saved: at };
            }
            (
                Presence::Somebody { session, saved },
                Moment::Upright | Moment::Slouched(_) | Moment::Unclear(_),
            ) => {
                session.to = session.to.max(at);
                if at.duration_since(*saved) >= SAVED_EVERY {
                    *saved = at;
                    effects.push(Effect::Save(Record::Session(session.clone())));
                }
            }
        }
    }

    pub(super) fn tick(&mut self, at: Timestamp, effects: &mut Vec<Effect>) {
        match self {
            Presence::Somebody { session, .. } if at.duration_since(session.to).abs() > BREAK => {
                self.close(effects);
            }
            Presence::Somebody { .. } | Presence::Nobody => {}
        }
    }

    pub(super) fn close(&mut self, effects: &mut Vec<Effect>) {
        if let Presence::Somebody { session, saved } = std::mem::take(self)
            && saved < session.to
        {
            effects.push(Effect::Save(Record::Session(session)));
        }
    }
}
