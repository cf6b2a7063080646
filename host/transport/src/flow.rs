//! Credit between the two ends: what has been read there may be written here.
//!
//! Each side opens one hidden stream and reports on it, per stream and in total, what its reader has taken: 8 bytes of
//! stream id, 8 bytes of total; a total of [`GONE`] says that nothing more will be read. Streams of bounded classes share
//! the credit of their class; each of the others has a fixed one of its own, and so much has each of class bulk in any case: one
//! whose reader stands still, such as at a full disk, may hold all that they share. A peer that reports nonsense harms its own
//! reading: nothing grows past what was written.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::class::{Class, UNREAD_MAX};
use crate::credit::Credit;
use crate::error::StreamError;

/// First bytes of the hidden stream: what it is, and the version of its reports.
pub(crate) const HELLO: [u8; 4] = *b"LFL\x02";
/// Length of one report.
pub(crate) const REPORT_BYTES: usize = 16;
/// The total that ends a stream.
pub(crate) const GONE: u64 = u64::MAX;
/// Read bytes that are worth a report; a fraction of the smallest credit.
const REPORT_EVERY: u64 = 16 << 10;
const _: () = assert!(REPORT_EVERY * 4 <= UNREAD_MAX);
/// One write at most, so that streams of one class take turns.
const WRITE_BYTES_MAX: u64 = 64 << 10;

/// The credit of one link, both ways.
#[derive(Debug)]
pub(crate) struct Flow {
    /// Tells this link from others of the same program, the same at both ends.
    link: u32,
    start: Instant,
    sending: Mutex<Sending>,
    screen_room: Notify,
    bulk_room: Notify,
    urgent_room: Notify,
    reports: Mutex<HashMap<u64, u64>>,
    report_due: Notify,
}

#[derive(Debug)]
struct Sending {
    screen: Option<Credit>,
    bulk: Option<Credit>,
    accounts: HashMap<u64, Account>,
    round_trip: Duration,
    closed: bool,
}

/// What is under way on one stream.
#[derive(Debug)]
struct Account {
    class: Class,
    written: u64,
    read: u64,
    finished: bool,
}

impl Sending {
    fn credit(&mut self, class: Class) -> Option<&mut Credit> {
        match class {
            Class::Control | Class::Interactive => None,
            Class::Screen => self.screen.as_mut(),
            Class::Bulk => self.bulk.as_mut(),
        }
    }

    fn close(&mut self, id: u64) -> Option<Class> {
        let Account { class, written, read, finished: _ } = self.accounts.remove(&id)?;
        if let Some(credit) = self.credit(class) {
            credit.give_back(written.saturating_sub(read));
        }
        Some(class)
    }
}

impl Flow {
    pub(crate) fn new(link: u32) -> Self {
        Self {
            link,
            start: Instant::now(),
            sending: Mutex::new(Sending {
                screen: Class::Screen.bounds().map(Credit::new),
                bulk: Class::Bulk.bounds().map(Credit::new),
                accounts: HashMap::new(),
                round_trip: Duration::from_millis(100),
                closed: false,
            }),
            screen_room: Notify::new(),
            bulk_room: Notify::new(),
            urgent_room: Notify::new(),
            reports: Mutex::default(),
            report_due: Notify::new(),
        }
    }

    pub(crate) fn link(&self) -> u32 {
        self.link
    }

    /// Opens the account of a stream on which this side writes.
    pub(crate) fn open(&self, id: u64, class: Class) {
        self.sending.lock().accounts.insert(id, Account { class, written: 0, read: 0, finished: false });
    }

    /// Waits for room and takes up to `wanted` bytes of it; what is then not written goes back by [`Self::untake`].
    pub(crate) async fn take(&self, id: u64, class: Class, wanted: u64) -> Result<u64, StreamError> {
        let wanted = wanted.min(WRITE_BYTES_MAX);
        let room = self.room_notify(class);
        loop {
            let notified = room.notified();
            tokio::pin!(notified);
            // Registered before looking, so that room that comes in between is not missed.
            notified.as_mut().enable();
            if let Some(taken) = self.try_take(id, class, wanted)? {
                return Ok(taken);
            }
            notified.await;
        }
    }

