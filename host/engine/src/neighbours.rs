//! The rep's sessions beside one another: their numbers, what is unread in each, and what plugins want of their windows.
//!
//! One for all sessions of the program. The core says which sessions there are, the console which of them have a window and
//! which window is in front; plugins ask by the interface `desk`. Windows learn what plugins want as [`DeskOrder`]s in the
//! rep's view. Nothing of what is said in a session is here.

use crate::rep_view::{DeskOrder, DeskWish, RepSession, Windows};
use crate::shared::Shared;
use crate::view::SessionState;
use lotse_protocol::control::SessionId;
use lotse_runtime::{Arrangement, Beside, ErrorCode, Event};
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// Things that are counted as unread; nobody tells more of them apart.
const UNREAD_MAX: u32 = 9_999;
/// Orders that windows may yet have to carry out. People give one at a time.
const ORDERS_MAX: usize = 16;
/// A plugin hears of news at most so often: a customer who floods a chat wakes the plugins of all other sessions by it.
const NEWS_PAUSE: Duration = Duration::from_millis(500);

pub(crate) struct Neighbours {
    state: Mutex<State>,
    news: watch::Sender<u64>,
    /// Wakes the core, which publishes.
    changed: Arc<Notify>,
}

#[derive(Default)]
struct State {
    rows: Vec<Row>,
    windows: Windows,
    orders: VecDeque<DeskOrder>,
    last_number: u64,
    last_order: u64,
}

#[derive(Clone, PartialEq, Eq)]
struct Row {
    id: SessionId,
    number: u64,
    customer: String,
    state: &'static str,
    unread: u32,
}

impl Neighbours {
    pub(crate) fn new(changed: Arc<Notify>) -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), news: watch::Sender::new(0), changed })
    }

    /// What the list view shows now, in its order; fills in what is unread.
    pub(crate) fn settle(&self, sessions: &mut [RepSession]) {
        let mut state = self.state.lock();
        let mut rows = Vec::with_capacity(sessions.len());
        for session in sessions.iter_mut() {
            let known = state.rows.iter().find(|row| row.id == session.id).map(|row| (row.number, row.unread));
            let (number, unread) = known.unwrap_or_else(|| {
                state.last_number += 1;
                (state.last_number, 0)
            });
            session.unread = unread;
            let customer = session.view.peer.clone();
            rows.push(Row { id: session.id, number, customer, state: word(&session.view.state), unread });
        }
        let news = rows != state.rows;
        state.rows = rows;
        drop(state);
        if news {
            self.tell();
        }
    }

    /// How the console's windows stand. What is in front is read.
    pub(crate) fn stand(&self, windows: Windows) {
        let mut state = self.state.lock();
        if let Some(front) = windows.front
            && let Some(row) = state.rows.iter_mut().find(|row| row.id == front)
        {
            row.unread = 0;
        }
        state.windows = windows;
        drop(state);
        self.tell();
    }

    /// So many things came in a session.
    fn arrived(&self, id: SessionId, count: u32) {
        let mut state = self.state.lock();
        if state.windows.front == Some(id) {
            return;
        }
        let Some(row) = state.rows.iter_mut().find(|row| row.id == id) else { return };
        let unread = row.unread.saturating_add(count).min(UNREAD_MAX);
        if std::mem::replace(&mut row.unread, unread) == unread {
            return;
        }
        drop(state);
        self.tell();
        self.changed.notify_one();
    }

    /// What windows were asked for lately, oldest first.
    pub(crate) fn orders(&self) -> Vec<DeskOrder> {
        self.state.lock().orders.iter().cloned().collect()
    }

    fn list(&self, own: SessionId) -> Vec<Beside> {
        let state = self.state.lock();
        let has_window = |row: &&Row| row.id == own || state.windows.open.contains(&row.id);
        let beside = |row: &Row| Beside {
            number: row.number,
            customer: row.customer.clone(),
            unread: row.unread,
            state: row.state,
            this: row.id == own,
        };
        state.rows.iter().filter(has_window).map(beside).collect()
    }

    fn show(&self, number: u64) -> Result<(), ErrorCode> {
        let mut state = self.state.lock();
        let row = state.rows.iter().find(|row| row.number == number).ok_or(ErrorCode::Gone)?;
        let wish = DeskWish::Show(row.id);
        state.order(wish);
        drop(state);
        self.changed.notify_one();
        Ok(())
    }

    fn arrange(&self, how: Arrangement) {
        self.state.lock().order(DeskWish::Arrange(how));
        self.changed.notify_one();
    }

    fn tell(&self) {
        self.news.send_modify(|news| *news = news.wrapping_add(1));
    }
}

impl State {
    fn order(&mut self, wish: DeskWish) {
        self.last_order += 1;
        if self.orders.len() >= ORDERS_MAX {
            self.orders.pop_front();
        }
        self.orders.push_back(DeskOrder { serial: self.last_order, wish });
    }
}

/// One session's place among the others.
#[derive(Clone)]
pub(crate) struct Neighbour {
    pub own: SessionId,
    pub all: Arc<Neighbours>,
}

impl Neighbour {
    pub(crate) fn list(&self) -> Vec<Beside> {
        self.all.list(self.own)
    }

    pub(crate) fn arrangement(&self) -> Arrangement {
        self.all.state.lock().windows.arrangement
    }

    pub(crate) fn show(&self, number: u64) -> Result<(), ErrorCode> {
        self.all.show(number)
    }

    pub(crate) fn arrange(&self, how: Arrangement) {
        self.all.arrange(how);
    }

    pub(crate) fn arrived(&self, count: u32) {
        self.all.arrived(self.own, count);
    }
}

/// Tells a plugin whenever there is something new beside its session.
pub(crate) async fn keep_told(shared: Arc<Shared>, plugin: usize) {
    let Some(mut news) = shared.neighbour.as_ref().map(|neighbour| neighbour.all.news.subscribe()) else { return };
    while news.changed().await.is_ok() {
        shared.try_tell(plugin, Event::DeskChanged);
        tokio::time::sleep(NEWS_PAUSE).await;
    }
}

/// The contract's words.
fn word(state: &SessionState) -> &'static str {
    match state {
        SessionState::Waiting => "waiting",
        SessionState::Connecting { .. } => "connecting",
        SessionState::AwaitingConsent => "consent",
        SessionState::Active => "active",
        SessionState::Lost { .. } => "lost",
        SessionState::Ended { .. } => "ended",
        SessionState::Failed { .. } => "failed",
    }
}

#[cfg(test)]
#[path = "neighbours_tests.rs"]
mod tests;
