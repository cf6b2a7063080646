//! Both halves together, on a booth and a seat that write down what they were told. Messages cross as bytes, in order.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::VecDeque;

use lotse_picture::{Failure, Link, Pace, Pipe, Quality, RAISE_AFTER_US, Scale, Window};
use lotse_sdk::Error;

use crate::customer::{Customer, Seat};
use crate::protocol::{Answer, Still, Word};
use crate::rep::{Booth, Rep, Stage};

#[derive(Default)]
struct TestBooth {
    offline: bool,
    refuses: Option<Error>,
    fails: Option<Error>,
    requests: u64,
    chosen: bool,
    published: Option<u64>,
    captures: u64,
    held: bool,
    pace: Option<Pace>,
    sent: VecDeque<Vec<u8>>,
    told: Vec<String>,
    now_us: u64,
    wakes: u64,
}

#[derive(Default)]
struct TestSeat {
    sent: VecDeque<Vec<u8>>,
    window: Option<Window>,
    closed: u32,
}

impl Pipe for TestBooth {
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
        self.wakes += 1;
        self.wakes
    }
}

impl Booth for TestBooth {
    fn choose(&mut self) -> Result<u64, Error> {
        if let Some(error) = self.refuses {
            return Err(error);
        }
        self.requests += 1;
        Ok(self.requests)
    }
    fn connect(&mut self) -> bool {
        !self.offline
    }
    fn say(&mut self, word: &Word) -> bool {
        if !self.offline {
            self.sent.push_back(word.encode());
        }
        !self.offline
    }
    fn publish(&mut self, pace: Pace) -> Result<u64, Error> {
        if let Some(error) = self.fails {
            return Err(error);
        }
        assert!(self.chosen, "only what was chosen can be published");
        self.captures += 1;
        (self.published, self.pace) = (Some(self.captures), Some(pace));
        Ok(self.captures)
    }
    fn unpublish(&mut self) {
        self.published = None;
    }
    fn let_go(&mut self) {
        (self.published, self.chosen) = (None, false);
    }
    fn tell(&mut self, line: &str) {
        self.told.push(line.to_owned());
    }
    fn changed(&mut self) {}
}

impl Seat for TestSeat {
    fn answer(&mut self, answer: &Answer) {
        self.sent.push_back(answer.encode());
    }
    fn set_window(&mut self, window: Window) {
        self.window = Some(window);
    }
    fn close_window(&mut self) {
        self.closed += 1;
        self.window = None;
    }
    fn changed(&mut self) {}
}

struct Session {
    rep: Rep,
    booth: TestBooth,
    customer: Customer,
    seat: TestSeat,
    /// The picture that the customer's side was given last.
    arrived: Option<u64>,
    presents: Result<(), Error>,
}

impl Session {
    fn new() -> Self {
        let mut session = Self {
            rep: Rep::new(),
            booth: TestBooth::default(),
            customer: Customer::new(),
            seat: TestSeat::default(),
            arrived: None,
            presents: Ok(()),
        };
        session.rep.handle_joined(&mut session.booth);
        session
    }

    /// The rep shows something and the customer watches.
    fn watched() -> Self {
        let mut session = Self::new();
        session.choose("Invoice");
        assert!(session.rep.watched() && session.customer.watching());
        session
    }

    fn choose(&mut self, title: &str) {
        self.rep.share(&mut self.booth);
        self.booth.chosen = true;
        self.rep.handle_chosen(Some(title.to_owned()), &mut self.booth);
        self.exchange();
    }

    /// Carries what was sent until nothing is left. A picture comes after the words before it.
    fn exchange(&mut self) {
        loop {
            if let Some(bytes) = self.booth.sent.pop_front() {
                let word = Word::parse(&bytes).unwrap();
                if matches!(word, Word::Hello { .. }) {
                    self.customer.handle_connected(&mut self.seat);
                }
                self.customer.handle(word, &mut self.seat);
            } else if self.booth.published.is_some() && self.booth.published != self.arrived {
                self.arrived = self.booth.published;
                assert!(self.customer.expects_picture(), "it was announced");
                self.seat.window = Some(self.customer.window());
                self.customer.handle_picture(self.presents, &mut self.seat);
            } else if let Some(bytes) = self.seat.sent.pop_front() {
                self.rep.handle(Answer::parse(&bytes).unwrap(), &mut self.booth);
            } else {
                break;
            }
        }
    }

    fn nothing_is_shown(&self) {
        assert_eq!((self.booth.published, self.booth.chosen), (None, false));
        assert_eq!(self.rep.stage(), &Stage::Off);
        assert!(!self.customer.watching() && self.seat.window.is_none());
    }
}

