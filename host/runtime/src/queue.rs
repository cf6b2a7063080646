//! The bounded queue between the engine and one instance.
//!
//! Many senders, one receiver. What supersedes an earlier event of its kind takes that one's place (a pointer that moved
//! on, a link's newer state, a second wish to render the same place), so a slow plugin sees fewer events rather than old
//! ones. At the bound, `try_push` refuses and `push` waits.

use std::collections::VecDeque;

use parking_lot::Mutex;
use tokio::sync::{Notify, oneshot};

use crate::event::{Event, SendError};
use crate::host::{Node, Settings, Value};

/// Renders of one place that wait for the same answer; the console and a preview are two.
const RENDER_REPLIES_MAX: usize = 16;
/// Counted for each event beside its payload.
const EVENT_BYTES: usize = 64;

/// An event as it waits.
#[derive(Debug)]
pub(crate) enum Queued {
    Event(Event),
    Render { place: String, replies: Vec<oneshot::Sender<Vec<Node>>> },
}

#[derive(Debug, Default)]
struct Waiting {
    events: VecDeque<Queued>,
    bytes: usize,
    closed: bool,
}

#[derive(Debug)]
pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
    filled: Notify,
    room: Notify,
    events_max: usize,
    bytes_max: usize,
}

impl Queue {
    pub fn new(events_max: usize, bytes_max: usize) -> Self {
        Self {
            waiting: Mutex::new(Waiting::default()),
            filled: Notify::new(),
            room: Notify::new(),
            events_max,
            bytes_max,
        }
    }

    pub fn len(&self) -> usize {
        self.waiting.lock().events.len()
    }

    /// Takes the event now or gives it back.
    pub fn try_push(&self, event: Event) -> Result<(), (Event, SendError)> {
        let mut waiting = self.waiting.lock();
        if waiting.closed {
            return Err((event, SendError::Stopped));
        }
        let Some(event) = waiting.merge(event) else { return Ok(()) };
        let bytes = event_bytes(&event);
        let events_max = if is_lifecycle(&event) { self.events_max + self.events_max / 4 } else { self.events_max };
        let too_many = waiting.events.len() >= events_max;
        // One event alone may be larger than the bound: a clipboard image is, and is bounded where it comes from.
        let too_large = waiting.bytes > 0 && waiting.bytes + bytes > self.bytes_max;
        if too_many || (too_large && !is_lifecycle(&event)) {
            return Err((event, SendError::Full));
        }
        waiting.bytes += bytes;
        waiting.events.push_back(match event {
            Event::Render { place, reply } => Queued::Render { place, replies: vec![reply] },
            event => Queued::Event(event),
        });
        drop(waiting);
        self.filled.notify_one();
        Ok(())
    }

    /// Waits for room.
    pub async fn push(&self, event: Event) -> Result<(), SendError> {
        let mut event = event;
        loop {
            let room = self.room.notified();
            tokio::pin!(room);
            // Registered before the attempt, so that room made in between is not missed.
            room.as_mut().enable();
            match self.try_push(event) {
                Ok(()) => return Ok(()),
                Err((_, SendError::Stopped)) => return Err(SendError::Stopped),
                Err((back, SendError::Full)) => event = back,
            }
            room.await;
        }
    }

    /// The next event; `None` once the queue is closed.
    pub async fn pop(&self) -> Option<Queued> {
        loop {
            {
                let mut waiting = self.waiting.lock();
                if waiting.closed {
                    return None;
                }
                if let Some(next) = waiting.events.pop_front() {
                    let bytes = match &next {
                        Queued::Event(event) => event_bytes(event),
                        Queued::Render { place, .. } => EVENT_BYTES + place.len(),
                    };
                    waiting.bytes = waiting.bytes.saturating_sub(bytes);
                    drop(waiting);
                    self.room.notify_waiters();
                    return Some(next);
                }
            }
            self.filled.notified().await;
        }
    }

    /// Ends it: senders and the receiver hear of it, what waits is left to `drain`.
    pub fn close(&self) {
        self.waiting.lock().closed = true;
        self.filled.notify_one();
        self.room.notify_waiters();
    }

