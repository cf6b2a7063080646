//! Both halves together, on a desk and a console that write down what they were told. Messages cross as bytes, in order.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::VecDeque;

use lotse_picture::{Failure, Link, Pace, Pipe, Quality, RAISE_AFTER_US, Scale, SnapshotTo, Window};
use lotse_sdk::{Error, Point, ReadSettings, Rect};

use crate::customer::{Answer, Ask, Customer, Desk};
use crate::preferences::Preferences;
use crate::protocol::{Control, Display, Motion, Pointing, Report, Request, View};
use crate::rep::{Console, Rep};

struct TestDesk {
    screen: Answer,
    input: Answer,
    displays: Vec<Display>,
    fails: Option<Error>,
    shown: Option<u32>,
    starts: u64,
    held: bool,
    pace: Option<Pace>,
    injected: Vec<String>,
    down: Vec<u32>,
    sent: VecDeque<Vec<u8>>,
    now_us: u64,
}

#[derive(Default)]
struct TestConsole {
    offline: bool,
    sent: VecDeque<Vec<u8>>,
    datagrams: VecDeque<Vec<u8>>,
    window: Option<Window>,
    closed: u32,
    snapshots: Vec<&'static str>,
    told: Vec<String>,
    kept: Option<Preferences>,
    now_us: u64,
    wakes: u64,
}

impl Pipe for TestDesk {
    fn set_pace(&mut self, pace: Pace) {
        self.pace = Some(pace);
    }
    fn hold(&mut self, on: bool) {
        self.held = on;
    }
    fn now_us(&mut self) -> u64 {
        self.now_us
    }
    fn wake_after_us(&mut self, _delay_us: u64) -> u64 {
        1
    }
}

impl Desk for TestDesk {
    fn ask(&mut self, what: Ask) -> Answer {
        match what {
            Ask::Screen => self.screen,
            Ask::Input => self.input,
        }
    }
    fn displays(&mut self) -> Result<(Vec<Display>, Option<u32>), Error> {
        Ok((self.displays.clone(), self.displays.first().map(|display| display.id)))
    }
    fn start(&mut self, display: u32, pace: Pace) -> Result<u64, Error> {
        if let Some(error) = self.fails {
            return Err(error);
        }
        (self.shown, self.pace) = (Some(display), Some(pace));
        self.starts += 1;
        Ok(self.starts)
    }
    fn stop(&mut self) {
        self.shown = None;
    }
    fn report(&mut self, report: &Report) {
        self.sent.push_back(report.encode());
    }
    fn pointer(&mut self, display: u32, pointing: &Pointing) {
        self.injected.push(format!("{display}:{},{}:{}", pointing.at.x, pointing.at.y, pointing.buttons));
    }
    fn key(&mut self, physical: u32, down: bool) {
        self.down.retain(|key| *key != physical);
        if down {
            self.down.push(physical);
        }
    }
    fn text(&mut self, entered: &str) {
        self.injected.push(entered.to_owned());
    }
    fn release_all(&mut self) {
        self.down.clear();
    }
    fn changed(&mut self) {}
}

impl Console for TestConsole {
    fn connect(&mut self) -> bool {
        !self.offline
    }
    fn request(&mut self, request: Request) -> bool {
        if !self.offline {
            self.sent.push_back(request.encode());
        }
        !self.offline
    }
    fn motion(&mut self, motion: &Motion) {
        self.datagrams.push_back(motion.encode());
    }
    fn set_window(&mut self, window: Window) {
        self.window = Some(window);
    }
    fn close_window(&mut self) {
        self.closed += 1;
        self.window = None;
    }
    fn snapshot(&mut self, to: SnapshotTo) {
        self.snapshots.push(to.name());
    }
    fn keep(&mut self, preferences: Preferences) {
        self.kept = Some(preferences);
    }
    fn tell(&mut self, line: &str, _good: bool) {
        self.told.push(line.to_owned());
    }
    fn now_us(&mut self) -> u64 {
        self.now_us
    }
    fn wake_after_us(&mut self, _delay_us: u64) -> u64 {
        self.wakes += 1;
        self.wakes
    }
    fn changed(&mut self) {}
}

struct Session {
    rep: Rep,
    console: TestConsole,
    customer: Customer,
    desk: TestDesk,
}

fn display(id: u32) -> Display {
    Display { id, name: format!("D{id}"), area: Rect { x: 0, y: 0, width: 800, height: 600 } }
}

