//! Text and images between the driver and `xclip`, a program as there are many.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use lotse_drivers::{Clipboard, DriverErrorKind, DriverSet, Formats};
use support::{Server, driver_folder};

const SOON: Option<Duration> = Some(Duration::from_secs(5));
const A_MOMENT: Option<Duration> = Some(Duration::from_millis(60));

fn open() -> Clipboard {
    DriverSet::load(&driver_folder()).unwrap().open_clipboard().unwrap()
}

fn copy(arguments: &[&str], bytes: &[u8]) {
    let mut xclip = Command::new("xclip")
        .args(["-selection", "clipboard", "-in"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    xclip.stdin.take().unwrap().write_all(bytes).unwrap();
    assert!(xclip.wait().unwrap().success());
}

fn paste(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("xclip").args(["-selection", "clipboard", "-out"]).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn an_empty_clipboard_is_not_an_accident() {
    let _server = Server::start();
    let mut clipboard = open();
    assert_eq!(clipboard.formats().unwrap(), Formats::default());
    assert_eq!(clipboard.read_text().unwrap_err().kind(), DriverErrorKind::Unsupported);
    assert_eq!(clipboard.read_image().unwrap_err().kind(), DriverErrorKind::Unsupported);
    assert!(!clipboard.wait_changed(A_MOMENT).unwrap());
}

#[test]
fn text_goes_both_ways_and_only_others_changes_are_told() {
    let _server = Server::start();
    let mut clipboard = open();
    let mut second = open();
    for text in ["Grüße, 漢字 🙂", "another", &"long ".repeat(100_000)] {
        copy(&[], text.as_bytes());
        assert!(clipboard.wait_changed(SOON).unwrap());
        assert!(second.wait_changed(SOON).unwrap());
        assert_eq!(clipboard.formats().unwrap(), Formats { text: true, image: false });
        assert_eq!(clipboard.read_text().unwrap(), text);
        assert!(!clipboard.wait_changed(A_MOMENT).unwrap());
    }
    for text in ["from us: äöü €", "and again", ""] {
        clipboard.write_text(text).unwrap();
        assert_eq!(paste(&[]), text.as_bytes());
        assert_eq!(second.read_text().unwrap(), text);
        assert_eq!(clipboard.formats().unwrap(), Formats { text: true, image: false });
        assert!(!clipboard.wait_changed(A_MOMENT).unwrap(), "our own writing was told");
        assert!(!second.wait_changed(A_MOMENT).unwrap(), "our own writing was told");
    }
    copy(&[], b"theirs");
    assert!(second.wait_changed(SOON).unwrap());
}

#[test]
fn images_go_both_ways() {
    let _server = Server::start();
    let mut clipboard = open();
    let (width, height) = (37, 23);
    let rgba: Vec<u8> =
        (0..width * height).flat_map(|at| [at as u8, (at / 3) as u8, 200, 255 - (at % 7) as u8]).collect();
    clipboard.write_image(width, height, &rgba).unwrap();
    assert_eq!(clipboard.formats().unwrap(), Formats { text: false, image: true });
    let png = paste(&["-target", "image/png"]);
    assert_eq!(png[1..4], *b"PNG");
    // Back through the other program: what it got is what it gives.
    copy(&["-target", "image/png"], &png);
    assert!(clipboard.wait_changed(SOON).unwrap());
    assert_eq!(clipboard.formats().unwrap(), Formats { text: false, image: true });
    let image = clipboard.read_image().unwrap();
    assert_eq!((image.width, image.height), (width, height));
    assert!(image.rgba == rgba);
    copy(&["-target", "image/png"], b"not a png");
    assert!(clipboard.wait_changed(SOON).unwrap());
    assert_eq!(clipboard.read_image().unwrap_err().kind(), DriverErrorKind::Unsupported);
    assert_eq!(clipboard.write_image(2, 2, &[0; 15]).unwrap_err().kind(), DriverErrorKind::Invalid);
}

#[test]
fn a_waker_ends_the_wait() {
    let _server = Server::start();
    let mut clipboard = open();
    let waker = clipboard.waker();
    let thread = std::thread::spawn(move || (clipboard.wait_changed(None).unwrap(), clipboard));
    std::thread::sleep(Duration::from_millis(50));
    waker.wake();
    let (changed, clipboard) = thread.join().unwrap();
    assert!(!changed);
    drop(clipboard);
    waker.wake();
}