    /// What was still waiting when it ended.
    pub fn drain(&self) -> VecDeque<Queued> {
        let mut waiting = self.waiting.lock();
        waiting.bytes = 0;
        std::mem::take(&mut waiting.events)
    }

    pub fn is_closed(&self) -> bool {
        self.waiting.lock().closed
    }
}

impl Waiting {
    /// Puts the event into one that waits already, or gives it back.
    fn merge(&mut self, event: Event) -> Option<Event> {
        match event {
            Event::Render { place, reply } => self.merge_render(place, reply),
            Event::SurfacePointer { surface, at, buttons, wheel } => {
                // Only with the newest event, so that a key stays between the moves it was pressed between.
                if let Some(Queued::Event(Event::SurfacePointer { surface: s, at: a, buttons: b, wheel: w })) =
                    self.events.back_mut()
                    && *s == surface
                    && *b == buttons
                {
                    *a = at;
                    w.x = w.x.saturating_add(wheel.x);
                    w.y = w.y.saturating_add(wheel.y);
                    return None;
                }
                Some(Event::SurfacePointer { surface, at, buttons, wheel })
            }
            Event::Link { who, state } => {
                for queued in &mut self.events {
                    if let Queued::Event(Event::Link { who: w, state: s }) = queued
                        && *w == who
                    {
                        self.bytes = (self.bytes + settings_bytes(&state)).saturating_sub(settings_bytes(s));
                        *s = state;
                        return None;
                    }
                }
                Some(Event::Link { who, state })
            }
            Event::StreamWritable(id) => {
                let waits = |q: &Queued| matches!(q, Queued::Event(Event::StreamWritable(i)) if *i == id);
                if self.events.iter().any(waits) { None } else { Some(Event::StreamWritable(id)) }
            }
            Event::TransferMoved(id) => {
                let waits = |q: &Queued| matches!(q, Queued::Event(Event::TransferMoved(i)) if *i == id);
                if self.events.iter().any(waits) { None } else { Some(Event::TransferMoved(id)) }
            }
            // Not while a button is down: each point on the way is part of the stroke.
            Event::DrawingPointer { board, at, buttons: 0 } => {
                if let Some(Queued::Event(Event::DrawingPointer { board: b, at: a, buttons: 0 })) =
                    self.events.back_mut()
                    && *b == board
                {
                    *a = at;
                    return None;
                }
                Some(Event::DrawingPointer { board, at, buttons: 0 })
            }
            Event::BoardsChanged => {
                let waits = |q: &Queued| matches!(q, Queued::Event(Event::BoardsChanged));
                if self.events.iter().any(waits) { None } else { Some(Event::BoardsChanged) }
            }
            Event::DisplaysChanged => {
                let waits = |q: &Queued| matches!(q, Queued::Event(Event::DisplaysChanged));
                if self.events.iter().any(waits) { None } else { Some(Event::DisplaysChanged) }
            }
            Event::DeskChanged => {
                let waits = |q: &Queued| matches!(q, Queued::Event(Event::DeskChanged));
                if self.events.iter().any(waits) { None } else { Some(Event::DeskChanged) }
            }
            Event::DirectoryChanged => {
                let waits = |q: &Queued| matches!(q, Queued::Event(Event::DirectoryChanged));
                if self.events.iter().any(waits) { None } else { Some(Event::DirectoryChanged) }
            }
            event => Some(event),
        }
    }

    fn merge_render(&mut self, place: String, reply: oneshot::Sender<Vec<Node>>) -> Option<Event> {
        for queued in &mut self.events {
            if let Queued::Render { place: p, replies } = queued
                && *p == place
            {
                replies.retain(|reply| !reply.is_closed());
                if replies.len() < RENDER_REPLIES_MAX {
                    replies.push(reply);
                }
                return None;
            }
        }
        Some(Event::Render { place, reply })
    }
}

