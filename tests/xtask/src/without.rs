//! The product without one of its plugins, or without several: a copy of this checkout, less their folders, is built and tested.

use crate::{Result, build};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Each plugin that is named, or each there is: without it everything has to check, and with `--test` every test to pass. With
/// `--together` all that are named are taken away at once.
pub fn run(arguments: &[String]) -> Result {
    let (options, mut names): (Vec<&String>, Vec<String>) = {
        let (options, names): (Vec<_>, Vec<_>) = arguments.iter().partition(|word| word.starts_with("--"));
        (options, names.into_iter().cloned().collect())
    };
    let (mut tests, mut together) = (false, false);
    for option in options {
        match option.as_str() {
            "--test" => tests = true,
            "--together" => together = true,
            _ => return Err("without takes names of plugins' folders, --test and --together".into()),
        }
    }
    let here = build::removable()?;
    if let Some(wrong) = names.iter().find(|name| !here.contains(name)) {
        return Err(format!("there is no plugin \u{201c}{wrong}\u{201d}; there are {}", here.join(", ")).into());
    }
    if names.is_empty() {
        names = here;
    }
    let tree = build::target().join("without/tree");
    let size = if together { names.len() } else { 1 };
    let rounds: Vec<&[String]> = names.chunks(size).collect();
    for (number, gone) in rounds.iter().enumerate() {
        println!("Without {} ({} of {}) …", gone.join(", "), number + 1, rounds.len());
        copy_into(&tree)?;
        for name in *gone {
            std::fs::remove_dir_all(tree.join("plugins").join(name))?;
        }
        cargo(&tree, &["check", "--workspace", "--all-targets"])?;
        if tests {
            cargo(&tree, &["xtask", "test"])?;
        }
    }
    let how = if together { "Together" } else { "Each by itself" };
    println!("{how}, {} can be taken away.", names.join(", "));
    Ok(())
}

/// What is known to git, as it lies here. What is the same stays untouched, so that only the rest is built anew.
fn copy_into(tree: &Path) -> Result {
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(build::root()).output()?;
    let listed = String::from_utf8(listed.stdout)?;
    let files: Vec<&Path> = listed.split_terminator('\0').map(Path::new).collect();
    if files.is_empty() {
        return Err("git knows no files here: without works in a checkout".into());
    }
    for file in files {
        let (from, to) = (build::root().join(file), tree.join(file));
        let content = match std::fs::read(&from) {
            Ok(content) => content,
            // Removed, and not yet committed.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error.into()),
        };
        if std::fs::read(&to).is_ok_and(|there| there == content) {
            continue;
        }
        std::fs::create_dir_all(to.parent().unwrap_or(tree))?;
        std::fs::copy(&from, &to)?;
    }
    Ok(())
}

fn cargo(tree: &Path, words: &[&str]) -> Result {
    let target: PathBuf = build::target().join("without/target");
    let program = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let status = Command::new(program).args(words).current_dir(tree).env("CARGO_TARGET_DIR", target).status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("cargo {} failed in {}", words.join(" "), tree.display()).into())
    }
}
