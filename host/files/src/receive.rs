//! The receiving side of a batch: files out of what a sender sends, each checked before it gets its name.
//!
//! A machine: [`Receiver::feed`] takes bytes of the sender's, [`Receiver::poll_words`] gives what to answer. It writes files
//! within these calls and knows no network and no clock. Where the disk is full it stands still and can be asked again; where
//! somebody here wishes that nothing moves, it takes no more whatever comes.

mod arriving;
mod batch;
mod room;

use crate::end::{End, Halted, Outcome};
use crate::entry::{ENTRIES_MAX, Entry, TABLE_BYTES_MAX};
use crate::prefix::Halt;
use crate::terms::Terms;
use crate::wire::{self, Inbox, Message, Why};
use crate::{BATCH_BYTES, Progress};
use arriving::Arriving;
use batch::Batch;
use room::Room;
use std::path::PathBuf;

/// How much of what was fed was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fed {
    /// What is left is to be fed again, unless it is over: where it stands still, once it may go on.
    pub taken: usize,
    /// The disk has no room: the same again, perhaps with nothing new, goes on once there is some.
    pub stuck: bool,
}

/// One batch on its way in.
#[derive(Debug)]
pub struct Receiver {
    place: PathBuf,
    terms: Terms,
    halt: Halt,
    inbox: Inbox,
    /// Bytes of the present file that follow before the next frame.
    data_left: usize,
    /// A frame for which there was no room.
    held: Option<Message>,
    words: Vec<u8>,
    state: State,
    paused_here: bool,
    /// While nothing more is to come: what may all the same, in bytes.
    under_way: Option<u64>,
    paused_there: bool,
    progress: Progress,
    room: Room,
    /// How the disk is asked what may be written there.
    look: fn(&Batch) -> Option<u64>,
    /// The table of which everything is there.
    whole: Option<[u8; 32]>,
    end: Option<End>,
}

#[derive(Debug)]
enum State {
    AwaitingOffer,
    AwaitingTable(Table),
    Receiving(Box<Batch>),
    Arriving(Box<Batch>, Box<Arriving>),
    Over(Option<Box<Batch>>),
}

/// What was offered, as far as it is named.
#[derive(Debug)]
struct Table {
    batch: [u8; BATCH_BYTES],
    count: usize,
    bytes: u64,
    path_bytes: usize,
    entries: Vec<Entry>,
}

impl Receiver {
    /// `place`: the folder that was chosen.
    #[must_use]
    pub fn new(place: PathBuf, halt: Halt) -> Self {
        Self {
            place,
            terms: Terms::default(),
            halt,
            inbox: Inbox::default(),
            data_left: 0,
            held: None,
            words: Vec::new(),
            state: State::AwaitingOffer,
            paused_here: false,
            under_way: None,
            paused_there: false,
            progress: Progress::default(),
            room: Room::default(),
            look: Batch::room_bytes,
            whole: None,
            end: None,
        }
    }

    /// Takes nothing but what these allow.
    #[must_use]
    pub fn on(self, terms: Terms) -> Self {
        Self { terms, ..self }
    }

