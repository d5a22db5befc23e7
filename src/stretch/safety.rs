//! The safety rules: data like the stretches, always shown at least in short.

/// The very short form, for one line of a notification.
pub const SHORTEST: &str = "Slowly; stop at pain.";

/// The short form. Everything that shows a stretch shows this too.
pub const SHORT: &str = "Slow and controlled, never forced; the aim is to move, not to hear a pop. \
    Stop at sharp pain, pain shooting down the arm, numbness or tingling.";

/// What is added to the short form of a deeper stretch.
pub const DEEP: &str = "Not with osteoporosis or in pregnancy without advice.";

/// The whole of the rules, in the order in which they matter.
pub const RULES: [&str; 5] = [
    "Move slowly and with control, within your natural range. Never force, bounce or jerk.",
    "The aim is to move more easily. A popping sound is neither needed nor a sign of success.",
    "Stop at once if you feel sharp pain, pain shooting down an arm, numbness or tingling.",
    "Do not stretch after a recent fall, accident or operation. With osteoporosis or in pregnancy, \
     ask a professional before the deeper stretches.",
    "If pain or stiffness stays, see a doctor or a physiotherapist. Sitwell is not a medical device.",
];

/// What makes stretching help, beyond the single stretch.
pub const HABITS: [&str; 3] = [
    "Warm up first when you have not moved for a while.",
    "Many quick fixes in one day mean that the desk needs a change, and that five minutes of \
     stretching do more than another minute.",
    "A little every day does more than waiting until it hurts.",
];
