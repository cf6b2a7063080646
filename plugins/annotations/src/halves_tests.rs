//! Both halves together, on desks that write down what they were told. Messages cross as bytes, in order.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, VecDeque};

use lotse_sdk::ui::Place;
use lotse_sdk::{ParticipantId, Point, ReadSettings};

use crate::desk::{Board, Cursor, Desk, Shown};
use crate::half::{Half, Trouble};
use crate::hand::Held;
use crate::protocol::{self, Lacks, Message, VERSION};
use crate::stroke::{Colour, Figure, Form, Key, Nib, POINTS_MAX, STROKES_MAX, Stroke, Tool, WEIGHT_MAX, Width};
use crate::{ids, view};

const REP: ParticipantId = 1;
const CUSTOMER: ParticipantId = 2;
const BOARD: u64 = 40;
const FRAME_US: u64 = 16_000;
const LEFT: u32 = 1;

enum Event {
    Opened,
    Message(Vec<u8>),
    Datagram(Vec<u8>),
    Closed,
}

#[derive(Default)]
pub struct TestDesk {
    boards: Vec<Board>,
    layers: BTreeMap<u64, Vec<(u64, Stroke)>>,
    pointers: BTreeMap<u64, (u64, Point, String)>,
    grabbed: BTreeMap<u64, Cursor>,
    no_grab: bool,
    pub puts: usize,
    offline: bool,
    connected: bool,
    slow: bool,
    lossy: bool,
    sent: VecDeque<Event>,
    messages: usize,
    told: Vec<String>,
    now_us: u64,
    timers: Vec<(u64, u64)>,
    tokens: u64,
}

impl TestDesk {
    pub fn with_boards(ids: &[u64]) -> Self {
        let boards = ids.iter().map(|id| Board { id: *id, here: false }).collect();
        Self { boards, ..Self::default() }
    }

    /// What a board shows, lowest first.
    pub fn shown(&self, board: u64) -> Vec<u64> {
        self.layers.get(&board).into_iter().flatten().map(|(id, _)| *id).collect()
    }

    fn strokes(&self) -> Vec<(u64, Stroke)> {
        self.layers.get(&BOARD).cloned().unwrap_or_default()
    }
}

impl Desk for TestDesk {
    fn boards(&mut self) -> Vec<Board> {
        let there = &self.boards;
        self.layers.retain(|id, _| there.iter().any(|board| board.id == *id));
        self.boards.clone()
    }
    fn put(&mut self, board: u64, strokes: &[Shown<'_>]) {
        self.puts += 1;
        let layer = self.layers.entry(board).or_default();
        for shown in strokes {
            match layer.iter_mut().find(|(id, _)| *id == shown.id) {
                Some((_, there)) => *there = shown.stroke.clone(),
                None => layer.push((shown.id, shown.stroke.clone())),
            }
        }
    }
    fn point(&mut self, board: u64, id: u64, at: Point, name: &str) {
        self.pointers.insert(id, (board, at, name.to_owned()));
    }
    fn remove(&mut self, board: u64, ids: &[u64]) {
        self.layers.entry(board).or_default().retain(|(id, _)| !ids.contains(id));
        self.pointers.retain(|id, (of, ..)| *of != board || !ids.contains(id));
    }
    fn grab(&mut self, board: u64, cursor: Option<Cursor>) -> bool {
        self.grabbed.remove(&board);
        if let Some(cursor) = cursor.filter(|_| !self.no_grab) {
            self.grabbed.insert(board, cursor);
        }
        !self.no_grab
    }
    fn connect(&mut self, _to: ParticipantId) -> bool {
        if self.offline {
            return false;
        }
        self.connected = true;
        self.sent.push_back(Event::Opened);
        true
    }
    fn disconnect(&mut self, _from: ParticipantId) {
        if std::mem::take(&mut self.connected) {
            self.sent.push_back(Event::Closed);
        }
    }
    fn send(&mut self, _to: ParticipantId, message: &Message) -> bool {
        if self.connected {
            self.messages += 1;
            self.sent.push_back(Event::Message(message.encode()));
        }
        self.connected
    }
    fn is_clear(&self, _to: ParticipantId) -> bool {
        !self.slow
    }
    fn datagram(&mut self, _to: ParticipantId, message: &Message) {
        if !self.lossy {
            self.sent.push_back(Event::Datagram(message.encode()));
        }
    }
    fn tell(&mut self, line: &str) {
        self.told.push(line.to_owned());
    }
    fn now_us(&mut self) -> u64 {
        self.now_us
    }
    fn wake_after_us(&mut self, delay_us: u64) -> u64 {
        self.tokens += 1;
        self.timers.push((self.now_us + delay_us, self.tokens));
        self.tokens
    }
    fn changed(&mut self) {}
}

struct Side {
    half: Half,
    desk: TestDesk,
}

impl Side {
    fn new(me: ParticipantId, saved: Option<Vec<u8>>, desk: TestDesk) -> Self {
        let mut desk = desk;
        let restored = saved.and_then(|bytes| protocol::restore(&bytes));
        // Another number for each instance, as a random one is.
        let start = 500 * me + desk.now_us as u32;
        let half = Half::new(me, me == REP, start, restored, &mut desk);
        Self { half, desk }
    }

