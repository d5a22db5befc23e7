//! The guide in a terminal: draws, listens to keys, keeps the time.

use std::io::{self, Write};
use std::time::Duration;

use crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use crossterm::terminal::{self, Clear, ClearType};
use crossterm::{cursor, execute, queue};
use jiff::SignedDuration;

use crate::stretch::drawing::Charset;
use crate::stretch::{GuidedSession, Outcome, Progress, Screen, frame};

/// How long to wait for a key before the picture is drawn anew: smooth enough for a bar, and idle otherwise.
const TICK: Duration = Duration::from_millis(200);

/// What a person wants of the guide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    /// Go on.
    GoOn,
    /// Pause, or go on after a pause.
    Pause,
    /// Jump to the next repetition or stretch.
    Next,
    /// Leave.
    Stop,
}

/// Guides through a session in the terminal and tells what became of it.
///
/// # Errors
///
/// The terminal cannot be written to or read from.
pub(super) fn guide(
    session: &GuidedSession<'_>,
    charset: Charset,
    out: &mut impl Write,
) -> io::Result<Outcome> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one door: the guide runs on a steady clock"
    )]
    let clock = || std::time::Instant::now();
    let mut last = clock();
    let raw = RawTerminal::enter(out)?;
    let outcome = run(
        session,
        || {
            let wish = wish(TICK)?;
            let now = clock();
            let spent = now.duration_since(std::mem::replace(&mut last, now));
            Ok((
                SignedDuration::try_from(spent).unwrap_or(SignedDuration::ZERO),
                wish,
            ))
        },
        |elapsed, paused| {
            let (columns, rows) = terminal::size().unwrap_or((80, 24));
            let screen = Screen {
                columns: columns.into(),
                rows: rows.into(),
                charset,
            };
            draw(&frame(session, elapsed, paused, screen), out)
        },
    );
    drop(raw);
    outcome
}

/// The session itself: `tick` tells the time spent since it was last asked and what is wished, `show` draws.
fn run(
    session: &GuidedSession<'_>,
    mut tick: impl FnMut() -> io::Result<(SignedDuration, Wish)>,
    mut show: impl FnMut(SignedDuration, bool) -> io::Result<()>,
) -> io::Result<Outcome> {
    let mut elapsed = SignedDuration::ZERO;
    let mut moved = SignedDuration::ZERO;
    let mut paused = false;
    loop {
        let at = session.at(elapsed);
        if at == Progress::Over {
            return Ok(session.outcome(moved, true));
        }
        show(elapsed, paused)?;
        let (spent, wish) = tick()?;
        if !paused {
            // A machine that slept in between did not stretch.
            let spent = spent.min(SignedDuration::from_secs(2));
            elapsed += spent;
            if matches!(at, Progress::Moving { .. }) {
                moved += spent;
            }
        }
        match wish {
            Wish::GoOn => {}
            Wish::Pause => paused = !paused,
            Wish::Next => {
                elapsed = session.next(elapsed);
                paused = false;
            }
            Wish::Stop => return Ok(session.outcome(moved, false)),
        }
    }
}

/// What the next key within some time means.
fn wish(wait: Duration) -> io::Result<Wish> {
    if !event::poll(wait)? {
        return Ok(Wish::GoOn);
    }
    let Event::Key(key) = event::read()? else {
        return Ok(Wish::GoOn);
    };
    if key.kind == KeyEventKind::Release {
        return Ok(Wish::GoOn);
    }
    Ok(match key.code {
        KeyCode::Char('c' | 'd') if key.modifiers.contains(KeyModifiers::CONTROL) => Wish::Stop,
        KeyCode::Char('q') | KeyCode::Esc => Wish::Stop,
        KeyCode::Char(' ' | 'p') => Wish::Pause,
        KeyCode::Char('n') | KeyCode::Enter | KeyCode::Right => Wish::Next,
        _ => Wish::GoOn,
    })
}

/// Draws lines over the last ones, without a flicker.
fn draw(lines: &[String], out: &mut impl Write) -> io::Result<()> {
    for (row, line) in (0..).zip(lines) {
        queue!(out, cursor::MoveTo(0, row))?;
        write!(out, "{line}")?;
        queue!(out, Clear(ClearType::UntilNewLine))?;
    }
    queue!(
        out,
        cursor::MoveToNextLine(1),
        Clear(ClearType::FromCursorDown)
    )?;
    out.flush()
}

/// The terminal while the guide has it; given back when this goes, whatever happens.
struct RawTerminal;

impl RawTerminal {
    /// Takes the terminal.
    fn enter(out: &mut impl Write) -> io::Result<RawTerminal> {
        terminal::enable_raw_mode()?;
        let taken = RawTerminal;
        execute!(out, terminal::EnterAlternateScreen, cursor::Hide)?;
        Ok(taken)
    }
}

impl Drop for RawTerminal {
    fn drop(&mut self) {
        // Nobody is left to tell if the terminal is gone.
        let _ = execute!(io::stdout(), cursor::Show, terminal::LeaveAlternateScreen);
        let _ = terminal::disable_raw_mode();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stretch::catalogue;

    /// Plays a chin tuck, one character a second: `.` goes on, `p` pauses, `n` jumps, `q` leaves,
    /// `z` is a night with the machine asleep. Tells how it ended and after how many seconds on the clock.
    fn play(strip: &str) -> (Outcome, i64) {
        let session = GuidedSession::new(catalogue().get("chin-tuck").into_iter().collect());
        let mut keys = strip.chars();
        let mut shown = SignedDuration::ZERO;
        let outcome = run(
            &session,
            || {
                let second = SignedDuration::from_secs(1);
                Ok(match keys.next() {
                    Some('.') => (second, Wish::GoOn),
                    Some('p') => (second, Wish::Pause),
                    Some('n') => (second, Wish::Next),
                    Some('z') => (SignedDuration::from_hours(8), Wish::GoOn),
                    _ => (second, Wish::Stop),
                })
            },
            |elapsed, _| {
                shown = elapsed;
                Ok(())
            },
        );
        (outcome.unwrap(), shown.as_secs())
    }

    #[test]
    fn the_guide_keeps_the_time_through_pauses_jumps_and_a_night_asleep() {
        let whole = ".".repeat(40);
        let rows = [
            (format!("n{whole}"), Outcome::Done, 51),
            (
                format!("n....p..........p{}", ".".repeat(35)),
                Outcome::Done,
                51,
            ),
            ("nnnnnnnnn".to_owned(), Outcome::Part, 47),
            ("n......q".to_owned(), Outcome::Part, 18),
            ("n..q".to_owned(), Outcome::Skipped, 14),
            ("q".to_owned(), Outcome::Skipped, 0),
            ("nzq".to_owned(), Outcome::Skipped, 14),
            ("np..........q".to_owned(), Outcome::Skipped, 13),
        ];
        for (strip, outcome, seconds) in rows {
            assert_eq!(play(&strip), (outcome, seconds), "{strip}");
        }
    }
}