#[test]
fn m1_nothing_is_shown_before_the_rep_has_chosen() {
    let mut session = Session::new();
    session.rep.share(&mut session.booth);
    session.exchange();
    assert_eq!((session.rep.stage(), session.booth.published), (&Stage::Choosing(1), None));
    session.rep.share(&mut session.booth);
    assert_eq!(session.booth.requests, 1, "one chooser at a time");
    session.rep.handle_chosen(None, &mut session.booth);
    session.exchange();
    session.nothing_is_shown();
    session.choose("Invoice");
    assert!(session.customer.watching());
    assert_eq!(session.customer.still(), Still::No);
}

#[test]
fn m1_the_customer_watches_and_closes_it_at_any_time() {
    let mut session = Session::watched();
    let window = session.customer.window();
    assert!(!window.interactive && !window.hotkeys && !window.pass_system_keys, "to look and no more");
    session.customer.stop_watching(&mut session.seat);
    session.exchange();
    session.nothing_is_shown();
    assert!(session.booth.told.iter().any(|line| line.contains("closed")), "{:?}", session.booth.told);
    session.choose("Invoice");
    assert!(session.rep.watched(), "and the rep may share again");
}

#[test]
fn m1_every_end_lets_go_of_what_was_chosen() {
    let ends: [(&str, fn(&mut Session)); 5] = [
        ("the rep stops", |session| session.rep.stop(&mut session.booth)),
        ("the window was closed", |session| session.rep.handle_stalled(1, "It was closed.", &mut session.booth)),
        ("the customer closes it", |session| session.customer.stop_watching(&mut session.seat)),
        ("another version", |session| session.customer.handle(Word::Hello { version: 9 }, &mut session.seat)),
        ("the customer's half ends", |session| {
            session.customer.handle_disconnected(&mut session.seat);
            session.rep.handle_disconnected(&mut session.booth);
            let timer = session.booth.wakes;
            session.rep.handle_woke(timer, &mut session.booth);
        }),
    ];
    for (name, end) in ends {
        let mut session = Session::watched();
        end(&mut session);
        session.exchange();
        assert!(!session.rep.watched(), "{name}");
        session.nothing_is_shown();
    }
    let mut session = Session::watched();
    session.rep.handle_stalled(99, "Another capture.", &mut session.booth);
    assert!(session.rep.watched(), "what another capture does is nothing to this one");
}

#[test]
fn m1_why_it_ended_is_told_in_the_hosts_words() {
    let mut session = Session::watched();
    session.rep.handle_stalled(1, "The window that was shown was closed.", &mut session.booth);
    assert_eq!(session.booth.told, ["The window that was shown was closed."]);
}

#[test]
fn m1_something_else_is_shown_in_the_window_that_is_there() {
    let mut session = Session::watched();
    let closed = session.seat.closed;
    session.choose("Letter");
    assert_eq!((session.booth.published, session.seat.closed), (Some(2), closed));
    assert_eq!(session.rep.stage(), &Stage::Showing { title: "Letter".to_owned() });
    session.rep.share(&mut session.booth);
    session.rep.handle_chosen(None, &mut session.booth);
    assert_eq!(session.booth.published, Some(2), "who chooses nothing else goes on");
}

#[test]
fn m1_a_connection_that_comes_back_takes_the_picture_up_again() {
    let mut session = Session::watched();
    session.rep.set_paused(true, &mut session.booth);
    session.exchange();
    session.rep.handle_disconnected(&mut session.booth);
    let timer = session.booth.wakes;
    session.rep.handle_left(&mut session.booth);
    session.customer.handle_disconnected(&mut session.seat);
    session.booth.sent.clear();
    session.seat.sent.clear();
    session.rep.handle_woke(timer, &mut session.booth);
    assert!(session.booth.published.is_none() && session.booth.chosen, "kept, and shown to nobody");
    session.rep.handle_joined(&mut session.booth);
    session.exchange();
    assert!(session.rep.watched() && session.booth.held && session.rep.paused(), "as it was");
    assert_eq!(session.customer.still(), Still::Held);
}

#[test]
fn m1_a_hold_and_a_minimised_window_are_told() {
    let mut session = Session::watched();
    session.rep.handle_hidden(1, true, &mut session.booth);
    session.exchange();
    assert_eq!((session.customer.still(), session.rep.hidden()), (Still::Hidden, true));
    session.rep.set_paused(true, &mut session.booth);
    session.exchange();
    assert_eq!((session.customer.still(), session.booth.held), (Still::Held, true));
    session.rep.set_paused(false, &mut session.booth);
    session.exchange();
    assert_eq!(session.customer.still(), Still::Hidden);
    session.rep.handle_hidden(1, false, &mut session.booth);
    session.exchange();
    assert_eq!(session.customer.still(), Still::No);
}

