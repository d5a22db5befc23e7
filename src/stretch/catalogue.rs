//! Reading stretches: the built-in ones and a person's own, by the same rules.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;
use thiserror::Error;

use super::entry::{Depth, LIST, MOVE, ROUTINE, Stretch};
use crate::posture::Fault;

/// The built-in files, in the order in which lists show them.
const BUILT_IN: [(&str, &str); 7] = [
    ("sources.toml", include_str!("catalogue/sources.toml")),
    ("warm_up.toml", include_str!("catalogue/warm_up.toml")),
    ("desk_arms.toml", include_str!("catalogue/desk_arms.toml")),
    ("desk.toml", include_str!("catalogue/desk.toml")),
    ("room.toml", include_str!("catalogue/room.toml")),
    ("floor.toml", include_str!("catalogue/floor.toml")),
    ("neck.toml", include_str!("catalogue/neck.toml")),
];

/// What `sitwell stretch` and the history take for something other than a stretch.
const RESERVED: [&str; 3] = [MOVE, ROUTINE, LIST];

/// The longest repetition, in seconds. Our choice: longer holds do not suit a desk.
const LONGEST_EACH: u32 = 120;

/// The longest stretch, in seconds. Our choice: as long as the break that Sitwell advises.
const LONGEST_TOTAL: i64 = 300;

/// The longest gist, in characters: two lines of a notification.
const LONGEST_BRIEF: usize = 90;

/// Stretches that have been read and checked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Catalogue {
    stretches: Vec<Stretch>,
    /// The short forms that open other stretches.
    openers: Vec<Stretch>,
    /// Citations by their ids.
    sources: BTreeMap<String, String>,
}

/// The built-in stretches, read once.
#[must_use]
pub fn catalogue() -> &'static Catalogue {
    // A test holds that the built-in files read without an error, so nothing is lost here.
    static BUILT: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::built_in().unwrap_or_default());
    &BUILT
}

impl Catalogue {
    /// Reads the built-in stretches.
    ///
    /// # Errors
    ///
    /// Never in a build that passed its tests.
    pub fn built_in() -> Result<Catalogue, CatalogueError> {
        BUILT_IN
            .into_iter()
            .try_fold(Catalogue::default(), |read, (name, text)| {
                read.with(text, name)
            })
    }

    /// These stretches and those in a TOML text; `origin` names the text in errors.
    ///
    /// # Errors
    ///
    /// The first entry that cannot be used, with what is wrong and what would be right.
    pub fn with(mut self, text: &str, origin: &str) -> Result<Catalogue, CatalogueError> {
        let file: File = toml::from_str(text).map_err(|source| CatalogueError::Toml {
            origin: origin.to_owned(),
            source: Box::new(source),
        })?;
        self.sources.extend(file.sources);
        for (index, mut stretch) in file.stretch.into_iter().enumerate() {
            if let Err(problem) = self.check(&stretch) {
                return Err(CatalogueError::Entry {
                    origin: origin.to_owned(),
                    number: index + 1,
                    id: stretch.id,
                    problem,
                });
            }
            for source in &mut stretch.sources {
                if let Some(citation) = self.sources.get(source) {
                    source.clone_from(citation);
                }
            }
            if let Some(opener) = &stretch.opener {
                self.openers.push(Stretch {
                    repetitions: opener.repetitions,
                    ..stretch.clone()
                });
            }
            self.stretches.push(stretch);
        }
        Ok(self)
    }

    /// Every stretch, in the order of the files.
    #[must_use]
    pub fn all(&self) -> &[Stretch] {
        &self.stretches
    }

