//! Sessions: spans in which somebody was there.

use jiff::{SignedDuration, Timestamp};

use super::Effect;
use crate::posture::Moment;
use crate::record::{Record, WatchSession};

/// Being away for longer than this ends a session. Our choice: longer than fetching a cup.
const BREAK: SignedDuration = SignedDuration::from_mins(5);
/// A session that grows is saved so often, so that a crash loses little.
const SAVED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// Whether somebody has been there lately.
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
    pub(super) fn look(&mut self, moment: Moment, at: Timestamp, effects: &mut Vec<Effect>) {
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