    fn take(&mut self, tool: Tool) {
        self.half.hold(Some(Held::Tool(tool)), &mut self.desk);
    }

    fn pointer(&mut self, x: i32, y: i32, buttons: u32) {
        self.half.handle_pointer(BOARD, Point { x, y }, buttons, &mut self.desk);
    }

    fn drag(&mut self, from: (i32, i32), to: (i32, i32)) {
        self.pointer(from.0, from.1, LEFT);
        self.pointer(to.0, to.1, LEFT);
        self.pointer(to.0, to.1, 0);
    }

    fn text(&mut self, entered: &str) {
        self.half.handle_text(BOARD, entered, &mut self.desk);
    }

    fn ring(&mut self) {
        let now = self.desk.now_us;
        let timers = std::mem::take(&mut self.desk.timers);
        let (due, later): (Vec<_>, Vec<_>) = timers.into_iter().partition(|(at, _)| *at <= now);
        self.desk.timers = later;
        due.into_iter().for_each(|(_, token)| self.half.handle_woke(token, &mut self.desk));
    }

    /// What the other side's desk sent; false if it was nothing.
    fn hear(&mut self, other: &mut TestDesk, from: ParticipantId) -> bool {
        let Some(event) = other.sent.pop_front() else { return false };
        match event {
            Event::Opened => {
                self.desk.connected = true;
                self.half.handle_connected(from, &mut self.desk);
            }
            Event::Message(bytes) if self.desk.connected => self.half.handle(from, &[bytes], &mut self.desk),
            Event::Message(_) => {}
            Event::Datagram(bytes) => self.half.handle_datagram(from, &bytes, &mut self.desk),
            Event::Closed => {
                if std::mem::take(&mut self.desk.connected) {
                    self.half.handle_disconnected(from, &mut self.desk);
                }
            }
        }
        true
    }

    fn say(&mut self, message: &Message, from: ParticipantId) {
        self.half.handle(from, &[message.encode()], &mut self.desk);
    }
}

struct Session {
    rep: Side,
    customer: Side,
}

impl Session {
    fn new() -> Self {
        let mut customers = TestDesk::with_boards(&[BOARD]);
        customers.boards[0].here = true;
        let rep = Side::new(REP, None, TestDesk::with_boards(&[BOARD]));
        let mut session = Self { rep, customer: Side::new(CUSTOMER, None, customers) };
        session.meet();
        session
    }

    fn meet(&mut self) {
        let Self { rep, customer } = self;
        customer.half.handle_joined(REP, "Anna\u{7} Berg", true, &mut customer.desk);
        rep.half.handle_joined(CUSTOMER, "K. Weber", false, &mut rep.desk);
        self.exchange();
    }

    fn exchange(&mut self) {
        let Self { rep, customer } = self;
        for _ in 0..100_000 {
            let heard = customer.hear(&mut rep.desk, REP) | rep.hear(&mut customer.desk, CUSTOMER);
            if !heard {
                return;
            }
        }
        panic!("the halves never stop talking");
    }

