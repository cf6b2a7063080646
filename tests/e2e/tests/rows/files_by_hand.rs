//! F1: a question about files answered by real clicks and keys on either side, and another place picked by hand.

use crate::files::{drop_on, expect, file, folder, ready};
use crate::screens::put_in_front;
use crate::{ALL, Session};
use lotse_e2e::eyes::{Area, find_change};
use lotse_e2e::hands::Hands;
use lotse_e2e::{Display, Picture, Program, wait_for};
use std::path::{Path, PathBuf};
use std::time::Duration;

const BACKSPACE: u32 = 0xff08;
const ENTER: u32 = 0xff0d;
const CONTROL: u32 = 0xffe3;
/// From somewhere in the upper third of an answer to the next one beneath, in pixels: they are 44 high.
const NEXT_ANSWER: i16 = 60;
/// What changes more than so much of a window's height, in pixels, is no button that is only touched.
const MUCH: usize = 100;

/// Somebody who is asked: what they look at, the program that asks, and its window's title.
struct Asked<'a> {
    display: &'a Display,
    program: &'a Program,
    title: &'a str,
}

impl Asked<'_> {
    fn window(&self) -> (i16, i16, u16, u16) {
        Hands::on(self.display).unwrap().window(self.title).unwrap()
    }

    /// Waits until the question has stood for as long as an answer needs to count.
    fn read(&self, mark: usize) {
        self.program.expect_after(mark, "file-question", 30, |_| true).unwrap();
        std::thread::sleep(Duration::from_millis(1500));
    }

    fn is_over(&self, mark: usize, seconds: u64) -> bool {
        self.program.expect_after(mark, "file-question-over", seconds, |_| true).is_ok()
    }

    /// Much of the window is otherwise, as when the question has gone: what is clicked next lies beneath it.
    fn has_changed(&self, before: &Picture) -> bool {
        let now = self.display.picture().unwrap();
        let changed = find_change(before, &now, Area::inside(self.window(), 0, 0, 0, 0));
        changed.is_some_and(|changed| changed.height > MUCH)
    }

    /// Clicks from above until the first answer is met, which saves where it says; how far down in the window that is.
    fn click_the_first_answer(&self, mark: usize) -> i16 {
        self.read(mark);
        let hands = Hands::on(self.display).unwrap();
        let (x, y, width, height) = self.window();
        let met = (8..height as i16).step_by(14).find(|row| {
            let before = self.display.picture().unwrap();
            hands.click(x + width as i16 / 2, y + row).unwrap();
            self.is_over(mark, 1) || (self.has_changed(&before) && self.is_over(mark, 10))
        });
        met.unwrap_or_else(|| panic!("no answer is met; {}", self.program.errors()))
    }

    /// Clicks the second answer, which lies beneath the first, and goes from the folder that the dialog shows to another one beside
    /// it.
    fn pick_beside(&self, mark: usize, first: i16, name: &str) {
        self.read(mark);
        let hands = Hands::on(self.display).unwrap();
        let window @ (x, y, width, _) = self.window();
        let before = self.display.picture().unwrap();
        hands.click(x + width as i16 / 2, y + first + NEXT_ANSWER).unwrap();
        wait_for(15, "the dialog over the whole window", || {
            let now = self.display.picture().ok()?;
            let changed = find_change(&before, &now, Area::inside(window, 0, 0, 0, 0))?;
            (changed.height * 2 > usize::from(window.3)).then_some(())
        })
        .unwrap();
        let pause = || std::thread::sleep(Duration::from_secs(1));
        pause();
        assert!(!self.is_over(mark, 1), "nothing is answered yet");
        hands.keys(&[BACKSPACE]).unwrap();
        pause();
        hands.type_text(name).unwrap();
        pause();
        hands.keys(&[ENTER]).unwrap();
        pause();
        hands.keys(&[CONTROL, ENTER]).unwrap();
        assert!(self.is_over(mark, 15), "no place was chosen; {}", self.program.errors());
    }
}

/// Where files go unless another place is picked, and that other place.
fn places(session: &Session) -> (PathBuf, PathBuf) {
    (folder(session, "Downloads"), folder(session, "elsewhere"))
}

fn expect_same(one: &Path, other: &Path) {
    assert!(std::fs::read(one).unwrap() == std::fs::read(other).unwrap(), "{}", other.display());
}

#[test]
#[cfg_attr(not(plugin = "file-transfer"), ignore = "needs the plugin file-transfer")]
fn f1_the_customer_answers_by_hand_and_picks_another_place_by_hand() {
    let mut session = Session::start(ALL, &[]);
    ready(&mut session);
    let from = folder(&session, "from");
    let (downloads, elsewhere) = places(&session);
    let (scan, bill) = (file(&from, "scan.pdf", 2_000), file(&from, "bill.pdf", 2_000));
    let mark = session.customer.mark();
    drop_on(&mut session.rep, &[&scan]);
    let asked = Asked { display: &session.desk, program: &session.customer, title: "Lotse" };
    let first = asked.click_the_first_answer(mark);
    expect(&session.customer, "scan.pdf", "Received into Downloads");
    expect_same(&scan, &downloads.join("scan.pdf"));

    let mark = session.customer.mark();
    drop_on(&mut session.rep, &[&bill]);
    let asked = Asked { display: &session.desk, program: &session.customer, title: "Lotse" };
    asked.pick_beside(mark, first, "elsewhere");
    expect(&session.customer, "bill.pdf", "Received into elsewhere");
    expect_same(&bill, &elsewhere.join("bill.pdf"));
    assert!(!downloads.join("bill.pdf").exists());
    assert_eq!(session.customer.state().as_deref(), Some("active"), "no click stopped anything");
}

#[test]
#[cfg_attr(not(plugin = "file-transfer"), ignore = "needs the plugin file-transfer")]
fn f1_the_rep_answers_by_clicks_and_picks_another_place_by_hand() {
    let mut session = Session::start(ALL, &[]);
    ready(&mut session);
    put_in_front(&session);
    let from = folder(&session, "from");
    let (downloads, elsewhere) = places(&session);
    let (scan, bill) = (file(&from, "scan.pdf", 2_000), file(&from, "bill.pdf", 2_000));
    let mark = session.rep.mark();
    drop_on(&mut session.customer, &[&scan]);
    let asked = Asked { display: &session.office, program: &session.rep, title: "K. Weber" };
    let first = asked.click_the_first_answer(mark);
    expect(&session.rep, "scan.pdf", "Received into Downloads");
    expect_same(&scan, &downloads.join("scan.pdf"));

    let mark = session.rep.mark();
    drop_on(&mut session.customer, &[&bill]);
    let asked = Asked { display: &session.office, program: &session.rep, title: "K. Weber" };
    asked.pick_beside(mark, first, "elsewhere");
    expect(&session.rep, "bill.pdf", "Received into elsewhere");
    expect_same(&bill, &elsewhere.join("bill.pdf"));
    assert!(!downloads.join("bill.pdf").exists());
    assert_eq!(session.rep.state().as_deref(), Some("active"));
}
