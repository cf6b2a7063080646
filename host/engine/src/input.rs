//! Injects what the rep does, on a thread of its own, and only where it may go.
//!
//! The customer's word can be neither clicked nor typed by the rep: before each event the [`Guard`] is asked, and while
//! it says no everything that was held down is let go and the event is dropped.

use crate::guard::Guard;
use lotse_drivers::{DriverError, Input};
use lotse_runtime::{Display, ErrorCode, Point};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};

/// Events that may wait. At 1,000 moves a second that is half a second of a stuck display server.
const QUEUE_MAX: usize = 512;
/// Characters typed between two looks at the guard.
const TEXT_PIECE_CHARS: usize = 16;
/// Buttons of a pointer that are passed on.
const BUTTONS: u32 = 5;

enum Order {
    Pointer { display: u32, at: Point, buttons: u32, wheel: Point },
    Key { physical: u32, down: bool },
    Text(String),
    ReleaseAll,
}

pub(crate) struct InputService {
    orders: SyncSender<Order>,
}

impl InputService {
    pub(crate) fn start(input: Input, displays: Vec<Display>, guard: Arc<dyn Guard>) -> std::io::Result<Self> {
        let (orders, incoming) = sync_channel(QUEUE_MAX);
        let hands = Hands { input, displays, guard, buttons: 0 };
        std::thread::Builder::new().name("lotse-input".into()).spawn(move || hands.run(&incoming))?;
        Ok(Self { orders })
    }

    pub(crate) fn pointer(&self, display: u32, at: Point, buttons: u32, wheel: Point) -> Result<(), ErrorCode> {
        self.order(Order::Pointer { display, at, buttons, wheel })
    }

    pub(crate) fn key(&self, physical: u32, down: bool) -> Result<(), ErrorCode> {
        self.order(Order::Key { physical, down })
    }

    pub(crate) fn text(&self, entered: &str) -> Result<(), ErrorCode> {
        self.order(Order::Text(entered.to_owned()))
    }

    pub(crate) fn release_all(&self) {
        // With a full queue the thread is stuck in the display server; it lets go when it comes back and ends.
        let _ = self.order(Order::ReleaseAll);
    }

    fn order(&self, order: Order) -> Result<(), ErrorCode> {
        self.orders.try_send(order).map_err(|_| ErrorCode::Busy)
    }
}

struct Hands {
    input: Input,
    displays: Vec<Display>,
    guard: Arc<dyn Guard>,
    buttons: u32,
}

impl Hands {
    fn run(mut self, orders: &Receiver<Order>) {
        let mut next = orders.recv().ok();
        while let Some(order) = next.take() {
            let (order, after) = newest_move(order, orders);
            if let Err(problem) = self.carry_out(order) {
                tracing::warn!(%problem, "input could not be passed on");
            }
            next = match after {
                Some(order) => Some(order),
                None => orders.recv().ok(),
            };
        }
        let _ = self.input.release_all();
    }

    fn carry_out(&mut self, order: Order) -> Result<(), DriverError> {
        match order {
            Order::Pointer { display, at, buttons, wheel } => self.pointer(display, at, buttons, wheel),
            Order::Key { physical, down } if self.guard.allows_keys() => self.input.key(physical, down),
            Order::Text(text) => self.text(&text),
            Order::Key { .. } | Order::ReleaseAll => self.let_go(),
        }
    }

    /// Asks before each piece: a prompt may come up while a long text is typed.
    fn text(&mut self, text: &str) -> Result<(), DriverError> {
        let mut rest = text;
        while !rest.is_empty() {
            if !self.guard.allows_keys() {
                return self.let_go();
            }
            let end = rest.char_indices().nth(TEXT_PIECE_CHARS).map_or(rest.len(), |(at, _)| at);
            let (piece, after) = rest.split_at(end);
            self.input.text(piece)?;
            rest = after;
        }
        Ok(())
    }

    fn pointer(&mut self, display: u32, at: Point, buttons: u32, wheel: Point) -> Result<(), DriverError> {
        let Some(area) = self.displays.iter().find(|of| of.id == display).map(|of| of.area) else { return Ok(()) };
        // The driver would move a point outside to the edge, where the guard did not look.
        let edge = |size: u32| i32::try_from(size.max(1) - 1).unwrap_or(i32::MAX);
        let at = Point { x: at.x.clamp(0, edge(area.width)), y: at.y.clamp(0, edge(area.height)) };
        if !self.guard.allows_pointer(area.x.saturating_add(at.x), area.y.saturating_add(at.y)) {
            return self.let_go();
        }
        // Always before a button: the customer's own hand may have moved the pointer since.
        self.input.pointer(display, at.x, at.y)?;
        for index in 0..BUTTONS {
            let (was, is) = (self.buttons >> index & 1, buttons >> index & 1);
            if was != is {
                self.input.button(index, is == 1)?;
            }
        }
        self.buttons = buttons;
        if wheel != Point::default() {
            self.input.wheel(wheel.x, wheel.y)?;
        }
        Ok(())
    }

    fn let_go(&mut self) -> Result<(), DriverError> {
        self.buttons = 0;
        self.input.release_all()
    }
}

/// Of moves that wait one behind the other only the newest counts.
fn newest_move(mut order: Order, orders: &Receiver<Order>) -> (Order, Option<Order>) {
    loop {
        let Order::Pointer { display, buttons, wheel, .. } = &order else { return (order, None) };
        match orders.try_recv() {
            Ok(Order::Pointer { display: d, at, buttons: b, wheel: w })
                if d == *display && b == *buttons && *wheel == Point::default() && w == Point::default() =>
            {
                order = Order::Pointer { display: d, at, buttons: b, wheel: w };
            }
            Ok(other) => return (order, Some(other)),
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => return (order, None),
        }
    }
}