    /// The stretch with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Stretch> {
        self.stretches.iter().find(|stretch| stretch.id == id)
    }

    /// The name of a stretch or of the advice to get up. A stretch that the catalogue no longer has
    /// keeps its id.
    #[must_use]
    pub fn name_of<'a>(&'a self, id: &'a str) -> &'a str {
        match self.get(id) {
            Some(stretch) => &stretch.name,
            None if id == MOVE => "Get up and move",
            None => id,
        }
    }

    /// The stretch that somebody means: by its id or name, in any case, or by a part that only one has.
    ///
    /// # Errors
    ///
    /// The ids that it may mean; none where nothing is like it.
    pub fn find(&self, wanted: &str) -> Result<&Stretch, Vec<&str>> {
        let wanted = plain(wanted);
        let exact =
            |stretch: &&Stretch| plain(&stretch.id) == wanted || plain(&stretch.name) == wanted;
        if let Some(stretch) = self.stretches.iter().find(exact) {
            return Ok(stretch);
        }
        let has = |stretch: &&Stretch| {
            plain(&stretch.id).contains(&wanted) || plain(&stretch.name).contains(&wanted)
        };
        let like: Vec<&Stretch> = if wanted.is_empty() {
            Vec::new()
        } else {
            self.stretches.iter().filter(has).collect()
        };
        match like.as_slice() {
            [one] => Ok(one),
            many => Err(many.iter().map(|stretch| stretch.id.as_str()).collect()),
        }
    }

    /// Those that answer or ease a fault, those that answer it first.
    #[must_use]
    pub fn for_fault(&self, fault: Fault) -> Vec<&Stretch> {
        let answering = self
            .stretches
            .iter()
            .filter(|stretch| stretch.answers.contains(&fault));
        let easing = self
            .stretches
            .iter()
            .filter(|stretch| stretch.eases.contains(&fault));
        answering.chain(easing).collect()
    }

    /// The short forms that open a thoracic stretch for a fault.
    pub fn openers(&self, fault: Fault) -> impl Iterator<Item = &Stretch> {
        let opens = move |stretch: &&Stretch| {
            let opener = stretch.opener.as_ref();
            opener.is_some_and(|opener| opener.before.contains(&fault))
        };
        self.openers.iter().filter(opens)
    }

    /// The ids in a list of ids that no stretch has, for a warning about a misspelt setting.
    #[must_use]
    pub fn unknown<'a>(&self, ids: &'a BTreeSet<String>) -> Vec<&'a str> {
        ids.iter()
            .map(String::as_str)
            .filter(|id| self.get(id).is_none())
            .collect()
    }

    /// Whether a stretch can join these.
    fn check(&self, stretch: &Stretch) -> Result<(), Problem> {
        let id_fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if stretch.id.is_empty() || !stretch.id.chars().all(id_fits) {
            return Err(Problem::Id);
        }
        if RESERVED.contains(&stretch.id.as_str()) {
            return Err(Problem::Reserved);
        }
        if self.get(&stretch.id).is_some() {
            return Err(Problem::Duplicate);
        }
        let texts = [
            ("name", &stretch.name),
            ("purpose", &stretch.purpose),
            ("brief", &stretch.brief),
            ("breathing", &stretch.breathing),
            ("easier", &stretch.easier),
            ("stronger", &stretch.stronger),
        ];
        if let Some((key, _)) = texts.into_iter().find(|(_, text)| text.trim().is_empty()) {
            return Err(Problem::Empty(key));
        }
        if stretch.brief.chars().count() > LONGEST_BRIEF {
            return Err(Problem::LongBrief(stretch.brief.chars().count()));
        }
        if stretch.steps.is_empty() || stretch.steps.iter().any(|step| step.trim().is_empty()) {
            return Err(Problem::Empty("steps"));
        }
        if !(1..=LONGEST_EACH).contains(&stretch.seconds_each) {
            return Err(Problem::Seconds(stretch.seconds_each));
        }
        let short_form = stretch.opener.as_ref().map(|opener| opener.repetitions);
        if stretch.repetitions == 0 || short_form == Some(0) {
            return Err(Problem::Repetitions);
        }
        if !(1..=2).contains(&stretch.sides) {
            return Err(Problem::Sides(stretch.sides));
        }
        if stretch.total().as_secs() > LONGEST_TOTAL {
            return Err(Problem::Total(stretch.total().as_secs()));
        }
        if stretch
            .sources
            .iter()
            .any(|id| !self.sources.contains_key(id))
        {
            return Err(Problem::Source);
        }
        let any_fault = !stretch.answers.is_empty() || !stretch.eases.is_empty();
        match (stretch.depth, any_fault) {
            (Depth::WarmUp, true) => Err(Problem::WarmUpAnswers),
            (Depth::Gentle | Depth::Deep, false) => Err(Problem::AnswersNothing),
            (Depth::WarmUp, false) | (Depth::Gentle | Depth::Deep, true) => Ok(()),
        }?;
        if stretch
            .drawing
            .iter()
            .all(super::drawing::Position::is_sound)
        {
            Ok(())
        } else {
            Err(Problem::Drawing)
        }
    }
}

