//! When slouched looks become a slouch: a state machine over moments and instants.
//!
//! A slouch is sustained when slouched time fills the onset. It ends when the
//! person has sat up, or been away, for the recovery time. Time is counted in
//! seconds, so it makes no difference how often the camera looks:
//!
//! * A slouched look stands for the time until the next look, at most the
//!   maximum gap; past that gap it stands for nothing.
//! * A look that cannot tell (unclear) neither starts nor prolongs a slouch. The
//!   slouched look before it stands until then, once a later look shows the
//!   person still there.
//! * Being away is a way of not slouching: it ends a slouch as sitting up does,
//!   but the slouch then closes at its last slouched look.
//! * A slouch begins only on a slouched look and lapses only on one that is not.
//!   A recovery lasts for certain from its first such look to its last: a
//!   single upright look among slouched ones is forgiven at any rate.
//! * A step of the clock, forwards or backwards, by more than the maximum gap is a gap. A
//!   smaller step backwards holds time still until the clock has caught up.
//!
//! What is wrong with one look is the judge's matter, whether to say so the
//! monitor's.

use jiff::{SignedDuration, Timestamp};

use super::{Fault, Moment};

pub use timing::EpisodeTiming;

mod timing;

/// What is known of the present slouch, if there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EpisodeState {
    /// No slouch.
    #[default]
    Clear,
    /// Slouched, not yet for long enough.
    Building(SlouchSpan),
    /// Building, but not slouched just now.
    Wavering(SlouchSpan, Lapse),
    /// A sustained slouch.
    Sustained(SlouchSpan),
    /// A sustained slouch, but not slouched just now.
    Recovering(SlouchSpan, Lapse),
}

/// What the state machine has noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EpisodeEvent {
    /// A slouch has become sustained; it has begun earlier, see [`SustainedSlouch::from`].
    Began(SustainedSlouch),
    /// A sustained slouch is over.
    Ended(SustainedSlouch, EpisodeEnd),
}

/// A sustained slouch, so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SustainedSlouch {
    /// What was wrong, most of the time.
    pub fault: Fault,
    /// The first slouched look.
    pub from: Timestamp,
    /// Until when the last slouched look stood: the upright look after it, or
    /// the slouched look itself if what came after is not known.
    pub to: Timestamp,
    /// Slouched time observed between the two.
    pub observed: SignedDuration,
}

/// How a sustained slouch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EpisodeEnd {
    /// The person was seen sitting upright.
    SatUp,
    /// The person left, nothing could be told any more, or nobody looked.
    OutOfSight,
}

impl EpisodeState {
    /// Takes in what a look at an instant says.
    #[must_use]
    pub fn step(
        self,
        moment: Moment,
        at: Timestamp,
        patience: &EpisodeTiming,
    ) -> (EpisodeState, Option<EpisodeEvent>) {
        let (state, closed) = self.elapse(at, patience);
        let (state, event) = state.advance(moment, state.not_before(at), patience);
        (state, closed.or(event))
    }

