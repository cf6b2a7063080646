//! C · T · The console's windows among others: covered ones, and keys that act in each.

use crate::screens::put_in_front;
use crate::{ALL, Session};
use lotse_e2e::hands::Hands;
use lotse_e2e::patches::Patches;
use lotse_e2e::{CustomerOptions, Display, RepOptions, Stage};
use std::time::Duration;

/// Scar: nothing is drawn while all windows are covered, and only drawing opened and closed them: no window for who
/// joined, and closing from the taskbar ended the session unasked.
#[test]
fn c3_a_session_opens_while_the_list_is_covered_and_t4_closing_it_then_ends_nothing() {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let stage = Stage::start().unwrap();
    let mut rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let code = stage.code().unwrap();
    let hands = Hands::on(&office).unwrap();
    hands.window("Lotse").unwrap();
    std::thread::sleep(Duration::from_secs(1));
    let cover = Patches::on(&office).unwrap();
    cover.add(0x0033_4455, 0, 0, 1280, 900).unwrap();
    std::thread::sleep(Duration::from_secs(1));
    let options = CustomerOptions { allow: ALL, ..CustomerOptions::default() };
    let _customer = stage.customer(&desk, &code, &options).unwrap();
    rep.expect_state("active", 60).unwrap();
    hands.window("K. Weber").unwrap();

    hands.ask_to_close("Lotse").unwrap();
    std::thread::sleep(Duration::from_secs(2));
    assert!(rep.is_running(), "it asks first; {}", rep.errors());
    assert_eq!(rep.state().as_deref(), Some("active"));
}

/// Scar: Ctrl+N acted in the list alone.
#[test]
fn c2_a_new_code_is_made_from_a_sessions_window() {
    const CONTROL: u32 = 0xffe3;
    let session = Session::start(ALL, &[]);
    put_in_front(&session);
    let hands = Hands::on(&session.office).unwrap();
    let (x, y, width, _) = hands.window("K. Weber").unwrap();
    hands.click(x + width as i16 / 2, y + 70).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let mark = session.rep.mark();
    hands.keys(&[CONTROL, 'n' as u32]).unwrap();
    session.rep.expect_after(mark, "code", 10, |_| true).unwrap();
}
