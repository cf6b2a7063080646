//! `lotse-relay`: see `cli`. A failure is one line on standard error, in JSON with `--json`. Exit codes: 0 it is done, 1 it could
//! not be done, 2 the command line itself is wrong.

use clap::Parser;
use lotse_relay::cli::{self, Cli, CliError};
use std::process::ExitCode;

/// Of a command line that cannot be read, as clap has it.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    // Also where the line is wrong: a script reads what it asked for.
    let json = std::env::args_os().skip(1).any(|argument| argument == "--json");
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if json && error.use_stderr() => {
            tell(json, error.render().to_string().trim());
            return ExitCode::from(USAGE);
        }
        Err(error) => {
            // Help and version, too. Nobody reads standard error any more if this fails.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS };
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(CliError::System);
    match runtime.and_then(|runtime| runtime.block_on(cli::run(cli))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell(json, &error.to_string());
            ExitCode::FAILURE
        }
    }
}

fn tell(json: bool, words: &str) {
    if json {
        eprintln!("{}", serde_json::json!({ "error": words }));
    } else {
        eprintln!("lotse-relay: {words}");
    }
}
