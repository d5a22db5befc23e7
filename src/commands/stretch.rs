//! `sitwell stretch`: which stretches there are, and a guide through one.

mod guide;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use jiff::Timestamp;

use crate::cli::StretchArgs;
use crate::daemon::recent_history::{HeldStretch, RecentHistory};
use crate::daemon::terminal_window as window;
use crate::history::FILE_NAME;
use crate::posture::Fault;
use crate::record::{Nudge, Routine};
use crate::settings::{LoadedSettings, load_catalogue};
use crate::stretch::drawing::Charset;
use crate::stretch::{
    Catalogue, DESK_CHECK, Depth, GuidedSession, LIST, Outcome, Past, ROUTINE, Screen, Stretch,
    StretchSettings, Suggestion, choose, prepare, routine, safety, sheet, survey,
};
use crate::{folders, terminal, wording};

/// What is known when somebody asks for a stretch.
#[derive(Debug, Clone, Copy)]
struct Known<'a> {
    /// The fault of the present or the latest slouch.
    fault: Option<Fault>,
    /// The nudge whose stretch this is.
    started: Option<&'a Nudge>,
    /// What was suggested lately.
    past: Past<'a>,
}

/// Runs `sitwell stretch`: chooses by what the history tells, and keeps there what became of it.
///
/// # Errors
///
/// The settings or a person's own stretches cannot be read, there is no such stretch, or the terminal fails.
pub(super) fn run(
    args: &StretchArgs,
    data_dir: Option<&Path>,
    loaded: &LoadedSettings,
) -> Result<()> {
    let now = crate::clock::now().timestamp();
    let stretches = &loaded.settings.stretch;
    let catalogue = load_catalogue(stretches, loaded.folder())?;
    let data = folders::data(data_dir)?;
    let file = data.join(FILE_NAME);
    let past =
        RecentHistory::read(file.clone(), now).or_else(|error| -> io::Result<RecentHistory> {
            // A stretch does good also where nothing is known.
            writeln!(terminal::stderr(), "sitwell: {error}")?;
            Ok(RecentHistory::none(file))
        })?;
    if args.window {
        window::open(&again(args, &data, loaded)?)?;
        return Ok(());
    }
    if args.name.as_deref() == Some(ROUTINE) {
        return run_routine(args, stretches, &catalogue, &past, now);
    }
    let fits = |nudge: &&Nudge| {
        let stretch = catalogue.get(&nudge.stretch);
        stretch.is_some_and(|stretch| stretches.allows(stretch))
    };
    let started = match (args.nudge, &args.name, args.fault, args.place) {
        (Some(at), ..) => past.nudge(at),
        (None, None, None, None) => past.waiting(now).filter(fits),
        _ => None,
    };
    let fault = match started {
        Some(nudge) => Some(nudge.fault),
        None => past.last.map(|(fault, _)| fault),
    };
    let known = Known {
        fault,
        started,
        past: past.before(now),
    };
    if let (None, None, Some((fault, at))) = (&args.name, args.fault, past.last) {
        writeln!(
            terminal::stderr(),
            "Your last slouch: {fault}, {}.",
            wording::ago(at, now)
        )?;
    }
    let Some(held) = hold(args, stretches, &catalogue, known)? else {
        return Ok(());
    };
    keep(&past, started, &held, now)
}

/// Keeps what became of a stretch with the nudge that led to it, if one did.
pub(super) fn keep(
    past: &RecentHistory,
    started: Option<&Nudge>,
    held: &HeldStretch,
    now: Timestamp,
) -> Result<()> {
    match started.or_else(|| past.led_to(&held.stretch, now)) {
        Some(nudge) => past
            .keep(nudge, held, crate::clock::now().timestamp())
            .context("cannot keep what became of this stretch"),
        None => Ok(()),
    }
}

