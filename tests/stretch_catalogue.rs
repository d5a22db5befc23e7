//! The catalogue: what the built-in stretches hold, and how a person's own are read.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use sitwell::posture::Fault;
use sitwell::stretch::drawing::{Charset, Point, ViewSide};
use sitwell::stretch::{
    Catalogue, Demand, Depth, Place, Screen, Stretch, ThoracicMovement, catalogue, safety, sheet,
};

/// An own stretch that reads well.
const OWN: &str = r#"
[[stretch]]
id = "desk-roll"
name = "Desk roll"
purpose = "Loosens the shoulders."
brief = "Roll your forearms along the desk."
answers = ["mixed"]
place = "desk"
depth = "gentle"
effort = "little"
seconds_each = 5
repetitions = 4
steps = ["Lay your forearms on the desk.", "Slide them forward and back."]
breathing = "Out as you slide forward."
easier = "Slide less far."
stronger = "Slide further."
"#;

fn read(text: &str) -> Result<Catalogue, String> {
    Catalogue::built_in()
        .unwrap()
        .with(text, "stretches.toml")
        .map_err(|error| {
            let source = std::error::Error::source(&error)
                .map_or(String::new(), |source| format!(": {source}"));
            format!("{error}{source}")
        })
}

#[test]
fn the_built_in_stretches_read_without_an_error_and_cover_what_was_promised() {
    let built_in = Catalogue::built_in().unwrap();
    assert_eq!(&built_in, catalogue());
    let promised = [
        "thoracic-extension",
        "seated-twist",
        "chest-opener",
        "wall-stretch",
        "doorway-stretch",
        "chin-tuck",
        "neck-retraction",
        "wall-angel",
        "reach-up",
        "goalpost-lift",
        "chest-lift",
        "seated-rotation",
        "scapular-squeeze",
        "levator-stretch",
        "upper-trapezius",
        "knees-to-chest",
        "cat-cow",
        "foam-roller",
        "rolled-towel",
        "shoulder-rolls",
        "arm-circles",
    ];
    for id in promised {
        assert!(built_in.get(id).is_some(), "{id}");
    }
}

#[test]
fn every_fault_has_four_thoracic_answers_at_the_desk_and_one_without_warm_up() {
    for fault in Fault::ALL {
        let desk: Vec<_> = catalogue()
            .all()
            .iter()
            .filter(|stretch| stretch.is_thoracic() && stretch.answers.contains(&fault))
            .filter(|stretch| stretch.place == Place::Desk)
            .collect();
        assert!(desk.len() >= 4, "{fault}");
        assert!(
            desk.iter().any(|stretch| stretch.depth == Depth::Gentle),
            "{fault}"
        );
    }
}

#[test]
fn every_thoracic_stretch_says_what_for_on_whose_word_and_when_to_stop() {
    let page = Screen {
        columns: 80,
        rows: usize::MAX,
        charset: Charset::Ascii,
    };
    let thoracic = catalogue().all().iter().filter(|one| one.is_thoracic());
    for stretch in thoracic {
        assert!(!stretch.sources.is_empty(), "{}", stretch.id);
        let sheet = sheet(stretch, page).join(" ");
        let parts = [
            stretch.purpose.as_str(),
            &stretch.easier,
            &stretch.stronger,
            "Related: ",
            "never forced",
            "Stop at sharp pain",
            "numbness or tingling",
        ];
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in parts {
            assert!(
                words(&sheet).contains(&words(part)),
                "{part} is not in {sheet}"
            );
        }
        // A study of some people in a trial is no promise to this person.
        for claim in ["trial", "cure", "brought", "helps"] {
            assert!(!stretch.purpose.contains(claim), "{}", stretch.purpose);
        }
    }
}

