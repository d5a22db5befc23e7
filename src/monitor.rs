//! The monitor decides: inputs come in, effects go out, and the caller performs them.
//!
//! It decides when to observe next, when to nudge, when to withdraw a nudge, and which slouches,
//! nudges, sessions and spans of time are recorded. The caller chooses the stretch and cuts time
//! into minutes.
//!
//! Each observation counts for the time until the next one, at most the maximum gap. Time without
//! an observation counts as not watched if the reason is known; otherwise it counts as nothing.

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
mod stillness;
mod trial;

pub use effect::{Effect, MonitorStatus, NudgeRequest, WatchState};
pub use input::{Input, Observation};
pub use nudges::NudgeLimits;
pub use sampling::SamplingIntervals;

use nudges::NudgeState;
use presence::Presence;
use slouch_angles::SlouchAngles;
use stillness::Stillness;

/// The monitor's settings.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MonitorSettings {
    /// When a slouch counts as sustained, and when it ends.
    #[serde(rename = "patience")]
    pub episodes: EpisodeTiming,
    /// How often to nudge.
    pub nudges: NudgeLimits,
    /// How often to observe.
    #[serde(rename = "looks")]
    pub sampling: SamplingIntervals,
}

/// The monitor's state.
#[derive(Debug, Clone, PartialEq)]
pub struct Monitor {
    settings: MonitorSettings,
    watch: Watch,
    last: Last,
    state: EpisodeState,
    slouch_angles: Option<SlouchAngles>,
    nudges: NudgeState,
    presence: Presence,
    stillness: Stillness,
}

/// Whether the monitor watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Watch {
    Watching,
    Stopped(NotWatching),
    /// Paused by the person. `also` is a second reason that holds meanwhile.
    Paused {
        until: Option<Timestamp>,
        also: Option<NotWatching>,
    },
}

impl Watch {
    fn stopped(self) -> Option<NotWatching> {
        match self {
            Watch::Watching => None,
            Watch::Stopped(reason) => Some(reason),
            // The report must not count a night's sleep as a pause.
            Watch::Paused {
                also: Some(NotWatching::Suspended),
                ..
            } => Some(NotWatching::Suspended),
            Watch::Paused { .. } => Some(NotWatching::Paused),
        }
    }
}

/// What the time from here on counts as.
#[derive(Debug, Clone, PartialEq)]
enum Last {
    Nothing,
    Observation(Observation),
    Stop {
        reason: NotWatching,
        since: Timestamp,
    },
}

