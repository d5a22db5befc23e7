//! What was found out about one thing, and how it is told.

use std::io::{self, Write};

use serde::Serialize;

/// What was found out about one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// What was looked at.
    what: &'static str,
    verdict: FindingStatus,
    /// What is the case.
    says: String,
    /// What to do about it, a sentence.
    mend: Option<String>,
}

/// How it is with a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum FindingStatus {
    /// As it should be.
    Well,
    /// To be mended.
    Wrong,
    /// It could not be looked at, because of something that is wrong before it.
    Unknown,
}

impl Finding {
    pub(super) fn well(what: &'static str, says: impl Into<String>) -> Finding {
        Finding {
            what,
            verdict: FindingStatus::Well,
            says: says.into(),
            mend: None,
        }
    }

    pub(super) fn wrong(
        what: &'static str,
        says: impl Into<String>,
        mend: impl Into<String>,
    ) -> Finding {
        Finding {
            verdict: FindingStatus::Wrong,
            mend: Some(mend.into()).filter(|mend| !mend.is_empty()),
            ..Finding::well(what, says)
        }
    }

    pub(super) fn unknown(what: &'static str, says: impl Into<String>) -> Finding {
        Finding {
            verdict: FindingStatus::Unknown,
            ..Finding::well(what, says)
        }
    }

    pub(super) fn verdict(&self) -> FindingStatus {
        self.verdict
    }

    /// What was looked at.
    pub(super) fn what(&self) -> &'static str {
        self.what
    }

    /// A line, and one for what to do.
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let verdict = match self.verdict {
            FindingStatus::Well => "ok",
            FindingStatus::Wrong => "WRONG",
            FindingStatus::Unknown => "?",
        };
        writeln!(out, "{verdict:5}  {:13}  {}", self.what, self.says)?;
        if let Some(mend) = &self.mend {
            writeln!(out, "{:22}{mend}", "")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    #[test]
    fn a_finding_is_a_line_and_what_to_do_is_another() {
        let mut out = Vec::new();
        for finding in [
            Finding::well("model", "the full model loads in 0.6 s"),
            Finding::wrong("camera", "no camera was found", "Connect a camera."),
            Finding::unknown("light", "there is no picture to judge it by"),
        ] {
            finding.write(&mut out).unwrap();
        }
        assert_snapshot!(String::from_utf8(out).unwrap(), @r"
        ok     model          the full model loads in 0.6 s
        WRONG  camera         no camera was found
                              Connect a camera.
        ?      light          there is no picture to judge it by
        ");
    }
}
