//! notify-rust's words and ours.

use notify_rust::{CloseReason, NotificationResponse};

use super::{Action, Reply};
use crate::settings::Urgency;

/// What a response of the desktop means.
pub(super) fn reply(response: &NotificationResponse) -> Reply {
    match response {
        NotificationResponse::Default => Reply::Chosen(Action::Start),
        NotificationResponse::Action(key) => {
            Action::from_key(key).map_or(Reply::Closed, Reply::Chosen)
        }
        NotificationResponse::Closed(CloseReason::Expired) => Reply::Expired,
        NotificationResponse::Closed(_) | NotificationResponse::Reply(_) => Reply::Closed,
    }
}

/// How urgent a notice is to the desktop.
pub(super) fn urgency(urgency: Urgency) -> notify_rust::Urgency {
    match urgency {
        Urgency::Low => notify_rust::Urgency::Low,
        Urgency::Normal => notify_rust::Urgency::Normal,
        Urgency::Critical => notify_rust::Urgency::Critical,
    }
}
