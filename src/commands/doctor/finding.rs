//! The result of one check.

use std::io::{self, Write};

use serde::Serialize;

use crate::web::{CheckStatus, DoctorCheck};

/// The result of one check. Other programs read its JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// The name of the check.
    pub(super) check: &'static str,
    pub(super) status: FindingStatus,
    message: String,
    /// How to fix it, a sentence.
    fix: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum FindingStatus {
    Ok,
    Problem,
    /// The check could not run because of another problem.
    Unknown,
}

impl Finding {
    pub(super) fn ok(check: &'static str, message: impl Into<String>) -> Finding {
        Finding {
            check,
            status: FindingStatus::Ok,
            message: message.into(),
            fix: None,
        }
    }

    pub(super) fn problem(
        check: &'static str,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Finding {
        Finding {
            status: FindingStatus::Problem,
            fix: Some(fix.into()).filter(|fix| !fix.is_empty()),
            ..Finding::ok(check, message)
        }
    }

    pub(super) fn unknown(check: &'static str, message: impl Into<String>) -> Finding {
        Finding {
            status: FindingStatus::Unknown,
            ..Finding::ok(check, message)
        }
    }

    /// Writes a line with the result, and one with the fix.
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let status = match self.status {
            FindingStatus::Ok => "ok",
            FindingStatus::Problem => "FAIL",
            FindingStatus::Unknown => "?",
        };
        writeln!(out, "{status:5}  {:13}  {}", self.check, self.message)?;
        if let Some(fix) = &self.fix {
            writeln!(out, "{:22}{fix}", "")?;
        }
        Ok(())
    }
}

impl From<Finding> for DoctorCheck {
    fn from(finding: Finding) -> DoctorCheck {
        DoctorCheck {
            name: finding.check,
            status: match finding.status {
                FindingStatus::Ok => CheckStatus::Ok,
                FindingStatus::Problem => CheckStatus::Problem,
                FindingStatus::Unknown => CheckStatus::Unknown,
            },
            message: finding.message,
            fix: finding.fix,
        }
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    #[test]
    fn a_finding_is_a_line_and_its_fix_another() {
        let mut out = Vec::new();
        for finding in [
            Finding::ok("model", "the full model loads in 0.6 s"),
            Finding::problem("camera", "no camera was found", "Connect a camera."),
            Finding::unknown("light", "there is no picture"),
        ] {
            finding.write(&mut out).unwrap();
        }
        assert_snapshot!(String::from_utf8(out).unwrap(), @r"
        ok     model          the full model loads in 0.6 s
        FAIL   camera         no camera was found
                              Connect a camera.
        ?      light          there is no picture
        ");
    }
}
