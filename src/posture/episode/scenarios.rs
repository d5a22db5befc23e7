//! Strips: one character is one second. `.` upright, `x` head forward, `r`
//! rounded shoulders, `m` both, `?` unclear, `_` nobody, a space is no observation.

use insta::assert_snapshot;

use super::*;
use crate::posture::UnclearReason;

/// Short times, so that a strip fits on a line.
const SHORT: EpisodeTiming = EpisodeTiming {
    onset: SignedDuration::from_secs(3),
    forgiven: SignedDuration::from_secs(2),
    recovery: SignedDuration::from_secs(2),
    max_gap: SignedDuration::from_secs(4),
};

fn play(strip: &str) -> String {
    play_with(strip, &SHORT)
}

fn play_with(strip: &str, patience: &EpisodeTiming) -> String {
    let mut state = EpisodeState::default();
    let mut story = String::new();
    for (second, letter) in (0_i64..).zip(strip.chars()) {
        let moment = match letter {
            '.' => Moment::Upright,
            'x' => Moment::Slouched(Fault::ForwardHead),
            'r' => Moment::Slouched(Fault::RoundedShoulders),
            'm' => Moment::Slouched(Fault::HeadAndShoulders),
            '?' => Moment::Unclear(UnclearReason::TurnedAway),
            '_' => Moment::Away,
            ' ' => continue,
            other => panic!("no such letter: {other}"),
        };
        let (next, event) = state.step(moment, Timestamp::from_second(second).unwrap(), patience);
        state = next;
        if let Some(event) = event {
            story += &format!("{second}s {}; ", tell(event));
        }
    }
    story.trim_end().to_owned()
}

fn tell(event: EpisodeEvent) -> String {
    let letter = |fault| match fault {
        Fault::ForwardHead => "",
        Fault::RoundedShoulders => " rounded",
        Fault::HeadAndShoulders => " mixed",
    };
    match event {
        EpisodeEvent::Began(slouch) => {
            format!("began{} {}s", letter(slouch.fault), slouch.from.as_second())
        }
        EpisodeEvent::Ended(slouch, how) => {
            let SustainedSlouch {
                fault,
                from,
                to,
                observed,
            } = slouch;
            let how = match how {
                EpisodeEnd::SatUp => "ended",
                EpisodeEnd::OutOfSight => "lost",
            };
            let (from, to, observed) = (from.as_second(), to.as_second(), observed.as_secs());
            match to - from - observed {
                0 => format!("{how}{} {from}s..{to}s", letter(fault)),
                _ => format!("{how}{} {from}s..{to}s ({observed}s)", letter(fault)),
            }
        }
    }
}

#[test]
fn a_slouch_begins_when_slouched_time_fills_the_onset() {
    assert_snapshot!(play(""), @"");
    assert_snapshot!(play("........"), @"");
    assert_snapshot!(play(".xxx...."), @"");
    assert_snapshot!(play(".xxxx"), @"4s began 1s;");
    assert_snapshot!(play("xxxxxxxxxxx"), @"3s began 0s;");
}

#[test]
fn it_ends_when_the_person_has_sat_up_for_the_recovery_time() {
    assert_snapshot!(play(".xxxxx.xxx...."), @"4s began 1s; 12s ended 1s..10s (8s);");
    assert_snapshot!(play(".xxxxx..xxx"), @"4s began 1s;");
    assert_snapshot!(play(".xxxxx...xxx..."), @"4s began 1s; 8s ended 1s..6s;");
    assert_snapshot!(play("xxxxx...xxxxx..."), @"3s began 0s; 7s ended 0s..5s; 11s began 8s; 15s ended 8s..13s;");
}

#[test]
fn a_short_recovery_is_forgiven_and_does_not_count() {
    assert_snapshot!(play(".xx.xx"), @"5s began 1s;");
    assert_snapshot!(play(".xx..xx"), @"6s began 1s;");
    assert_snapshot!(play(".xx...xx"), @"");
}

#[test]
fn one_who_is_upright_more_than_half_of_the_time_is_not_told() {
    assert_snapshot!(play("x..x..x..x..x..x..x"), @"");
    assert_snapshot!(play("x.x.x.x.x"), @"6s began 0s;");
}

