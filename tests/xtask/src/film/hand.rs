//! People's hands and eyes in the film: answers, menus and windows on one display.

use crate::Result;
use lotse_e2e::eyes::{Area, find_change};
use lotse_e2e::hands::Hands;
use lotse_e2e::{Display, Picture, wait_for};
use std::time::Duration;

pub const TAB: u32 = 0xff09;
pub const CONTROL: u32 = 0xffe3;
pub const COMMA: u32 = 0x2c;
pub const F6: u32 = 0xffc3;
const ESCAPE: u32 = 0xff1b;
const SPACE: u32 = 0x20;
/// Height of the menu bar with two rows, in pixels.
const MENU_BAR: usize = 70;
/// An open menu is at least so high.
const MENU: usize = 36;
const TRIES: usize = 3;

pub fn pause(ms: u64) {
    std::thread::sleep(Duration::from_millis(ms));
}

/// Says yes to what the customer's window asks: the first button. An answer counts only when the question could be read.
pub fn allow(display: &Display) -> Result {
    let hands = Hands::on(display)?;
    // Just so: frames and tabs round what is shown are named after it, too.
    let (x, y, width, _) = hands.place_of(hands.id_of("Lotse")?)?;
    pause(900);
    hands.click(x + i16::try_from(width / 2)?, y + 20)?;
    pause(700);
    hands.keys(&[TAB])?;
    pause(150);
    hands.keys(&[SPACE])
}

/// Puts a session's window in front by a click on the empty end of its menu bar, where nothing gets the keyboard.
pub fn bring(hands: &Hands, title: &str) -> Result<(i16, i16, u16, u16)> {
    let window = hands.window(title)?;
    let (x, y, width, _) = window;
    hands.click(x + i16::try_from(width)? - 4, y + 14)?;
    pause(500);
    Ok(window)
}

/// Opens the menu with this number in a session's window, from the keyboard, and waits until it is there.
pub fn open_menu(display: &Display, title: &str, number: usize) -> Result {
    let hands = Hands::on(display)?;
    let mut outcome = Ok(());
    for _ in 0..TRIES {
        let window = bring(&hands, title)?;
        let before = rest(display)?;
        for _ in 0..=number {
            hands.keys(&[TAB])?;
            pause(150);
        }
        hands.keys(&[SPACE])?;
        let under = Area::inside(window, 0, MENU_BAR, 0, 0);
        outcome = wait_for(5, &format!("menu {number} to open"), || {
            let change = find_change(&before, &display.picture().ok()?, under)?;
            (change.height >= MENU).then_some(())
        });
        if outcome.is_ok() {
            break;
        }
        hands.keys(&[ESCAPE])?;
    }
    outcome
}

pub fn close_menu(display: &Display) -> Result {
    Hands::on(display)?.keys(&[ESCAPE])
}

pub fn close_window(display: &Display, title: &str) -> Result {
    let hands = Hands::on(display)?;
    hands.close(hands.id(title)?)?;
    wait_for(10, &format!("the window {title} to close"), || hands.window_now(title).is_none().then_some(()))
}

/// The screen when nothing has moved on it for a moment. A clock or a countdown never rests: then as it is after a while.
pub fn rest(display: &Display) -> Result<Picture> {
    const LOOKS: usize = 6;
    let mut last = display.picture()?;
    for _ in 0..LOOKS {
        pause(300);
        let now = display.picture()?;
        if now == last {
            break;
        }
        last = now;
    }
    Ok(last)
}

/// A place in a window, in hundredths of its width and height.
pub fn place_in((x, y, width, height): (i16, i16, u16, u16), right: i32, down: i32) -> Result<(i16, i16)> {
    let along = |from: i16, length: u16, part: i32| i16::try_from(i32::from(from) + i32::from(length) * part / 100);
    Ok((along(x, width, right)?, along(y, height, down)?))
}