#[test]
fn every_kind_of_thoracic_movement_is_suggested_at_the_desk() {
    use ThoracicMovement::{Extension, Mobility, Opening, Rotation};
    for movement in [Extension, Rotation, Opening, Mobility] {
        let is_suggested = |stretch: &Stretch| {
            stretch.place == Place::Desk
                && stretch.thoracic.contains(&movement)
                && !stretch.answers.is_empty()
        };
        assert!(catalogue().all().iter().any(is_suggested), "{movement:?}");
    }
}

#[test]
fn every_opener_is_a_neck_stretch() {
    let openers: Vec<_> = catalogue()
        .all()
        .iter()
        .filter(|stretch| stretch.opener.is_some())
        .collect();
    assert!(!openers.is_empty());
    for stretch in openers {
        assert!(
            stretch.demands.contains(&Demand::Neck) && !stretch.is_thoracic(),
            "{}",
            stretch.id
        );
    }
}

#[test]
fn every_built_in_stretch_takes_at_most_two_minutes_and_says_what_to_take_care_of() {
    for stretch in catalogue().all() {
        assert!(
            (20..=120).contains(&stretch.total().as_secs()),
            "{}",
            stretch.id
        );
        assert!(
            !stretch.cautions.is_empty() && (2..=5).contains(&stretch.steps.len()),
            "{}",
            stretch.id
        );
        let sentences = stretch.steps.iter().chain(&stretch.cautions);
        for text in sentences.chain([
            &stretch.purpose,
            &stretch.breathing,
            &stretch.easier,
            &stretch.stronger,
        ]) {
            assert!(
                text.ends_with('.') && text.chars().count() <= 110,
                "{}: {text}",
                stretch.id
            );
        }
    }
}

#[test]
fn the_safety_rules_name_every_reason_to_stop() {
    let all = safety::RULES.join(" ");
    for word in [
        "force",
        "jerk",
        "popping",
        "sharp pain",
        "arm",
        "numbness",
        "tingling",
        "fall",
        "accident",
        "osteoporosis",
        "pregnancy",
        "professional",
        "physiotherapist",
    ] {
        assert!(all.contains(word), "{word}");
    }
    for word in [
        "Slow",
        "never forced",
        "pop",
        "sharp pain",
        "numbness",
        "tingling",
    ] {
        assert!(safety::SHORT.contains(word), "{word}");
    }
}

