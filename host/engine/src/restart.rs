//! Telling the system to restart: the commands for it, one after another until one is obeyed.

use crate::way_back::RestartConfig;
use std::ffi::OsStr;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The first that is there and does it. None asks anybody anything: the customer has been asked.
const COMMANDS: [&[&str]; 3] =
    [&["systemctl", "--no-ask-password", "reboot"], &["loginctl", "reboot"], &["shutdown", "-r", "now"]];
/// A command that takes longer waits for something that nobody gives it.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Whether the system took it. Blocks until it is known.
pub(crate) fn begin(config: &RestartConfig) -> bool {
    match &config.command {
        Some(command) => obeyed(command.as_os_str(), &[]),
        None => COMMANDS.iter().any(|command| {
            command.split_first().is_some_and(|(program, arguments)| obeyed(OsStr::new(program), arguments))
        }),
    }
}

fn obeyed(program: &OsStr, arguments: &[&str]) -> bool {
    let spawned =
        Command::new(program).args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut child = match spawned {
        Ok(child) => child,
        Err(error) => {
            tracing::info!(?program, %error, "a command to restart is not there");
            return false;
        }
    };
    let until = Instant::now() + PATIENCE;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => {
                tracing::info!(?program, %status, "told the system to restart");
                return status.success();
            }
            Ok(None) if Instant::now() < until => std::thread::sleep(LOOK_AGAIN),
            Ok(None) | Err(_) => {
                let _ = child.kill();
                let _ = child.wait();
                return false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_that_was_named_says_whether_it_was_done() {
        let with = |command: &str| RestartConfig { command: Some(command.into()), ..RestartConfig::default() };
        assert!(begin(&with("/bin/true")));
        assert!(!begin(&with("/bin/false")) && !begin(&with("/no/such/command")));
    }
}
