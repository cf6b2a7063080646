//! Files that are there in name and size only, and how they travel: the host's own part of a transfer, simulated.

use std::collections::{BTreeMap, BTreeSet};

use lotse_runtime::{ErrorCode, Event, FileEntry, Settings, Value};

use crate::seat::Seat;
use crate::state::{Parcel, State};

/// Progress is told four times a second, as the contract has it.
const TICK_MS: u64 = 250;
/// Free at every place: more than any test sends.
const ROOM_BYTES: i64 = 1 << 40;

/// What was picked, dropped and agreed to at one side.
#[derive(Debug, Default)]
pub(crate) struct FilesHere {
    pub sources: BTreeMap<u64, Batch>,
    /// Targets with the names of their places.
    pub targets: BTreeMap<u64, String>,
    /// Of those, the ones that nobody was asked about.
    pub unasked: BTreeSet<u64>,
    pub transfers: BTreeMap<u64, Transfer>,
    /// Choosers and questions that are open.
    pub picks: Vec<u64>,
    pub offers: Vec<(u64, Settings)>,
    /// Where things can be dropped.
    pub drops: BTreeSet<String>,
    /// Paths of files that arrived whole.
    pub received: Vec<String>,
}

/// Some files.
#[derive(Debug, Clone, Default)]
pub(crate) struct Batch {
    pub entries: Vec<FileEntry>,
}

#[derive(Debug)]
pub(crate) struct Transfer {
    pub stream: u64,
    /// Sent from here; the source or target of it.
    pub out: bool,
    pub of: u64,
    pub paused: bool,
    pub done: u64,
    pub over: bool,
}

/// What stands for a source or target: its number, since those stay.
pub(crate) fn token(of: u64) -> String {
    format!("kit-{of}")
}

pub(crate) fn of_token(token: &str) -> Option<u64> {
    token.strip_prefix("kit-")?.parse().ok()
}

fn number(of: u64) -> Value {
    Value::Number(i64::try_from(of).unwrap_or(i64::MAX))
}

