//! The first run's questions about place and equipment, kept as `[stretch]` in the settings.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::folders;
use crate::settings::{EXAMPLE, Settings, path, with_lines};
use crate::stretch::{Equipment, Limit, Place};

/// What the answers come to, as the settings hold it.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct StretchAnswers {
    places: BTreeSet<Place>,
    equipment: BTreeSet<Equipment>,
    limits: BTreeSet<Limit>,
}

/// Asks and writes the answers to the settings file, unless they are there already; `agreed` asks one
/// question.
///
/// # Errors
///
/// The settings file cannot be read or written, or nothing can be asked.
pub(super) fn ask_and_keep<W: Write>(
    config: Option<&Path>,
    out: &mut W,
    agreed: &mut impl FnMut(&str, &mut W) -> io::Result<bool>,
) -> Result<()> {
    let file = path(config)?;
    let file_name = file.display();
    let settings = if file.exists() {
        fs::read_to_string(&file).with_context(|| format!("cannot read {file_name}"))?
    } else {
        EXAMPLE.to_owned()
    };
    if with_answers(&settings, &StretchAnswers::default())?.is_none() {
        writeln!(
            out,
            "{file_name} has these settings already. To change them: sitwell config edit"
        )?;
        return Ok(());
    }
    let answers = ask(|question| agreed(question, out))?;
    if let Some(text) = with_answers(&settings, &answers)? {
        save(&file, &text)?;
        writeln!(out, "Saved in {file_name}.")?;
    }
    Ok(())
}

fn ask(mut agreed: impl FnMut(&str) -> io::Result<bool>) -> io::Result<StretchAnswers> {
    let mut answers = StretchAnswers {
        places: BTreeSet::from([Place::Desk]),
        equipment: BTreeSet::new(),
        limits: BTreeSet::new(),
    };
    if agreed("Does your chair have a firm back that ends below your shoulder blades?")? {
        answers.equipment.insert(Equipment::Chair);
    }
    if !agreed("Is there room to stand up beside your desk?")? {
        answers.limits.insert(Limit::NoStanding);
    } else if agreed("Is there a wall or a doorway a few steps away?")? {
        answers.places.insert(Place::Room);
        answers
            .equipment
            .extend([Equipment::Wall, Equipment::Doorway]);
    }
    if agreed("Would you also stretch on the floor, on a mat or a carpet?")? {
        answers.places.insert(Place::Floor);
        answers.equipment.insert(Equipment::Mat);
        if agreed("Are a foam roller and a bath towel at hand there?")? {
            answers
                .equipment
                .extend([Equipment::FoamRoller, Equipment::Towel]);
        }
    }
    Ok(answers)
}

/// Writes the settings file.
fn save(file: &Path, text: &str) -> Result<()> {
    Settings::parse(text).with_context(|| format!("cannot use {}", file.display()))?;
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let written = folders::write_whole(file, |out| out.write_all(text.as_bytes()));
    written.with_context(|| format!("cannot write {}", file.display()))
}

/// The settings with the answers in the table `[stretch]`; none where they are there already.
fn with_answers(settings: &str, answers: &StretchAnswers) -> Result<Option<String>> {
    let table: toml::Table = settings.parse()?;
    let present = table.get("stretch").and_then(toml::Value::as_table);
    let is_set = |key: &str| present.is_some_and(|table| table.contains_key(key));
    if ["places", "equipment", "limits"].into_iter().any(is_set) {
        return Ok(None);
    }
    Ok(with_lines(settings, "stretch", &toml::to_string(answers)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers one letter a question, `y` or `n`.
    fn answered(letters: &str) -> StretchAnswers {
        let mut letters = letters.chars();
        let answers = ask(|_| Ok(letters.next() == Some('y'))).unwrap();
        assert_eq!(letters.next(), None, "a question was not asked");
        answers
    }

    #[test]
    fn the_answers_become_places_equipment_and_limits() {
        let rows = [
            (
                "ynn",
                "places = [\"desk\"]\nequipment = [\"chair\"]\nlimits = [\"no_standing\"]\n",
            ),
            ("nynn", "places = [\"desk\"]\nequipment = []\nlimits = []\n"),
            (
                "yyyn",
                "places = [\"desk\", \"room\"]\nequipment = [\"chair\", \"wall\", \"doorway\"]\nlimits = []\n",
            ),
            (
                "nyyyy",
                "places = [\"desk\", \"room\", \"floor\"]\n\
                 equipment = [\"wall\", \"doorway\", \"mat\", \"foam_roller\", \"towel\"]\nlimits = []\n",
            ),
        ];
        for (letters, expected) in rows {
            assert_eq!(
                toml::to_string(&answered(letters)).unwrap(),
                expected,
                "{letters}"
            );
        }
    }

    #[test]
    fn the_answers_join_the_other_settings_and_replace_none() {
        let answers = answered("nynn");
        let read = |text: &str| Settings::parse(text).unwrap();
        for text in [
            EXAMPLE,
            "",
            "[stretch]\nsame_relief_a_day = 3\n",
            "[ stretch ]  # what I can do\nsame_relief_a_day = 3\n",
            "[stretch]\r\nsame_relief_a_day = 3\r\n",
            "[notify]\nsound = true",
        ] {
            let before = read(text);
            let after = read(&with_answers(text, &answers).unwrap().unwrap());
            assert!(after.stretch.equipment.is_empty(), "{text}");
            assert_eq!(
                after.stretch.same_relief_a_day,
                before.stretch.same_relief_a_day
            );
            assert_eq!(after.notify, before.notify);
        }
        for text in ["[stretch]\nplaces = [\"floor\"]\n", "stretch.limits = []\n"] {
            assert_eq!(with_answers(text, &answers).unwrap(), None, "{text}");
        }
    }
}
