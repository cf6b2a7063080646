//! V4 · What a screenshot puts on the rep's clipboard.

use crate::sharing::{PNG, pixels_of};
use crate::{ALL, Session};
use lotse_e2e::neighbour::expect_paste;
use lotse_e2e::patches::Patches;
use serde_json::json;

const SHARING: &str = "lotse.screen-sharing";

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn v4_a_screenshot_on_the_clipboard_is_the_customers_screen_to_the_pixel() {
    let mut session = Session::bare(ALL, &[]);
    let patches = Patches::on(&session.desk).unwrap();
    patches.add(0x0012_8877, 40, 500, 301, 157).unwrap();
    // The customer's own window may change between the looks; what counts is a moment in which it did not.
    let still = (1..=6).any(|_| {
        session.expect_exact("the picture");
        let before = session.desk.picture().unwrap();
        session.rep.act(SHARING, "shot-clipboard", json!({})).unwrap();
        let bytes = |pixel: &u32| {
            let [_, red, green, blue] = pixel.to_be_bytes();
            [red, green, blue]
        };
        let wanted: Vec<u8> = before.pixels.iter().flat_map(bytes).collect();
        let pasted = expect_paste(&session.office, PNG, &wanted, pixels_of);
        let after = session.desk.picture().unwrap();
        assert!(before != after || pasted.is_ok(), "what is pasted is not what was on the screen: {pasted:?}");
        before == after && pasted.is_ok()
    });
    assert!(still, "the customer's screen never rested");
}
