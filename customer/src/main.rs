//! `lotse-customer`: the customer's program.

use std::process::ExitCode;

fn main() -> ExitCode {
    lotse_customer::start::run(std::env::args_os().skip(1))
}
