//! Files of one session: what people picked and agreed to, and the batches that run.
//!
//! A plugin asks and joins; who answers is the person here, through the [`View`](crate::view::View)'s questions. Paths and
//! bytes stay on this side of the contract. Each transfer has a thread of its own, since disks block: it runs the machines of
//! `lotse-files` over a stream that the plugin gave away.

pub(crate) mod asking;
mod discarding;
mod places;
pub(crate) mod receiving;
mod report;
mod running;
pub(crate) mod sending;
mod standing;
pub(crate) mod steer;
mod tokens;

pub use places::downloads_folder;
pub(crate) use places::user_folder;
pub(crate) use tokens::{discard, discard_noted, place_beside};

use crate::shared::Shared;
use asking::Asking;
use lotse_files::{Agreed, BATCH_BYTES, End, Outcome, Walked};
use lotse_runtime::{ErrorCode, Event, FileEntry, Settings, Value, contract};
use lotse_transport::StreamError;
use parking_lot::Mutex;
use running::{Job, Running};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use steer::{Over, number, text};
use tokens::{Source, Target};

/// Sources that a session knows; an older one that nobody holds makes room. As many targets.
const SOURCES_MAX: usize = 32;
/// Batches that run at once.
const TRANSFERS_MAX: usize = 16;
/// Handles of sources and targets that plugins hold.
const HANDLES_MAX: usize = 256;
/// Bytes of paths in one answer to a plugin, which has to find room for it.
const ENTRY_BYTES_MAX: usize = 256 * 1024;
const TOKEN_BYTES: usize = 16;

/// Application error codes of a stream: given up, and ended by somebody's wish.
pub(crate) const RESET_CODE: u32 = 1;
pub(crate) const CANCELLED_CODE: u32 = 2;

/// A transfer that stands still is looked at so often: its rate falls then.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What the end of a stream means for the batch on it.
fn ended_by(problem: &StreamError) -> End {
    match problem {
        StreamError::GivenUp(CANCELLED_CODE) => End { outcome: Outcome::CancelledThere, detail: String::new() },
        _ => End { outcome: Outcome::Broken, detail: problem.to_string() },
    }
}

/// Where what stands for sources and targets is kept for a program that is started again.
#[derive(Debug, Clone)]
pub(crate) struct Keep {
    pub place: PathBuf,
    /// The one that it begins in.
    pub session: [u8; 16],
}

#[derive(Default)]
pub(crate) struct Transfers {
    keep: Option<Keep>,
    /// Whose that is. Held while it is written, so that the newest is what lies there.
    session: Mutex<[u8; 16]>,
    state: Mutex<State>,
    /// The session's task was told that something changed, and has not looked yet.
    told: AtomicBool,
    over: AtomicBool,
    /// Somebody paused the session: what would else go by itself is asked about.
    paused: AtomicBool,
}

#[derive(Default)]
struct State {
    asking: Asking,
    sources: Vec<Arc<Source>>,
    targets: Vec<Arc<Target>>,
    handles: HashMap<u64, Handle>,
    running: HashMap<u64, Running>,
    /// The customer here paused the session: nothing moves, whatever each transfer is told for itself.
    held: bool,
}

enum Handle {
    Source(Arc<Source>),
    Target(Arc<Target>),
}

impl Transfers {
    /// `restored`: this program was in the session before it was started again.
    pub(crate) fn new(keep: Option<Keep>, restored: bool) -> Self {
        let known = match &keep {
            Some(Keep { place, session }) if restored => tokens::read(place, *session),
            Some(_) | None => (Vec::new(), Vec::new()),
        };
        let (sources, targets) = known;
        for source in &sources {
            let source = source.clone();
            tokio::task::spawn_blocking(move || walk(&source));
        }
        let state = State { sources, targets, ..State::default() };
        let session = keep.as_ref().map(|keep| keep.session).unwrap_or_default();
        Self { keep, session: Mutex::new(session), state: Mutex::new(state), ..Self::default() }
    }

    pub(crate) fn pause_all(&self, on: bool) {
        self.paused.store(on, Ordering::Release);
    }

