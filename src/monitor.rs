//! The monitor: inputs come in, effects go out, and nothing is performed here.
//!
//! It joins what the posture modules know to what the person is told and what is
//! kept: when to look next, when to nudge and when to take a nudge back, and the
//! records of slouches, nudges, sessions and how time was spent. Which stretch
//! answers a nudge, cutting time into minutes, and doing any of it are the caller's.
//!
//! Each look stands for the time until the next, at most the maximum gap. What
//! nobody watched is spent not watching when the reason is known, and otherwise missing.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::posture::episode::{EpisodeEnd, EpisodeEvent};
use crate::posture::{EpisodeState, EpisodeTiming, Moment, PerAngle};
use crate::record::{self, Answer, Episode, EpisodeOutcome, NotWatching, Record, TimeUse};

mod slouch_angles;
mod effect;
mod input;
mod nudges;
mod sampling;
mod presence;

pub use effect::{Effect, MonitorStatus, NudgeRequest, WatchState};
pub use input::{Input, Observation};
pub use nudges::NudgeLimits;
pub use sampling::SamplingIntervals;

use nudges::NudgeState;
use presence::Presence;
use slouch_angles::SlouchAngles;

/// The monitor's settings.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MonitorSettings {
    /// When a slouch counts.
    pub patience: EpisodeTiming,
    /// When to speak.
    pub nudges: NudgeLimits,
    /// When to look.
    pub looks: SamplingIntervals,
}

/// Everything that the monitor remembers.
#[derive(Debug, Clone, PartialEq)]
pub struct Monitor {
    settings: MonitorSettings,
    watch: Watch,
    last: Last,
    state: EpisodeState,
    slouch_angles: Option<SlouchAngles>,
    nudges: NudgeState,
    presence: Presence,
}

/// Whether to watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Watch {
    Watching,
    Stopped(NotWatching),
    /// Paused, and what else keeps from watching meanwhile.
    Paused {
        until: Option<Timestamp>,
        also: Option<NotWatching>,
    },
}

impl Watch {
    fn stopped(self) -> Option<NotWatching> {
        match self {
            Watch::Watching => None,
            Watch::Stopped(why) => Some(why),
            // A night asleep is not a pause.
            Watch::Paused {
                also: Some(NotWatching::Suspended),
                ..
            } => Some(NotWatching::Suspended),
            Watch::Paused { .. } => Some(NotWatching::Paused),
        }
    }
}

/// What the time since then is spent on.
#[derive(Debug, Clone, PartialEq)]
enum Last {
    Nothing,
    Observation(Observation),
    Stop { why: NotWatching, since: Timestamp },
}

impl Monitor {
    /// A monitor that watches and has seen nothing.
    #[must_use]
    pub fn new(settings: MonitorSettings) -> Monitor {
        Monitor {
            settings,
            watch: Watch::Watching,
            last: Last::Nothing,
            state: EpisodeState::default(),
            slouch_angles: None,
            nudges: NudgeState::default(),
            presence: Presence::default(),
        }
    }

    /// Goes on with other settings. A slouch under way goes on and ends by the new ones.
    pub fn adopt(&mut self, settings: MonitorSettings) {
        self.settings = settings;
    }

    /// When the pause ends by itself; none without a pause or without such an end.
    #[must_use]
    pub fn paused_until(&self) -> Option<Timestamp> {
        match self.watch {
            Watch::Paused { until, .. } => until,
            Watch::Watching | Watch::Stopped(_) => None,
        }
    }