impl Session {
    fn new(screen: Answer, input: Answer) -> Self {
        let desk = TestDesk {
            screen,
            input,
            displays: vec![display(1), display(2)],
            fails: None,
            shown: None,
            starts: 0,
            held: false,
            pace: None,
            injected: Vec::new(),
            down: Vec::new(),
            sent: VecDeque::new(),
            now_us: 0,
        };
        let mut session = Self {
            rep: Rep::new(Preferences::DEFAULT),
            console: TestConsole::default(),
            customer: Customer::new(),
            desk,
        };
        session.rep.handle_joined(&mut session.console);
        session
    }

    /// Both halves agree and the picture is there.
    fn shown() -> Self {
        let mut session = Self::new(Answer::Granted, Answer::Granted);
        session.show();
        assert_eq!(session.desk.shown, Some(1));
        session
    }

    fn show(&mut self) {
        self.rep.show(&mut self.console);
        self.exchange();
    }

    fn controlled() -> Self {
        let mut session = Self::shown();
        session.rep.set_control(true, &mut session.console);
        session.exchange();
        assert_eq!(session.rep.control(), Control::On);
        session
    }

    /// The rep's program knows nothing of it, or was changed.
    fn observed() -> Self {
        let mut session = Self::shown();
        session.customer.set_observing(true);
        session
    }

    /// Carries what was sent until nothing is left, datagrams last.
    fn exchange(&mut self) {
        loop {
            if let Some(bytes) = self.console.sent.pop_front() {
                let request = Request::parse(&bytes).unwrap();
                if matches!(request, Request::Hello { .. }) {
                    self.customer.handle_connected(&mut self.desk);
                }
                self.customer.handle(request, &mut self.desk);
            } else if let Some(bytes) = self.desk.sent.pop_front() {
                self.rep.handle(Report::parse(&bytes).unwrap(), &mut self.console);
            } else if let Some(bytes) = self.console.datagrams.pop_front() {
                self.customer.handle_motion(Motion::parse(&bytes).unwrap(), &mut self.desk);
            } else {
                break;
            }
        }
    }

    fn key(&mut self, physical: u32, down: bool) {
        self.rep.handle_key(physical, down, &mut self.console);
        self.exchange();
    }

    fn nothing_acts_or_shows(&mut self) {
        assert_eq!((self.desk.shown, self.desk.down.as_slice()), (None, &[][..]));
        self.key(30, true);
        self.customer.handle(Request::Key { physical: 31, down: true }, &mut self.desk);
        self.customer.handle(Request::Text("x".to_owned()), &mut self.desk);
        assert!(self.desk.down.is_empty() && self.desk.injected.is_empty());
    }
}

const STILL: Point = Point { x: 0, y: 0 };

#[test]
fn nothing_is_shown_before_the_customer_allows_it() {
    let mut session = Session::new(Answer::Asked, Answer::Asked);
    session.show();
    assert_eq!((session.desk.shown, session.rep.view()), (None, &View::Waiting));
    session.nothing_acts_or_shows();
    session.customer.handle_granted("input", &mut session.desk);
    assert_eq!(session.desk.shown, None, "another consent is not this one");
    session.customer.handle_granted("screen", &mut session.desk);
    session.exchange();
    assert_eq!((session.desk.shown, session.rep.shown()), (Some(1), Some(1)));
    assert_eq!(session.rep.displays().len(), 2);
}

#[test]
fn a_refusal_is_told_and_can_be_asked_again() {
    let mut session = Session::new(Answer::Refused, Answer::Refused);
    session.show();
    assert_eq!(session.rep.view(), &View::Refused);
    assert!(!session.console.told.is_empty() && !session.rep.wanted());
    session.desk.screen = Answer::Granted;
    session.show();
    assert!(session.rep.shows());
}

#[test]
fn input_acts_only_while_control_is_on_and_the_picture_runs() {
    let mut session = Session::shown();
    session.key(30, true);
    assert!(session.desk.down.is_empty(), "no control yet");
    session.rep.set_control(true, &mut session.console);
    session.exchange();
    session.key(30, true);
    assert_eq!(session.desk.down, [30]);
    session.rep.set_paused(true, &mut session.console);
    session.exchange();
    assert!(session.desk.held && session.desk.down.is_empty(), "paused lets go");
    session.customer.handle(Request::Key { physical: 31, down: true }, &mut session.desk);
    assert!(session.desk.down.is_empty(), "nothing acts on a picture that is held");
    session.rep.set_paused(false, &mut session.console);
    session.exchange();
    session.rep.handle_text("ñ大".to_owned(), &mut session.console);
    session.key(0x300, true);
    assert!(!session.desk.held && session.desk.down.is_empty(), "no such key");
    assert_eq!(session.desk.injected, ["ñ大"]);
}

