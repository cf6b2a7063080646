//! What only the person here can answer: whether to receive and where, and what to send. Drops as well, which nobody asks for.

use super::{Transfers, downloads_folder, hand, places};
use crate::pace::Pace;
use crate::shared::{Inner, Shared};
use crate::view::{Access, AuditKind, FilePick, FileQuestion};
use lotse_files::Agreed;
use lotse_protocol::peer::ConsentState;
use lotse_protocol::tidy;
use lotse_runtime::{ErrorCode, Event, Role, Settings, Value, setting};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Open questions of a session, and of one plugin.
const QUESTIONS_MAX: usize = 8;
const PLUGIN_QUESTIONS_MAX: usize = 4;
/// Wishes for the chooser that wait.
const PICKS_MAX: usize = 4;
/// Questions and choosers that a session may put to a person in a minute, and folders that it may show.
const ASKED_MAX: u32 = 20;
const ASKED_WINDOW: Duration = Duration::from_secs(60);
/// Places of a window where files can be dropped.
const PLACES_MAX: usize = 4;
/// Longest name, in characters: as long as any system has one, so that what was agreed to is known in full.
const NAME_CHARS_MAX: usize = 255;
/// Of a longer one a question shows so much of the start and of the end, which says what kind of file it is.
const NAME_START_CHARS: usize = 80;
const NAME_END_CHARS: usize = 39;

pub(super) struct Asking {
    picks: Vec<Pick>,
    questions: Vec<Question>,
    drops: BTreeMap<String, Asker>,
    pace: Pace,
}

impl Default for Asking {
    fn default() -> Self {
        let pace = Pace::new(ASKED_MAX, ASKED_WINDOW);
        Self { picks: Vec::new(), questions: Vec::new(), drops: BTreeMap::new(), pace }
    }
}

/// A plugin by its number and its id.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Asker {
    pub plugin: usize,
    pub id: String,
}

struct Pick {
    request: u64,
    asker: Asker,
    folders: bool,
}

struct Question {
    request: u64,
    asker: Asker,
    from: String,
    name: String,
    files: u64,
    folders: u64,
    bytes: u64,
    place: PathBuf,
    room: Option<u64>,
}

/// What windows show of it.
#[derive(Default)]
pub(crate) struct AskingView {
    pub questions: Vec<FileQuestion>,
    pub picks: Vec<FilePick>,
    pub places: Vec<String>,
}

impl Transfers {
    /// The session's task looks; what changes from here on is news again.
    pub(crate) fn looked(&self) {
        self.told.store(false, Ordering::Release);
    }

    fn tell(&self, shared: &Shared) {
        if !self.told.swap(true, Ordering::AcqRel) && !shared.report(Inner::Files) {
            self.looked();
        }
    }

    /// `name`: what a plugin is called by people.
    pub(crate) fn views(&self, name: impl Fn(usize) -> String) -> AskingView {
        let state = self.state.lock();
        let question = |question: &Question| FileQuestion {
            id: question.request,
            plugin: name(question.asker.plugin),
            from: question.from.clone(),
            name: shown(&question.name),
            files: question.files,
            folders: question.folders,
            bytes: question.bytes,
            place: question.place.clone(),
            room: question.room,
        };
        let pick = |pick: &Pick| FilePick { id: pick.request, plugin: name(pick.asker.plugin), folders: pick.folders };
        AskingView {
            questions: state.asking.questions.iter().map(question).collect(),
            picks: state.asking.picks.iter().map(pick).collect(),
            places: state.asking.drops.keys().cloned().collect(),
        }
    }

    pub(crate) fn pick(&self, shared: &Shared, asker: Asker, folders: bool) -> Result<u64, ErrorCode> {
        let request = shared.new_id();
        {
            let asking = &mut self.state.lock().asking;
            if asking.picks.len() >= PICKS_MAX {
                return Err(ErrorCode::Limit);
            }
            if !asking.pace.takes(Instant::now()) {
                return Err(ErrorCode::Busy);
            }
            asking.picks.push(Pick { request, asker, folders });
        }
        self.tell(shared);
        Ok(request)
    }