/// Lists, prints or guides; what was held is returned, none where nothing was.
///
/// # Errors
///
/// There is no such stretch, or the terminal fails.
fn hold(
    args: &StretchArgs,
    settings: &StretchSettings,
    catalogue: &Catalogue,
    known: Known<'_>,
) -> Result<Option<HeldStretch>> {
    let mut out = terminal::stdout();
    if args.name.as_deref() == Some(LIST) {
        list(args, settings, catalogue, &mut out)?;
        return Ok(None);
    }
    let fault = args.fault.or(known.fault);
    let fault = fault.unwrap_or(Fault::HeadAndShoulders);
    let suggested = known.started.map(|nudge| &nudge.stretch);
    let stretches: Vec<&Stretch> = match (args.name.as_ref().or(suggested), known.started) {
        // What the notification suggested, with what it said comes first.
        (Some(name), Some(nudge)) => {
            let mut before = known.past.nudges.to_vec();
            before.retain(|one| one.at < nudge.at);
            let past = Past {
                nudges: &before,
                now: nudge.at,
                ..known.past
            };
            let stretch = named(catalogue, name)?;
            prepare(catalogue, stretch, nudge.fault, settings, past)
                .stretches()
                .collect()
        }
        (Some(name), None) => {
            let stretch = named(catalogue, name)?;
            if args.fault.is_some() || stretch.depth == Depth::Deep {
                prepare(catalogue, stretch, fault, settings, known.past)
                    .stretches()
                    .collect()
            } else {
                vec![stretch]
            }
        }
        (None, _) => {
            let mut allowed = settings.clone();
            allowed.places = args.place.map_or(allowed.places, |place| [place].into());
            let suggestion = choose(catalogue, fault, &allowed, known.past);
            if let Suggestion::Move(_) = suggestion {
                write_move(&mut out)?;
                return Ok(None);
            }
            if let Suggestion::Stretch {
                excluded_by: Some(exclusion),
                ..
            } = suggestion
            {
                writeln!(
                    terminal::stderr(),
                    "No stretch for the upper back fits your settings ({exclusion})."
                )?;
            }
            suggestion.stretches().collect()
        }
    };
    let id = stretches
        .last()
        .map_or(String::new(), |stretch| stretch.id.clone());
    let before_the_last = |stretch: &Stretch| match stretch.depth {
        Depth::WarmUp => "To warm up first:",
        Depth::Gentle | Depth::Deep => "Right before the stretch:",
    };
    let outcome = do_or_print(stretches, args, before_the_last, &mut out)?;
    Ok(outcome.map(|outcome| HeldStretch {
        stretch: id,
        outcome,
    }))
}

/// Does the daily routine: the one that was offered, or a fresh one. Keeps what became of it.
///
/// # Errors
///
/// The terminal fails, or the history cannot be written.
fn run_routine(
    args: &StretchArgs,
    settings: &StretchSettings,
    catalogue: &Catalogue,
    past: &RecentHistory,
    now: Timestamp,
) -> Result<()> {
    let mut out = terminal::stdout();
    let offered = past.offered_routine(args.nudge, now);
    let known = offered.map(|offered| {
        let stretches = offered.stretches.iter();
        stretches.filter_map(|id| catalogue.get(id)).collect()
    });
    let mut allowed = settings.clone();
    allowed.places = args.place.map_or(allowed.places, |place| [place].into());
    let fresh = || routine(catalogue, &allowed, past.before(now));
    // What the settings allow may have changed since the offer.
    let stretches = match known.filter(|known: &Vec<&Stretch>| {
        !known.is_empty() && known.iter().all(|stretch| allowed.allows(stretch))
    }) {
        Some(stretches) => stretches,
        None => match fresh() {
            Ok(stretches) => stretches,
            Err(exclusion) => {
                let reason = exclusion.map_or(String::new(), |reason| format!(" ({reason})"));
                writeln!(
                    terminal::stderr(),
                    "The routine cannot be put together: no stretch for the upper back fits your settings{reason}."
                )?;
                return Ok(write_move(&mut out)?);
            }
        },
    };
    let ids = stretches.iter().map(|stretch| stretch.id.clone()).collect();
    let before_the_last = |stretch: &Stretch| match stretch.depth {
        Depth::WarmUp => "To warm up first:",
        Depth::Gentle | Depth::Deep => "For the upper back:",
    };
    let Some(outcome) = do_or_print(stretches, args, before_the_last, &mut out)? else {
        return Ok(());
    };
    // Who looked into it without an offer has turned nothing down.
    if offered.is_none() && outcome == Outcome::Skipped {
        return Ok(());
    }
    past.keep_routine(Routine {
        at: offered.map_or(now, |offered| offered.at),
        stretches: ids,
        answer: outcome.into(),
        answered: Some(crate::clock::now().timestamp()),
    })
    .context("cannot keep what became of the routine")
}