    fn try_take(&self, id: u64, class: Class, wanted: u64) -> Result<Option<u64>, StreamError> {
        let now = self.start.elapsed();
        let mut sending = self.sending.lock();
        if sending.closed {
            return Err(StreamError::Link(crate::CloseReason::Here));
        }
        // Without an account the reader is gone: let the write find out from QUIC.
        let Some(unread) = sending.accounts.get(&id).map(|account| account.written - account.read) else {
            return Ok(Some(wanted));
        };
        let taken = match sending.credit(class) {
            Some(credit) => {
                let taken = credit.take(now, wanted);
                let own = if class == Class::Bulk { wanted.min(UNREAD_MAX.saturating_sub(unread)) } else { 0 };
                credit.take_beyond(own.saturating_sub(taken));
                taken.max(own)
            }
            None => wanted.min(UNREAD_MAX.saturating_sub(unread)),
        };
        if taken == 0 && wanted > 0 {
            return Ok(None);
        }
        if let Some(account) = sending.accounts.get_mut(&id) {
            account.written += taken;
        }
        Ok(Some(taken))
    }

    /// Gives back what was taken and not written.
    pub(crate) fn untake(&self, id: u64, bytes: u64) {
        let mut sending = self.sending.lock();
        let Some(account) = sending.accounts.get_mut(&id) else {
            return;
        };
        let bytes = bytes.min(account.written - account.read);
        account.written -= bytes;
        let class = account.class;
        if let Some(credit) = sending.credit(class) {
            credit.give_back(bytes);
        }
        drop(sending);
        self.notify_room(class);
    }

    /// Bytes that may be written in this class right now.
    pub(crate) fn room(&self, class: Class) -> u64 {
        self.sending.lock().credit(class).map_or(u64::MAX, |credit| credit.room())
    }

    /// Bytes of this class that may be under way in all.
    pub(crate) fn limit(&self, class: Class) -> u64 {
        self.sending.lock().credit(class).map_or(u64::MAX, |credit| credit.limit())
    }

    /// Waits until there is room for `wanted` bytes, or for as much as there can be.
    pub(crate) async fn wait_room(&self, class: Class, wanted: u64) {
        let room = self.room_notify(class);
        loop {
            let notified = room.notified();
            tokio::pin!(notified);
            notified.as_mut().enable();
            {
                let mut sending = self.sending.lock();
                let closed = sending.closed;
                if closed || sending.credit(class).is_none_or(|credit| credit.room() >= wanted.min(credit.limit())) {
                    return;
                }
            }
            notified.await;
        }
    }

    /// This side will write no more on it.
    pub(crate) fn finish(&self, id: u64) {
        let mut sending = self.sending.lock();
        let Some(account) = sending.accounts.get_mut(&id) else {
            return;
        };
        account.finished = true;
        if account.read == account.written {
            sending.accounts.remove(&id);
        }
    }

    /// This side has taken back what it wrote.
    pub(crate) fn reset(&self, id: u64) {
        let class = self.sending.lock().close(id);
        if let Some(class) = class {
            self.notify_room(class);
        }
    }

    /// Takes one report of the other end. `round_trip` is the shortest one of this line.
    pub(crate) fn handle_report(&self, report: [u8; REPORT_BYTES], round_trip: Duration) {
        let [i0, i1, i2, i3, i4, i5, i6, i7, t0, t1, t2, t3, t4, t5, t6, t7] = report;
        let id = u64::from_be_bytes([i0, i1, i2, i3, i4, i5, i6, i7]);
        let total = u64::from_be_bytes([t0, t1, t2, t3, t4, t5, t6, t7]);
        let now = self.start.elapsed();
        let mut sending = self.sending.lock();
        sending.round_trip = round_trip;
        if total == GONE {
            let class = sending.close(id);
            drop(sending);
            if let Some(class) = class {
                self.notify_room(class);
            }
            return;
        }
        let Some(account) = sending.accounts.get_mut(&id) else {
            return;
        };
        let read = total.min(account.written).saturating_sub(account.read);
        account.read += read;
        let class = account.class;
        if account.finished && account.read == account.written {
            sending.accounts.remove(&id);
        }
        if let Some(credit) = sending.credit(class) {
            credit.handle_read(now, read, round_trip);
        }
        drop(sending);
        self.notify_room(class);
    }

    /// This side has read `total` bytes of a stream, `since_report` of them not yet reported. Says whether it is now.
    pub(crate) fn report(&self, id: u64, total: u64, since_report: u64) -> bool {
        if since_report < REPORT_EVERY && total != GONE {
            return false;
        }
        self.reports.lock().insert(id, total);
        self.report_due.notify_one();
        true
    }

    /// Waits for reports to send and takes them all. Bounded by the number of open streams: one each, the latest.
    pub(crate) async fn next_reports(&self) -> Vec<u8> {
        loop {
            let reports = std::mem::take(&mut *self.reports.lock());
            if !reports.is_empty() {
                return reports
                    .iter()
                    .flat_map(|(id, total)| [id.to_be_bytes(), total.to_be_bytes()].concat())
                    .collect();
            }
            self.report_due.notified().await;
        }
    }

