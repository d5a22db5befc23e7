//! Telling the user: the desktop's notifications.
