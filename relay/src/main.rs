//! `lotse-relay`: see `cli`. A failure is one line on standard error, and exit code 1.

use clap::Parser;
use lotse_relay::cli::{self, Cli, CliError};
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(CliError::System);
    match runtime.and_then(|runtime| runtime.block_on(cli::run(cli))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lotse-relay: {error}");
            ExitCode::FAILURE
        }
    }
}
