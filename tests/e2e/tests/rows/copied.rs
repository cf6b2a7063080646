//! C2 · What is copied and pasted in the programs' own windows is the system's.

use lotse_e2e::hands::Hands;
use lotse_e2e::neighbour::{copy, expect_paste};
use lotse_e2e::{CustomerOptions, Display, RepOptions, Stage, wait_for};
use std::time::Duration;

const CONTROL: u32 = 0xffe3;
const ENTER: u32 = 0xff0d;

/// Scar: both programs had a clipboard of their own, so a code from an e-mail had to be typed.
#[test]
fn c2_a_code_is_pasted_from_another_program_and_copied_into_one() {
    let (office, desk) = (Display::start(1280, 800).unwrap(), Display::start(1024, 768).unwrap());
    let stage = Stage::start().unwrap();
    let rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let code = stage.code().unwrap();
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let _customer = stage.customer_again(&desk, &CustomerOptions::default()).unwrap();
    let hands = Hands::on(&desk).unwrap();
    let (x, y, width, height) = hands.window("Lotse").unwrap();
    desk.settle(1000).unwrap();
    copy(&desk, "UTF8_STRING", code.as_bytes()).unwrap();
    hands.move_to(x + width as i16 / 2, y + height as i16 - 20).unwrap();
    let key = |letter: char| hands.keys(&[CONTROL, letter as u32]).unwrap();
    wait_for(30, "the code that was pasted to be copied", || {
        key('a');
        key('v');
        std::thread::sleep(Duration::from_millis(500));
        // Of what was copied by another program before it says nothing.
        copy(&desk, "UTF8_STRING", b"another").ok()?;
        key('a');
        key('c');
        let read = |bytes: &[u8]| Some(digits(std::str::from_utf8(bytes).ok()?));
        let copied = expect_paste(&desk, "UTF8_STRING", &digits(&code), read).ok();
        copy(&desk, "UTF8_STRING", code.as_bytes()).ok()?;
        copied
    })
    .unwrap();
    hands.keys(&[ENTER]).unwrap();
    rep.expect("peer", 60, |event| event["name"] == "K. Weber").unwrap();
}