    /// Holds all that runs and what is begun meanwhile. What a person paused of it by itself stays so afterwards.
    pub(crate) fn hold_all(&self, on: bool) {
        let mut state = self.state.lock();
        state.held = on;
        state.running.values().for_each(|running| running.hold(on));
    }

    #[cfg(test)]
    pub(crate) fn stands(&self, transfer: u64) -> bool {
        self.state.lock().running.get(&transfer).is_some_and(Running::stands)
    }

    /// Takes in what a person picked. Blocks while it is gone through.
    fn take_source(&self, shared: &Shared, plugin: &str, paths: Vec<PathBuf>) -> Result<u64, ErrorCode> {
        let batch = random::<BATCH_BYTES>()?;
        let (token, plugin) = (token()?, plugin.to_owned());
        let source =
            Arc::new(Source { token, plugin, paths, batch, walked: Mutex::default(), sent: AtomicBool::default() });
        if walk(&source).entries.is_empty() {
            return Err(ErrorCode::Gone);
        }
        let id = {
            let mut state = self.state.lock();
            make_room(&mut state.sources)?;
            state.sources.push(source.clone());
            self.hold(&mut state, shared, Handle::Source(source))?
        };
        self.write();
        Ok(id)
    }

    fn take_target(
        &self,
        shared: &Shared,
        plugin: &str,
        place: PathBuf,
        agreed: Agreed,
        unasked: bool,
    ) -> Result<u64, ErrorCode> {
        let target = Target::new(token()?, plugin.to_owned(), place, Some(agreed));
        let target = Arc::new(Target { unasked, ..target });
        let (id, given_up) = {
            let mut state = self.state.lock();
            let given_up = make_room(&mut state.targets)?;
            state.targets.push(target.clone());
            (self.hold(&mut state, shared, Handle::Target(target))?, given_up)
        };
        if let Some(target) = given_up {
            tokio::task::spawn_blocking(move || target.sweep());
        }
        self.write();
        Ok(id)
    }

    fn hold(&self, state: &mut State, shared: &Shared, handle: Handle) -> Result<u64, ErrorCode> {
        if state.handles.len() >= HANDLES_MAX || self.over.load(Ordering::Acquire) {
            return Err(ErrorCode::Limit);
        }
        let id = shared.new_id();
        state.handles.insert(id, handle);
        Ok(id)
    }

    pub(crate) fn reopen_source(&self, shared: &Shared, plugin: &str, token: &str) -> Result<u64, ErrorCode> {
        let mut state = self.state.lock();
        let found = state.sources.iter().find(|source| source.token == token && source.plugin == plugin).cloned();
        let source = found.ok_or(ErrorCode::Gone)?;
        if source.walked.lock().is_none() {
            return Err(ErrorCode::Busy);
        }
        self.hold(&mut state, shared, Handle::Source(source))
    }

    pub(crate) fn reopen_target(&self, shared: &Shared, plugin: &str, token: &str) -> Result<u64, ErrorCode> {
        let mut state = self.state.lock();
        let found = state.targets.iter().find(|target| target.token == token && target.plugin == plugin).cloned();
        let target = found.filter(|target| !target.is_spent()).ok_or(ErrorCode::Gone)?;
        self.hold(&mut state, shared, Handle::Target(target))
    }

    /// The plugin holds it no longer; its token still stands for it.
    pub(crate) fn let_go(&self, id: u64) {
        self.state.lock().handles.remove(&id);
    }

    fn source(&self, id: u64) -> Result<Arc<Source>, ErrorCode> {
        match self.state.lock().handles.get(&id) {
            Some(Handle::Source(source)) => Ok(source.clone()),
            Some(Handle::Target(_)) | None => Err(ErrorCode::Gone),
        }
    }

    fn target(&self, id: u64) -> Result<Arc<Target>, ErrorCode> {
        match self.state.lock().handles.get(&id) {
            Some(Handle::Target(target)) => Ok(target.clone()),
            Some(Handle::Source(_)) | None => Err(ErrorCode::Gone),
        }
    }