#[test]
fn what_cannot_be_done_is_told_in_words() {
    let mut session = Session::new();
    session.booth.refuses = Some(Error::Unsupported);
    session.rep.share(&mut session.booth);
    assert!(session.booth.told[0].contains("cannot be captured"), "{:?}", session.booth.told);
    assert_eq!(session.rep.stage(), &Stage::Off);

    let mut session = Session::new();
    session.presents = Err(Error::Unsupported);
    session.choose("Invoice");
    session.nothing_is_shown();
    assert!(session.booth.told[0].contains("cannot show"), "{:?}", session.booth.told);

    let mut session = Session::new();
    session.booth.fails = Some(Error::Gone);
    session.choose("Invoice");
    session.nothing_is_shown();
    assert!(session.booth.told[0].contains("not there any more"), "{:?}", session.booth.told);
}

#[test]
fn the_link_sets_the_pace_and_sharp_does_not_follow_it() {
    let mut session = Session::watched();
    let good = session.booth.pace.unwrap();
    session.rep.handle_link(Link::Slow, &mut session.booth);
    assert!(session.booth.pace.unwrap().photo_quality < good.photo_quality);
    session.rep.handle_link(Link::Good, &mut session.booth);
    session.booth.now_us = RAISE_AFTER_US;
    let timer = session.booth.wakes;
    session.rep.handle_woke(timer, &mut session.booth);
    assert_eq!(session.booth.pace, Some(good));
    session.rep.set_quality(Quality::Sharp, &mut session.booth);
    session.rep.handle_link(Link::Stalled, &mut session.booth);
    assert_eq!(session.booth.pace.unwrap().photo_quality, 100);
}

#[test]
fn what_the_window_asks_for_is_done() {
    let mut session = Session::watched();
    session.customer.handle_window(Some(Scale::Actual), Some(true), &mut session.seat);
    assert_eq!(session.seat.window, Some(Window::to_watch(Scale::Actual, true)));
    session.customer.handle_window(None, Some(false), &mut session.seat);
    assert_eq!(session.seat.window, Some(Window::to_watch(Scale::Actual, false)));
}

#[test]
fn words_before_the_greeting_and_pictures_before_a_word_do_nothing() {
    let mut session = Session::new();
    session.customer.handle(Word::Showing { title: "Invoice".to_owned() }, &mut session.seat);
    assert!(!session.customer.expects_picture() && session.seat.sent.is_empty());
    session.rep.handle(Answer::Ready, &mut session.booth);
    session.rep.handle(Answer::Watching, &mut session.booth);
    session.rep.handle(Answer::Closed, &mut session.booth);
    session.rep.handle(Answer::Failed(Failure::Stalled), &mut session.booth);
    assert!(!session.rep.watched() && session.booth.told.is_empty());
    session.nothing_is_shown();
}

/// Whatever order things happen in: nothing is published that was not chosen, and what is published has been announced.
#[test]
fn fuzz_orders_of_events() {
    let mut state: u64 = 1;
    for _ in 0..400 {
        let mut session = Session::new();
        for _ in 0..60 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            match (state >> 33) % 12 {
                0 | 1 => session.choose("Invoice"),
                2 => {
                    session.rep.share(&mut session.booth);
                    session.rep.handle_chosen(None, &mut session.booth);
                }
                3 => session.rep.stop(&mut session.booth),
                4 => session.rep.set_paused(state >> 60 & 1 == 0, &mut session.booth),
                5 => session.customer.stop_watching(&mut session.seat),
                6 => {
                    let capture = session.booth.captures;
                    session.rep.handle_stalled(capture, "over", &mut session.booth);
                }
                7 => {
                    let capture = session.booth.captures;
                    session.rep.handle_hidden(capture, state >> 60 & 1 == 0, &mut session.booth);
                }
                8 => session.booth.fails = (state >> 60 & 1 == 0).then_some(Error::Busy),
                9 => session.presents = if state >> 60 & 1 == 0 { Ok(()) } else { Err(Error::Limit) },
                _ => {
                    session.customer.handle_disconnected(&mut session.seat);
                    session.rep.handle_left(&mut session.booth);
                    session.booth.sent.clear();
                    session.seat.sent.clear();
                    session.rep.handle_joined(&mut session.booth);
                }
            }
            session.exchange();
            assert!(session.booth.published.is_none() || session.booth.chosen);
            assert_eq!(session.booth.published.is_some(), session.customer.watching());
        }
    }
}
