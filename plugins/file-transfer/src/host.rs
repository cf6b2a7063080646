//! A half on the real host: streams, what was picked, the places that were chosen.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use lotse_sdk::files::{self, Source, Target, Transfer};
use lotse_sdk::prelude::*;
use lotse_sdk::{consent, ui::Tone};

use crate::item::{Item, Progress, Way};
use crate::protocol::{Allowed, Facts, Message};
use crate::transfers::{Desk, Outcome, Place};

/// Label of the stream on which the halves agree.
pub const CONTROL: &str = "control";
/// Before the number of what travels on a stream of its own.
const FILES: &str = "files-";
/// The capability, which is also the customer's standing permission.
pub const CAPABILITY: &str = "files";
/// A half that was started again is given time; one that keeps closing streams cannot keep this side busy: as long as nothing is
/// heard of it, each wait is twice the one before, up to some 64 s.
const REOPEN_AFTER_US: u64 = 1_000_000;
const REOPEN_DOUBLED_MAX: u32 = 6;
/// Everything that a half may have to say after a break, at a link that takes nothing yet.
const WAITING_BYTES_MAX: usize = 512 * 1024;

#[derive(Default)]
pub struct HostDesk {
    /// The other side, while it is there.
    pub peer: Option<Participant>,
    pub control: Option<Messages>,
    /// Its name, or the last one's.
    name: String,
    /// A new stream is opened when this timer rings.
    pub reopens: Option<u64>,
    sources: BTreeMap<u64, Source>,
    targets: BTreeMap<u64, Target>,
    /// What runs, by whether it is sent from here and the sender's number. Held as long as it runs: letting go stops it.
    running: BTreeMap<(bool, u64), Transfer>,
    /// The stream that was just opened.
    pub incoming: Option<Stream>,
}

/// The number of what is to come on a stream of this label.
pub fn number_in(label: &str) -> Option<u64> {
    label.strip_prefix(FILES).and_then(|number| u64::from_str_radix(number, 16).ok())
}

fn number(of: u64) -> Value {
    Value::Number(i64::try_from(of).unwrap_or(i64::MAX))
}

/// A number of settings; 0 where there is none.
fn count(of: &Settings, key: &str) -> u64 {
    of.number(key).and_then(|number| u64::try_from(number).ok()).unwrap_or(0)
}

fn small_count(of: &Settings, key: &str) -> u32 {
    u32::try_from(count(of, key)).unwrap_or(u32::MAX)
}

/// What a source is, and how much was left out of it.
pub fn facts_of(source: &Source) -> Option<(Facts, u32)> {
    let facts = source.facts();
    let name = facts.text("name").unwrap_or_default().to_owned();
    let (files, folders) = (small_count(&facts, "files"), small_count(&facts, "folders"));
    let left_out = small_count(&facts, "left-out");
    Facts { name, files, folders, bytes: count(&facts, "bytes") }.checked().map(|facts| (facts, left_out))
}

/// A place, called by the folder's own name of its whole path, which is enough for a row.
pub fn place_of(target: &Target) -> Place {
    let facts = target.facts();
    let path = facts.text("place").unwrap_or_default();
    let name = path.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or_default();
    let name = if name.is_empty() { path } else { name };
    Place { token: target.token(), name: name.to_owned(), unasked: facts.flag("unasked") == Some(true) }
}

/// The contract's account of how something ended.
pub fn outcome_of(settings: &Settings) -> Outcome {
    let outcome = settings.text("outcome").unwrap_or_default().to_owned();
    if let Some(detail) = settings.text("detail").filter(|detail| !detail.is_empty()) {
        session::log(Level::Info, &format!("a transfer ended ({outcome}): {detail}"));
    }
    Outcome { outcome, bytes: count(settings, "bytes"), renamed: small_count(settings, "renamed") }
}

impl HostDesk {
    /// How the other side is called.
    fn who(&self) -> &str {
        if self.name.is_empty() { text("the other side", "Gegenseite") } else { &self.name }
    }

    /// The other side is there.
    pub fn meet(&mut self, peer: Participant) {
        peer.name.clone_into(&mut self.name);
        self.peer = Some(peer);
    }

    /// `unheard`: how often in a row nothing was heard on one.
    pub fn reopen_later(&mut self, unheard: u32) {
        let delay_us = REOPEN_AFTER_US << unheard.min(REOPEN_DOUBLED_MAX);
        self.reopens = Some(session::wake_after_us(delay_us));
    }

    pub fn carries(&self, stream: u64) -> bool {
        self.control.as_ref().is_some_and(|control| control.id() == stream)
    }

    /// A stream on which the halves agree, opened here or there.
    pub fn agree_on(&mut self, messages: Messages) {
        self.control = Some(messages.waiting_bytes_max(WAITING_BYTES_MAX));
    }

    pub fn keep_source(&mut self, id: u64, source: Source) {
        self.sources.insert(id, source);
    }