    /// One plugin a place: the first that wants it.
    pub(crate) fn take_drops(&self, shared: &Shared, asker: Asker, place: &str, on: bool) -> Result<(), ErrorCode> {
        {
            let drops = &mut self.state.lock().asking.drops;
            let taken = drops.get(place).map(|by| *by == asker);
            match (on, taken) {
                (true, Some(false)) => return Err(ErrorCode::Busy),
                (true, None) if drops.len() >= PLACES_MAX => return Err(ErrorCode::Limit),
                (true, None) => {
                    drops.insert(place.to_owned(), asker);
                }
                (false, Some(true)) => {
                    drops.remove(place);
                }
                (true, Some(true)) | (false, Some(false) | None) => return Ok(()),
            }
        }
        self.tell(shared);
        Ok(())
    }

    /// Asks whether to receive. Where the customer has allowed it for good, that is the answer, but not while the session is paused.
    pub(crate) fn ask(&self, shared: &Shared, asker: Asker, offer: &Settings) -> Result<u64, ErrorCode> {
        let count = |key| match setting(offer, key) {
            Some(Value::Number(number)) => u64::try_from(*number).unwrap_or(0),
            _ => 0,
        };
        let name = match setting(offer, "name") {
            Some(Value::Text(name)) => tidy(name, NAME_CHARS_MAX),
            _ => String::new(),
        };
        let from = sender(shared, asker.plugin, offer);
        let place = downloads_folder().unwrap_or_default();
        let question = Question {
            request: shared.new_id(),
            asker,
            from,
            name,
            files: count("files"),
            folders: count("folders"),
            bytes: count("bytes"),
            room: lotse_files::room_bytes(&place),
            place,
        };
        let (request, plugin) = (question.request, question.asker.plugin);
        if !self.state.lock().asking.pace.takes(Instant::now()) {
            return Err(ErrorCode::Busy);
        }
        let about = format!("{} files, {} folders, {} bytes", question.files, question.folders, question.bytes);
        let offered = Inner::FilesAudit { plugin, kind: AuditKind::FilesOffered, about };
        let at_once = is_allowed(shared) && !self.paused.load(Ordering::Acquire);
        if at_once && !question.place.as_os_str().is_empty() {
            shared.report(offered);
            let place = question.place.clone();
            self.accept(shared, question, place, true);
            if !is_allowed(shared) {
                // Taken back meanwhile, perhaps before this one was there to be ended.
                self.take_back();
            }
            return Ok(request);
        }
        {
            let questions = &mut self.state.lock().asking.questions;
            let own = questions.iter().filter(|of| of.asker == question.asker).count();
            if questions.len() >= QUESTIONS_MAX || own >= PLUGIN_QUESTIONS_MAX {
                return Err(ErrorCode::Limit);
            }
            questions.push(question);
        }
        shared.report(offered);
        self.tell(shared);
        Ok(request)
    }

    /// The plugin needs no answer any more, to whichever of its own requests this was.
    pub(crate) fn withdraw(&self, shared: &Shared, plugin: usize, request: u64) {
        {
            let asking = &mut self.state.lock().asking;
            asking.questions.retain(|of| of.request != request || of.asker.plugin != plugin);
            asking.picks.retain(|of| of.request != request || of.asker.plugin != plugin);
        }
        self.tell(shared);
    }

    /// An instance is gone: nobody waits for its answers, and what is dropped has nowhere to go.
    pub(crate) fn forget(&self, shared: &Shared, plugin: usize) {
        {
            let asking = &mut self.state.lock().asking;
            asking.questions.retain(|of| of.asker.plugin != plugin);
            asking.picks.retain(|of| of.asker.plugin != plugin);
            asking.drops.retain(|_, by| by.plugin != plugin);
        }
        self.tell(shared);
    }

    /// The person's answer. `None`, or a place that is no folder: declined.
    pub(crate) fn answer(&self, shared: &Shared, request: u64, place: Option<PathBuf>) {
        let question = {
            let questions = &mut self.state.lock().asking.questions;
            let Some(at) = questions.iter().position(|of| of.request == request) else { return };
            questions.remove(at)
        };
        match place.filter(|place| place.is_absolute()) {
            Some(place) => self.accept(shared, question, place, false),
            None => self.decline(shared, &question.asker, request),
        }
        self.tell(shared);
    }