#[test]
fn every_end_lets_go_of_every_key() {
    let ends: [(&str, fn(&mut Session)); 7] = [
        ("the rep stops", |session| session.rep.stop(&mut session.console)),
        ("the rep closes the viewer", |session| session.rep.handle_closed(&mut session.console)),
        ("the customer stops", |session| session.customer.stop_here(&mut session.desk)),
        ("the customer takes the consent back", |session| session.customer.handle_revoked("screen", &mut session.desk)),
        ("the rep is gone", |session| {
            session.customer.handle_disconnected(&mut session.desk);
            session.rep.handle_left(&mut session.console);
        }),
        ("the capture stalled", |session| session.customer.handle_stalled(1, &mut session.desk)),
        ("another version", |session| session.customer.handle(Request::Hello { version: 9 }, &mut session.desk)),
    ];
    for (name, end) in ends {
        let mut session = Session::controlled();
        session.key(30, true);
        assert_eq!(session.desk.down, [30], "{name}");
        end(&mut session);
        session.exchange();
        assert!(session.desk.down.is_empty() && session.desk.shown.is_none(), "{name}");
        assert!(!session.rep.shows() && session.rep.control() != Control::On, "{name}");
        session.nothing_acts_or_shows();
    }
}

#[test]
fn control_taken_back_leaves_the_picture() {
    let mut session = Session::controlled();
    session.key(30, true);
    session.customer.handle_revoked("input", &mut session.desk);
    session.exchange();
    assert_eq!((session.desk.down.len(), session.rep.control(), session.rep.shows()), (0, Control::Refused, true));
    assert!(!session.rep.control_wanted());
}

/// V6: what the customer stopped starts again when the rep asks and the customer is ready.
#[test]
fn a_customer_who_stopped_has_the_next_word() {
    let mut session = Session::shown();
    session.customer.stop_here(&mut session.desk);
    session.exchange();
    assert_eq!(session.rep.view(), &View::Stopped);
    session.show();
    assert_eq!((session.desk.shown, session.rep.view()), (None, &View::Waiting));
    session.customer.handle_granted("screen", &mut session.desk);
    assert_eq!(session.desk.shown, None, "a consent given before is not the word");
    session.customer.show_here(&mut session.desk);
    session.exchange();
    assert!(session.rep.shows());
}

#[test]
fn the_rep_holds_the_picture_and_the_customer_is_told() {
    let mut session = Session::shown();
    session.rep.set_paused(true, &mut session.console);
    session.exchange();
    assert!(session.desk.held && session.customer.held_by_rep());
    session.rep.set_paused(false, &mut session.console);
    session.exchange();
    assert!(!session.desk.held && !session.customer.held_by_rep());
}

/// Whoever minimised the window would not have seen the line.
#[test]
fn c5_what_the_rep_asks_for_again_brings_the_customers_window_forward() {
    let mut session = Session::shown();
    session.customer.stop_here(&mut session.desk);
    session.exchange();
    let wanted = |session: &Session| {
        let menu = crate::customer_view::menu(&session.customer)?.flatten();
        menu.iter().find_map(|node| node.properties.flag("attention"))
    };
    assert_eq!(wanted(&session), None);
    session.show();
    assert_eq!(wanted(&session), Some(true));
}

/// Scar: Escape in full screen was heard and changed nothing, since the window waits for its options.
#[test]
fn what_the_window_asks_for_is_done() {
    let mut session = Session::shown();
    session.rep.set_full_screen(true, &mut session.console);
    session.rep.handle_window(None, Some(false), &mut session.console);
    assert!(session.console.window.is_some_and(|window| !window.full_screen));
    session.rep.handle_window(Some(Scale::Actual), None, &mut session.console);
    assert!(session.console.window.is_some_and(|window| window.scale == Scale::Actual));
}