#[test]
fn gaps_close_the_span_at_the_last_slouched_look() {
    assert_snapshot!(play("xx   xx"), @"5s began 0s;");
    assert_snapshot!(play("xx    xx"), @"");
    assert_snapshot!(play("xxxxx          xxxxx"), @"3s began 0s; 15s lost 0s..4s; 18s began 15s;");
    assert_snapshot!(play("xxxxx          ....."), @"3s began 0s; 15s lost 0s..4s;");
    assert_snapshot!(play("xxxxx.         ....."), @"3s began 0s; 15s lost 0s..5s;");
}

#[test]
fn unclear_observations_neither_start_nor_prolong_a_slouch() {
    assert_snapshot!(play("????????"), @"");
    assert_snapshot!(play("xx??????"), @"");
    assert_snapshot!(play("xx?xx"), @"4s began 0s;");
    assert_snapshot!(play("xxxx???..."), @"3s began 0s; 9s ended 0s..4s;");
    assert_snapshot!(play("xxxx??????"), @"3s began 0s; 8s lost 0s..3s;");
    assert_snapshot!(play("x?x?x?x"), @"6s began 0s;");
    assert_snapshot!(play("x??x??x??x??x??x"), @"");
}

#[test]
fn an_unclear_observation_between_upright_ones_does_not_stop_a_recovery() {
    assert_snapshot!(play("xxxxx.?."), @"3s began 0s; 7s ended 0s..5s;");
    assert_snapshot!(play("xx.?.xxx"), @"");
}

#[test]
fn leaving_ends_a_slouch_at_its_last_slouched_look() {
    assert_snapshot!(play("________"), @"");
    assert_snapshot!(play("xxxxx___"), @"3s began 0s; 7s lost 0s..4s;");
    assert_snapshot!(play("xxxxx_xx..."), @"3s began 0s; 10s ended 0s..8s (6s);");
    assert_snapshot!(play("xxxxx__..."), @"3s began 0s; 7s ended 0s..4s;");
    assert_snapshot!(play("xx___xx"), @"");
}

#[test]
fn the_fault_is_what_was_wrong_most_of_the_time() {
    assert_snapshot!(play("xrrr"), @"3s began rounded 0s;");
    assert_snapshot!(play("xrrmmmm..."), @"3s began rounded 0s; 9s ended mixed 0s..7s;");
    assert_snapshot!(play("xrmmmm..."), @"3s began 0s; 8s ended mixed 0s..6s;");
}

#[test]
fn a_minute_of_slouching_is_a_slouch_and_ten_seconds_upright_end_it() {
    let strip = |slouched: usize, upright: usize| {
        ".".repeat(5) + &"x".repeat(slouched) + &".".repeat(upright)
    };
    let patience = EpisodeTiming::default();
    assert_snapshot!(play_with(&strip(60, 30), &patience), @"");
    assert_snapshot!(play_with(&strip(61, 10), &patience), @"65s began 5s;");
    assert_snapshot!(play_with(&strip(90, 11), &patience), @"65s began 5s; 105s ended 5s..95s;");
}

#[test]
fn observations_five_seconds_apart_see_the_same() {
    let patience = EpisodeTiming::default();
    let sparse = |strip: &str| {
        strip
            .chars()
            .map(|letter| format!("{letter}    "))
            .collect::<String>()
    };
    assert_snapshot!(play_with(&sparse(".xxxxxxxxxxxxxxxx..."), &patience), @"65s began 5s; 95s ended 5s..85s;");
    assert_snapshot!(play_with(&sparse(".xxxxx.xxxxxxxxxx..."), &patience), @"70s began 5s; 95s ended 5s..85s (75s);");
    assert_snapshot!(play_with(&sparse(".xxxxx..xxxxxxxxx..."), &patience), @"");
}

#[test]
fn a_night_asleep_is_neither_a_slouch_nor_a_recovery() {
    let night = " ".repeat(8 * 3600);
    assert_snapshot!(play(&format!("xxxxx{night}xxxxx...")), @"3s began 0s; 28805s lost 0s..4s; 28808s began 28805s; 28812s ended 28805s..28810s;");
}