/// Losing one of these would leave the plugin with a wrong idea of the session.
fn is_lifecycle(event: &Event) -> bool {
    match event {
        Event::Joined(_)
        | Event::Left(_)
        | Event::Ending(_)
        | Event::Granted(_)
        | Event::Revoked(_)
        | Event::StreamOpened { .. }
        | Event::StreamClosed { .. }
        | Event::CaptureStalled { .. }
        | Event::Chosen { .. }
        | Event::BoardsChanged
        | Event::DrawingLeft(_)
        | Event::SurfaceClosed(_)
        | Event::FilesPicked { .. }
        | Event::FilesDropped { .. }
        | Event::FilesAnswered { .. }
        | Event::TransferEnded { .. }
        | Event::DirectoryAnswered { .. }
        | Event::RestartBack { .. }
        | Event::RestartFailed(_)
        | Event::SharedReady
        | Event::SharedAnswered { .. } => true,
        Event::Link { .. }
        | Event::StreamData { .. }
        | Event::StreamWritable(_)
        | Event::Datagram { .. }
        | Event::DisplaysChanged
        | Event::CaptureHidden { .. }
        | Event::DrawingPointer { .. }
        | Event::DrawingText { .. }
        | Event::SurfacePointer { .. }
        | Event::SurfaceKey { .. }
        | Event::SurfaceText { .. }
        | Event::SurfaceChanged { .. }
        | Event::SurfaceSnapshot { .. }
        | Event::ClipboardChanged(_)
        | Event::ClipboardContent { .. }
        | Event::TransferMoved(_)
        | Event::DeskChanged
        | Event::DirectoryChanged
        | Event::SystemFacts(_)
        | Event::SharedChanged(_)
        | Event::Render { .. }
        | Event::Action { .. } => false,
    }
}

