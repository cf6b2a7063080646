//! One batch off a stream: the receiver's machine joined to the two halves. Runs on a thread of its own, since it writes disks.

use super::steer::{Over, Waits, Wish, changed, is_over};
use super::{CANCELLED_CODE, LOOK_EVERY, RESET_CODE, ended_by};
use crate::streams::Halves;
use futures_util::FutureExt;
use lotse_files::{BATCH_BYTES, End, Outcome, Progress, Receiver};
use lotse_transport::{RecvStream, SendStream, StreamError};
use std::ops::Range;
use std::time::Duration;
use tokio::sync::watch;

/// Collected before the disk is asked to take it, if as much is there.
const READ_BYTES: usize = 256 * 1024;
/// What a sender that goes by a pause may have under way when it is said: all that the link has room for, and the piece that is
/// just being written. What begins at a pause has none.
pub(super) const UNDER_WAY_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// A full disk is looked at again after so long,
const ROOM_PAUSE: Duration = Duration::from_secs(2);
/// and so often: ten minutes for somebody to make room.
const ROOM_TRIES: u32 = 300;
/// The sender's own end, once everything is whole.
const FAREWELL: Duration = Duration::from_secs(10);

/// What has to be known of it by whoever starts again.
#[derive(Debug, Clone, Copy)]
pub(crate) enum News {
    /// Its name.
    Named([u8; BATCH_BYTES]),
    /// Everything has its final name; what its table is known by.
    Whole([u8; 32]),
    /// And the sender knows that.
    Known,
}

struct Receiving<T> {
    receiver: Receiver,
    send: SendStream,
    recv: RecvStream,
    wishes: watch::Receiver<Wish>,
    told: T,
    buffer: Vec<u8>,
    /// What of it was read and not taken yet.
    unread: Range<usize>,
    /// How the stream ended, behind that.
    over: Option<Result<(), StreamError>>,
}

/// `news` hears what has to be known after a restart as well.
pub(crate) async fn receive(
    receiver: Receiver,
    halves: Halves,
    wishes: watch::Receiver<Wish>,
    told: impl FnMut(&Progress, Waits),
    mut news: impl FnMut(News),
) -> End {
    let Halves { send, recv } = halves;
    let buffer = vec![0; READ_BYTES];
    let mut receiving = Receiving { receiver, send, recv, wishes, told, buffer, unread: 0..0, over: None };
    let (mut name, mut whole) = (None, None);
    loop {
        if let Some(end) = receiving.obey() {
            return end;
        }
        receiving.say().await;
        if let Some(end) = receiving.receiver.end().cloned() {
            if receiving.take_leave(&end).await {
                news(News::Known);
            }
            return end;
        }
        receiving.read().await;
        receiving.feed().await;
        if name.is_none() {
            name = receiving.receiver.batch();
            name.map(News::Named).into_iter().for_each(&mut news);
        }
        if whole.is_none() {
            whole = receiving.receiver.whole();
            whole.map(News::Whole).into_iter().for_each(&mut news);
        }
        if let Some(end) = receiving.closed() {
            return end;
        }
    }
}

impl<T: FnMut(&Progress, Waits)> Receiving<T> {
    /// What is wished now. Gives the end, if that is.
    fn obey(&mut self) -> Option<End> {
        let wish = *self.wishes.borrow_and_update();
        let (code, outcome) = match wish.over {
            None => {
                self.receiver.stand_still(wish.stands().then_some(UNDER_WAY_BYTES_MAX));
                let waits = match (wish.stands(), self.receiver.is_paused_there()) {
                    (true, _) => Waits::Here,
                    (false, true) => Waits::There,
                    (false, false) => Waits::No,
                };
                (self.told)(self.receiver.progress(), waits);
                return None;
            }
            Some(Over::Cancel) => {
                self.receiver.cancel();
                (CANCELLED_CODE, Outcome::Cancelled)
            }
            Some(Over::LetGo) => (RESET_CODE, Outcome::Broken),
        };
        self.send.reset(code);
        self.recv.stop(code);
        Some(End { outcome, detail: String::new() })
    }

