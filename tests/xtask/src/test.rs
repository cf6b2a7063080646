//! Every test of the workspace, with nextest where it is installed.

use crate::{Result, build, setup};
use std::process::Command;

pub fn run(arguments: &[String]) -> Result {
    setup::run(&[])?;
    build::everything()?;
    let nextest = Command::new("cargo").args(["nextest", "--version"]).output().is_ok_and(|out| out.status.success());
    let mut words = if nextest {
        vec!["nextest", "run", "--workspace", "--no-fail-fast"]
    } else {
        vec!["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests"]
    };
    words.extend(arguments.iter().map(String::as_str));
    build::cargo(&words)
}