/// A file of stretches.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    sources: BTreeMap<String, String>,
    #[serde(default)]
    stretch: Vec<Stretch>,
}

/// A name as it is compared: lower case, with every run of other characters as one space.
fn plain(text: &str) -> String {
    let lower = text.to_lowercase();
    lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Why stretches cannot be read.
#[derive(Debug, Error)]
pub enum CatalogueError {
    /// The text is not TOML, or a key is missing, misspelt or of the wrong kind.
    #[error("cannot read the stretches in {origin}")]
    Toml {
        /// The file.
        origin: String,
        /// What the reader says, with line and column.
        source: Box<toml::de::Error>,
    },
    /// An entry reads well but cannot be used.
    #[error("stretch {number} in {origin} (id \"{id}\"): {problem}")]
    Entry {
        /// The file.
        origin: String,
        /// Which entry, counted from 1.
        number: usize,
        /// Its id.
        id: String,
        /// What is wrong with it.
        problem: Problem,
    },
}

/// What is wrong with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Problem {
    /// The id is empty or has other characters.
    #[error("an id has small letters, digits and hyphens only, such as \"desk-roll\"")]
    Id,
    /// The id means something else to Sitwell.
    #[error(
        "\"{MOVE}\", \"{ROUTINE}\" and \"{LIST}\" mean something else to Sitwell; choose another id"
    )]
    Reserved,
    /// Another stretch has the id.
    #[error(
        "another stretch has this id; choose another, or turn the built-in one off with disabled = [..]"
    )]
    Duplicate,
    /// A text is empty.
    #[error("{0} is empty; give at least one sentence")]
    Empty(&'static str),
    /// The gist is too long; its characters.
    #[error("brief has {0} characters; a notification has room for {LONGEST_BRIEF}")]
    LongBrief(usize),
    /// A repetition is too short or too long, in seconds.
    #[error("seconds_each is {0}; give 1 to {LONGEST_EACH}")]
    Seconds(u32),
    /// Not even one repetition.
    #[error("repetitions is 0; give 1 or more")]
    Repetitions,
    /// Neither one side nor two.
    #[error("sides is {0}; give 1, or 2 for left and right")]
    Sides(u32),
    /// The whole takes too long, in seconds.
    #[error("seconds_each x repetitions x sides is {0} seconds; keep it to {LONGEST_TOTAL}")]
    Total(i64),
    /// A warm-up answers no fault.
    #[error(
        "a warm_up comes before other stretches and answers no fault; remove answers and eases"
    )]
    WarmUpAnswers,
    /// Neither `answers` nor `eases` names a fault.
    #[error(
        "it answers no fault; give answers = [..] with forward_head, rounded_shoulders or mixed"
    )]
    AnswersNothing,
    /// A source has no citation.
    #[error("sources names an unknown study; add it to the table [sources] with its citation")]
    Source,
    /// A joint is missing or outside the picture.
    #[error("a drawing needs a spine of two points or more, and every point within 0 to 120")]
    Drawing,
}
/// Reads any text as a file of own stretches, and says what is in it.
#[cfg(any(test, fuzzing))]
pub(crate) fn fuzz(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(catalogue) = catalogue().clone().with(text, "own") {
        for stretch in catalogue.all() {
            let _ = (stretch.dose(), stretch.needs(), stretch.total());
        }
    }
}