    /// From here on the place takes what was asked about, and nothing else. `unasked`: by the customer's standing word.
    fn accept(&self, shared: &Shared, question: Question, place: PathBuf, unasked: bool) {
        let Question { request, asker, from: _, name, files, folders, bytes, place: _, room: _ } = question;
        let agreed = Agreed { name, files, folders, bytes };
        let Ok(target) = self.take_target(shared, &asker.id, place, agreed, unasked) else {
            return self.decline(shared, &asker, request);
        };
        let (plugin, about) = (asker.plugin, String::new());
        shared.report(Inner::FilesAudit { plugin, kind: AuditKind::FilesAccepted, about });
        hand(shared, plugin, Event::FilesAnswered { request, target: Some(target) }, Some(target));
    }

    fn decline(&self, shared: &Shared, asker: &Asker, request: u64) {
        let (plugin, about) = (asker.plugin, String::new());
        shared.report(Inner::FilesAudit { plugin, kind: AuditKind::FilesDeclined, about });
        hand(shared, plugin, Event::FilesAnswered { request, target: None }, None);
    }

    /// What the person picked; nothing is an answer, too.
    pub(crate) fn picked(&self, shared: &Arc<Shared>, request: u64, paths: Vec<PathBuf>) {
        let pick = {
            let picks = &mut self.state.lock().asking.picks;
            let Some(at) = picks.iter().position(|of| of.request == request) else { return };
            picks.remove(at)
        };
        self.tell(shared);
        let event = move |source| Event::FilesPicked { request, source };
        if paths.is_empty() {
            return hand(shared, pick.asker.plugin, event(None), None);
        }
        let (shared, asker) = (shared.clone(), pick.asker);
        tokio::task::spawn_blocking(move || {
            let source = shared.transfers.take_source(&shared, &asker.id, paths).ok();
            hand(&shared, asker.plugin, event(source), source);
        });
    }

    pub(crate) fn dropped(&self, shared: &Arc<Shared>, place: String, paths: Vec<PathBuf>) {
        let asker = self.state.lock().asking.drops.get(&place).cloned();
        let Some(asker) = asker.filter(|_| !paths.is_empty()) else { return };
        let shared = shared.clone();
        tokio::task::spawn_blocking(move || {
            if let Ok(source) = shared.transfers.take_source(&shared, &asker.id, paths) {
                hand(&shared, asker.plugin, Event::FilesDropped { place, source }, Some(source));
            }
        });
    }

    /// Shows the place that a token stands for.
    pub(crate) fn reveal(&self, plugin: &str, token: &str) -> Result<(), ErrorCode> {
        let place = self.place(plugin, token)?;
        if !self.state.lock().asking.pace.takes(Instant::now()) {
            return Err(ErrorCode::Busy);
        }
        places::reveal(&place).map_err(|error| {
            tracing::warn!(%error, "no program shows folders here");
            ErrorCode::Unsupported
        })
    }
}

fn shown(name: &str) -> String {
    let left_out = name.chars().count().saturating_sub(NAME_START_CHARS + NAME_END_CHARS);
    if left_out <= 1 {
        return name.to_owned();
    }
    let start: String = name.chars().take(NAME_START_CHARS).collect();
    let end: String = name.chars().skip(NAME_START_CHARS + left_out).collect();
    format!("{start}…{end}")
}

/// Who sends: whose word the plugin carries out just now, or whom it names, if they are there; otherwise everybody whom
/// it may be.
fn sender(shared: &Shared, plugin: usize, offer: &Settings) -> String {
    let named = || match setting(offer, "from") {
        Some(Value::Text(name)) => shared.peers().into_iter().find(|peer| peer.name == *name),
        _ => None,
    };
    let peer = shared.acts_for(plugin).or_else(named);
    peer.map_or_else(|| shared.on_behalf_of(plugin), |peer| peer.name)
}

/// The customer has said that nobody need ask.
fn is_allowed(shared: &Shared) -> bool {
    match shared.me.role {
        Role::Customer => shared.consents.lock().state(Access::Files) == ConsentState::Granted,
        Role::Rep => false,
    }
}