fn settings_bytes(settings: &Settings) -> usize {
    let value_bytes = |value: &Value| match value {
        Value::Flag(_) | Value::Number(_) | Value::Real(_) => 8,
        Value::Text(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
    };
    settings.iter().map(|(key, value)| key.len() + value_bytes(value)).sum()
}

fn event_bytes(event: &Event) -> usize {
    let payload = match event {
        Event::Left(_)
        | Event::Granted(_)
        | Event::Revoked(_)
        | Event::StreamWritable(_)
        | Event::StreamClosed { .. }
        | Event::DisplaysChanged
        | Event::DirectoryChanged
        | Event::CaptureHidden { .. }
        | Event::BoardsChanged
        | Event::DrawingPointer { .. }
        | Event::DrawingLeft(_)
        | Event::DeskChanged
        | Event::SurfacePointer { .. }
        | Event::SurfaceKey { .. }
        | Event::SurfaceClosed(_)
        | Event::FilesPicked { .. }
        | Event::FilesAnswered { .. }
        | Event::TransferMoved(_)
        | Event::RestartBack { .. }
        | Event::SharedReady
        | Event::RestartFailed(_) => 0,
        Event::Chosen { title, .. } => title.len(),
        Event::SharedChanged(key) | Event::SharedAnswered { key, .. } => key.len(),
        Event::Joined(participant) => participant.name.len(),
        Event::Ending(reason) | Event::CaptureStalled { reason, .. } => reason.len(),
        Event::Link { state, .. } => settings_bytes(state),
        Event::StreamOpened { label, .. } => label.len(),
        Event::StreamData { bytes, .. } | Event::Datagram { bytes, .. } => bytes.len(),
        Event::SurfaceText { entered, .. } | Event::DrawingText { entered, .. } => entered.len(),
        Event::SurfaceChanged { what, .. } => settings_bytes(what),
        Event::SurfaceSnapshot { to, outcome, .. } => to.len() + outcome.as_ref().map_or(0, String::len),
        Event::ClipboardChanged(formats) => formats.iter().map(String::len).sum(),
        Event::ClipboardContent { format, data } => format.len() + data.len(),
        Event::DirectoryAnswered { outcome, by, .. } => outcome.len() + by.len(),
        Event::SystemFacts(groups) => groups.iter().map(|(name, facts)| name.len() + settings_bytes(facts)).sum(),
        Event::Render { place, .. } | Event::FilesDropped { place, .. } => place.len(),
        Event::TransferEnded { outcome, .. } => settings_bytes(outcome),
        Event::Action { node, what } => node.len() + settings_bytes(what),
    };
    EVENT_BYTES + payload
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::host::Point;

    fn moved(x: i32, buttons: u32) -> Event {
        Event::SurfacePointer { surface: 1, at: Point { x, y: 0 }, buttons, wheel: Point { x: 0, y: 1 } }
    }

    #[tokio::test]
    async fn pointer_moves_merge_to_the_newest_but_not_over_a_key_or_a_button() {
        let queue = Queue::new(16, 1 << 20);
        for event in [moved(1, 0), moved(2, 0), moved(3, 1)] {
            queue.try_push(event).unwrap();
        }
        queue.try_push(Event::SurfaceKey { surface: 1, physical: 30, down: true }).unwrap();
        queue.try_push(moved(4, 1)).unwrap();
        assert_eq!(queue.len(), 4);
        let Some(Queued::Event(Event::SurfacePointer { at, wheel, .. })) = queue.pop().await else { panic!() };
        assert_eq!((at.x, wheel.y), (2, 2), "newest place, all clicks of the wheel");
    }

    #[tokio::test]
    async fn a_drawing_pointer_merges_while_no_button_is_down_and_never_within_a_stroke() {
        let queue = Queue::new(16, 1 << 20);
        let drawn = |x, buttons| Event::DrawingPointer { board: 1, at: Point { x, y: 0 }, buttons };
        for event in [drawn(1, 0), drawn(2, 0), drawn(3, 1), drawn(4, 1), drawn(5, 0)] {
            queue.try_push(event).unwrap();
        }
        queue.try_push(Event::BoardsChanged).unwrap();
        queue.try_push(Event::BoardsChanged).unwrap();
        assert_eq!(queue.len(), 5);
        let Some(Queued::Event(Event::DrawingPointer { at, .. })) = queue.pop().await else { panic!() };
        assert_eq!(at.x, 2);
    }

    #[tokio::test]
    async fn renders_of_a_place_share_one_answer_and_links_keep_the_newest() {
        let queue = Queue::new(16, 1 << 20);
        let (first, gone) = oneshot::channel();
        let (second, _waits) = oneshot::channel();
        drop(gone);
        queue.try_push(Event::Render { place: "chat".into(), reply: first }).unwrap();
        queue.try_push(Event::Link { who: 2, state: vec![("rtt-us".into(), Value::Number(1))] }).unwrap();
        queue.try_push(Event::Render { place: "chat".into(), reply: second }).unwrap();
        queue.try_push(Event::Link { who: 2, state: vec![("rtt-us".into(), Value::Number(9))] }).unwrap();
        assert_eq!(queue.len(), 2);
        let Some(Queued::Render { replies, .. }) = queue.pop().await else { panic!() };
        assert_eq!(replies.len(), 1, "the first asker went away");
        let Some(Queued::Event(Event::Link { state, .. })) = queue.pop().await else { panic!() };
        assert_eq!(state[0].1, Value::Number(9));
    }

    #[tokio::test]
    async fn a_full_queue_refuses_makes_senders_wait_and_keeps_room_for_the_lifecycle() {
        let queue = std::sync::Arc::new(Queue::new(4, 1 << 20));
        let key = |physical| Event::SurfaceKey { surface: 1, physical, down: true };
        for n in 0..4 {
            queue.try_push(key(n)).unwrap();
        }
        assert!(matches!(queue.try_push(key(9)), Err((_, SendError::Full))));
        queue.try_push(Event::Left(1)).unwrap();
        assert!(matches!(queue.try_push(Event::Left(2)), Err((_, SendError::Full))), "a quarter over, no more");
        let waiting = tokio::spawn({
            let queue = queue.clone();
            async move { queue.push(key(9)).await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        queue.pop().await.unwrap();
        queue.pop().await.unwrap();
        waiting.await.unwrap().unwrap();
        queue.close();
        assert!(queue.pop().await.is_none());
        assert_eq!(queue.push(key(1)).await, Err(SendError::Stopped));
    }

    #[test]
    fn bytes_are_bounded_too() {
        let queue = Queue::new(256, 1_000);
        let data = |len| Event::StreamData { stream: 1, bytes: vec![0; len] };
        queue.try_push(data(5_000)).expect("alone it may be larger");
        assert!(matches!(queue.try_push(data(1)), Err((_, SendError::Full))));
    }
}
