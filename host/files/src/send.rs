//! The sending side of a batch: what was picked, read and hashed as it flows.
//!
//! A machine: [`Sender::feed`] takes what the receiver says, [`Sender::poll`] gives what to send. It reads files within these
//! calls and knows no network and no clock.

use crate::end::{End, Outcome};
use crate::prefix::{self, Halt};
use crate::sparse::{HOLE_BYTES, is_zero};
use crate::walk::{Opener, Walked};
use crate::wire::{self, Inbox, Message, Partial, Why};
use crate::{BATCH_BYTES, CHUNK_BYTES, Entry, Modified, Progress};
use std::fs::File;
use std::io::Read;
use std::sync::Arc;

/// Frames are collected up to this, so that small files travel together.
const FILLED_BYTES: usize = CHUNK_BYTES / 2;

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub enum Next<'a> {
    /// All of this is to be sent before anything else.
    Send(&'a [u8]),
    /// The receiver has to say something first, or one side pauses.
    Wait,
    Over(&'a End),
}

/// One batch on its way out.
#[derive(Debug)]
pub struct Sender {
    walked: Arc<Walked>,
    halt: Halt,
    inbox: Inbox,
    /// Said before anything else.
    words: Vec<u8>,
    out: Vec<u8>,
    state: State,
    opener: Opener,
    /// A bit for each entry that need not be sent, least significant first.
    done: Vec<u8>,
    /// The next entry to look at.
    next: u32,
    paused_here: bool,
    paused_there: bool,
    progress: Progress,
    end: Option<End>,
}

#[derive(Debug)]
enum State {
    /// So many entries of the table are said.
    Offering(usize),
    AwaitingHave,
    Sending(Option<Box<Reading>>),
    AwaitingKept,
}

/// A file as it is read.
#[derive(Debug)]
struct Reading {
    index: u32,
    file: File,
    hasher: blake3::Hasher,
    at: u64,
}

impl Sender {
    /// `batch` is the same whenever the same is sent again, which is then gone on with.
    #[must_use]
    pub fn new(walked: Arc<Walked>, batch: [u8; BATCH_BYTES], halt: Halt) -> Self {
        let progress = Progress { bytes_total: walked.bytes, files_total: walked.files, ..Progress::default() };
        let entries = u32::try_from(walked.entries.len()).unwrap_or(u32::MAX);
        let mut words = Vec::new();
        wire::write(&Message::Offer { batch, entries, bytes: walked.bytes, room: walked.room }, &mut words);
        let mut sender = Self {
            walked,
            halt,
            inbox: Inbox::default(),
            words,
            out: Vec::with_capacity(FILLED_BYTES + CHUNK_BYTES + wire::BODY_BYTES_MAX),
            state: State::Offering(0),
            opener: Opener::default(),
            done: Vec::new(),
            next: 0,
            paused_here: false,
            paused_there: false,
            progress,
            end: None,
        };
        if entries == 0 {
            // An offer of nothing makes no sense to anybody.
            sender.words.clear();
            sender.finish(End::new(Outcome::Gone, ""));
        }
        sender
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

    /// Whether the other side pauses.
    #[must_use]
    pub fn is_paused_there(&self) -> bool {
        self.paused_there
    }

    /// Takes what the receiver said.
    pub fn feed(&mut self, mut bytes: &[u8]) {
        while self.end.is_none() {
            let heard = match self.inbox.next(&mut bytes) {
                Ok(Some(message)) => self.on_message(&message),
                Ok(None) => return,
                Err(error) => Err(End::wrong(&error.to_string())),
            };
            if let Err(end) = heard {
                self.finish(end);
            }
        }
    }

    /// Nothing more will come from the receiver.
    pub fn closed(&mut self) {
        self.end.get_or_insert_with(|| End::new(Outcome::Broken, ""));
    }

    pub fn pause(&mut self, on: bool) {
        if self.end.is_none() && self.paused_here != on {
            self.paused_here = on;
            wire::write(&Message::Pause(on), &mut self.words);
        }
    }

    /// Ends it here; the receiver is told by what [`Self::poll`] gives.
    pub fn cancel(&mut self) {
        if self.end.is_none() {
            self.finish(End::new(Outcome::Cancelled, ""));
        }
    }

    /// What to do now. Takes as long as the disk does to read a piece.
    pub fn poll(&mut self) -> Next<'_> {
        self.out.clear();
        self.out.append(&mut self.words);
        while self.end.is_none() && self.out.len() < FILLED_BYTES {
            match self.step() {
                Ok(true) => {}
                Ok(false) => break,
                Err(end) => self.finish(end),
            }
        }
        self.out.append(&mut self.words);
        match &self.end {
            _ if !self.out.is_empty() => Next::Send(&self.out),
            Some(end) => Next::Over(end),
            None => Next::Wait,
        }
    }

    /// Ends it, and has the receiver told why where it does not know.
    fn finish(&mut self, end: End) {
        let why = match end.outcome {
            Outcome::Cancelled => Some(Why::Cancelled),
            Outcome::Changed => Some(Why::Changed),
            Outcome::Gone => Some(Why::Gone),
            Outcome::Denied => Some(Why::Denied),
            Outcome::Wrong => Some(Why::Wrong),
            Outcome::DiskFull | Outcome::Whole | Outcome::CancelledThere | Outcome::Broken => None,
        };
        if let Some(why) = why {
            wire::write(&Message::Stop(why), &mut self.words);
        }
        self.end = Some(end);
    }

    fn on_message(&mut self, message: &Message) -> Result<(), End> {
        match message {
            Message::Have { whole, partial } if matches!(self.state, State::AwaitingHave) => {
                self.on_have(whole, *partial)
            }
            Message::Kept if matches!(self.state, State::AwaitingKept) => {
                self.end = Some(End::new(Outcome::Whole, ""));
                Ok(())
            }
            Message::Pause(on) => {
                self.paused_there = *on;
                Ok(())
            }
            Message::Stop(why) => {
                self.end = Some(End::new(why.outcome(), ""));
                Ok(())
            }
            Message::Have { .. }
            | Message::Kept
            | Message::Offer { .. }
            | Message::Table(_)
            | Message::File { .. }
            | Message::Data(_)
            | Message::Zeros(_)
            | Message::Sum(_)
            | Message::Done => Err(End::wrong("a word out of turn")),
        }
    }

    fn on_have(&mut self, whole: &[u8], partial: Option<Partial>) -> Result<(), End> {
        if whole.len() != self.walked.entries.len().div_ceil(8) {
            return Err(End::wrong("another number of files"));
        }
        self.done = whole.to_vec();
        let walked = self.walked.clone();
        for (index, entry) in (0_u32..).zip(&walked.entries) {
            if self.is_done(index) && !entry.folder {
                self.progress.files += 1;
                self.progress.bytes += entry.bytes;
            }
        }
        let reading = match partial {
            Some(partial) => self.partial(&partial, &walked)?,
            None => None,
        };
        self.state = State::Sending(reading);
        Ok(())
    }

    /// The start of a file is there. Where it is the start of ours the rest is sent; otherwise all of it, in its turn.
    fn partial(&mut self, partial: &Partial, walked: &Walked) -> Result<Option<Box<Reading>>, End> {
        let Partial { index, bytes, digest } = partial;
        let entry = walked.entries.get(*index as usize).filter(|entry| !entry.folder && *bytes <= entry.bytes);
        let Some(entry) = entry.filter(|_| !self.is_done(*index)) else {
            return Err(End::wrong("more of a file than there is"));
        };
        let mut file = self.open(*index, entry)?;
        let hasher = prefix::hash(&mut file, *bytes, &self.halt).map_err(|error| End::reading(&error, &entry.path))?;
        Ok(match hasher {
            Some(hasher) if hasher.finalize().as_bytes() == digest => {
                self.progress.bytes += bytes;
                self.progress.now.clone_from(&entry.path);
                wire::write(&Message::File { index: *index, offset: *bytes }, &mut self.words);
                Some(Box::new(Reading { index: *index, file, hasher, at: *bytes }))
            }
            Some(_) | None => None,
        })
    }

    fn open(&mut self, index: u32, entry: &Entry) -> Result<File, End> {
        let file = self.opener.open(&self.walked, index).map_err(|error| End::reading(&error, &entry.path))?;
        unchanged(&file, entry)?;
        Ok(file)
    }

    fn is_done(&self, index: u32) -> bool {
        let index = index as usize;
        self.done.get(index / 8).is_some_and(|bits| bits >> (index % 8) & 1 == 1)
    }

    fn set_done(&mut self, index: u32) {
        let index = index as usize;
        if let Some(bits) = self.done.get_mut(index / 8) {
            *bits |= 1 << (index % 8);
        }
    }

    /// Does one thing. `false`: nothing can be done now.
    fn step(&mut self) -> Result<bool, End> {
        let paused = self.paused_here || self.paused_there;
        match &mut self.state {
            State::Offering(said) => {
                let rest = self.walked.entries.get(*said..).unwrap_or_default();
                if rest.is_empty() {
                    self.state = State::AwaitingHave;
                } else {
                    *said += wire::write_table(rest, &mut self.out);
                }
                Ok(true)
            }
            State::AwaitingHave | State::AwaitingKept => Ok(false),
            State::Sending(_) if paused => Ok(false),
            State::Sending(reading) => match reading.take() {
                Some(reading) => self.read(reading),
                None => self.look_at_next(),
            },
        }
    }

    fn look_at_next(&mut self) -> Result<bool, End> {
        let walked = self.walked.clone();
        let Some(entry) = walked.entries.get(self.next as usize) else {
            self.progress.now.clear();
            wire::write(&Message::Done, &mut self.out);
            self.state = State::AwaitingKept;
            return Ok(true);
        };
        let index = self.next;
        self.next += 1;
        if !entry.folder && !self.is_done(index) {
            let file = self.open(index, entry)?;
            self.progress.now.clone_from(&entry.path);
            wire::write(&Message::File { index, offset: 0 }, &mut self.out);
            let reading = Reading { index, file, hasher: blake3::Hasher::new(), at: 0 };
            self.state = State::Sending(Some(Box::new(reading)));
        }
        Ok(true)
    }

    fn read(&mut self, mut reading: Box<Reading>) -> Result<bool, End> {
        let walked = self.walked.clone();
        let Some(entry) = walked.entries.get(reading.index as usize) else { return Ok(true) };
        if reading.at < entry.bytes {
            let before = reading.at;
            read_on(&mut reading, entry, &mut self.out)?;
            self.progress.bytes += reading.at - before;
            self.progress.bytes_moved += reading.at - before;
            self.state = State::Sending(Some(reading));
        } else {
            unchanged(&reading.file, entry)?;
            wire::write(&Message::Sum(*reading.hasher.finalize().as_bytes()), &mut self.out);
            self.progress.files += 1;
            self.set_done(reading.index);
        }
        Ok(true)
    }
}

/// Appends the next piece of a file, behind its head.
fn read_on(reading: &mut Reading, entry: &Entry, out: &mut Vec<u8>) -> Result<(), End> {
    let wanted = usize::try_from(entry.bytes - reading.at).unwrap_or(CHUNK_BYTES).min(CHUNK_BYTES);
    let head = out.len();
    wire::write(&Message::Data(wanted), out);
    let start = out.len();
    // Resumed, the file stands behind the prefix that was hashed.
    let read = (&reading.file).take(wanted as u64).read_to_end(out);
    let read = read.map_err(|error| End::reading(&error, &entry.path))?;
    if read < wanted {
        out.truncate(head);
        return Err(changed(entry));
    }
    let piece = out.get(start..).unwrap_or_default();
    reading.hasher.update(piece);
    if wanted >= HOLE_BYTES && is_zero(piece) {
        out.truncate(head);
        wire::write(&Message::Zeros(u32::try_from(wanted).unwrap_or(u32::MAX)), out);
    }
    reading.at += wanted as u64;
    Ok(())
}

/// Whether the file is still the one that was announced.
fn unchanged(file: &File, entry: &Entry) -> Result<(), End> {
    let meta = file.metadata().map_err(|error| End::reading(&error, &entry.path))?;
    let modified = meta.modified().map(Modified::from).unwrap_or_default();
    if meta.len() == entry.bytes && modified == entry.modified { Ok(()) } else { Err(changed(entry)) }
}

fn changed(entry: &Entry) -> End {
    End::new(Outcome::Changed, entry.path.clone())
}