    fn pass(&mut self, us: u64) {
        for side in [&mut self.rep, &mut self.customer] {
            side.desk.now_us += us;
            side.ring();
        }
        self.exchange();
    }

    /// Long enough for everything to be sent.
    fn settle(&mut self) {
        self.exchange();
        (0..4).for_each(|_| self.pass(FRAME_US));
    }

    fn lose_line(&mut self) {
        for side in [&mut self.rep, &mut self.customer] {
            side.desk.sent.clear();
            side.desk.connected = false;
        }
        let Self { rep, customer } = self;
        rep.half.handle_disconnected(CUSTOMER, &mut rep.desk);
        customer.half.handle_disconnected(REP, &mut customer.desk);
    }

    fn expect_same(&mut self, strokes: usize) {
        self.settle();
        let (here, there) = (self.rep.desk.strokes(), self.customer.desk.strokes());
        assert_eq!(here, there);
        assert_eq!(here.len(), strokes);
    }
}

#[test]
fn every_tool_draws_on_both_sides_whoever_uses_it() {
    let mut session = Session::new();
    for (count, tool) in Tool::ALL.into_iter().enumerate() {
        session.rep.take(tool);
        session.rep.drag((10, 10), (60, 40));
        if tool == Tool::Words {
            session.rep.text("here");
        }
        session.expect_same(2 * count + 1);
        session.customer.take(tool);
        session.customer.drag((200, 10), (160, 40));
        if tool == Tool::Words {
            session.customer.text("and there");
        }
        session.expect_same(2 * count + 2);
    }
    let figures: Vec<Figure> = session.rep.desk.strokes().into_iter().map(|(_, stroke)| stroke.figure).collect();
    let at = |x, y| Point { x, y };
    assert_eq!(figures[0], Figure::Path(Nib::Pen, vec![at(10, 10), at(60, 40)]));
    assert_eq!(figures[7], Figure::Span(Form::Arrow, at(200, 10), at(160, 40)));
    assert_eq!(figures[12], Figure::Words(at(10, 10), "here".to_owned()));
}

#[test]
fn colour_and_width_are_those_chosen_when_a_stroke_begins() {
    let mut session = Session::new();
    session.rep.take(Tool::PEN);
    session.rep.drag((0, 0), (9, 9));
    session.rep.half.set_colour(Colour::Green, &mut session.rep.desk);
    session.rep.half.set_width(Width::Thick, &mut session.rep.desk);
    session.rep.drag((0, 20), (9, 29));
    session.expect_same(2);
    let looks: Vec<_> = session.customer.desk.strokes().iter().map(|(_, one)| (one.colour, one.width)).collect();
    assert_eq!(looks, [(Colour::Red, Width::Medium), (Colour::Green, Width::Thick)]);
}

#[test]
fn the_first_point_is_shown_and_sent_at_once_and_then_one_message_a_frame() {
    let mut session = Session::new();
    session.rep.take(Tool::PEN);
    session.pass(FRAME_US);
    let before = session.rep.desk.messages;
    session.rep.pointer(100, 100, LEFT);
    assert_eq!((session.rep.desk.strokes().len(), session.rep.desk.messages - before), (1, 1));
    for step in 1..=80 {
        session.rep.desk.now_us += FRAME_US / 8;
        session.rep.pointer(100 + step * 5, 100, LEFT);
        session.rep.ring();
    }
    let sent = session.rep.desk.messages - before;
    assert!((8..=11).contains(&sent), "{sent} messages in ten frames");
    session.rep.pointer(500, 100, 0);
    session.expect_same(1);
    let (_, stroke) = session.customer.desk.strokes().remove(0);
    assert_eq!(stroke.figure.weight(), 81, "no point is lost");
}

#[test]
fn a_slow_line_gets_what_is_left_in_one_message() {
    let mut session = Session::new();
    session.rep.take(Tool::Span(Form::Rectangle));
    session.rep.pointer(10, 10, LEFT);
    session.rep.pointer(20, 20, LEFT);
    session.settle();
    session.rep.desk.slow = true;
    let before = session.rep.desk.messages;
    for step in 0..50 {
        session.rep.pointer(30 + step, 30, LEFT);
        session.pass(FRAME_US);
    }
    assert_eq!(session.rep.desk.messages, before, "nothing is added to what waits");
    assert_eq!(
        session.rep.desk.strokes()[0].1.figure,
        Figure::Span(Form::Rectangle, Point { x: 10, y: 10 }, Point { x: 79, y: 30 })
    );
    session.rep.desk.slow = false;
    session.rep.half.handle_writable(&mut session.rep.desk);
    assert_eq!(session.rep.desk.messages, before + 1);
    session.expect_same(1);
}

#[test]
fn undo_takes_own_strokes_back_and_clear_takes_everybodys() {
    let mut session = Session::new();
    for side in [&mut session.rep, &mut session.customer] {
        side.take(Tool::PEN);
        side.drag((0, 0), (50, 50));
        side.drag((0, 90), (50, 90));
    }
    session.expect_same(4);
    session.rep.half.undo(&mut session.rep.desk);
    session.expect_same(3);
    (0..3).for_each(|_| session.rep.half.undo(&mut session.rep.desk));
    session.expect_same(2);
    assert!(!session.rep.half.can_undo() && session.rep.half.has_drawings(), "the customer's stay");
    session.rep.half.clear(&mut session.rep.desk);
    session.expect_same(0);
    assert!(!session.customer.half.can_undo());
    session.customer.drag((0, 0), (50, 50));
    session.expect_same(1);
}

#[test]
fn undo_in_the_middle_of_a_stroke_takes_it_on_both_sides() {
    let mut session = Session::new();
    session.rep.take(Tool::PEN);
    session.rep.pointer(0, 0, LEFT);
    session.rep.pointer(30, 30, LEFT);
    session.rep.half.undo(&mut session.rep.desk);
    session.rep.pointer(60, 60, LEFT);
    session.rep.pointer(60, 60, 0);
    session.expect_same(0);
    // Cleared from the other side while it is drawn.
    session.rep.pointer(0, 0, LEFT);
    session.exchange();
    session.customer.half.clear(&mut session.customer.desk);
    session.exchange();
    session.rep.pointer(60, 60, LEFT);
    session.rep.pointer(60, 60, 0);
    session.expect_same(0);
}

#[test]
fn who_draws_at_once_sees_one_order() {
    let mut session = Session::new();
    session.rep.take(Tool::PEN);
    session.customer.take(Tool::PEN);
    for round in 0..5 {
        session.rep.drag((round, 0), (round + 40, 50));
        session.customer.drag((round, 90), (round + 40, 90));
        session.customer.drag((round, 70), (round + 40, 90));
        // Only now they hear of one another.
        session.settle();
    }
    session.expect_same(15);
    // A clearing and a stroke that cross: the stroke is there on both sides, or on none.
    session.rep.half.clear(&mut session.rep.desk);
    session.customer.drag((0, 0), (10, 10));
    session.customer.drag((0, 9), (10, 10));
    session.settle();
    assert_eq!(session.rep.desk.strokes(), session.customer.desk.strokes());
}

#[test]
fn a_text_is_written_and_corrected_and_an_empty_one_leaves_nothing() {
    let mut session = Session::new();
    session.rep.take(Tool::Words);
    session.rep.drag((5, 5), (5, 5));
    assert_eq!(session.rep.desk.strokes().len(), 1, "a caret, on this side alone");
    session.exchange();
    assert!(session.customer.desk.strokes().is_empty());
    session.rep.text("Hier klicken\u{8}\u{8}");
    session.rep.text("\n\u{7}größe");
    session.rep.half.hold(None, &mut session.rep.desk);
    session.expect_same(1);
    let wanted = Figure::Words(Point { x: 5, y: 5 }, "Hier klick\ngröße".to_owned());
    assert_eq!(session.customer.desk.strokes()[0].1.figure, wanted);
    session.rep.take(Tool::Words);
    session.rep.drag((50, 50), (50, 50));
    session.rep.text("a");
    session.settle();
    session.rep.text("\u{8}\u{8}");
    session.rep.drag((90, 90), (90, 90));
    session.rep.half.hold(None, &mut session.rep.desk);
    session.expect_same(1);
}

#[test]
fn a_pointer_goes_by_datagram_rests_on_the_stream_and_goes_with_the_tool() {
    let mut session = Session::new();
    session.rep.half.hold(Some(Held::Pointer), &mut session.rep.desk);
    session.pass(FRAME_US);
    let (before, id) = (session.rep.desk.messages, Key::pointer(REP).id());
    session.rep.pointer(10, 10, 0);
    session.rep.pointer(20, 20, LEFT);
    session.exchange();
    let at = |x, y| (BOARD, Point { x, y }, "Anna Berg".to_owned());
    assert_eq!(session.customer.desk.pointers.get(&id), Some(&at(10, 10)), "the first at once, at most one a frame");
    session.pass(FRAME_US);
    assert_eq!(session.customer.desk.pointers.get(&id), Some(&at(20, 20)));
    assert_eq!(session.rep.desk.messages, before);
    session.rep.desk.lossy = true;
    session.rep.pointer(30, 30, 0);
    (0..6).for_each(|_| session.pass(FRAME_US));
    assert_eq!(session.customer.desk.pointers.get(&id), Some(&at(30, 30)), "lost on the way, and told again at rest");
    assert_eq!(session.rep.desk.messages, before + 1);
    assert!(session.rep.desk.strokes().is_empty(), "it leaves nothing");
    let late = Message::Pointer { count: 1, board: BOARD, at: Point { x: 1, y: 1 } }.encode();
    session.rep.half.hold(None, &mut session.rep.desk);
    session.exchange();
    session.customer.half.handle_datagram(REP, &late, &mut session.customer.desk);
    assert!(session.customer.desk.pointers.is_empty());
}

#[test]
fn a_board_that_comes_later_gets_all_and_one_that_goes_takes_all() {
    let mut session = Session::new();
    session.rep.desk.boards.clear();
    session.rep.half.handle_boards_changed(&mut session.rep.desk);
    session.customer.take(Tool::PEN);
    session.customer.drag((0, 0), (50, 50));
    session.customer.pointer(70, 70, LEFT);
    session.settle();
    assert!(session.rep.desk.strokes().is_empty() && !session.rep.half.has_drawings());
    session.rep.desk.boards = vec![Board { id: BOARD, here: false }];
    session.rep.half.handle_boards_changed(&mut session.rep.desk);
    session.expect_same(2);
    // The stroke under way goes on where it was.
    session.customer.pointer(90, 90, LEFT);
    session.customer.pointer(99, 99, 0);
    session.expect_same(2);
    for side in [&mut session.rep, &mut session.customer] {
        side.desk.boards.clear();
        side.half.handle_boards_changed(&mut side.desk);
        assert!(!side.half.has_drawings() && side.desk.strokes().is_empty());
        assert_eq!(side.half.hand().held, None, "there is nothing left to draw on");
    }
}

#[test]
fn after_a_lost_line_both_know_what_was_drawn_and_undone_meanwhile() {
    let mut session = Session::new();
    session.rep.take(Tool::PEN);
    session.customer.take(Tool::PEN);
    session.rep.drag((0, 0), (9, 9));
    session.customer.drag((0, 0), (9, 9));
    session.customer.drag((50, 0), (9, 9));
    session.expect_same(3);
    session.lose_line();
    session.rep.half.undo(&mut session.rep.desk);
    session.rep.drag((70, 70), (90, 90));
    session.rep.drag((70, 10), (90, 10));
    session.customer.half.undo(&mut session.customer.desk);
    session.pass(1_000_000);
    session.expect_same(3);
    // A clearing that the other side did not hear of.
    session.lose_line();
    session.customer.half.clear(&mut session.customer.desk);
    session.pass(1_000_000);
    session.expect_same(0);
}

#[test]
fn a_half_that_is_started_again_has_everything_also_what_was_drawn_since_it_was_kept() {
    for keeps in [true, false] {
        let mut session = Session::new();
        session.rep.take(Tool::PEN);
        session.rep.drag((0, 0), (9, 9));
        session.settle();
        let kept = protocol::save(&session.rep.half.saved());
        session.rep.drag((20, 0), (29, 9));
        session.customer.take(Tool::PEN);
        session.customer.drag((50, 0), (59, 9));
        session.expect_same(3);
        session.lose_line();
        let (desk, now_us) = (TestDesk::with_boards(&[BOARD]), session.rep.desk.now_us);
        session.rep = Side::new(REP, keeps.then_some(kept), TestDesk { now_us, ..desk });
        session.rep.half.handle_joined(CUSTOMER, "K. Weber", false, &mut session.rep.desk);
        // Drawn before the others are heard: it must not take the number of one that they have.
        session.rep.take(Tool::PEN);
        session.rep.drag((80, 0), (89, 9));
        session.expect_same(4);
        session.rep.half.undo(&mut session.rep.desk);
        session.expect_same(3);
    }
}

#[test]
fn nobody_gives_a_half_strokes_that_lacks_none() {
    let mut session = Session::new();
    let figure = Figure::Path(Nib::Pen, vec![Point { x: 1, y: 1 }]);
    let stroke = Stroke { board: BOARD, order: 1, colour: Colour::Red, width: Width::Thin, figure };
    session.rep.say(&Message::Yours { seq: 77, stroke }, CUSTOMER);
    assert!(!session.rep.half.has_drawings() && session.rep.half.trouble().is_none());
}

#[test]
fn tools_take_the_pointer_and_escape_gives_it_back() {
    let mut session = Session::new();
    let side = &mut session.customer;
    let cursors = [(Tool::PEN, Cursor::Pen), (Tool::Words, Cursor::Text), (Tool::Span(Form::Arrow), Cursor::Cross)];
    for (tool, cursor) in cursors {
        side.take(tool);
        assert_eq!(side.desk.grabbed.get(&BOARD), Some(&cursor));
    }
    side.half.handle_left(&mut side.desk);
    assert!(side.desk.grabbed.is_empty() && side.half.hand().held.is_none());
    side.take(Tool::PEN);
    side.text("\u{1b}");
    assert!(side.desk.grabbed.is_empty() && side.half.hand().held.is_none());
    side.drag((0, 0), (50, 50));
    assert!(side.desk.strokes().is_empty(), "without a tool nothing is drawn");
    side.take(Tool::PEN);
    // Another screen of this computer's own is not taken from the person unasked; a picture in a window may be.
    side.desk.boards = vec![Board { id: 41, here: true }];
    side.half.handle_boards_changed(&mut side.desk);
    assert!(!side.desk.grabbed.contains_key(&41) && side.half.hand().held.is_none());
    side.take(Tool::PEN);
    side.desk.boards.push(Board { id: 42, here: false });
    side.half.handle_boards_changed(&mut side.desk);
    assert_eq!(side.desk.grabbed.get(&42), Some(&Cursor::Pen));
}

#[test]
fn a_pointer_that_cannot_be_taken_is_said() {
    let mut session = Session::new();
    session.rep.desk.no_grab = true;
    session.rep.take(Tool::PEN);
    assert_eq!((session.rep.half.hand().held, session.rep.desk.told.len()), (None, 1));
}

#[test]
fn a_full_side_is_told_once_and_never_refused_by_the_other() {
    let mut session = Session::new();
    session.rep.take(Tool::Span(Form::Line));
    for count in 0..STROKES_MAX + 5 {
        session.rep.drag((0, 0), (50, count as i32));
        session.pass(FRAME_US * 2);
    }
    session.expect_same(STROKES_MAX);
    assert_eq!((session.rep.desk.told.len(), session.customer.half.trouble()), (1, None));
    session.rep.half.clear(&mut session.rep.desk);
    session.rep.take(Tool::PEN);
    session.rep.pointer(0, 0, LEFT);
    for step in 0..WEIGHT_MAX + 100 {
        session.rep.pointer(step as i32 % 600 * 3, step as i32 / 600 * 3, LEFT);
        if step % 50 == 0 {
            session.pass(FRAME_US);
        }
    }
    session.rep.pointer(0, 0, 0);
    session.settle();
    assert_eq!((session.rep.desk.told.len(), session.customer.half.trouble()), (2, None));
    let strokes = session.customer.desk.strokes();
    assert_eq!(strokes, session.rep.desk.strokes());
    let longest = strokes.iter().map(|(_, stroke)| stroke.figure.weight()).max();
    assert_eq!(longest, Some(POINTS_MAX), "a long line goes on as another stroke");
}

fn line(order: u64, points: usize) -> Stroke {
    let figure = Figure::Path(Nib::Pen, (0..points).map(|x| Point { x: x as i32, y: 0 }).collect());
    Stroke { board: BOARD, order, colour: Colour::Red, width: Width::Thin, figure }
}

/// What a changed customer's program says to the rep's half, until that stops listening.
fn lie(what: impl Fn(u32) -> Message, times: u32) -> (Session, Option<Trouble>) {
    let mut session = Session::new();
    session.rep.take(Tool::PEN);
    session.rep.drag((0, 0), (9, 9));
    session.settle();
    for count in 1..=times {
        session.rep.say(&what(count), CUSTOMER);
    }
    let trouble = session.rep.half.trouble();
    (session, trouble)
}

#[test]
fn a_hostile_half_is_bounded_stopped_and_named() {
    let lies: [(&str, fn(u32) -> Message, u32, Trouble); 8] = [
        ("endless strokes", |count| Message::Put { seq: count, stroke: line(1, 2) }, 5_000, Trouble::TooMuch),
        ("heavy strokes", |count| Message::Put { seq: count, stroke: line(1, 2_000) }, 60, Trouble::TooMuch),
        (
            "an endless path",
            |count| match count {
                1 => Message::Put { seq: 1, stroke: line(1, 1) },
                _ => Message::Append { seq: 1, from: count - 1, points: vec![Point { x: 1, y: 1 }] },
            },
            3_000,
            Trouble::TooMuch,
        ),
        (
            "a path with a gap",
            |count| match count {
                1 => Message::Put { seq: 1, stroke: line(1, 1) },
                _ => Message::Append { seq: 1, from: 900, points: vec![Point { x: 1, y: 1 }] },
            },
            2,
            Trouble::Nonsense,
        ),
        (
            "a stroke that changes its place",
            |count| Message::Put { seq: 1, stroke: line(u64::from(count), 1) },
            2,
            Trouble::Nonsense,
        ),
        ("the end of all orders", |_| Message::Clear(u64::MAX), 1, Trouble::Nonsense),
        (
            "unknown boards",
            |count| Message::Put { seq: count, stroke: Stroke { board: 1, ..line(1, 20) } },
            5_000,
            Trouble::TooFast,
        ),
        ("asking without end", |_| Message::Want(BOARD), 50, Trouble::TooFast),
    ];
    for (name, what, times, wanted) in lies {
        let (session, trouble) = lie(what, times);
        assert_eq!(trouble, Some(wanted), "{name}");
        let rep = &session.rep;
        assert_eq!((rep.desk.told.len(), rep.desk.connected), (1, false), "{name} is named, and no longer heard");
        assert_eq!(rep.desk.strokes().len(), 1, "{name}: what the liar drew is gone, and what is one's own stays");
        assert!(rep.half.can_undo());
    }
}

#[test]
fn bytes_that_are_no_message_another_version_and_no_greeting_are_named() {
    let mut session = Session::new();
    session.rep.half.handle(CUSTOMER, &[vec![99]], &mut session.rep.desk);
    assert_eq!(session.rep.half.trouble(), Some(Trouble::Nonsense));
    for (first, wanted) in [
        (Message::Hello { version: VERSION + 1, lacks: Lacks::Nothing, cleared: 0 }, Trouble::OtherVersion),
        (Message::Whole, Trouble::Nonsense),
    ] {
        let mut session = Session::new();
        session.lose_line();
        session.rep.desk.connected = true;
        session.rep.half.handle_connected(CUSTOMER, &mut session.rep.desk);
        session.rep.say(&first, CUSTOMER);
        assert_eq!(session.rep.half.trouble(), Some(wanted));
    }
}

#[test]
fn nobody_touches_another_sides_strokes() {
    let mut session = Session::new();
    session.rep.take(Tool::PEN);
    session.rep.drag((0, 0), (9, 9));
    session.settle();
    let [(id, before)] = <[_; 1]>::try_from(session.rep.desk.strokes()).unwrap();
    let seq = (id & u64::from(u32::MAX)) as u32;
    session.rep.say(&Message::Put { seq, stroke: line(9, 5) }, CUSTOMER);
    session.rep.say(&Message::Append { seq, from: 5, points: vec![Point { x: 3, y: 3 }] }, CUSTOMER);
    session.rep.say(&Message::Remove(seq), CUSTOMER);
    assert_eq!(session.rep.desk.strokes(), [(id, before)]);
    assert_eq!(session.rep.half.trouble(), None, "it was a stroke of the customer's own");
}

#[test]
fn who_was_refused_is_heard_again_by_the_persons_word_alone() {
    let mut session = Session::new();
    session.rep.half.handle(CUSTOMER, &[vec![99]], &mut session.rep.desk);
    session.settle();
    session.customer.take(Tool::PEN);
    session.customer.drag((0, 0), (9, 9));
    (0..20).for_each(|_| session.pass(1_000_000));
    assert!(session.rep.desk.strokes().is_empty());
    let viewer = view::render(&session.rep.half, Place::Viewer).unwrap();
    assert!(viewer.find(ids::TAKE_AGAIN).is_some());
    session.rep.half.take_again(&mut session.rep.desk);
    session.expect_same(1);
    assert!(view::render(&session.rep.half, Place::Viewer).unwrap().find(ids::TAKE_AGAIN).is_none());
}

#[test]
fn a_refusing_half_is_not_called_without_end() {
    let mut session = Session::new();
    session.customer.half.handle(REP, &[vec![99]], &mut session.customer.desk);
    session.exchange();
    (0..30).for_each(|_| session.pass(1_000_000));
    session.rep.desk.messages = 0;
    (0..30).for_each(|_| session.pass(1_000_000));
    assert_eq!(session.rep.desk.messages, 0);
}

#[test]
fn the_menus_are_where_a_picture_is_and_say_what_is_drawn_with() {
    let mut session = Session::new();
    let Session { rep, customer } = &mut session;
    assert!(view::render(&rep.half, Place::Menu).is_none(), "the rep draws in the viewer");
    assert!(view::render(&customer.half, Place::Viewer).is_none());
    let menu = view::render(&customer.half, Place::Menu).unwrap();
    assert_eq!(menu.properties().text("label"), Some("Draw on the screen"));
    let bar = view::render(&rep.half, Place::Viewer).unwrap();
    let acting = [ids::TOOL, ids::COLOUR, ids::WIDTH, ids::UNDO, ids::CLEAR, ids::STOP_DRAWING, ids::POINTER];
    for id in acting {
        assert!(bar.find(id).is_some() && menu.find(id).is_some(), "{id}");
    }
    let greyed = |half: &Half, id: &str| {
        let bar = view::render(half, Place::Viewer).unwrap();
        bar.find(id).unwrap().properties().flag("enabled") == Some(false)
    };
    for id in [ids::UNDO, ids::CLEAR, ids::STOP_DRAWING] {
        assert!(greyed(&rep.half, id), "{id} has nothing to do");
    }
    rep.take(Tool::Span(Form::Arrow));
    rep.drag((0, 0), (50, 50));
    for id in [ids::UNDO, ids::CLEAR, ids::STOP_DRAWING] {
        assert!(!greyed(&rep.half, id), "{id}");
    }
    let bar = view::render(&rep.half, Place::Viewer).unwrap().flatten();
    assert!(bar.iter().any(|node| node.properties.text("label") == Some("Draw: Arrow · Red · Medium")));
    rep.desk.boards.clear();
    rep.half.handle_boards_changed(&mut rep.desk);
    assert!(view::render(&rep.half, Place::Viewer).is_none(), "nothing is shared");
}