    /// The link is gone: nobody waits any longer.
    pub(crate) fn close(&self) {
        self.sending.lock().closed = true;
        self.screen_room.notify_waiters();
        self.bulk_room.notify_waiters();
        self.urgent_room.notify_waiters();
    }

    fn room_notify(&self, class: Class) -> &Notify {
        match class {
            Class::Control | Class::Interactive => &self.urgent_room,
            Class::Screen => &self.screen_room,
            Class::Bulk => &self.bulk_room,
        }
    }

    fn notify_room(&self, class: Class) {
        self.room_notify(class).notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::random::Seeded;

    fn report(id: u64, total: u64) -> [u8; REPORT_BYTES] {
        [id.to_be_bytes(), total.to_be_bytes()].concat().try_into().unwrap()
    }

    #[test]
    fn all_room_comes_back_when_streams_end() {
        let flow = Flow::new(0);
        let all = flow.room(Class::Screen);
        flow.open(4, Class::Screen);
        flow.open(8, Class::Screen);
        assert_eq!(flow.try_take(4, Class::Screen, 1000).unwrap(), Some(1000));
        assert_eq!(flow.try_take(8, Class::Screen, 500).unwrap(), Some(500));
        assert_eq!(flow.room(Class::Screen), all - 1500);
        flow.handle_report(report(4, 400), Duration::from_millis(1));
        assert_eq!(flow.room(Class::Screen), all - 1100);
        flow.handle_report(report(4, GONE), Duration::from_millis(1));
        flow.reset(8);
        assert_eq!(flow.room(Class::Screen), all);
    }

    #[test]
    fn an_urgent_stream_that_nobody_reads_waits_and_holds_no_other_up() {
        let flow = Flow::new(0);
        flow.open(4, Class::Interactive);
        flow.open(8, Class::Interactive);
        assert_eq!(flow.try_take(4, Class::Interactive, UNREAD_MAX + 1).unwrap(), Some(UNREAD_MAX));
        assert_eq!(flow.try_take(4, Class::Interactive, 1).unwrap(), None);
        assert_eq!(flow.try_take(8, Class::Interactive, 1).unwrap(), Some(1));
        flow.handle_report(report(4, 1000), Duration::from_millis(1));
        assert_eq!(flow.try_take(4, Class::Interactive, 5000).unwrap(), Some(1000));
    }

    /// Scar: a transfer whose disk was full held up every other one of its direction.
    #[test]
    fn a_bulk_stream_that_nobody_reads_holds_no_other_up() {
        let flow = Flow::new(0);
        flow.open(4, Class::Bulk);
        flow.open(8, Class::Bulk);
        while flow.try_take(4, Class::Bulk, WRITE_BYTES_MAX).unwrap().is_some() {}
        assert_eq!(flow.room(Class::Bulk), 0);
        assert_eq!(flow.try_take(8, Class::Bulk, 1000).unwrap(), Some(1000));
        assert_eq!(flow.try_take(8, Class::Bulk, UNREAD_MAX).unwrap(), Some(UNREAD_MAX - 1000));
        assert_eq!(flow.try_take(8, Class::Bulk, 1).unwrap(), None, "it has no more than its own");
        flow.handle_report(report(8, 1000), Duration::from_millis(1));
        assert_eq!(flow.try_take(8, Class::Bulk, 5000).unwrap(), Some(1000));
        flow.reset(4);
        flow.reset(8);
        assert_eq!(flow.room(Class::Bulk), flow.limit(Class::Bulk), "all of it comes back");
        // Of screens the newest counts: nothing is to wait behind what they share.
        flow.open(12, Class::Screen);
        flow.open(16, Class::Screen);
        while flow.try_take(12, Class::Screen, WRITE_BYTES_MAX).unwrap().is_some() {}
        assert_eq!(flow.try_take(16, Class::Screen, 1).unwrap(), None);
    }

    #[test]
    fn fuzz_reports() {
        let flow = Flow::new(0);
        let floor = flow.limit(Class::Bulk);
        let mut random = Seeded::new(8);
        for round in 0..20_000 {
            let id = random.below(6) as u64;
            match random.below(5) {
                0 => flow.open(100 + round, Class::Bulk),
                1 => {
                    flow.open(id, Class::Bulk);
                    let _ = flow.try_take(id, Class::Bulk, random.below(5000) as u64);
                }
                2 => flow.untake(id, random.next_u64()),
                3 => flow.finish(id),
                _ => {
                    let total = random.next_u64() >> random.below(64);
                    flow.handle_report(report(id, total), Duration::from_micros(random.below(100_000) as u64));
                }
            }
            assert!(flow.room(Class::Bulk) <= flow.limit(Class::Bulk));
        }
        assert!(flow.limit(Class::Bulk) >= floor);
    }
}
