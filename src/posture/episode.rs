//! When slouched observations become a sustained slouch: a state machine over moments and times.
//!
//! A slouch is sustained once slouched time fills the onset. It ends when the person has sat
//! upright, or been away, for the recovery time. Time is counted in seconds, so the interval
//! between observations makes no difference:
//!
//! * A slouched observation counts for the time until the next one. If that is longer than the
//!   maximum gap, it counts for nothing.
//! * An unclear observation neither starts nor prolongs a slouch. The slouched observation before
//!   it counts until then, once a later observation shows that the person is still there.
//! * Being away ends a slouch as sitting up does, but the slouch then ends at its last slouched
//!   observation.
//! * A slouch begins only at a slouched observation, and a lapse only at one that is not slouched.
//!   A lapse lasts from its first observation to its last, so a single upright observation among
//!   slouched ones has no length and is always forgiven.
//! * A clock that jumps by more than the maximum gap, in either direction, makes a gap. After a
//!   smaller step backwards, time stands still until the clock has caught up.
//!
//! `classify` decides what is wrong in one observation; `monitor` decides whether to nudge.

use jiff::{SignedDuration, Timestamp};

use super::{Fault, Moment};

pub use timing::EpisodeTiming;

mod timing;

/// The current slouch, if there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EpisodeState {
    /// No slouch.
    #[default]
    Clear,
    /// Slouched, not yet for long enough.
    Building(SlouchSpan),
    /// Building, but not slouched at the moment.
    Wavering(SlouchSpan, Lapse),
    /// A sustained slouch.
    Sustained(SlouchSpan),
    /// A sustained slouch, but not slouched at the moment.
    Recovering(SlouchSpan, Lapse),
}

/// A change of the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EpisodeEvent {
    /// A slouch became sustained. It began earlier, at [`SustainedSlouch::from`].
    Began(SustainedSlouch),
    /// A sustained slouch ended.
    Ended(SustainedSlouch, EpisodeEnd),
}

/// A sustained slouch, so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SustainedSlouch {
    /// The fault that lasted longest.
    pub fault: Fault,
    /// The first slouched observation.
    pub from: Timestamp,
    /// The end of the time for which the last slouched observation counts: the upright observation
    /// after it, or that observation itself if what followed is not known.
    pub to: Timestamp,
    /// Slouched time observed between the two.
    pub observed: SignedDuration,
}

/// How a sustained slouch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EpisodeEnd {
    /// The person sat upright.
    SatUp,
    /// The person left, could not be measured any more, or was not observed.
    OutOfSight,
}

impl EpisodeState {
    /// Adds an observation.
    #[must_use]
    pub fn step(
        self,
        moment: Moment,
        at: Timestamp,
        timing: &EpisodeTiming,
    ) -> (EpisodeState, Option<EpisodeEvent>) {
        let (state, closed) = self.elapse(at, timing);
        let (state, event) = state.advance(moment, state.not_before(at), timing);
        (state, closed.or(event))
    }

