//! How long something lasts, where some of it is seen only in part.

/// How long something lasted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lasted {
    /// For how long it was seen.
    pub time: f64,
    /// Whether it had ended by then. Otherwise it lasted longer, nobody knows how much.
    pub ended: bool,
}

/// The mean time up to a limit: the area under the survival curve of Kaplan and Meier (J. Am. Stat. Assoc. 53, 1958)
/// up to there. After the longest time seen the curve stays where it is. `None` of nothing.
#[must_use]
pub fn restricted_mean(spans: &[Lasted], limit: f64) -> Option<f64> {
    let mut spans = spans.to_vec();
    // Of two equal times, what ended counts first.
    spans.sort_by(|a, b| a.time.total_cmp(&b.time).then(b.ended.cmp(&a.ended)));
    let mut at_risk = spans.len();
    let (mut area, mut survival, mut before) = (0.0, 1.0, 0.0);
    for span in spans.iter().take_while(|span| span.time < limit) {
        area += survival * (span.time - before);
        before = span.time;
        if span.ended {
            survival *= 1.0 - 1.0 / at_risk as f64;
        }
        at_risk -= 1;
    }
    (!spans.is_empty()).then_some(area + survival * (limit - before))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(list: &[(f64, u8)]) -> Vec<Lasted> {
        let span = |&(time, ended): &(f64, u8)| Lasted {
            time,
            ended: ended == 1,
        };
        list.iter().map(span).collect()
    }

    #[test]
    fn the_restricted_mean_is_scipys() {
        // tests/fixtures/statistics/survival.py with SciPy 1.17.1
        let nudged = spans(&super::super::NUDGED);
        let withheld = spans(&super::super::WITHHELD);
        let rows = [
            (2.0, 1.573_015_873, 1.937_5),
            (10.0, 4.209_259_259, 6.882_5),
            (30.0, 4.456_172_840, 10.482_5),
        ];
        for (limit, with, without) in rows {
            let found = [&nudged, &withheld].map(|spans| restricted_mean(spans, limit).unwrap());
            let off = (found[0] - with).abs().max((found[1] - without).abs());
            assert!(off < 1e-8, "{limit}: {found:?}");
        }
        let never_ended = spans(&[(1.0, 0), (2.0, 0), (3.0, 0)]);
        assert_eq!(restricted_mean(&never_ended, 10.0), Some(10.0));
        assert_eq!(
            restricted_mean(&spans(&[(3.0, 0), (1.0, 1)]), 10.0),
            Some(5.5)
        );
        assert_eq!(restricted_mean(&[], 10.0), None);
    }
}