#[test]
fn the_drawn_body_keeps_its_proportions() {
    let length = |from: &Point, to: &Point| (to[0] - from[0]).hypot(to[1] - from[1]);
    for stretch in catalogue().all() {
        assert!(stretch.drawing.len() >= 2, "{}", stretch.id);
        for position in stretch.drawing.iter() {
            let here = format!("{}: {}", stretch.id, position.label);
            assert!(position.label.chars().count() <= 30, "{here}");
            let spine: f64 = position
                .spine
                .windows(2)
                .map(|pair| length(&pair[0], &pair[1]))
                .sum();
            assert!((28.0..=48.0).contains(&spine), "{here}: spine {spine}");
            let neck = length(position.spine.last().unwrap(), &position.head);
            assert!((7.0..=17.0).contains(&neck), "{here}: neck {neck}");
            // From the front, and bent towards the reader, limbs look shorter; they never look longer.
            for pair in position
                .near_arm
                .windows(2)
                .chain(position.far_arm.windows(2))
            {
                assert!(
                    (6.0..=21.0).contains(&length(&pair[0], &pair[1])),
                    "{here}: arm"
                );
            }
            if position.seen == ViewSide::Side {
                for leg in [&position.near_leg, &position.far_leg] {
                    for pair in leg.windows(2).take(2) {
                        assert!(
                            (20.0..=29.0).contains(&length(&pair[0], &pair[1])),
                            "{here}: leg"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn a_stretch_is_found_by_id_by_name_or_by_a_part_that_only_one_has() {
    let rows = [
        ("chin-tuck", Ok("chin-tuck")),
        ("Chin Tuck", Ok("chin-tuck")),
        ("tuck", Ok("chin-tuck")),
        ("cat-cow", Ok("cat-cow")),
        ("foam", Ok("foam-roller")),
        ("neck", Err(vec!["upper-trapezius", "neck-retraction"])),
        ("rotation", Ok("seated-rotation")),
        ("yoga", Err(vec![])),
        ("", Err(vec![])),
    ];
    for (wanted, expected) in rows {
        assert_eq!(
            catalogue().find(wanted).map(|stretch| stretch.id.as_str()),
            expected,
            "{wanted}"
        );
    }
}

#[test]
fn a_stretch_of_ones_own_joins_the_others() {
    let all = read(OWN).unwrap();
    assert_eq!(all.all().len(), catalogue().all().len() + 1);
    assert_eq!(all.get("desk-roll").unwrap().dose(), "4 x 5 seconds");
    assert!(
        all.for_fault(Fault::HeadAndShoulders)
            .iter()
            .any(|stretch| stretch.id == "desk-roll")
    );
}

#[test]
fn a_bad_entry_is_refused_with_where_what_and_what_would_be_right() {
    let rows = [
        (
            "id = \"desk-roll\"",
            "id = \"Desk Roll\"",
            "(id \"Desk Roll\"): an id has small letters",
        ),
        (
            "id = \"desk-roll\"",
            "id = \"move\"",
            "\"move\", \"routine\" and \"list\" mean something else to Sitwell; choose another id",
        ),
        (
            "id = \"desk-roll\"",
            "id = \"routine\"",
            "mean something else to Sitwell",
        ),
        (
            "id = \"desk-roll\"",
            "id = \"list\"",
            "mean something else to Sitwell",
        ),
        (
            "id = \"desk-roll\"",
            "id = \"chin-tuck\"",
            "another stretch has this id",
        ),
        (
            "seconds_each = 5",
            "seconds_each = 0",
            "stretch 1 in stretches.toml (id \"desk-roll\"): seconds_each is 0; give 1 to 120",
        ),
        (
            "seconds_each = 5",
            "seconds_each = 100",
            "is 400 seconds; keep it to 300",
        ),
        ("repetitions = 4", "repetitions = 0", "repetitions is 0"),
        (
            "repetitions = 4",
            "repetitions = 4\nsides = 3",
            "sides is 3; give 1, or 2",
        ),
        ("answers = [\"mixed\"]", "", "it answers no fault"),
        (
            "depth = \"gentle\"",
            "depth = \"warm_up\"",
            "answers no fault; remove answers",
        ),
        (
            "breathing = \"Out as you slide forward.\"",
            "breathing = \" \"",
            "breathing is empty",
        ),
        (
            "steps = [\"Lay your forearms on the desk.\", \"Slide them forward and back.\"]",
            "steps = []",
            "steps is empty",
        ),
        (
            "brief = \"Roll",
            "brief = \"Roll and roll and roll and roll and roll and roll and roll and roll",
            "a notification has room for 90",
        ),
        (
            "answers = [\"mixed\"]",
            "answers = [\"slouch\"]",
            "no such fault: \"slouch\"; known are forward_head, rounded_shoulders, mixed",
        ),
        (
            "answers = [\"mixed\"]",
            "answers = [\"slump\"]",
            "no such fault: \"slump\", which nothing measures; write forward_head, rounded_shoulders or mixed",
        ),
        (
            "place = \"desk\"",
            "plaec = \"desk\"",
            "unknown field `plaec`",
        ),
        ("effort = \"little\"", "", "missing field `effort`"),
    ];
    for (good, bad, expected) in rows {
        assert!(OWN.contains(good), "{good}");
        let error = read(&OWN.replacen(good, bad, 1)).unwrap_err();
        assert!(
            error.contains(expected) && error.contains("stretches.toml"),
            "{error}"
        );
    }
    let drawing = "\n[[stretch.drawing]]\nlabel = \"A\"\nhead = [10, 10]\nlook = \"up\"\nspine = [[1, 1], [1, 300]]\n";
    assert!(
        read(&format!("{OWN}{drawing}"))
            .unwrap_err()
            .contains("every point within 0 to 120")
    );
}