    #[must_use]
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// How it ended, once it has.
    #[must_use]
    pub fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }

    /// The name of the batch, once it was offered.
    #[must_use]
    pub fn batch(&self) -> Option<[u8; BATCH_BYTES]> {
        match &self.state {
            State::AwaitingOffer | State::Over(None) => None,
            State::AwaitingTable(table) => Some(table.batch),
            State::Receiving(batch) | State::Arriving(batch, _) | State::Over(Some(batch)) => Some(batch.id),
        }
    }

    /// What the table is known by of which everything has its final name: see [`Terms::whole`].
    #[must_use]
    pub fn whole(&self) -> Option<[u8; 32]> {
        self.whole
    }

    /// Whether the other side pauses.
    #[must_use]
    pub fn is_paused_there(&self) -> bool {
        self.paused_there
    }

    /// What is to be said to the sender now.
    pub fn poll_words(&mut self) -> Option<Vec<u8>> {
        let words = std::mem::take(&mut self.words);
        (!words.is_empty()).then_some(words)
    }

    /// The sender goes by it as soon as it hears of it.
    pub fn pause(&mut self, on: bool) {
        if self.end.is_none() && self.paused_here != on {
            self.paused_here = on;
            wire::write(&Message::Pause(on), &mut self.words);
        }
    }

    /// Has the sender pause, and goes by it whether the sender does or not: once `under_way` bytes have come that were on their way
    /// already, nothing more is taken. What begins at a standstill has none. `None`: it goes on.
    pub fn stand_still(&mut self, under_way: Option<u64>) {
        self.pause(under_way.is_some());
        let most = if self.is_begun() { u64::MAX } else { 0 };
        self.under_way = under_way.map(|bytes| self.under_way.unwrap_or(bytes.min(most)));
    }

    /// Whether nothing more is taken until it may go on.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.under_way == Some(0) && self.is_begun()
    }

    /// What was offered is named: the next that comes is written.
    fn is_begun(&self) -> bool {
        match self.state {
            State::Receiving(_) | State::Arriving(..) => true,
            State::AwaitingOffer | State::AwaitingTable(_) | State::Over(_) => false,
        }
    }

    /// Ends it here and removes what is not whole.
    pub fn cancel(&mut self) {
        if self.end.is_none() {
            self.finish(End::new(Outcome::Cancelled, ""));
        }
    }

    /// There will be no room.
    pub fn give_up(&mut self) {
        if self.end.is_none() {
            self.finish(End::new(Outcome::DiskFull, ""));
        }
    }

    /// Nothing more will come from the sender. `complete`: it finished its stream, so it knows all it has to.
    pub fn closed(&mut self, complete: bool) {
        match &self.end {
            None => self.finish(End::new(Outcome::Broken, "")),
            // Until the sender knows, a batch that it sends again is the same one.
            Some(end) if end.outcome == Outcome::Whole && complete => self.remove(),
            Some(_) => {}
        }
    }

    /// Takes bytes of the sender's, in the order they came.
    pub fn feed(&mut self, bytes: &[u8]) -> Fed {
        let mut rest = bytes;
        let stuck = loop {
            let more = self.end.is_none() && !self.stands() && (self.held.is_some() || !rest.is_empty());
            let (left, moved) = (rest.len(), self.progress.bytes_moved);
            let done = if more { self.take(&mut rest) } else { self.write_down() };
            self.came((left - rest.len()) as u64, moved);
            match done {
                Ok(()) if more => {}
                Ok(()) => break false,
                Err(Halted::NoRoom) => break true,
                Err(Halted::End(end)) => self.finish(end),
            }
        };
        Fed { taken: bytes.len() - rest.len(), stuck }
    }

    /// So many bytes were taken off the stream, and `moved` had come of files before: of what may come at a standstill that is taken
    /// off, whichever is more, since zeros come as a word.
    fn came(&mut self, taken: u64, moved: u64) {
        let begun = self.is_begun();
        if let Some(under_way) = self.under_way.as_mut().filter(|_| begun) {
            *under_way = under_way.saturating_sub(taken.max(self.progress.bytes_moved.saturating_sub(moved)));
        }
    }

    /// What is whole is written down once for all that was fed: whoever is killed before gets those files again.
    fn write_down(&mut self) -> Result<(), Halted> {
        match &mut self.state {
            State::Receiving(batch) | State::Arriving(batch, _) => Ok(batch.write()?),
            State::AwaitingOffer | State::AwaitingTable(_) | State::Over(_) => Ok(()),
        }
    }

    fn take(&mut self, rest: &mut &[u8]) -> Result<(), Halted> {
        if self.data_left > 0 {
            return self.take_data(rest);
        }
        let message = match self.held.take() {
            Some(message) => message,
            None => match self.inbox.next(rest).map_err(|error| End::wrong(&error.to_string()))? {
                Some(message) => message,
                None => return Ok(()),
            },
        };
        let done = self.on_message(&message);
        if let Err(Halted::NoRoom) = &done {
            self.held = Some(message);
        }
        done
    }

    /// Bytes of a file go from here to the disk without a copy.
    fn take_data(&mut self, rest: &mut &[u8]) -> Result<(), Halted> {
        let may_come = self.under_way.map_or(usize::MAX, |bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        let State::Arriving(_, file) = &mut self.state else { return Err(End::wrong("bytes of no file").into()) };
        let (piece, behind) = rest.split_at(self.data_left.min(rest.len()).min(may_come));
        file.put(piece)?;
        self.room.wrote(piece);
        self.progress.bytes += piece.len() as u64;
        self.progress.bytes_moved += piece.len() as u64;
        self.data_left -= piece.len();
        *rest = behind;
        Ok(())
    }

    fn on_message(&mut self, message: &Message) -> Result<(), Halted> {
        match message {
            Message::Pause(on) => {
                self.paused_there = *on;
                return Ok(());
            }
            Message::Stop(why) => return Err(End::new(why.outcome(), "").into()),
            Message::Offer { .. }
            | Message::Table(_)
            | Message::File { .. }
            | Message::Data(_)
            | Message::Zeros(_)
            | Message::Sum(_)
            | Message::Done
            | Message::Have { .. }
            | Message::Kept => {}
        }
        let look = self.look;
        match (&mut self.state, message) {
            (State::AwaitingOffer, Message::Offer { batch, entries, bytes, room }) => {
                self.on_offer(*batch, *entries, *bytes, *room)
            }
            (State::AwaitingTable(table), Message::Table(more)) => {
                // Asked again for want of room, they are in it already.
                if table.entries.len() < table.count {
                    table.take(more)?;
                }
                self.begin_if_named()
            }
            (State::Receiving(batch), Message::File { index, offset }) => {
                let file = batch.file(*index, *offset)?;
                self.progress.now.clone_from(&file.entry.path);
                self.progress.bytes += offset;
                self.with_batch(|batch| State::Arriving(batch, Box::new(file)));
                Ok(())
            }
            (State::Receiving(batch), Message::Done) => {
                batch.finish()?;
                batch.write()?;
                self.progress.renamed = batch.renamed();
                self.progress.now.clear();
                self.whole = Some(batch.table());
                wire::write(&Message::Kept, &mut self.words);
                self.end = Some(End::new(Outcome::Whole, ""));
                self.with_batch(|batch| State::Over(Some(batch)));
                Ok(())
            }
            (State::Arriving(batch, file), Message::Data(bytes)) => {
                file.has_room_for(*bytes as u64)?;
                let to_come = self.progress.bytes_total.saturating_sub(self.progress.bytes);
                self.room.ask(*bytes as u64, to_come, || look(batch))?;
                self.data_left = *bytes;
                Ok(())
            }
            (State::Arriving(_, file), Message::Zeros(bytes)) => {
                file.zeros((*bytes).into())?;
                self.progress.bytes += u64::from(*bytes);
                self.progress.bytes_moved += u64::from(*bytes);
                Ok(())
            }
            (State::Arriving(batch, file), Message::Sum(digest)) => {
                file.finish(digest)?;
                batch.whole(file.index)?;
                self.progress.files += 1;
                self.progress.renamed = batch.renamed();
                self.with_batch(State::Receiving);
                Ok(())
            }
            (
                State::AwaitingOffer
                | State::AwaitingTable(_)
                | State::Receiving(_)
                | State::Arriving(..)
                | State::Over(_),
                _,
            ) => Err(End::wrong("a word out of turn").into()),
        }
    }

    /// Goes on to another state with the same batch.
    fn with_batch(&mut self, next: impl FnOnce(Box<Batch>) -> State) {
        self.state = match std::mem::replace(&mut self.state, State::Over(None)) {
            State::Receiving(batch) | State::Arriving(batch, _) => next(batch),
            other @ (State::AwaitingOffer | State::AwaitingTable(_) | State::Over(_)) => other,
        };
    }

    fn on_offer(&mut self, batch: [u8; BATCH_BYTES], entries: u32, bytes: u64, room: u64) -> Result<(), Halted> {
        let count = usize::try_from(entries).unwrap_or(usize::MAX);
        if count == 0 || count > ENTRIES_MAX {
            return Err(End::wrong("no files, or too many").into());
        }
        self.terms.check_batch(batch)?;
        self.terms.check_size(entries, bytes)?;
        self.progress.bytes_total = bytes;
        self.room = Room::new(room);
        self.state = State::AwaitingTable(Table { batch, count, bytes, path_bytes: 0, entries: Vec::new() });
        Ok(())
    }

    /// Once everything is named: takes up what is there, looks whether the rest fits, and says so.
    fn begin_if_named(&mut self) -> Result<(), Halted> {
        let State::AwaitingTable(table) = &self.state else { return Ok(()) };
        if table.entries.len() < table.count {
            return Ok(());
        }
        if table.sum() != Some(table.bytes) {
            return Err(End::wrong("a sum that is none").into());
        }
        self.terms.check_table(&table.entries)?;
        let mut batch = Batch::begin(&self.place, table.batch, &table.entries)?;
        let (whole, partial) = batch.have(&self.halt)?;
        let missing = table.bytes - batch.bytes_done();
        let there = partial.map_or(0, |partial| partial.bytes);
        if !self.room.holds(missing.saturating_sub(there), (self.look)(&batch)) {
            return Err(End::new(Outcome::DiskFull, format!("{missing} bytes are to come")).into());
        }
        self.progress = Progress {
            bytes: batch.bytes_done(),
            bytes_total: table.bytes,
            bytes_moved: 0,
            files: batch.files_done(),
            files_total: table.entries.iter().filter(|entry| !entry.folder).count() as u64,
            now: String::new(),
            renamed: batch.renamed(),
        };
        wire::write(&Message::Have { whole, partial }, &mut self.words);
        self.state = State::Receiving(Box::new(batch));
        Ok(())
    }

    /// Ends it, and has the sender told why where it does not know.
    fn finish(&mut self, end: End) {
        let why = match end.outcome {
            Outcome::Cancelled => Some(Why::Cancelled),
            Outcome::DiskFull => Some(Why::DiskFull),
            Outcome::Gone => Some(Why::Gone),
            Outcome::Denied => Some(Why::Denied),
            Outcome::Wrong => Some(Why::Wrong),
            Outcome::Whole | Outcome::CancelledThere | Outcome::Broken | Outcome::Changed => None,
        };
        if let Some(why) = why {
            wire::write(&Message::Stop(why), &mut self.words);
        }
        if matches!(end.outcome, Outcome::Cancelled | Outcome::CancelledThere) {
            self.remove();
        } else {
            // What cannot be written down comes again.
            let _ = self.write_down();
            self.with_batch(|batch| State::Over(Some(batch)));
        }
        self.held = None;
        self.end = Some(end);
    }

    /// What has no name yet is not needed any more.
    fn remove(&mut self) {
        let state = std::mem::replace(&mut self.state, State::Over(None));
        if let State::Receiving(batch) | State::Arriving(batch, _) | State::Over(Some(batch)) = state {
            batch.remove();
        }
    }
}

impl Table {
    fn take(&mut self, more: &[Entry]) -> Result<(), End> {
        self.path_bytes += more.iter().map(|entry| entry.path.len()).sum::<usize>();
        if self.entries.len() + more.len() > self.count || self.path_bytes > TABLE_BYTES_MAX {
            return Err(End::wrong("more files than were announced"));
        }
        self.entries.extend_from_slice(more);
        Ok(())
    }

    /// Bytes of all files; `None`: more than there can be.
    fn sum(&self) -> Option<u64> {
        self.entries.iter().try_fold(0_u64, |sum, entry| sum.checked_add(entry.bytes))
    }
}

#[cfg(test)]
mod tests;