    /// The whole table.
    fn advance(
        self,
        moment: Moment,
        at: Timestamp,
        patience: &EpisodeTiming,
    ) -> (EpisodeState, Option<EpisodeEvent>) {
        use EpisodeState::{Building, Clear, Recovering, Sustained, Wavering};
        use Moment::{Away, Slouched, Unclear, Upright};
        match (self, moment) {
            (Clear, Upright | Unclear(_) | Away) => (Clear, None),
            (Clear, Slouched(fault)) => (Building(SlouchSpan::new(fault, at)), None),

            (Building(span), Slouched(fault)) => span.slouched(fault, at).begun_after(patience),
            (Building(span), Upright) => (Wavering(span.upright(at), Lapse::new(at)), None),
            (Building(span), Away) => (Wavering(span, Lapse::new(at)), None),
            (Building(span), Unclear(_)) => (Building(span.unclear(at)), None),

            (Wavering(span, _), Slouched(fault)) => span.again(fault, at).begun_after(patience),
            (Wavering(span, lapse), Upright | Away) => match lapse.until(at) {
                lapse if lapse.lasted() >= patience.forgiven => (Clear, None),
                lapse => (Wavering(span, lapse), None),
            },
            (Wavering(span, lapse), Unclear(_)) => (Wavering(span, lapse), None),

            (Sustained(span), Slouched(fault)) => (Sustained(span.slouched(fault, at)), None),
            (Sustained(span), Upright) => (Recovering(span.upright(at), Lapse::new(at)), None),
            (Sustained(span), Away) => (Recovering(span, Lapse::new(at)), None),
            (Sustained(span), Unclear(_)) => (Sustained(span.unclear(at)), None),

            (Recovering(span, _), Slouched(fault)) => (Sustained(span.again(fault, at)), None),
            (Recovering(span, lapse), Upright | Away) => match (lapse.until(at), moment) {
                (lapse, _) if lapse.lasted() < patience.recovery => (Recovering(span, lapse), None),
                (_, Upright) => (
                    Clear,
                    Some(EpisodeEvent::Ended(span.slouch(), EpisodeEnd::SatUp)),
                ),
                (_, Away | Unclear(_) | Slouched(_)) => (
                    Clear,
                    Some(EpisodeEvent::Ended(span.slouch(), EpisodeEnd::OutOfSight)),
                ),
            },
            (Recovering(span, lapse), Unclear(_)) => (Recovering(span, lapse), None),
        }
    }

    /// Lets time pass without a look: what nobody has told anything about for longer
    /// than the maximum gap is over.
    #[must_use]
    pub fn elapse(
        self,
        at: Timestamp,
        patience: &EpisodeTiming,
    ) -> (EpisodeState, Option<EpisodeEvent>) {
        match self.told() {
            Some(told) if at.duration_since(told).abs() > patience.max_gap => self.close(),
            Some(_) | None => (self, None),
        }
    }

    /// Ends what goes on because watching stops.
    #[must_use]
    pub fn close(self) -> (EpisodeState, Option<EpisodeEvent>) {
        let event = self
            .slouch()
            .map(|slouch| EpisodeEvent::Ended(slouch, EpisodeEnd::OutOfSight));
        (EpisodeState::Clear, event)
    }

    /// The sustained slouch, if there is one.
    #[must_use]
    pub fn slouch(self) -> Option<SustainedSlouch> {
        match self {
            EpisodeState::Clear | EpisodeState::Building(_) | EpisodeState::Wavering(..) => None,
            EpisodeState::Sustained(span) | EpisodeState::Recovering(span, _) => {
                Some(span.slouch())
            }
        }
    }

    /// The first slouched look of what goes on, sustained or not.
    #[must_use]
    pub fn since(self) -> Option<Timestamp> {
        match self {
            EpisodeState::Clear => None,
            EpisodeState::Building(span) | EpisodeState::Wavering(span, _) => Some(span.from),
            EpisodeState::Sustained(span) | EpisodeState::Recovering(span, _) => Some(span.from),
        }
    }

    /// How long until the next verdict, if the person goes on as now and a look comes then.
    #[must_use]
    pub fn due(self, patience: &EpisodeTiming) -> Option<SignedDuration> {
        match self {
            EpisodeState::Clear | EpisodeState::Sustained(_) => None,
            EpisodeState::Building(span) => Some(patience.onset - span.observed()),
            EpisodeState::Wavering(_, lapse) => Some(patience.forgiven - lapse.lasted()),
            EpisodeState::Recovering(_, lapse) => Some(patience.recovery - lapse.lasted()),
        }
    }

    /// The last look that told something about what goes on.
    fn told(self) -> Option<Timestamp> {
        match self {
            EpisodeState::Clear => None,
            EpisodeState::Building(span) | EpisodeState::Sustained(span) => Some(span.look),
            EpisodeState::Wavering(_, lapse) | EpisodeState::Recovering(_, lapse) => {
                Some(lapse.last)
            }
        }
    }

