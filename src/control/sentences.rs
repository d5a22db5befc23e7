//! A status in sentences, wherever it is shown.

use jiff::{SignedDuration, Zoned};

use super::{DaemonStatus, LastNudge, Today};
use crate::{quantities, wording};

impl DaemonStatus {
    /// What the monitor does, or why it does not watch, and until when.
    pub(crate) fn state(&self, now: &Zoned) -> String {
        let until = self
            .until
            .map(|end| format!(" {}", wording::until(end, now)))
            .unwrap_or_default();
        format!("{}{until}", self.words)
    }

    /// The camera, whether it is calibrated, and whether somebody is shown its picture.
    pub(crate) fn camera_words(&self) -> String {
        let shown = match self.is_previewed {
            true => "; its picture is being shown",
            false => "",
        };
        let camera = match (&self.camera, self.is_calibrated) {
            (None, _) => "no camera opened yet".to_owned(),
            (Some(camera), true) => format!("camera {camera}, calibrated"),
            (Some(camera), false) => {
                format!("camera {camera}, not calibrated: run sitwell calibrate")
            }
        };
        format!("{camera}{shown}")
    }

    /// The day so far, with the present slouch, if there is one.
    pub(crate) fn day(&self) -> Option<String> {
        let present = usize::from(self.slouched_for_s.is_some());
        self.today.as_ref().map(|today| day(today, present))
    }

    /// The last nudge and its answer.
    pub(crate) fn nudged(&self, now: &Zoned) -> Option<String> {
        let nudge = self.last_nudge.as_ref()?;
        // The history stores milliseconds.
        let waits = self
            .nudge
            .is_some_and(|waiting| waiting.as_millisecond() == nudge.at.as_millisecond());
        Some(nudged(nudge, waits, now))
    }
}

fn day(today: &Today, present: usize) -> String {
    let Some(share) = today.upright_share else {
        return "nothing observed".to_owned();
    };
    let slouches = match today.slouches + present {
        0 => "no sustained slouch".to_owned(),
        number => quantities::count(number, "sustained slouch", "sustained slouches"),
    };
    format!(
        "{} observed, upright {} of it, {slouches}",
        quantities::duration(SignedDuration::from_secs(today.observed_s)),
        quantities::percent(share)
    )
}

fn nudged(nudge: &LastNudge, waits: bool, now: &Zoned) -> String {
    let when = wording::on_its_day(nudge.at, now, "at %H:%M", "on %A at %H:%M");
    let answer = match &nudge.not_shown {
        Some(reason) => reason.clone(),
        None if waits => "no answer yet".to_owned(),
        None => nudge.answer.to_string(),
    };
    format!("{when}: {}, {answer}", nudge.name)
}