#[test]
fn monitors_are_chosen_and_may_go_away() {
    let mut session = Session::shown();
    session.rep.set_display(2, &mut session.console);
    session.exchange();
    assert_eq!((session.desk.shown, session.rep.shown()), (Some(2), Some(2)));
    session.rep.set_display(77, &mut session.console);
    session.exchange();
    assert_eq!(session.desk.shown, Some(2));
    session.desk.displays = vec![display(1)];
    session.customer.handle_displays_changed(&mut session.desk);
    session.exchange();
    assert_eq!((session.desk.shown, session.rep.shown(), session.rep.displays().len()), (Some(1), Some(1), 1));
    session.desk.displays.clear();
    session.customer.handle_displays_changed(&mut session.desk);
    session.exchange();
    assert!(matches!(session.rep.view(), View::Failed(_)) && session.desk.shown.is_none());
}

#[test]
fn a_connection_that_comes_back_takes_picture_and_control_up_again() {
    let mut session = Session::controlled();
    session.customer.handle_disconnected(&mut session.desk);
    session.rep.handle_left(&mut session.console);
    session.console.sent.clear();
    session.desk.sent.clear();
    assert_eq!(session.console.closed, 0, "the last picture stays");
    session.rep.handle_joined(&mut session.console);
    session.exchange();
    assert_eq!((session.desk.shown, session.rep.control()), (Some(1), Control::On));
}

/// The streams close before the customer is said to be gone; or only their half has ended.
#[test]
fn a_closed_stream_is_not_yet_the_end() {
    let mut session = Session::controlled();
    session.rep.handle_disconnected(&mut session.console);
    let timer = session.console.wakes;
    session.rep.handle_left(&mut session.console);
    session.rep.handle_woke(timer, &mut session.console);
    assert!(session.rep.wanted() && session.console.closed == 0, "taken up again when they come back");

    let mut session = Session::controlled();
    session.rep.handle_disconnected(&mut session.console);
    let timer = session.console.wakes;
    session.rep.handle_woke(timer, &mut session.console);
    assert!(!session.rep.wanted() && session.console.closed == 1);
    assert!(session.console.told.iter().any(|line| line.contains("ask again")));
}

#[test]
fn a_stream_that_takes_nothing_ends_control() {
    let mut session = Session::controlled();
    session.console.offline = true;
    session.rep.handle_key(30, true, &mut session.console);
    assert_eq!((session.rep.control(), session.rep.shows()), (Control::Off, false));
}

/// Scar: a picture held by the rep, stopped and shown again stayed held for ever.
#[test]
fn a_new_picture_is_not_held() {
    let mut session = Session::shown();
    session.rep.set_paused(true, &mut session.console);
    session.rep.stop(&mut session.console);
    session.exchange();
    session.show();
    assert!(!session.desk.held && !session.rep.paused());
}

#[test]
fn a_failure_is_told_in_words() {
    let mut session = Session::new(Answer::Granted, Answer::Granted);
    session.desk.fails = Some(Error::Unsupported);
    session.show();
    assert!(session.console.told.iter().any(|line| line.contains("cannot be captured")), "{:?}", session.console.told);
    assert!(!session.rep.wanted());
    assert_eq!(session.rep.view(), &View::Failed(Failure::Unsupported), "a code, so that each side has its own words");
}

#[test]
fn motion_goes_by_datagram_and_rests_on_the_stream() {
    let mut session = Session::controlled();
    session.rep.handle_pointer(Point { x: 5, y: 6 }, 0, STILL, &mut session.console);
    assert_eq!((session.console.sent.len(), session.console.datagrams.len()), (0, 1));
    session.console.datagrams.clear();
    session.console.now_us = 60_000;
    session.rep.handle_woke(1, &mut session.console);
    session.exchange();
    assert_eq!(session.desk.injected, ["1:5,6:0"], "the lost datagram's place");
    session.rep.handle_pointer(Point { x: 7, y: 8 }, 0xff, Point { x: 0, y: 999 }, &mut session.console);
    session.exchange();
    assert_eq!(session.desk.injected[1], "1:7,8:31", "only buttons that there are");
}

#[test]
fn the_link_sets_the_pace_and_sharp_does_not_follow_it() {
    let mut session = Session::shown();
    let good = session.desk.pace.unwrap();
    session.customer.handle_link(Link::Slow, &mut session.desk);
    assert!(session.desk.pace.unwrap().photo_quality < good.photo_quality);
    session.customer.handle_link(Link::Good, &mut session.desk);
    session.desk.now_us = RAISE_AFTER_US;
    session.customer.handle_woke(1, &mut session.desk);
    assert_eq!(session.desk.pace, Some(good));
    session.rep.set_quality(Quality::Sharp, &mut session.console);
    session.exchange();
    session.customer.handle_link(Link::Stalled, &mut session.desk);
    assert_eq!(session.desk.pace.unwrap().photo_quality, 100);
}