    pub(crate) fn token(&self, id: u64) -> String {
        match self.state.lock().handles.get(&id) {
            Some(Handle::Source(source)) => source.token.clone(),
            Some(Handle::Target(target)) => target.token.clone(),
            None => String::new(),
        }
    }

    pub(crate) fn source_facts(&self, id: u64) -> Settings {
        let Some(walked) = self.source(id).ok().and_then(|source| source.walked.lock().clone()) else {
            return Vec::new();
        };
        vec![
            text("name", walked.name()),
            number("files", walked.files),
            number("folders", walked.folders),
            number("bytes", walked.bytes),
            number("left-out", walked.left_out),
        ]
    }

    pub(crate) fn source_entries(&self, id: u64, start: u32) -> Vec<FileEntry> {
        let Some(walked) = self.source(id).ok().and_then(|source| source.walked.lock().clone()) else {
            return Vec::new();
        };
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        let mut bytes = 0;
        let entries = walked.entries.iter().skip(start).take(contract::FILE_ENTRIES_MAX);
        let fitting = entries.take_while(|entry| {
            bytes += entry.path.len();
            bytes <= ENTRY_BYTES_MAX
        });
        fitting.map(|entry| FileEntry { path: entry.path.clone(), bytes: entry.bytes, folder: entry.folder }).collect()
    }

    pub(crate) fn target_facts(&self, id: u64) -> Settings {
        let Ok(target) = self.target(id) else { return Vec::new() };
        let place = target.place.display().to_string();
        let room = lotse_files::room_bytes(&target.place).map(|room| number("room", room));
        let unasked = ("unasked".to_owned(), Value::Flag(target.unasked));
        std::iter::once(text("place", &place)).chain(room).chain(target.unasked.then_some(unasked)).collect()
    }

    pub(crate) fn send(&self, shared: &Arc<Shared>, plugin: usize, source: u64, stream: u64) -> Result<u64, ErrorCode> {
        let source = self.source(source)?;
        self.begin(shared, plugin, Job::Send(source), stream)
    }

    pub(crate) fn receive(
        &self,
        shared: &Arc<Shared>,
        plugin: usize,
        target: u64,
        stream: u64,
    ) -> Result<u64, ErrorCode> {
        let target = self.target(target)?;
        if target.is_spent() {
            return Err(ErrorCode::Gone);
        }
        self.begin(shared, plugin, Job::Receive(target), stream)
    }

    fn begin(&self, shared: &Arc<Shared>, plugin: usize, job: Job, stream: u64) -> Result<u64, ErrorCode> {
        let mut state = self.state.lock();
        if state.running.len() >= TRANSFERS_MAX || self.over.load(Ordering::Acquire) {
            return Err(ErrorCode::Limit);
        }
        let peer = shared.streams.peer_of(stream).ok_or(ErrorCode::Gone)?;
        if shared.is_observing(peer) {
            return Err(ErrorCode::Denied);
        }
        let halves = shared.streams.take(stream)?;
        // Begun anew, the one before is of a stream that is no more, whether or not that is known by now.
        let before = state.running.values().filter(|running| running.is_same(&job));
        before.for_each(|running| running.end(Over::LetGo));
        let id = shared.new_id();
        let running = Running::start(shared, (plugin, peer), id, job, halves, state.held)?;
        state.running.insert(id, running);
        Ok(id)
    }

    pub(crate) fn progress(&self, id: u64) -> Settings {
        self.state.lock().running.get(&id).map_or_else(Vec::new, Running::settings)
    }

    pub(crate) fn pause(&self, id: u64, on: bool) {
        if let Some(running) = self.state.lock().running.get(&id) {
            running.pause(on);
        }
    }

    pub(crate) fn cancel(&self, id: u64) {
        if let Some(running) = self.state.lock().running.get(&id) {
            running.end(Over::Cancel);
        }
    }

    /// The plugin lets go of a transfer: it stops, and what has arrived stays.
    pub(crate) fn stop(&self, id: u64) {
        if let Some(running) = self.state.lock().running.get(&id) {
            running.end(Over::LetGo);
        }
    }

