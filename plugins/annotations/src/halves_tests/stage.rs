//! Two halves, each on a desk that writes down what it was told. Messages cross as bytes, in order.

use std::collections::{BTreeMap, VecDeque};

use lotse_sdk::{ParticipantId, Point};

use crate::desk::{Board, Cursor, Desk, Shown};
use crate::half::Half;
use crate::hand::Held;
use crate::protocol::{self, Message};
use crate::stroke::{Stroke, Tool};

pub const REP: ParticipantId = 1;
pub const CUSTOMER: ParticipantId = 2;
pub const BOARD: u64 = 40;
pub const FRAME_US: u64 = 16_000;
pub const LEFT: u32 = 1;

pub enum Event {
    Opened,
    Message(Vec<u8>),
    Datagram(Vec<u8>),
    Closed,
}

#[derive(Default)]
pub struct TestDesk {
    pub boards: Vec<Board>,
    pub layers: BTreeMap<u64, Vec<(u64, Stroke)>>,
    pub pointers: BTreeMap<u64, (u64, Point, String)>,
    pub grabbed: BTreeMap<u64, Cursor>,
    pub no_grab: bool,
    pub puts: usize,
    pub offline: bool,
    pub connected: bool,
    pub slow: bool,
    /// The line to this one alone.
    pub slow_to: Option<ParticipantId>,
    pub lossy: bool,
    pub sent: VecDeque<Event>,
    pub messages: usize,
    pub told: Vec<String>,
    pub now_us: u64,
    pub timers: Vec<(u64, u64)>,
    pub tokens: u64,
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

    pub fn strokes(&self) -> Vec<(u64, Stroke)> {
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
    fn is_clear(&self, to: ParticipantId) -> bool {
        !self.slow && self.slow_to != Some(to)
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

pub struct Side {
    pub half: Half,
    pub desk: TestDesk,
}

impl Side {
    pub fn new(me: ParticipantId, saved: Option<Vec<u8>>, desk: TestDesk) -> Self {
        let mut desk = desk;
        let restored = saved.and_then(|bytes| protocol::restore(&bytes));
        // Another number for each instance, as a random one is.
        let start = 500 * me + desk.now_us as u32;
        let half = Half::new(me, me == REP, start, restored, &mut desk);
        Self { half, desk }
    }

    pub fn take(&mut self, tool: Tool) {
        self.half.hold(Some(Held::Tool(tool)), &mut self.desk);
    }

    pub fn pointer(&mut self, x: i32, y: i32, buttons: u32) {
        self.half.handle_pointer(BOARD, Point { x, y }, buttons, &mut self.desk);
    }

    pub fn drag(&mut self, from: (i32, i32), to: (i32, i32)) {
        self.pointer(from.0, from.1, LEFT);
        self.pointer(to.0, to.1, LEFT);
        self.pointer(to.0, to.1, 0);
    }

    pub fn text(&mut self, entered: &str) {
        self.half.handle_text(BOARD, entered, &mut self.desk);
    }

    pub fn ring(&mut self) {
        let now = self.desk.now_us;
        let timers = std::mem::take(&mut self.desk.timers);
        let (due, later): (Vec<_>, Vec<_>) = timers.into_iter().partition(|(at, _)| *at <= now);
        self.desk.timers = later;
        due.into_iter().for_each(|(_, token)| self.half.handle_woke(token, &mut self.desk));
    }

    /// What the other side's desk sent; false if it was nothing.
    pub fn hear(&mut self, other: &mut TestDesk, from: ParticipantId) -> bool {
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

    pub fn say(&mut self, message: &Message, from: ParticipantId) {
        self.half.handle(from, &[message.encode()], &mut self.desk);
    }
}

pub struct Session {
    pub rep: Side,
    pub customer: Side,
}

impl Session {
    pub fn new() -> Self {
        let mut customers = TestDesk::with_boards(&[BOARD]);
        customers.boards[0].here = true;
        let rep = Side::new(REP, None, TestDesk::with_boards(&[BOARD]));
        let mut session = Self { rep, customer: Side::new(CUSTOMER, None, customers) };
        session.meet();
        session
    }

    pub fn meet(&mut self) {
        let Self { rep, customer } = self;
        customer.half.handle_joined(REP, "Anna\u{7} Berg", true, &mut customer.desk);
        rep.half.handle_joined(CUSTOMER, "K. Weber", false, &mut rep.desk);
        self.exchange();
    }

    pub fn exchange(&mut self) {
        let Self { rep, customer } = self;
        for _ in 0..100_000 {
            let heard = customer.hear(&mut rep.desk, REP) | rep.hear(&mut customer.desk, CUSTOMER);
            if !heard {
                return;
            }
        }
        panic!("the halves never stop talking");
    }

    pub fn pass(&mut self, us: u64) {
        for side in [&mut self.rep, &mut self.customer] {
            side.desk.now_us += us;
            side.ring();
        }
        self.exchange();
    }

    /// Long enough for everything to be sent.
    pub fn settle(&mut self) {
        self.exchange();
        (0..4).for_each(|_| self.pass(FRAME_US));
    }

    pub fn lose_line(&mut self) {
        for side in [&mut self.rep, &mut self.customer] {
            side.desk.sent.clear();
            side.desk.connected = false;
        }
        let Self { rep, customer } = self;
        rep.half.handle_disconnected(CUSTOMER, &mut rep.desk);
        customer.half.handle_disconnected(REP, &mut customer.desk);
    }

    pub fn expect_same(&mut self, strokes: usize) {
        self.settle();
        let (here, there) = (self.rep.desk.strokes(), self.customer.desk.strokes());
        assert_eq!(here, there);
        assert_eq!(here.len(), strokes);
    }
}