/// V3: with hotkeys off the keys are the customer's.
#[test]
fn hotkeys_act_only_when_they_are_on() {
    let mut session = Session::shown();
    for number in 9..=13 {
        session.rep.handle_hotkey(number, &mut session.console);
    }
    session.exchange();
    let window = session.console.window.unwrap();
    assert!(window.full_screen && window.interactive && window.scale.name() == "actual");
    assert_eq!(session.console.snapshots, ["file"]);
    let off = Preferences { hotkeys: false, ..Preferences::DEFAULT };
    session.rep.set_preferences(off, &mut session.console);
    assert_eq!(session.console.kept, Some(off));
    session.rep.handle_hotkey(12, &mut session.console);
    assert_eq!(session.console.snapshots.len(), 1);
}

#[test]
fn requests_before_the_greeting_do_nothing() {
    let mut session = Session::new(Answer::Granted, Answer::Granted);
    session.customer.handle(Request::Show(None), &mut session.desk);
    session.customer.handle(Request::Control(true), &mut session.desk);
    session.nothing_acts_or_shows();
}

/// Whatever order things happen in: nothing is shown without consent, and no key is down without control.
#[test]
fn fuzz_orders_of_events() {
    let mut state: u64 = 1;
    for _ in 0..400 {
        let mut session = Session::new(Answer::Asked, Answer::Asked);
        let (mut screen, mut input) = (false, false);
        for _ in 0..60 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            match (state >> 33) % 16 {
                0 | 1 => session.rep.show(&mut session.console),
                2 => session.rep.stop(&mut session.console),
                3 | 4 => session.rep.set_control(true, &mut session.console),
                5 => session.rep.set_paused(state >> 60 & 1 == 0, &mut session.console),
                6 | 7 => {
                    (screen, session.desk.screen) = (true, Answer::Granted);
                    session.customer.handle_granted("screen", &mut session.desk);
                }
                8 => {
                    (screen, session.desk.screen) = (false, Answer::Asked);
                    session.customer.handle_revoked("screen", &mut session.desk);
                }
                9 | 10 => {
                    (input, session.desk.input) = (true, Answer::Granted);
                    session.customer.handle_granted("input", &mut session.desk);
                }
                11 => {
                    (input, session.desk.input) = (false, Answer::Asked);
                    session.customer.handle_revoked("input", &mut session.desk);
                }
                12 => session.customer.stop_here(&mut session.desk),
                13 => session.customer.show_here(&mut session.desk),
                14 => session.rep.handle_key(30, true, &mut session.console),
                _ => {
                    session.customer.handle_disconnected(&mut session.desk);
                    session.rep.handle_left(&mut session.console);
                    session.console.sent.clear();
                    session.desk.sent.clear();
                    session.rep.handle_joined(&mut session.console);
                }
            }
            session.exchange();
            assert!(session.desk.shown.is_none() || screen);
            assert!(session.desk.down.is_empty() || input && session.desk.shown.is_some());
        }
    }
}

#[test]
fn h2_a_rep_who_only_looks_gets_no_control_whatever_their_half_sends() {
    let mut session = Session::observed();
    session.rep.set_control(true, &mut session.console);
    session.exchange();
    assert_eq!((session.rep.control(), session.rep.control_wanted()), (Control::OnlyLooks, false));
    assert!(session.console.told.iter().any(|line| line.starts_with("You only look on")));
    let at = Point { x: 5, y: 6 };
    let pointing = Pointing { seq: 1, at, buttons: 1, wheel: Point { x: 0, y: 0 } };
    let asked = [Request::Control(true), Request::Key { physical: 30, down: true }, Request::Pointer(pointing)];
    for request in asked.into_iter().chain([Request::Text("planted".to_owned())]) {
        session.customer.handle(request, &mut session.desk);
    }
    session.customer.handle_motion(Motion { seq: 2, after: 1, at }, &mut session.desk);
    // The customer allows control, to somebody else.
    session.customer.handle_granted("input", &mut session.desk);
    session.customer.handle(Request::Key { physical: 31, down: true }, &mut session.desk);
    assert!(session.desk.down.is_empty() && session.desk.injected.is_empty());
    assert_eq!(session.desk.shown, Some(1), "seeing goes on");
}