    /// The link to this one is gone, and every stream on it.
    pub(crate) fn link_gone(&self, peer: u32) {
        let state = self.state.lock();
        state.running.values().filter(|running| running.is_with(peer)).for_each(|running| running.end(Over::LetGo));
    }

    /// Its thread has ended.
    fn ended(&self, id: u64) {
        self.state.lock().running.remove(&id);
    }

    /// The session goes on under another rep's number: a program that is started again comes back into that one.
    pub(crate) fn go_on_as(&self, session: [u8; 16]) {
        *self.session.lock() = session;
        self.write();
    }

    /// Writes down what a program that is started again has to know.
    fn write(&self) {
        let Some(Keep { place, session: _ }) = &self.keep else { return };
        let session = self.session.lock();
        let (sources, targets) = {
            let state = self.state.lock();
            (state.sources.clone(), state.targets.clone())
        };
        if self.over.load(Ordering::Acquire) {
            return;
        }
        if let Err(error) = tokens::write(place, *session, &sources, &targets) {
            tracing::warn!(%error, "transfers could not be noted: after a crash they have to be begun anew");
        }
    }

    /// The session is over: everything ends, and what is not whole is removed. Gives what ran, by plugin, as the audit log has it.
    pub(crate) fn close(&self) -> Vec<(usize, String)> {
        self.over.store(true, Ordering::Release);
        let (targets, running) = {
            let mut state = self.state.lock();
            state.asking = Asking::default();
            state.handles.clear();
            let running: Vec<Running> = state.running.drain().map(|(_, running)| running).collect();
            (std::mem::take(&mut state.targets), running)
        };
        running.iter().for_each(|running| running.end(Over::LetGo));
        let ran = running.iter().map(Running::unfinished).collect();
        // At once: the next session's is to lie there.
        if let Some(Keep { place, .. }) = &self.keep {
            let _session = self.session.lock();
            let _ = std::fs::remove_file(place);
        }
        tokio::task::spawn_blocking(move || {
            running.into_iter().for_each(Running::wait);
            targets.iter().for_each(|target| target.sweep());
        });
        ran
    }

    /// The place that a token of this plugin's stands for: a target, or the folder that a source is in.
    fn place(&self, plugin: &str, token: &str) -> Result<PathBuf, ErrorCode> {
        let state = self.state.lock();
        let target = state.targets.iter().find(|target| target.token == token && target.plugin == plugin);
        if let Some(target) = target {
            return Ok(target.place.clone());
        }
        let source = state.sources.iter().find(|source| source.token == token && source.plugin == plugin);
        let folder = source.and_then(|source| source.paths.first()?.parent().map(PathBuf::from));
        folder.ok_or(ErrorCode::Gone)
    }
}

/// Room for one more: of those that no plugin and no transfer holds the oldest goes, and is given back.
fn make_room<T>(kept: &mut Vec<Arc<T>>) -> Result<Option<Arc<T>>, ErrorCode> {
    if kept.len() < SOURCES_MAX {
        return Ok(None);
    }
    let free = kept.iter().position(|one| Arc::strong_count(one) == 1).ok_or(ErrorCode::Limit)?;
    Ok(Some(kept.remove(free)))
}

/// Goes through what was picked, as it is now.
fn walk(source: &Source) -> Arc<Walked> {
    let before = source.walked.lock().clone();
    let walked = Arc::new(before.map_or_else(|| Walked::new(&source.paths), |before| before.again()));
    *source.walked.lock() = Some(walked.clone());
    walked
}

fn random<const N: usize>() -> Result<[u8; N], ErrorCode> {
    let mut bytes = [0; N];
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes).map_err(|_| ErrorCode::Unsupported)?;
    Ok(bytes)
}

fn token() -> Result<String, ErrorCode> {
    Ok(random::<TOKEN_BYTES>()?.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Hands an event to a plugin; what came with it is let go if nobody hears it.
fn hand(shared: &Shared, plugin: usize, event: Event, id: Option<u64>) {
    let heard = shared.instance(plugin).is_some_and(|instance| instance.try_send(event).is_ok());
    if let (false, Some(id)) = (heard, id) {
        shared.transfers.let_go(id);
    }
}

#[cfg(test)]
pub(crate) mod tests;
