//! How long a stroke takes: from the rep's pointer to the customer's real screen, and to the rep's own display.
//!
//! The real programs as they are released, on two X servers without a GPU; a pixel under the pointer is looked at until it has the
//! pen's colour.

use super::programs;
use crate::Result;
use crate::build::target;
use lotse_e2e::hands::Hands;
use lotse_e2e::spot::Spot;
use lotse_e2e::{CustomerOptions, Display, Program, RepOptions, Stage};
use serde_json::json;
use std::process::Command;
use std::time::{Duration, Instant};

const ANNOTATIONS: &str = "lotse.annotations";
const VIOLET: u32 = 0x009b_4de0;
const POINTS: u32 = 400;
/// A frame of a display of 60 Hz.
const FRAME_MS: f64 = 1000.0 / 60.0;
/// Somebody who draws; not a round number of frames, so that every moment of one is met.
const PAUSE: Duration = Duration::from_millis(23);
/// What is not there by then does not come.
const PATIENCE: Duration = Duration::from_secs(2);

pub fn run() -> Result {
    programs()?;
    let own = std::env::current_exe()?;
    let status = Command::new(own)
        .args(["bench", "strokes", "here"])
        .env("LOTSE_PROGRAMS", target().join("release"))
        .status()?;
    if status.success() { Ok(()) } else { Err("strokes could not be measured".into()) }
}

/// With the programs that the environment names.
pub fn measure() -> Result {
    println!("\n# Strokes: from the rep's pointer to pixels, {POINTS} points of one stroke");
    let (desk, office) = (Display::start(1024, 768)?, Display::start(1024, 768)?);
    let stage = Stage::start()?;
    let arguments = vec!["--view", "--viewer-geometry", "1024x768+0+0", "--viewer-bare", "--scale", "1"];
    let mut rep = stage.rep(&office, &RepOptions { arguments })?;
    let options = CustomerOptions { allow: "view,control", ..CustomerOptions::default() };
    let _customer = stage.customer(&desk, &stage.code()?, &options)?;
    rep.expect("surface", 60, |event| event["width"].as_u64().unwrap_or(0) > 0)?;
    let on_desk = Hands::on(&desk)?;
    on_desk.place("Lotse", 640, 120, 340, 480)?;
    take_the_pen(&mut rep)?;
    let (mut there, mut here) = draw(&Hands::on(&office)?, &desk, &office)?;
    tell("the customer's screen", &mut there);
    tell("the rep's own display", &mut here);
    Ok(())
}

fn take_the_pen(rep: &mut Program) -> Result {
    rep.expect_node("viewer", 20, |node| node["id"] == "tool")?;
    for (node, choice) in [("colour", "violet"), ("width", "thick"), ("tool", "pen")] {
        rep.act(ANNOTATIONS, node, json!({ "choice": choice }))?;
    }
    rep.expect_node("viewer", 10, |node| node["id"] == "tool" && node["choice"] == "pen")?;
    std::thread::sleep(Duration::from_secs(1));
    Ok(())
}

/// Milliseconds until each point is seen there, and here. The stroke goes to and fro in rows, left of the customer's window.
fn draw(hands: &Hands, desk: &Display, office: &Display) -> Result<(Vec<f64>, Vec<f64>)> {
    let place = |number: u32| {
        let (row, column) = (number / 20, number % 20);
        let column = if row % 2 == 0 { column } else { 19 - column };
        (40 + column * 28, 60 + row * 30)
    };
    let point = |number: u32| -> Result<(i16, i16)> {
        let (x, y) = place(number);
        Ok((i16::try_from(x)?, i16::try_from(y)?))
    };
    let (x, y) = point(0)?;
    hands.move_to(x, y)?;
    hands.hold(true)?;
    let (mut there, mut here) = (Vec::new(), Vec::new());
    for number in 1..POINTS {
        std::thread::sleep(PAUSE);
        let (x, y) = place(number);
        let spots = [Spot::on(desk, x, y)?, Spot::on(office, x, y)?];
        let (to_x, to_y) = point(number)?;
        let began = Instant::now();
        hands.move_to(to_x, to_y)?;
        let [desk_ms, office_ms] = seen(&spots, began)?;
        there.push(desk_ms);
        here.push(office_ms);
    }
    hands.hold(false)?;
    Ok((there, here))
}

/// Milliseconds until each has the pen's colour.
fn seen(spots: &[Spot; 2], began: Instant) -> Result<[f64; 2]> {
    let mut seen: [Option<f64>; 2] = [None; 2];
    loop {
        for (spot, seen) in spots.iter().zip(&mut seen) {
            if seen.is_none() && spot.colour()? == VIOLET {
                *seen = Some(began.elapsed().as_secs_f64() * 1000.0);
            }
        }
        match seen {
            [Some(there), Some(here)] => return Ok([there, here]),
            _ if began.elapsed() > PATIENCE => return Err(format!("a point was not seen: {seen:?}").into()),
            _ => std::thread::sleep(Duration::from_micros(200)),
        }
    }
}

fn tell(name: &str, took: &mut [f64]) {
    took.sort_by(f64::total_cmp);
    let at = |share: f64| took.get((took.len() as f64 * share) as usize).copied().unwrap_or(0.0);
    let within = took.iter().filter(|ms| **ms <= 2.0 * FRAME_MS).count() as f64 / took.len().max(1) as f64 * 100.0;
    println!(
        "{name:<24} {:>5.1} ms at the median, {:>5.1} at p95, {:>5.1} at most; {within:.1} % within two frames of 60 Hz (goal)",
        at(0.5),
        at(0.95),
        took.last().copied().unwrap_or(0.0)
    );
}