fn named(values: impl IntoIterator<Item = (&'static str, Value)>) -> Settings {
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

impl Batch {
    pub fn of(files: &[(&str, u64)]) -> Self {
        let entry = |(path, bytes): &(&str, u64)| FileEntry { path: (*path).to_owned(), bytes: *bytes, folder: false };
        Self { entries: files.iter().map(entry).collect() }
    }

    pub fn bytes(&self) -> u64 {
        self.entries.iter().map(|entry| entry.bytes).sum()
    }

    pub fn facts(&self) -> Settings {
        let first = self.entries.first().map(|entry| entry.path.as_str()).unwrap_or_default();
        // Of what lies in a folder, the folder was picked.
        let (name, folders) = match first.split_once('/') {
            Some((folder, _)) => (folder, 1),
            None => (first, 0),
        };
        named([
            ("name", Value::Text(name.to_owned())),
            ("files", number(u64::try_from(self.entries.len()).unwrap_or(u64::MAX))),
            ("folders", number(folders)),
            ("bytes", number(self.bytes())),
            ("left-out", number(0)),
        ])
    }
}

impl FilesHere {
    pub fn target_facts(&self, target: u64) -> Settings {
        let Some(place) = self.targets.get(&target) else { return Vec::new() };
        let unasked = self.unasked.contains(&target).then_some(("unasked", Value::Flag(true)));
        let known = [("place", Value::Text(place.clone())), ("room", Value::Number(ROOM_BYTES))];
        named(known.into_iter().chain(unasked))
    }
}

impl State {
    /// Something that somebody here picked or dropped.
    pub fn new_source(&mut self, who: u32, files: &[(&str, u64)]) -> u64 {
        let seat = self.seat(who);
        let source = seat.new_id();
        seat.files.sources.insert(source, Batch::of(files));
        source
    }

    pub fn new_target(&mut self, who: u32, place: &str) -> u64 {
        let seat = self.seat(who);
        let target = seat.new_id();
        seat.files.targets.insert(target, place.to_owned());
        target
    }

    /// Into the folder for downloads, by the word of a person who is not asked each time.
    pub fn new_unasked_target(&mut self, who: u32) -> u64 {
        let target = self.new_target(who, "Downloads");
        self.seat(who).files.unasked.insert(target);
        target
    }

    /// What came by that word is over with it.
    pub fn take_back(&mut self, who: u32) {
        let unasked = std::mem::take(&mut self.seat(who).files.unasked);
        unasked.into_iter().for_each(|target| self.discard(who, target));
    }

    /// The person here pauses the session, or goes on: their transfers stand meanwhile.
    pub fn hold_transfers(&mut self, who: u32, on: bool) {
        let seat = self.seat(who);
        seat.paused = on;
        let running = seat.files.transfers.values().filter(|transfer| !transfer.over);
        let streams: Vec<u64> = running.map(|transfer| transfer.stream).collect();
        for stream in streams {
            for end in self.both_ends(stream).into_iter().flatten() {
                self.post_here(end.0, 0, Parcel::Here(Event::TransferMoved(end.1)));
            }
            self.tick_soon(stream);
        }
    }

    fn has_paused(&self, who: u32) -> bool {
        self.seat_of(who).is_some_and(|seat| seat.paused)
    }

    /// By the plugin's word or the person's.
    fn stands(&self, end: (u32, u64)) -> bool {
        self.transfer(end).is_none_or(|transfer| transfer.paused) || self.has_paused(end.0)
    }

    /// Joins a source or target to a stream.
    pub fn begin_transfer(&mut self, who: u32, of: u64, stream: u64, out: bool) -> Result<u64, ErrorCode> {
        let files = &self.seat(who).files;
        let known = if out { files.sources.contains_key(&of) } else { files.targets.contains_key(&of) };
        if !known {
            return Err(ErrorCode::Gone);
        }
        self.take(who, stream)?;
        let seat = self.seat(who);
        let id = seat.new_id();
        let transfer = Transfer { stream, out, of, paused: false, done: 0, over: false };
        seat.files.transfers.insert(id, transfer);
        seat.note(format!("{} {of} {stream}", if out { "send" } else { "receive" }));
        if let Some([sender, receiver]) = self.both_ends(stream) {
            // What arrived before a break is not sent again.
            let kept = self.kept.get(&(self.of(sender), self.of(receiver))).copied().unwrap_or(0);
            for end in [sender, receiver] {
                self.change(end, |transfer| transfer.done = kept);
            }
            self.tick_soon(stream);
        }
        Ok(id)
    }

    /// Sender and receiver of a stream that both have joined: each one's number and its transfer.
    fn both_ends(&self, stream: u64) -> Option<[(u32, u64); 2]> {
        let find = |out: bool| {
            self.seats.iter().find_map(|seat| {
                let runs = |(_, transfer): &(&u64, &Transfer)| {
                    transfer.stream == stream && transfer.out == out && !transfer.over
                };
                seat.files.transfers.iter().find(runs).map(|(id, _)| (seat.who.id, *id))
            })
        };
        Some([find(true)?, find(false)?])
    }

    fn of(&self, (who, id): (u32, u64)) -> u64 {
        self.seat_of(who).and_then(|seat| seat.files.transfers.get(&id)).map_or(0, |transfer| transfer.of)
    }

    fn change(&mut self, (who, id): (u32, u64), change: impl FnOnce(&mut Transfer)) {
        if let Some(transfer) = self.seat(who).files.transfers.get_mut(&id) {
            change(transfer);
        }
    }

    fn transfer(&self, (who, id): (u32, u64)) -> Option<&Transfer> {
        self.seat_of(who)?.files.transfers.get(&id)
    }

    /// Transfers that stood may run.
    pub fn tick_all(&mut self) {
        let running = |seat: &Seat| -> Vec<u64> {
            seat.files.transfers.values().filter(|transfer| !transfer.over).map(|transfer| transfer.stream).collect()
        };
        let streams: BTreeSet<u64> = self.seats.iter().flat_map(running).collect();
        streams.into_iter().for_each(|stream| self.tick_soon(stream));
    }

    fn tick_soon(&mut self, stream: u64) {
        let Some([sender, receiver]) = self.both_ends(stream) else { return };
        let stands = self.stands(sender) || self.stands(receiver);
        if !stands && !self.is_cut() && self.ticking.insert(stream) {
            self.post_here(sender.0, TICK_MS, Parcel::Tick(stream));
        }
    }

    /// A quarter of a second of a transfer.
    pub fn tick(&mut self, stream: u64) {
        self.ticking.remove(&stream);
        let Some([sender, receiver]) = self.both_ends(stream) else { return };
        let stands = self.stands(sender) || self.stands(receiver);
        if stands || self.is_cut() {
            return;
        }
        let (source, target) = (self.of(sender), self.of(receiver));
        let Some(batch) = self.seat(sender.0).files.sources.get(&source).cloned() else { return };
        let step = self.line.rate_bytes_s.saturating_mul(TICK_MS) / 1_000;
        let done = self.transfer(receiver).map_or(0, |it| it.done).saturating_add(step.max(1)).min(batch.bytes());
        self.kept.insert((source, target), done);
        for end in [sender, receiver] {
            self.change(end, |transfer| transfer.done = done);
            self.post_here(end.0, 0, Parcel::Here(Event::TransferMoved(end.1)));
        }
        if done < batch.bytes() {
            return self.tick_soon(stream);
        }
        self.kept.remove(&(source, target));
        self.seat(receiver.0).files.received.extend(batch.entries.into_iter().map(|entry| entry.path));
        for end in [sender, receiver] {
            self.end_transfer(end, "whole");
        }
        self.streams.remove(&stream);
    }

    /// The plugin there hears of it.
    fn end_transfer(&mut self, end: (u32, u64), outcome: &str) {
        let Some(transfer) = self.transfer(end).filter(|transfer| !transfer.over) else { return };
        let told = named([("outcome", Value::Text(outcome.to_owned())), ("bytes", number(transfer.done))]);
        self.change(end, |transfer| transfer.over = true);
        self.post_here(end.0, 1, Parcel::Here(Event::TransferEnded { transfer: end.1, outcome: told }));
    }

    /// The stream of a transfer is gone.
    pub fn break_transfers(&mut self, who: u32, stream: u64) {
        let runs = |(_, transfer): &(&u64, &Transfer)| transfer.stream == stream && !transfer.over;
        let ids: Vec<u64> = self.seat(who).files.transfers.iter().filter(runs).map(|(id, _)| *id).collect();
        ids.into_iter().for_each(|id| self.end_transfer((who, id), "broken"));
    }

    pub fn pause_transfer(&mut self, who: u32, id: u64, on: bool) {
        self.change((who, id), |transfer| transfer.paused = on);
        if let Some(stream) = self.transfer((who, id)).map(|transfer| transfer.stream) {
            self.tick_soon(stream);
        }
    }

    /// Ended by a person here; what arrived of it goes.
    pub fn cancel_transfer(&mut self, who: u32, id: u64) {
        let Some(stream) = self.transfer((who, id)).filter(|it| !it.over).map(|it| it.stream) else { return };
        if let Some(both) = self.both_ends(stream) {
            self.kept.remove(&(self.of(both[0]), self.of(both[1])));
            for end in both.into_iter().filter(|end| end.0 != who) {
                self.end_transfer(end, "cancelled-there");
            }
        }
        self.end_transfer((who, id), "cancelled");
    }

    /// Nothing of a source or target here is gone on with.
    pub fn discard(&mut self, who: u32, of: u64) {
        let runs = |(_, transfer): &(&u64, &Transfer)| transfer.of == of && !transfer.over;
        let ids: Vec<u64> = self.seat(who).files.transfers.iter().filter(runs).map(|(id, _)| *id).collect();
        ids.into_iter().for_each(|id| self.cancel_transfer(who, id));
        let files = &mut self.seat(who).files;
        files.sources.remove(&of);
        if files.targets.remove(&of).is_some() {
            self.kept.retain(|(_, target), _| *target != of);
        }
    }

    /// How many targets here hold a part of something.
    pub fn unfinished(&self, who: u32) -> usize {
        let known = |target: &u64| self.seat_of(who).is_some_and(|seat| seat.files.targets.contains_key(target));
        self.kept.iter().filter(|((_, target), bytes)| **bytes > 0 && known(target)).count()
    }

    /// The plugin let go of it: one that runs breaks off at the other end.
    pub fn drop_transfer(&mut self, who: u32, id: u64) {
        let Some(transfer) = self.seat(who).files.transfers.remove(&id) else { return };
        if !transfer.over {
            self.reset(who, transfer.stream);
        }
    }

    pub fn progress(&self, who: u32, id: u64) -> Settings {
        let Some(transfer) = self.transfer((who, id)) else { return Vec::new() };
        let sender = self.both_ends(transfer.stream).map(|[sender, _]| (sender.0, self.of(sender)));
        let (of, source) = sender.unwrap_or((who, transfer.of));
        let batch = self.seat_of(of).and_then(|seat| seat.files.sources.get(&source)).cloned().unwrap_or_default();
        let mut others = self.both_ends(transfer.stream).into_iter().flatten().filter(|end| end.0 != who);
        let (here, there) = (self.has_paused(who), others.any(|end| self.has_paused(end.0)));
        let runs = !transfer.paused && !here && !there && !self.is_cut();
        let waits = match (runs, here) {
            (true, _) => "",
            (false, true) => "here",
            (false, false) => "there",
        };
        named([
            ("bytes", number(transfer.done)),
            ("bytes-total", number(batch.bytes())),
            ("files", number(0)),
            ("files-total", number(u64::try_from(batch.entries.len()).unwrap_or(u64::MAX))),
            ("rate-bytes-s", number(if runs { self.line.rate_bytes_s } else { 0 })),
            ("waits", Value::Text(waits.to_owned())),
        ])
    }
}
