//! `lotse`: the rep's program.

use std::process::ExitCode;

fn main() -> ExitCode {
    lotse_console::start::run(std::env::args_os())
}
