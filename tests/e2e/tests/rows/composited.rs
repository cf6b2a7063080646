//! A2 · Drawing on a display that a real compositor shows: picom, where it is installed.

use crate::annotations::{BRIGHT, PLACE, bare, clear, corners, expect_change, something_bright, stop, take};
use lotse_e2e::eyes::cut;
use lotse_e2e::hands::Hands;
use lotse_e2e::{Display, wait_for};
use std::collections::BTreeSet;
use std::process::{Child, Command, Stdio};

/// Ends with its owner.
struct Compositor(Child);

impl Compositor {
    fn on(display: &Display) -> Self {
        let mut command = Command::new("picom");
        command.args(["--backend", "xrender", "--config", "/dev/null"]).env("DISPLAY", display.name());
        Self(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }
}

impl Drop for Compositor {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
#[cfg_attr(
    not(all(plugin = "annotations", plugin = "screen-sharing", compositor)),
    ignore = "needs the plugins annotations and screen-sharing, and picom"
)]
fn a2_under_a_compositor_what_lies_beneath_shines_through_and_is_captured_once() {
    let mut session = bare();
    let compositor = Compositor::on(&session.desk);
    let _bright = something_bright(&session);
    let (from, to) = corners(BRIGHT);
    let middle = (from.1 + to.1) / 2;
    let before = session.desk.settle(600).unwrap();
    let hands = Hands::on(&session.office).unwrap();
    take(&mut session.rep, "viewer", "highlighter");
    hands.drag((from.0 + 40, middle), (to.0 - 40, middle)).unwrap();
    expect_change(&session.desk, &before, BRIGHT, "the highlighter");
    // Along the middle of the stroke: one colour, that of the ground with the pen's over it, and no pattern of both.
    let colours = || {
        let picture = session.desk.picture().ok()?;
        let stroke = lotse_e2e::eyes::Area::new(BRIGHT.x + 100, usize::try_from(middle).ok()?, BRIGHT.width - 200, 1);
        let found: BTreeSet<u32> = cut(&picture, stroke).pixels.into_iter().collect();
        let ground = before.at(stroke.x, stroke.y)?;
        (found.len() == 1 && !found.contains(&ground)).then_some(found)
    };
    let found = wait_for(15, "one colour that shines through", colours).unwrap();
    assert!(!found.contains(&crate::annotations::VIOLET), "the ground is seen through it: {found:x?}");
    session.expect_exact("the stroke once, as the customer has it");
    clear(&mut session.rep, "viewer");
    wait_for(15, "the drawing to go", || {
        (session.desk.picture().ok()?.share_equal(&before, 0, 0) >= 1.0).then_some(())
    })
    .unwrap();
    // It goes, and the drawing is cut out of a window again.
    drop(compositor);
    let before = session.desk.settle(600).unwrap();
    hands.drag(corners(PLACE).0, corners(PLACE).1).unwrap();
    expect_change(&session.desk, &before, PLACE, "the highlighter without a compositor");
    stop(&mut session.rep, "viewer");
}