    /// Takes in one thing and says what is to be done, in order.
    #[must_use]
    pub fn on(&mut self, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        match input {
            Input::Observation(look) => {
                self.end_pause(look.at, &mut effects);
                match self.watch {
                    Watch::Watching => self.look(look, &mut effects),
                    // The picture was under way when watching stopped.
                    Watch::Stopped(_) | Watch::Paused { .. } => {}
                }
            }
            Input::NotWatching { why, at } => {
                let watch = match self.watch {
                    Watch::Watching | Watch::Stopped(_) => Watch::Stopped(why),
                    Watch::Paused { until, .. } => Watch::Paused {
                        until,
                        also: Some(why),
                    },
                };
                self.watch(watch, at, &mut effects);
            }
            Input::Watching { at } => {
                let watch = match self.watch {
                    Watch::Watching | Watch::Stopped(_) => Watch::Watching,
                    Watch::Paused { until, .. } => Watch::Paused { until, also: None },
                };
                self.watch(watch, at, &mut effects);
            }
            Input::Pause { until, at } => {
                let also = match self.watch {
                    Watch::Watching => None,
                    Watch::Stopped(why) => Some(why),
                    Watch::Paused { also, .. } => also,
                };
                self.watch(Watch::Paused { until, also }, at, &mut effects);
                effects.extend(until.map(Effect::ObserveAt));
            }
            Input::Resume { at } => self.resume(at, &mut effects),
            Input::Shown { nudge, stretch } => self.nudges.shown(nudge, stretch, &mut effects),
            Input::Answered { nudge, answer, at } => {
                let slouch = self.state.slouch().map(|slouch| slouch.from);
                self.nudges.answered(
                    nudge,
                    answer,
                    at,
                    slouch,
                    &self.settings.nudges,
                    &mut effects,
                );
            }
            Input::Tick(at) => self.tick(at, &mut effects),
        }
        effects
    }

    fn look(&mut self, mut look: Observation, effects: &mut Vec<Effect>) {
        let at = look.at;
        match &self.last {
            // It is not known yet what this time is spent on.
            Last::Observation(_) if look.is_held_back() => {
                effects.push(Effect::Publish(self.reading(at)));
                return self.look_again(&look, self.before(), effects);
            }
            Last::Observation(_) => {}
            // What it was before watching stopped says nothing of now.
            Last::Nothing | Last::Stop { .. } => look.since = at,
        }
        self.account(look.since, effects);
        let (state, event) = self
            .state
            .step(look.moment, look.since, &self.settings.patience);
        self.state = state;
        self.happened(event, at, effects);
        self.slouch_angles = SlouchAngles::follow(
            self.slouch_angles.take(),
            self.state,
            &look,
            &self.settings.patience,
        );
        self.presence.look(look.moment, at, effects);
        self.nudges.expire(at, &self.settings.nudges, effects);
        self.nudge(look.moment, at, effects);
        let before = self.before();
        self.last = Last::Observation(look.clone());
        effects.push(Effect::Publish(self.reading(at)));
        self.look_again(&look, before, effects);
    }

    /// When to look next.
    fn look_again(&self, look: &Observation, before: Option<Moment>, effects: &mut Vec<Effect>) {
        let (looks, patience) = (&self.settings.looks, &self.settings.patience);
        let next = looks.next(look, before, self.state, patience);
        effects.push(Effect::ObserveAt(
            look.at.saturating_add(next).unwrap_or(look.at),
        ));
    }

    fn before(&self) -> Option<Moment> {
        match &self.last {
            Last::Observation(look) => Some(look.moment),
            Last::Nothing | Last::Stop { .. } => None,
        }
    }

    /// A slouch that is over becomes an episode; one that the person ended takes its nudge back.
    fn happened(&mut self, event: Option<EpisodeEvent>, at: Timestamp, effects: &mut Vec<Effect>) {
        let Some(EpisodeEvent::Ended(slouch, how)) = event else {
            return;
        };
        let ending = match how {
            EpisodeEnd::SatUp if self.nudges.nudged_since(slouch.from) => {
                EpisodeOutcome::AfterNudge
            }
            EpisodeEnd::SatUp => EpisodeOutcome::ByItself,
            EpisodeEnd::OutOfSight => EpisodeOutcome::OutOfSight,
        };
        // Without a change from neutral there is nothing to say how far it was.
        if let Some(angle) = self
            .slouch_angles
            .as_ref()
            .and_then(|slouch_angles| slouch_angles.leading(slouch.fault))
        {
            effects.push(Effect::Save(Record::Episode(Episode {
                fault: slouch.fault,
                from: slouch.from,
                to: slouch.to,
                observed: slouch.observed,
                angle,
                ending,
            })));
        }
        match how {
            EpisodeEnd::SatUp => self.nudges.close(Answer::Recovered, at, effects),
            // Away may be where the stretch is done, so the nudge waits.
            EpisodeEnd::OutOfSight => {}
        }
    }