impl Monitor {
    /// A monitor that watches and has no observation yet.
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
            stillness: Stillness::default(),
        }
    }

    /// Continues the trial after this due nudge.
    pub fn continue_trial(&mut self, last: record::TrialNudge) {
        self.nudges.continue_trial(last);
    }

    /// Changes the settings. The current slouch continues and ends by the new ones.
    pub fn adopt(&mut self, settings: MonitorSettings) {
        self.settings = settings;
    }

    /// When the pause ends by itself. `None` without a pause, or if it lasts until it is ended.
    #[must_use]
    pub fn paused_until(&self) -> Option<Timestamp> {
        match self.watch {
            Watch::Paused { until, .. } => until,
            Watch::Watching | Watch::Stopped(_) => None,
        }
    }

    /// Handles one input and returns the effects to perform, in order.
    #[must_use]
    pub fn on(&mut self, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        match input {
            Input::Observation(observation) => {
                self.end_pause(observation.at, &mut effects);
                match self.watch {
                    Watch::Watching => self.observe(observation, &mut effects),
                    // The frame was taken just before watching stopped.
                    Watch::Stopped(_) | Watch::Paused { .. } => {}
                }
            }
            Input::NotWatching { reason, at } => {
                let watch = match self.watch {
                    Watch::Watching | Watch::Stopped(_) => Watch::Stopped(reason),
                    Watch::Paused { until, .. } => Watch::Paused {
                        until,
                        also: Some(reason),
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
                    Watch::Stopped(reason) => Some(reason),
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

    fn observe(&mut self, mut observation: Observation, effects: &mut Vec<Effect>) {
        let at = observation.at;
        match &self.last {
            // The next observation decides what this time counts as.
            Last::Observation(_) if observation.is_held_back() => {
                effects.push(Effect::Publish(self.status(at)));
                return self.schedule_next(&observation, self.previous_moment(), effects);
            }
            Last::Observation(_) => {}
            // An observation from before the stop says nothing about the time since.
            Last::Nothing | Last::Stop { .. } => observation.since = at,
        }
        self.record_time_use(observation.since, effects);
        let (state, event) = self.state.step(
            observation.moment,
            observation.since,
            &self.settings.episodes,
        );
        self.state = state;
        self.handle_event(event, at, effects);
        self.slouch_angles = SlouchAngles::follow(
            self.slouch_angles.take(),
            self.state,
            &observation,
            &self.settings.episodes,
        );
        self.presence.observe(observation.moment, at, effects);
        self.nudges.expire(at, &self.settings.nudges, effects);
        self.nudge(&observation, effects);
        self.mention_stillness(&observation, effects);
        let previous = self.previous_moment();
        self.last = Last::Observation(observation.clone());
        effects.push(Effect::Publish(self.status(at)));
        self.schedule_next(&observation, previous, effects);
    }

    /// Asks for the next observation.
    fn schedule_next(
        &self,
        observation: &Observation,
        previous: Option<Moment>,
        effects: &mut Vec<Effect>,
    ) {
        let (intervals, timing) = (&self.settings.sampling, &self.settings.episodes);
        let next = intervals.next(observation, previous, self.state, timing);
        effects.push(Effect::ObserveAt(
            observation
                .at
                .saturating_add(next)
                .unwrap_or(observation.at),
        ));
    }

    fn previous_moment(&self) -> Option<Moment> {
        match &self.last {
            Last::Observation(observation) => Some(observation.moment),
            Last::Nothing | Last::Stop { .. } => None,
        }
    }

    /// Records a slouch that ended. If the person ended it, its nudge is withdrawn.
    fn handle_event(
        &mut self,
        event: Option<EpisodeEvent>,
        at: Timestamp,
        effects: &mut Vec<Effect>,
    ) {
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
        // An episode needs an angle, and an angle needs a calibration.
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
            // The person may have left to do the stretch, so the nudge stays.
            EpisodeEnd::OutOfSight => {}
        }
    }

    /// Nudges for a sustained slouch whose change is measured, if the limits allow it.
    fn nudge(&mut self, observation: &Observation, effects: &mut Vec<Effect>) {
        let (EpisodeState::Sustained(_), Moment::Slouched(_), Some(slouch)) =
            (self.state, observation.moment, self.state.slouch())
        else {
            return;
        };
        let (Some(angles), Some(posture)) = (&self.slouch_angles, &observation.posture) else {
            return;
        };
        let at = observation.at;
        if angles.leading(slouch.fault).is_none() {
            return;
        }
        let suggestion = NudgeRequest {
            at,
            fault: slouch.fault,
            changes: angles.means(),
            lasted: at.duration_since(slouch.from),
            posture: posture.clone(),
            readings: angles.readings().to_vec(),
        };
        self.nudges
            .request(suggestion, slouch.from, &self.settings.nudges, effects);
    }

    /// Says when somebody has sat still for long, unless a nudge waits.
    fn mention_stillness(&mut self, observation: &Observation, effects: &mut Vec<Effect>) {
        self.stillness.observe(observation);
        if self.nudges.waiting().is_some()
            || self
                .nudges
                .is_snoozed(observation.at, &self.settings.nudges)
        {
            return;
        }
        if let Some(lasted) = self.stillness.due(self.settings.nudges.stillness) {
            let at = observation.at;
            effects.push(Effect::MentionStillness { at, lasted });
        }
    }

    /// Starts or stops watching.
    fn watch(&mut self, watch: Watch, at: Timestamp, effects: &mut Vec<Effect>) {
        let was = self.watch.stopped();
        self.watch = watch;
        match watch.stopped() {
            now if now == was => {}
            Some(reason) => {
                self.record_time_use(at, effects);
                let (state, event) = self.state.close();
                self.state = state;
                self.handle_event(event, at, effects);
                self.slouch_angles = None;
                self.presence.close(effects);
                self.stillness = Stillness::default();
                self.nudges.close(Answer::Unanswered, at, effects);
                self.last = Last::Stop { reason, since: at };
                effects.push(Effect::Publish(self.status(at)));
            }
            None => {
                self.record_time_use(at, effects);
                self.last = Last::Nothing;
                effects.push(Effect::Publish(self.status(at)));
                effects.push(Effect::ObserveAt(at));
            }
        }
    }

    fn resume(&mut self, at: Timestamp, effects: &mut Vec<Effect>) {
        match self.watch {
            Watch::Paused { also: None, .. } => self.watch(Watch::Watching, at, effects),
            Watch::Paused {
                also: Some(reason), ..
            } => self.watch(Watch::Stopped(reason), at, effects),
            Watch::Watching | Watch::Stopped(_) => {}
        }
    }

    /// Ends a pause that is over, as of the time when it should have ended.
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
                let (state, event) = self.state.elapse(at, &self.settings.episodes);
                self.state = state;
                self.handle_event(event, at, effects);
                self.presence.tick(at, effects);
            }
            Watch::Stopped(reason) => self.record_not_watched(reason, at, effects),
            Watch::Paused { .. } => {
                let reason = self.watch.stopped().unwrap_or(NotWatching::Paused);
                self.record_not_watched(reason, at, effects);
            }
        }
        self.nudges.expire(at, &self.settings.nudges, effects);
    }

    /// Records the time not watched so far: minutes are saved while a stop lasts, not at its end.
    fn record_not_watched(
        &mut self,
        reason: NotWatching,
        at: Timestamp,
        effects: &mut Vec<Effect>,
    ) {
        self.record_time_use(at, effects);
        self.last = Last::Stop { reason, since: at };
    }

    /// Says how the time since the last observation, or since watching stopped, was spent.
    fn record_time_use(&self, to: Timestamp, effects: &mut Vec<Effect>) {
        let (spent, from, posture) = match &self.last {
            Last::Nothing => return,
            Last::Stop { reason, since } => (TimeUse::NotWatched(*reason), *since, None),
            Last::Observation(observation)
                if to.duration_since(observation.at) > self.settings.episodes.max_gap =>
            {
                return;
            }
            Last::Observation(observation) => (
                observation.moment.into(),
                observation.since,
                observation.posture.as_ref(),
            ),
        };
        if to > from {
            effects.push(Effect::TimeUse(record::TimeSpan {
                spent,
                from,
                to,
                placement: posture.and_then(|posture| posture.placement),
                angles: posture.map_or_else(PerAngle::default, |posture| posture.angles),
            }));
        }
    }

    fn status(&self, at: Timestamp) -> MonitorStatus {
        MonitorStatus {
            at,
            watch: match &self.last {
                Last::Nothing => WatchState::NoObservationYet,
                Last::Observation(observation) => WatchState::Observation(observation.clone()),
                Last::Stop { reason, .. } => WatchState::Not(*reason),
            },
            slouched_for: self
                .state
                .slouch()
                .map(|slouch| slouch.to.duration_since(slouch.from)),
            nudge: self.nudges.waiting(),
            leaves_out_edges: self.nudges.leaves_out_edges(),
        }
    }
}

#[cfg(test)]
mod simulator;
#[cfg(test)]
mod day_properties;
#[cfg(test)]
mod day_scenarios;
