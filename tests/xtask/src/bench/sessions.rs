//! Ten sessions at once in one console that nobody touches: what share of a core the console takes.
//!
//! The real programs as they are released, on two X servers without a GPU. The stage takes its programs from the folder that
//! its environment names, so the chore starts itself once more with that.

use super::programs;
use crate::Result;
use crate::build::target;
use lotse_e2e::{CustomerOptions, Display, Program, RepOptions, Stage};
use serde_json::json;
use std::process::Command;
use std::time::{Duration, Instant};

const SESSIONS: usize = 10;
/// What a beginning still has to do is over by then.
const SETTLES: Duration = Duration::from_secs(10);
const MEASURED: Duration = Duration::from_secs(30);
/// Of one core, as the console's own goal.
const GOAL_PERCENT: f64 = 15.0;

pub fn run() -> Result {
    programs()?;
    let own = std::env::current_exe()?;
    let status = Command::new(own)
        .args(["bench", "sessions", "here"])
        .env("LOTSE_PROGRAMS", target().join("release"))
        .status()?;
    if status.success() { Ok(()) } else { Err("the sessions could not be measured".into()) }
}

/// With the programs that the environment names.
pub fn measure() -> Result {
    println!("\n# Console: {SESSIONS} sessions at rest");
    let (desk, office) = (Display::start(1280, 800)?, Display::start(1920, 1080)?);
    let stage = Stage::start()?;
    let mut rep = stage.rep(&office, &RepOptions::default())?;
    let mut customers: Vec<Program> = Vec::new();
    for number in 0..SESSIONS {
        let code = if number == 0 { stage.code()? } else { stage.next_code(&mut rep)? };
        let mark = rep.mark();
        let name = format!("Customer {number}");
        let options =
            CustomerOptions { allow: "view,control,clipboard", name: &name, data: &name, ..CustomerOptions::default() };
        customers.push(stage.customer(&desk, &code, &options)?);
        rep.expect_after(mark, "session-state", 120, |event| event["state"] == "active")?;
    }
    for how in ["apart", "stack"] {
        rep.act("lotse.multi-chat", "arrange", json!({ "choice": how }))?;
        std::thread::sleep(SETTLES);
        let (before, began) = (rep.cpu_seconds(), Instant::now());
        std::thread::sleep(MEASURED);
        let (took, passed) = (rep.cpu_seconds() - before, began.elapsed().as_secs_f64());
        let percent = took / passed * 100.0;
        println!("{how}: {took:.2} CPU s in {passed:.0} s, {percent:.1} % of a core (goal: under {GOAL_PERCENT} %)");
    }
    let running = customers.iter_mut().filter_map(|customer| customer.is_running().then_some(())).count();
    if running == SESSIONS { Ok(()) } else { Err(format!("{running} of {SESSIONS} customers are left").into()) }
}