    /// The transitions.
    fn advance(
        self,
        moment: Moment,
        at: Timestamp,
        timing: &EpisodeTiming,
    ) -> (EpisodeState, Option<EpisodeEvent>) {
        use EpisodeState::{Building, Clear, Recovering, Sustained, Wavering};
        use Moment::{Away, Slouched, Unclear, Upright};
        match (self, moment) {
            (Clear, Upright | Unclear(_) | Away) => (Clear, None),
            (Clear, Slouched(fault)) => (Building(SlouchSpan::new(fault, at)), None),

            (Building(span), Slouched(fault)) => span.slouched(fault, at).begun_after(timing),
            (Building(span), Upright) => (Wavering(span.upright(at), Lapse::new(at)), None),
            (Building(span), Away) => (Wavering(span, Lapse::new(at)), None),
            (Building(span), Unclear(_)) => (Building(span.unclear(at)), None),

            (Wavering(span, _), Slouched(fault)) => span.again(fault, at).begun_after(timing),
            (Wavering(span, lapse), Upright | Away) => match lapse.until(at) {
                lapse if lapse.lasted() >= timing.forgiven => (Clear, None),
                lapse => (Wavering(span, lapse), None),
            },
            (Wavering(span, lapse), Unclear(_)) => (Wavering(span, lapse), None),

            (Sustained(span), Slouched(fault)) => (Sustained(span.slouched(fault, at)), None),
            (Sustained(span), Upright) => (Recovering(span.upright(at), Lapse::new(at)), None),
            (Sustained(span), Away) => (Recovering(span, Lapse::new(at)), None),
            (Sustained(span), Unclear(_)) => (Sustained(span.unclear(at)), None),

            (Recovering(span, _), Slouched(fault)) => (Sustained(span.again(fault, at)), None),
            (Recovering(span, lapse), Upright | Away) => match (lapse.until(at), moment) {
                (lapse, _) if lapse.lasted() < timing.recovery => (Recovering(span, lapse), None),
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

    /// Lets time pass without an observation: a slouch without a clear observation for longer than
    /// the maximum gap is over.
    #[must_use]
    pub fn elapse(
        self,
        at: Timestamp,
        timing: &EpisodeTiming,
    ) -> (EpisodeState, Option<EpisodeEvent>) {
        match self.last_clear() {
            Some(last) if at.duration_since(last).abs() > timing.max_gap => self.close(),
            Some(_) | None => (self, None),
        }
    }

    /// Ends the current slouch because watching stops.
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

    /// The first slouched observation of the current slouch, sustained or not.
    #[must_use]
    pub fn since(self) -> Option<Timestamp> {
        match self {
            EpisodeState::Clear => None,
            EpisodeState::Building(span) | EpisodeState::Wavering(span, _) => Some(span.from),
            EpisodeState::Sustained(span) | EpisodeState::Recovering(span, _) => Some(span.from),
        }
    }

    /// How long until the state changes, if the person continues as now and is observed then.
    #[must_use]
    pub fn due(self, timing: &EpisodeTiming) -> Option<SignedDuration> {
        match self {
            EpisodeState::Clear | EpisodeState::Sustained(_) => None,
            EpisodeState::Building(span) => Some(timing.onset - span.observed()),
            EpisodeState::Wavering(_, lapse) => Some(timing.forgiven - lapse.lasted()),
            EpisodeState::Recovering(_, lapse) => Some(timing.recovery - lapse.lasted()),
        }
    }

    /// The last clear observation of the current slouch.
    fn last_clear(self) -> Option<Timestamp> {
        match self {
            EpisodeState::Clear => None,
            EpisodeState::Building(span) | EpisodeState::Sustained(span) => Some(span.last),
            EpisodeState::Wavering(_, lapse) | EpisodeState::Recovering(_, lapse) => {
                Some(lapse.last)
            }
        }
    }

    fn not_before(self, at: Timestamp) -> Timestamp {
        self.last_clear().map_or(at, |last| last.max(at))
    }
}

/// A slouch from its first observation on, with the lapses that were forgiven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlouchSpan {
    from: Timestamp,
    to: Timestamp,
    /// The last slouched observation and its fault.
    last: Timestamp,
    fault: Fault,
    lasts: Lasts,
    /// Slouched time observed, in the order of [`Fault::ALL`].
    observed: [SignedDuration; Fault::ALL.len()],
}

/// How long the last slouched observation counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lasts {
    /// Until the next observation.
    UntilNext,
    /// Until this unclear observation.
    Until(Timestamp),
}

impl SlouchSpan {
    fn new(fault: Fault, at: Timestamp) -> SlouchSpan {
        SlouchSpan {
            from: at,
            to: at,
            last: at,
            fault,
            lasts: Lasts::UntilNext,
            observed: [SignedDuration::ZERO; Fault::ALL.len()],
        }
    }

    /// Still slouched.
    fn slouched(self, fault: Fault, at: Timestamp) -> SlouchSpan {
        self.upright(at).again(fault, at)
    }

    /// Slouched again after a lapse, whose time does not count.
    fn again(self, fault: Fault, at: Timestamp) -> SlouchSpan {
        // A clock that was set back does not shorten the slouch.
        let at = at.max(self.to);
        SlouchSpan {
            to: at,
            last: at,
            fault,
            lasts: Lasts::UntilNext,
            ..self
        }
    }

    /// The person is still there: the last slouched observation counts until now.
    fn upright(mut self, at: Timestamp) -> SlouchSpan {
        self.to = match self.lasts {
            Lasts::UntilNext => at,
            Lasts::Until(unclear) => unclear,
        };
        for (fault, observed) in Fault::ALL.into_iter().zip(&mut self.observed) {
            if fault == self.fault {
                *observed += self.to.duration_since(self.last);
            }
        }
        self
    }

    fn unclear(self, at: Timestamp) -> SlouchSpan {
        let lasts = match self.lasts {
            Lasts::UntilNext => Lasts::Until(at),
            Lasts::Until(earlier) => Lasts::Until(earlier),
        };
        SlouchSpan { lasts, ..self }
    }

    /// Sustained once slouched time fills the onset and is at least half of the time since the first
    /// observation. Who sits up every few seconds, or is rarely measured, is not slouching.
    fn begun_after(self, timing: &EpisodeTiming) -> (EpisodeState, Option<EpisodeEvent>) {
        let observed = self.observed();
        if observed >= timing.onset && observed * 2 >= self.last.duration_since(self.from) {
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

/// A time without slouching, from its first observation to its last.
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