    pub fn keep_target(&mut self, id: u64, target: Target) {
        self.targets.insert(id, target);
    }

    fn source(&mut self, item: &Item) -> Result<&Source, Error> {
        Ok(match self.sources.entry(item.id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(files::reopen_source(&item.token)?),
        })
    }

    fn target(&mut self, item: &Item) -> Result<&Target, Error> {
        Ok(match self.targets.entry(item.id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(files::reopen_target(&item.token)?),
        })
    }
}

/// Something to be told outside the rows.
pub fn notify(line: &str) {
    let title = text("Files", "Dateien");
    ui::notify(title, line, &settings([("tone", Tone::Caution.name().into())]));
}

impl Desk for HostDesk {
    fn tell(&mut self, message: &Message) -> bool {
        self.control.as_mut().is_some_and(|control| control.send(&message.encode()).is_ok())
    }

    fn hang_up(&mut self) {
        self.control.take().into_iter().for_each(Messages::reset);
        self.reopen_later(0);
        session::log(Level::Warn, "the other half is listened to no more");
    }

    fn ask(&mut self, facts: &Facts) -> Result<u64, Error> {
        let Facts { name, files, folders, bytes } = facts;
        files::ask(&settings([
            ("from", self.who().into()),
            ("name", name.as_str().into()),
            ("files", i64::from(*files).into()),
            ("folders", i64::from(*folders).into()),
            ("bytes", number(*bytes)),
        ]))
    }

    fn withdraw(&mut self, request: u64) {
        files::withdraw(request);
    }

    fn send(&mut self, item: &Item) -> Result<u64, Error> {
        let peer = self.peer.as_ref().map(|peer| peer.id).ok_or(Error::Busy)?;
        let source = self.source(item)?;
        // A link that is just going away is no reason to give up.
        let stream = channel::open(peer, &format!("{FILES}{:016x}", item.id), Class::Bulk).map_err(|_| Error::Busy)?;
        let transfer = source.send(stream)?;
        let id = transfer.id();
        self.running.insert((true, item.id), transfer);
        Ok(id)
    }

    fn receive(&mut self, item: &Item) -> Result<u64, Error> {
        let stream = self.incoming.take().ok_or(Error::Gone)?;
        let transfer = self.target(item)?.receive(stream)?;
        let id = transfer.id();
        self.running.insert((false, item.id), transfer);
        Ok(id)
    }

    fn place(&mut self, token: &str) -> Option<Place> {
        files::reopen_target(token).ok().map(|target| place_of(&target))
    }

    fn facts(&mut self, token: &str) -> Result<Facts, Error> {
        let source = files::reopen_source(token)?;
        facts_of(&source).map(|(facts, _)| facts).ok_or(Error::Gone)
    }

    fn pause(&mut self, transfer: u64, on: bool) {
        if let Some(running) = self.running.values().find(|running| running.id() == transfer) {
            running.pause(on);
        }
    }

    fn cancel(&mut self, transfer: u64) {
        if let Some(running) = self.running.values().find(|running| running.id() == transfer) {
            running.cancel();
        }
    }

    fn progress(&mut self, transfer: u64) -> Option<Progress> {
        let progress = self.running.values().find(|running| running.id() == transfer)?.progress();
        // It has just ended, which is on its way here.
        if progress.is_empty() {
            return None;
        }
        let waits = progress.text("waits").unwrap_or_default().to_owned();
        Some(Progress { bytes: count(&progress, "bytes"), rate_bytes_s: count(&progress, "rate-bytes-s"), waits })
    }

    fn stop(&mut self, way: Way, id: u64) {
        self.running.remove(&(way == Way::Out, id));
    }

    fn forget(&mut self, way: Way, id: u64) {
        self.stop(way, id);
        match way {
            Way::Out => drop(self.sources.remove(&id)),
            Way::In => drop(self.targets.remove(&id)),
        }
    }

    fn discard(&mut self, token: &str) {
        files::discard(token);
    }

    fn room(&mut self, token: &str) -> Option<u64> {
        let facts = files::reopen_target(token).ok()?.facts();
        facts.number("room").and_then(|room| u64::try_from(room).ok())
    }

    fn ask_to_allow(&mut self) -> Allowed {
        match consent::request(CAPABILITY) {
            Ok(consent::Answer::Granted) => Allowed::Yes,
            Ok(consent::Answer::Asked) => Allowed::Asked,
            Ok(consent::Answer::Refused) | Err(_) => Allowed::Refused,
        }
    }

    fn notify(&mut self, line: &str) {
        notify(line);
    }

    fn random(&mut self) -> u64 {
        u64::from_be_bytes(session::random(8).try_into().unwrap_or_default())
    }

    fn now_us(&mut self) -> u64 {
        session::now_us()
    }

    fn wake_after_us(&mut self, delay_us: u64) -> u64 {
        session::wake_after_us(delay_us)
    }

    fn changed(&mut self) {
        ui::invalidate();
    }
}
