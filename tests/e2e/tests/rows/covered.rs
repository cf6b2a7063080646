//! C · T · The console's windows among others: covered ones, and keys that act in each.

use crate::screens::put_in_front;
use crate::{ALL, Session};
use lotse_e2e::hands::Hands;
use lotse_e2e::neighbour::paint;
use lotse_e2e::{CustomerOptions, Display, RepOptions, Stage, wait_for};
use std::time::Duration;

const COVER: u32 = 0x0033_4455;
const CONTROL: u32 = 0xffe3;
const TAB: u32 = 0xff09;
const SPACE: u32 = 0x20;

/// Scar: nothing is drawn while all windows are covered, and only drawing opened and closed them: no window for who
/// joined, and closing from the taskbar ended the session unasked.
#[test]
fn c3_a_session_opens_while_the_list_is_covered_and_t4_closing_it_then_ends_nothing() {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let stage = Stage::start().unwrap();
    let mut rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let code = stage.code().unwrap();
    let hands = Hands::on(&office).unwrap();
    let list = hands.window("Lotse").unwrap();
    std::thread::sleep(Duration::from_secs(1));
    let _cover = paint(&office, "#334455").unwrap();
    hands.place("Paint", 0, 0, 1280, 900).unwrap();
    // How many points of the list's place are the cover's; the session's window may lie over others.
    let covered = || {
        let picture = office.picture().ok()?;
        let points = (1..8).flat_map(|column| (1..8).map(move |row| (column, row)));
        let at = |(column, row): (usize, usize)| {
            let (x, y) = (usize::try_from(list.0).ok()?, usize::try_from(list.1).ok()?);
            picture.at(x + usize::from(list.2) * column / 8, y + usize::from(list.3) * row / 8)
        };
        Some(points.filter(|point| at(*point) == Some(COVER)).count())
    };
    wait_for(10, "the list to be covered", || (covered()? == 49).then_some(())).unwrap();
    std::thread::sleep(Duration::from_secs(1));
    let options = CustomerOptions { allow: ALL, ..CustomerOptions::default() };
    let _customer = stage.customer(&desk, &code, &options).unwrap();
    rep.expect_state("active", 60).unwrap();
    hands.window("K. Weber").unwrap();
    assert!(covered().is_some_and(|points| points > 0), "the list is still beneath");

    hands.ask_to_close("Lotse").unwrap();
    wait_for(10, "the question, in a list that is no longer covered", || (covered()? == 0).then_some(())).unwrap();
    std::thread::sleep(Duration::from_secs(1));
    assert!(rep.is_running(), "it asks first; {}", rep.errors());
    assert_eq!(rep.state().as_deref(), Some("active"));
}

/// Scar: Ctrl+N acted in the list alone.
#[test]
fn c2_a_new_code_is_made_from_a_sessions_window() {
    let session = Session::start(ALL, &[]);
    put_in_front(&session);
    let hands = Hands::on(&session.office).unwrap();
    let (x, y, width, _) = hands.window("K. Weber").unwrap();
    let mark = session.rep.mark();
    // On a busy machine the click may need longer to bring the keyboard.
    wait_for(30, "a new code", || {
        hands.click(x + width as i16 / 2, y + 70).ok()?;
        std::thread::sleep(Duration::from_millis(500));
        hands.keys(&[CONTROL, 'n' as u32]).ok()?;
        session.rep.expect_after(mark, "code", 3, |_| true).ok()
    })
    .unwrap();
}

/// Scar: the window closed in the moment the sessions were told to end, and the customer did not always hear of it.
#[test]
fn t4_who_leaves_the_console_ends_the_session_for_the_customer_too() {
    let mut session = Session::start(ALL, &[]);
    let hands = Hands::on(&session.office).unwrap();
    // Out of the way, so that the keyboard is the list's.
    hands.minimise(hands.id("K. Weber").unwrap()).unwrap();
    hands.ask_to_close("Lotse").unwrap();
    std::thread::sleep(Duration::from_secs(2));
    assert!(session.rep.is_running(), "it asks first; {}", session.rep.errors());
    // Cancel has the keyboard; the other answer is one step away.
    hands.keys(&[TAB]).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    hands.keys(&[SPACE]).unwrap();
    session.customer.expect("ended", 10, |event| event["reason"] == "rep-ended").unwrap();
    session.rep.wait_end(10).unwrap();
}
