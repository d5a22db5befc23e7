//! Translates between notify-rust's types and ours.

use notify_rust::{CloseReason, NotificationResponse};

use super::{Action, NoticeReply};
use crate::settings::Urgency;

/// Translates the desktop's response.
pub(super) fn reply(response: &NotificationResponse) -> NoticeReply {
    match response {
        NotificationResponse::Default => NoticeReply::Chosen(Action::Start),
        NotificationResponse::Action(key) => {
            Action::from_key(key).map_or(NoticeReply::Closed, NoticeReply::Chosen)
        }
        NotificationResponse::Closed(CloseReason::Expired) => NoticeReply::Expired,
        NotificationResponse::Closed(_) | NotificationResponse::Reply(_) => NoticeReply::Closed,
    }
}

/// Translates the urgency in the settings.
pub(super) fn urgency(urgency: Urgency) -> notify_rust::Urgency {
    match urgency {
        Urgency::Low => notify_rust::Urgency::Low,
        Urgency::Normal => notify_rust::Urgency::Normal,
        Urgency::Critical => notify_rust::Urgency::Critical,
    }
}
