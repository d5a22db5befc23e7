//! The sections `[stretch]` and `[notify]` of the settings.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use sitwell::settings::Settings;
use sitwell::stretch::{Limit, Place};
use strum::VariantArray;

/// The sections as they are documented.
const EXAMPLE: &str = r#"
[stretch]
places = ["desk"]                        # desk, room, floor
equipment = ["chair", "wall", "doorway"] # also mat, foam_roller, towel
limits = []
disabled = []
warm_up_after_minutes = 120
same_relief_a_day = 5
# own = "stretches.toml"

[notify]
channel = "desktop"                      # desktop, terminal, off
urgency = "normal"                       # low, normal, critical
sound = false
respect_do_not_disturb = true
quiet_programs = []
seconds = 30                             # 0 leaves it to the desktop
dim_edges = false
"#;

#[test]
fn the_documented_example_is_the_default() {
    let read: Settings = toml::from_str(EXAMPLE).unwrap();
    assert_eq!(
        (read.stretch, read.notify),
        (Settings::default().stretch, Settings::default().notify)
    );
}

#[test]
fn every_limit_has_a_name_in_the_settings() {
    let text = "[stretch]\nplaces = [\"room\", \"floor\"]\nlimits = [\"no_floor\", \"no_standing\", \"no_twist\", \
                \"no_overhead\", \"sore_shoulder\", \"sore_neck\", \"sore_back\", \"sore_wrists\", \"sore_knees\", \
                \"pregnancy\", \"osteoporosis\", \"recent_injury\"]";
    let read: Settings = toml::from_str(text).unwrap();
    assert_eq!(
        read.stretch.limits,
        Limit::VARIANTS.iter().copied().collect()
    );
    assert_eq!(read.stretch.places, [Place::Room, Place::Floor].into());
}

#[test]
fn a_misspelt_setting_is_answered_with_what_would_be_right() {
    let rows = [
        ("[stretch]\nlimits = [\"no_twst\"]", "`no_twist`"),
        ("[stretch]\nplace = [\"desk\"]", "`places`"),
        ("[notify]\nurgency = \"high\"", "`critical`"),
        ("[notify]\nsounds = true", "`sound`"),
    ];
    for (text, expected) in rows {
        let error = toml::from_str::<Settings>(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}