/// Guides through stretches. Prints them instead where that is wanted or nobody can press a key;
/// then there is no outcome.
fn do_or_print(
    stretches: Vec<&Stretch>,
    args: &StretchArgs,
    heading: impl Fn(&Stretch) -> &'static str,
    out: &mut impl Write,
) -> Result<Option<Outcome>> {
    let interactive = !args.print
        && io::stdin().is_terminal()
        && io::stdout().is_terminal()
        && terminal::understands_escapes();
    if !interactive {
        let screen = Screen {
            columns: 80,
            rows: usize::MAX,
            charset: charset(),
        };
        for (n, stretch) in stretches.iter().enumerate() {
            if n + 1 < stretches.len() {
                writeln!(out, "{}\n", heading(stretch))?;
            }
            for line in sheet(stretch, screen) {
                writeln!(out, "{line}")?;
            }
            writeln!(out)?;
        }
        return Ok(None);
    }
    let outcome = guide::guide(&GuidedSession::new(stretches), charset(), out)?;
    writeln!(out, "{}", comment_on(outcome))?;
    Ok(Some(outcome))
}

/// What is said after a stretch.
pub(super) fn comment_on(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "Well done. A little every day does more than waiting until it hurts.",
        Outcome::Part => "Stopped early: every bit counts.",
        Outcome::Skipped => "Not now. That is fine.",
    }
}

/// The stretch that a name means.
fn named<'a>(catalogue: &'a Catalogue, name: &str) -> Result<&'a Stretch> {
    match catalogue.find(name) {
        Ok(stretch) => Ok(stretch),
        Err(like) if like.is_empty() => {
            bail!("there is no stretch called \"{name}\"; see them with sitwell stretch list")
        }
        Err(like) => bail!(
            "\"{name}\" may mean {}; give one of them",
            like.join(" or ")
        ),
    }
}

/// Writes the list.
fn list(
    args: &StretchArgs,
    settings: &StretchSettings,
    catalogue: &Catalogue,
    out: &mut impl Write,
) -> Result<()> {
    for id in catalogue.unknown(&settings.disabled) {
        writeln!(
            terminal::stderr(),
            "sitwell: the settings turn off \"{id}\", but there is no such stretch"
        )?;
    }
    let rows: Vec<_> = survey(catalogue, args.fault, settings)
        .into_iter()
        .filter(|(stretch, _)| args.place.is_none_or(|place| place == stretch.place))
        .collect();
    if rows.is_empty() {
        writeln!(out, "No stretch is for that.")?;
        return Ok(());
    }
    for (stretch, obstacle) in rows {
        let seconds = stretch.total().as_secs();
        let place = stretch.place.to_string();
        let reason = obstacle.map_or(String::new(), |obstacle| format!("[{obstacle}]"));
        let row = format!(
            "{:<20} {:<32} {seconds:>4} s  {place:<6} {reason}",
            stretch.id, stretch.name
        );
        writeln!(out, "{}", row.trim_end())?;
    }
    writeln!(
        out,
        "\nTo do one: sitwell stretch NAME. Warm-ups come before others. A reason in [brackets] says\n\
         why a stretch is not suggested.\n"
    )?;
    for sentence in safety::RULES.into_iter().chain(safety::HABITS) {
        writeln!(
            out,
            "{}",
            textwrap::fill(
                sentence,
                textwrap::Options::new(78)
                    .initial_indent("* ")
                    .subsequent_indent("  ")
            )
        )?;
    }
    Ok(())
}

/// The words that run this command again, in a window.
fn again(args: &StretchArgs, data: &Path, loaded: &LoadedSettings) -> Result<Vec<OsString>> {
    let own = folders::program()?;
    let mut words = vec![own.into_os_string(), "stretch".into()];
    words.extend(args.name.as_ref().map(OsString::from));
    if let Some(fault) = args.fault {
        words.extend(["--for".into(), fault.id().into()]);
    }
    if let Some(place) = args.place {
        words.extend(["--place".into(), place.to_string().into()]);
    }
    // A terminal program may not pass the environment on.
    words.extend(["--data-dir".into(), folders::absolute(data)?.into()]);
    if let Some(file) = &loaded.file {
        words.extend(["--config".into(), folders::absolute(file)?.into()]);
    }
    Ok(words)
}

/// Writes the advice to get up.
fn write_move(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "Get up and move for 5 minutes. Then check the desk:")?;
    DESK_CHECK
        .iter()
        .try_for_each(|check| writeln!(out, "  {check}"))
}

/// How drawings are shown in this terminal.
pub(super) fn charset() -> Charset {
    match terminal::shows_unicode() {
        true => Charset::Braille,
        false => Charset::Ascii,
    }
}