    fn not_before(self, at: Timestamp) -> Timestamp {
        self.told().map_or(at, |told| told.max(at))
    }
}

/// Slouched time from its first look on, forgiven lapses included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlouchSpan {
    from: Timestamp,
    to: Timestamp,
    /// The last slouched look and what was wrong then.
    look: Timestamp,
    fault: Fault,
    stands: Stands,
    /// Slouched time observed, in the order of [`Fault::ALL`].
    observed: [SignedDuration; Fault::ALL.len()],
}

/// Until when the last slouched look stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    /// Until the next look, which has not come yet.
    UntilNext,
    /// Until this look, which could not tell.
    Until(Timestamp),
}

impl SlouchSpan {
    fn new(fault: Fault, at: Timestamp) -> SlouchSpan {
        SlouchSpan {
            from: at,
            to: at,
            look: at,
            fault,
            stands: Stands::UntilNext,
            observed: [SignedDuration::ZERO; Fault::ALL.len()],
        }
    }

    /// Still slouched.
    fn slouched(self, fault: Fault, at: Timestamp) -> SlouchSpan {
        self.upright(at).again(fault, at)
    }

    /// Slouched again after a lapse, which does not count.
    fn again(self, fault: Fault, at: Timestamp) -> SlouchSpan {
        // A clock that was set back does not take back what was counted.
        let at = at.max(self.to);
        SlouchSpan {
            to: at,
            look: at,
            fault,
            stands: Stands::UntilNext,
            ..self
        }
    }

    /// Somebody is still there: the last slouched look has stood until now.
    fn upright(mut self, at: Timestamp) -> SlouchSpan {
        self.to = match self.stands {
            Stands::UntilNext => at,
            Stands::Until(unclear) => unclear,
        };
        for (fault, observed) in Fault::ALL.into_iter().zip(&mut self.observed) {
            if fault == self.fault {
                *observed += self.to.duration_since(self.look);
            }
        }
        self
    }

    fn unclear(self, at: Timestamp) -> SlouchSpan {
        let stands = match self.stands {
            Stands::UntilNext => Stands::Until(at),
            Stands::Until(earlier) => Stands::Until(earlier),
        };
        SlouchSpan { stands, ..self }
    }

    /// Sustained once the onset is filled, and at least half of the time since
    /// the first look was slouched: one who sits up every few seconds, or
    /// is seldom seen well, is not told.
    fn begun_after(self, patience: &EpisodeTiming) -> (EpisodeState, Option<EpisodeEvent>) {
        let observed = self.observed();
        if observed >= patience.onset && observed * 2 >= self.look.duration_since(self.from) {
            (
                EpisodeState::Sustained(self),
                Some(EpisodeEvent::Began(self.slouch())),
            )
        } else {
            (EpisodeState::Building(self), None)
        }
    }

    fn observed(self) -> SignedDuration {
        self.observed
            .into_iter()
            .fold(SignedDuration::ZERO, |sum, observed| sum + observed)
    }

    fn slouch(self) -> SustainedSlouch {
        let longest = Fault::ALL
            .into_iter()
            .zip(self.observed)
            .rev()
            .max_by_key(|(_, observed)| *observed);
        SustainedSlouch {
            fault: longest.map_or(self.fault, |(fault, _)| fault),
            from: self.from,
            to: self.to,
            observed: self.observed(),
        }
    }
}

/// A time of not slouching, from its first look to its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lapse {
    since: Timestamp,
    last: Timestamp,
}

impl Lapse {
    fn new(at: Timestamp) -> Lapse {
        Lapse {
            since: at,
            last: at,
        }
    }

    fn until(self, at: Timestamp) -> Lapse {
        Lapse { last: at, ..self }
    }

    fn lasted(self) -> SignedDuration {
        self.last.duration_since(self.since)
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod scenarios;