    /// Nudges when there is a reason, a measured change, and leave to speak.
    fn nudge(&mut self, moment: Moment, at: Timestamp, effects: &mut Vec<Effect>) {
        let (EpisodeState::Sustained(_), Moment::Slouched(_), Some(slouch)) =
            (self.state, moment, self.state.slouch())
        else {
            return;
        };
        let Some(angles) = &self.slouch_angles else {
            return;
        };
        if angles.leading(slouch.fault).is_none() {
            return;
        }
        let suggestion = NudgeRequest {
            at,
            fault: slouch.fault,
            changes: angles.means(),
            lasted: at.duration_since(slouch.from),
        };
        self.nudges
            .ask(suggestion, slouch.from, &self.settings.nudges, effects);
    }

    /// Goes over to watching or not watching.
    fn watch(&mut self, watch: Watch, at: Timestamp, effects: &mut Vec<Effect>) {
        let was = self.watch.stopped();
        self.watch = watch;
        match watch.stopped() {
            now if now == was => {}
            Some(why) => {
                self.account(at, effects);
                let (state, event) = self.state.close();
                self.state = state;
                self.happened(event, at, effects);
                self.slouch_angles = None;
                self.presence.close(effects);
                self.nudges.close(Answer::Unanswered, at, effects);
                self.last = Last::Stop { why, since: at };
                effects.push(Effect::Publish(self.reading(at)));
            }
            None => {
                self.account(at, effects);
                self.last = Last::Nothing;
                effects.push(Effect::Publish(self.reading(at)));
                effects.push(Effect::ObserveAt(at));
            }
        }
    }

    fn resume(&mut self, at: Timestamp, effects: &mut Vec<Effect>) {
        match self.watch {
            Watch::Paused { also: None, .. } => self.watch(Watch::Watching, at, effects),
            Watch::Paused {
                also: Some(why), ..
            } => self.watch(Watch::Stopped(why), at, effects),
            Watch::Watching | Watch::Stopped(_) => {}
        }
    }

    /// Ends a pause whose time has come, at its time.
    fn end_pause(&mut self, at: Timestamp, effects: &mut Vec<Effect>) {
        match self.watch {
            Watch::Paused {
                until: Some(until), ..
            } if at >= until => self.resume(until, effects),
            Watch::Watching | Watch::Stopped(_) | Watch::Paused { .. } => {}
        }
    }

    fn tick(&mut self, at: Timestamp, effects: &mut Vec<Effect>) {
        self.end_pause(at, effects);
        match self.watch {
            Watch::Watching => {
                let (state, event) = self.state.elapse(at, &self.settings.patience);
                self.state = state;
                self.happened(event, at, effects);
                self.presence.tick(at, effects);
            }
            Watch::Stopped(why) => self.stand_still(why, at, effects),
            Watch::Paused { .. } => {
                let why = self.watch.stopped().unwrap_or(NotWatching::Paused);
                self.stand_still(why, at, effects);
            }
        }
        self.nudges.expire(at, &self.settings.nudges, effects);
    }

    /// Counts the time not watched so far, so that minutes do not wait for its end.
    fn stand_still(&mut self, why: NotWatching, at: Timestamp, effects: &mut Vec<Effect>) {
        self.account(at, effects);
        self.last = Last::Stop { why, since: at };
    }

    /// Says how the time since the last look, or since watching stopped, was spent.
    fn account(&self, to: Timestamp, effects: &mut Vec<Effect>) {
        let (spent, from, posture) = match &self.last {
            Last::Nothing => return,
            Last::Stop { why, since } => (TimeUse::NotWatched(*why), *since, None),
            Last::Observation(look)
                if to.duration_since(look.at) > self.settings.patience.max_gap =>
            {
                return;
            }
            Last::Observation(look) => (look.moment.into(), look.since, look.posture.as_ref()),
        };
        if to > from {
            effects.push(Effect::TimeUse(record::TimeSpan {
                spent,
                from,
                to,
                angles: posture.map_or_else(PerAngle::default, |posture| posture.angles),
            }));
        }
    }

    fn reading(&self, at: Timestamp) -> MonitorStatus {
        MonitorStatus {
            at,
            watch: match &self.last {
                Last::Nothing => WatchState::NoObservationYet,
                Last::Observation(look) => WatchState::Observation(look.clone()),
                Last::Stop { why, .. } => WatchState::Not(*why),
            },
            slouched_for: self
                .state
                .slouch()
                .map(|slouch| slouch.to.duration_since(slouch.from)),
            nudge: self.nudges.waiting(),
        }
    }
}

#[cfg(test)]
mod simulator;
#[cfg(test)]
mod day_properties;
#[cfg(test)]
mod day_scenarios;