    /// Says what there is to say. Where that does not arrive, reading ends as well.
    async fn say(&mut self) {
        while let Some(words) = self.receiver.poll_words() {
            tokio::select! {
                biased;
                () = is_over(&mut self.wishes) => return,
                _ = self.send.write_all(&words) => {}
            }
        }
    }

    /// As much as is there, once what came before is taken. Nothing, if something else is wished. Where nothing more is to come it
    /// waits: what the sender does not leave off sending has no room then, and stays with the sender.
    async fn read(&mut self) {
        if self.receiver.stands() {
            return tokio::select! {
                () = changed(&mut self.wishes) => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            };
        }
        if !self.unread.is_empty() || self.over.is_some() {
            return;
        }
        self.unread = 0..0;
        let mut read = tokio::select! {
            () = changed(&mut self.wishes) => return,
            () = tokio::time::sleep(LOOK_EVERY) => return,
            read = self.recv.read(&mut self.buffer) => Some(read),
        };
        loop {
            match read {
                Some(Ok(Some(bytes))) => self.unread.end += bytes,
                Some(Ok(None)) => self.over = Some(Ok(())),
                Some(Err(problem)) => self.over = Some(Err(problem)),
                None => return,
            }
            let room = self.buffer.get_mut(self.unread.end..).filter(|room| !room.is_empty());
            let Some(room) = room.filter(|_| self.over.is_none()) else { return };
            read = self.recv.read(room).now_or_never();
        }
    }

    /// Has it written, and waits where there is no room.
    async fn feed(&mut self) {
        for _ in 0..ROOM_TRIES {
            let fed = self.receiver.feed(self.buffer.get(self.unread.clone()).unwrap_or_default());
            self.unread.start += fed.taken;
            if !fed.stuck {
                return;
            }
            // The sender shows it, and sends no more than what is under way.
            self.receiver.pause(true);
            self.say().await;
            (self.told)(self.receiver.progress(), Waits::DiskFull);
            tokio::select! {
                () = is_over(&mut self.wishes) => return,
                () = tokio::time::sleep(ROOM_PAUSE) => {}
            }
        }
        self.receiver.give_up();
    }

    /// The sender's stream is over, if it is. What it ended properly is over once all of it is taken.
    fn closed(&mut self) -> Option<End> {
        let unread = !self.unread.is_empty() && self.receiver.end().is_none();
        let over = self.over.take_if(|over| over.is_err() || !unread)?;
        let problem = match over {
            Ok(()) => None,
            Err(problem) => Some(ended_by(&problem)),
        };
        match problem {
            Some(end) if end.outcome == Outcome::CancelledThere && self.receiver.end().is_none() => {
                self.receiver.cancel();
                Some(end)
            }
            Some(end) => {
                self.receiver.closed(false);
                Some(self.receiver.end().cloned().filter(|own| own.outcome != Outcome::Broken).unwrap_or(end))
            }
            // What it has come to is said, if it can be.
            None => {
                self.receiver.closed(true);
                None
            }
        }
    }

    /// Whether the sender knows that everything is there.
    async fn take_leave(&mut self, end: &End) -> bool {
        let _ = self.send.finish();
        let mut known = false;
        if end.outcome == Outcome::Whole {
            let reading = async {
                loop {
                    match self.recv.read(&mut self.buffer).await {
                        Ok(Some(_)) => {}
                        Ok(None) => return true,
                        Err(_) => return false,
                    }
                }
            };
            known = tokio::time::timeout(FAREWELL, reading).await.unwrap_or(false);
            self.receiver.closed(known);
        }
        (self.told)(self.receiver.progress(), Waits::No);
        known
    }
}
