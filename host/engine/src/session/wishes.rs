//! Rep's side: a plugin wishes for another rep in this session, to take it over or to come beside; or a manager wishes to look
//! on, where the account allows that.
//!
//! The relay asks whoever it is. Their program sees what plugins told of themselves, sealed to it; its code comes back sealed to
//! this one, which tells it to the customer's over the link. One wish at a time, and every wish is answered. One for a portal's
//! queue stands there until somebody is here, the customer wants nobody, or it is taken back: it is said again to a relay that has
//! forgotten it, and when whoever had taken it did not come.

use super::{HandOverNews, Task};
use crate::sealed::{self, Opener};
use crate::shared::Wish;
use crate::view::{HostNotice, PresentRep, Tone};
use lotse_protocol::control::{Secret, SessionId, Side, ToRelay};
use lotse_protocol::handover::{
    BESIDE_MAX, HandOver, HandOverOutcome, Purpose, SUMMARY_BYTES_MAX, TARGET_ID_BYTES_MAX, Target, TargetKind,
};
use lotse_protocol::peer::{self, PeerMessage};
use lotse_protocol::tidy;
use lotse_runtime::{Capability, Event as PluginEvent, Participant, Role};
use lotse_session::State;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Longest name that is shown, in characters.
const NAME_CHARS_MAX: usize = 80;
/// How long the customer's side may take, from the code to its word: the customer is asked, and whoever comes has to get ready.
pub(super) const CUSTOMER_PATIENCE: Duration = Duration::from_secs(270);
/// A manager who was not let in is asked in again so long after at the earliest: nobody is pestered with questions.
const WATCH_PAUSE: Duration = Duration::from_secs(60);

/// Other reps count on from this number, which no participant with a line of their own has.
const COLLEAGUES: u32 = 1_000;
/// Number of a manager's wish, which no plugin's has.
const WATCH: u64 = 0;

/// A wish that is not answered yet.
pub(super) struct OpenWish {
    /// None: it is a manager's.
    plugin: Option<usize>,
    request: u64,
    purpose: Purpose,
    /// Opens the code; gone when it has.
    opener: Option<Opener>,
    /// The customer's program has the code since then.
    told: Option<Instant>,
    /// It is one for a portal's queue.
    queued: Option<Queued>,
    /// The colleague who was chosen, by name: nobody else comes of it.
    named: Option<String>,
}

/// What is said again of a wish for a portal's queue.
struct Queued {
    to: String,
    note: String,
    since: Instant,
}

impl OpenWish {
    /// Whether somebody of that name may come of it.
    fn is_for(&self, name: &str) -> bool {
        self.named.as_ref().is_none_or(|named| named == name)
    }
}

impl Task {
    pub(super) fn on_wish(&mut self, plugin: usize, wish: Wish) {
        let directory = self.shared.as_ref().map(|shared| shared.directory.lock().clone()).unwrap_or_default();
        let target = directory.iter().find(|target| target.id == wish.to).cloned();
        self.wish_for(Some(plugin), wish, target);
    }

    /// They are asked in, unless somebody is being asked already; the rep sees it, and the customer decides.
    fn on_watch_asked(&mut self, to: String, by: &str) {
        let active = self.may_wish() && to.len() <= TARGET_ID_BYTES_MAX;
        let rests = self.watch_asked.is_some_and(|at| at.elapsed() < WATCH_PAUSE);
        let Some(shared) = self.shared.clone().filter(|_| active && !rests) else { return };
        {
            let mut open = shared.wish.lock();
            if open.is_some() {
                return;
            }
            *open = Some(WATCH);
        }
        self.watch_asked = Some(Instant::now());
        let name = tidy(by, NAME_CHARS_MAX);
        self.notice_of_host(Tone::Plain, name.clone(), HostNotice::RepToWatch);
        let target = Target { id: to.clone(), kind: TargetKind::Rep, name, available: true };
        self.wish_for(None, Wish { request: WATCH, to, note: String::new(), purpose: Purpose::Observe }, Some(target));
    }

    /// This rep may ask for another: the session runs, and they do not look on alone.
    fn may_wish(&self) -> bool {
        let looks = self.shared.as_ref().is_some_and(|shared| shared.observes());
        *self.end.machine.state() == State::Active && self.config.side == Side::Rep && !looks
    }

    /// `target`: whom that is, as the relay has told it; `None`: it names nobody.
    fn wish_for(&mut self, plugin: Option<usize>, wish: Wish, target: Option<Target>) {
        let Wish { request, to, note, purpose } = wish;
        let active = self.may_wish();
        let opener = Opener::new().ok().filter(|_| active);
        let (Some(opener), Some(target)) = (opener, target) else {
            let (opener, told, queued, named) = (None, None, None, None);
            self.wish = Some(OpenWish { plugin, request, purpose, opener, told, queued, named });
            return self.answer_wish(HandOverOutcome::Gone, String::new());
        };
        let key = opener.public().to_vec();
        let queue = || Queued { to: to.clone(), note: note.clone(), since: Instant::now() };
        let (queued, named) = match target.kind {
            TargetKind::Rep => (None, Some(target.name)),
            TargetKind::Team => (None, None),
            TargetKind::Portal => (Some(queue()), None),
        };
        self.wish = Some(OpenWish { plugin, request, purpose, opener: Some(opener), told: None, queued, named });
        let session = self.config.id;
        self.relay_says(ToRelay::HandOver(Box::new(HandOver { session, to, note, purpose, key, waiting_s: 0 })));
    }

    fn is_queued(&self) -> bool {
        self.wish.as_ref().is_some_and(|wish| wish.queued.is_some())
    }

    /// Another key for whoever comes next; without one nobody can. What was told before leads nowhere any more.
    fn renew_opener(&mut self) -> Option<Vec<u8>> {
        let opener = Opener::new().ok();
        let key = opener.as_ref().map(|opener| opener.public().to_vec());
        if let Some(wish) = &mut self.wish {
            (wish.opener, wish.told) = (opener, None);
        }
        if key.is_none() {
            self.relay_says(ToRelay::WithdrawHandOver { session: self.config.id });
            self.answer_wish(HandOverOutcome::Gone, String::new());
        }
        key
    }

    /// It stands in the queue again, and whoever takes it seals to another key.
    fn say_key_again(&mut self) {
        if let Some(key) = self.renew_opener() {
            self.relay_says(ToRelay::HandOverKey { session: self.config.id, key });
        }
    }

    /// Says it once more, whatever the relay knows of it.
    fn say_wish_again(&mut self) {
        let Some(key) = self.renew_opener() else { return };
        let Some(OpenWish { purpose, queued: Some(Queued { to, note, since }), .. }) = &self.wish else { return };
        let (session, waiting_s) = (self.config.id, since.elapsed().as_secs());
        let (to, note, purpose) = (to.clone(), note.clone(), *purpose);
        self.relay_says(ToRelay::HandOver(Box::new(HandOver { session, to, note, purpose, key, waiting_s })));
    }

    /// A relay has this session again; whatever it knew of a wish went with the connection before.
    pub(super) fn repeat_wish(&mut self) {
        if self.is_queued() && self.wish.as_ref().is_some_and(|wish| wish.told.is_none()) {
            self.say_wish_again();
        }
    }

    /// What is with the customer already is theirs to decide.
    pub(super) fn on_withdraw(&mut self, plugin: usize, request: u64) {
        let open = self.wish.as_ref().is_some_and(|wish| wish.plugin == Some(plugin) && wish.request == request);
        if open && self.wish.as_ref().is_some_and(|wish| wish.told.is_none()) {
            self.relay_says(ToRelay::WithdrawHandOver { session: self.config.id });
            self.close_wish();
        }
    }

    pub(super) fn on_hand_over(&mut self, news: HandOverNews) {
        match news {
            HandOverNews::Looked { key, reader } => self.tell_summary(&key, reader),
            HandOverNews::Waits if self.is_queued() => self.say_key_again(),
            HandOverNews::Waits => {}
            // The code comes next.
            HandOverNews::Answered { outcome: HandOverOutcome::Accepted, .. } => {}
            HandOverNews::Answered { outcome, by } => self.answer_wish(outcome, tidy(&by, NAME_CHARS_MAX)),
            HandOverNews::Code { by, body } => self.on_colleagues_code(&by, &body),
            HandOverNews::Here { beside, by } => self.on_colleague_here(beside, &by),
            HandOverNews::Agreed { from, on } => self.on_agreed(&from, on),
            HandOverNews::Yours => self.on_yours(),
            HandOverNews::WatchAsked { to, by } => self.on_watch_asked(to, &by),
        }
    }

    /// What was said so far, to whoever reads it: for what the rep here wished themselves, and until it is the customer's to decide.
    /// The relay says whose key it is, and can begin a manager's wish alone; so that one is told nothing before they are here.
    fn tell_summary(&self, key: &[u8], reader: i64) {
        let own = |wish: &&OpenWish| wish.plugin.is_some() && wish.opener.is_some();
        let (Some(shared), Some(_)) = (&self.shared, self.wish.as_ref().filter(own)) else { return };
        let text = last_bytes(&shared.summaries().join("\n\n"), SUMMARY_BYTES_MAX).to_owned();
        if text.is_empty() {
            return;
        }
        match sealed::seal_summary(&text, key) {
            Ok(body) => self.relay_says(ToRelay::HandOverSummary { session: self.config.id, body, reader }),
            Err(problem) => tracing::warn!(%problem, "a colleague is not told what was said"),
        }
    }

    fn on_colleagues_code(&mut self, by: &str, body: &[u8]) {
        let Some(wish) = &mut self.wish else { return };
        let purpose = wish.purpose;
        let name = tidy(by, NAME_CHARS_MAX);
        let chosen = wish.is_for(&name);
        match wish.opener.take().filter(|_| chosen).and_then(|opener| opener.code(body)) {
            Some(code) => {
                wish.told = Some(Instant::now());
                let code = Secret(format!("{:05}{}", code.nameplate(), code.secret()));
                self.say(PeerMessage::Beside { code, name, purpose });
            }
            None => {
                tracing::warn!(session = %self.config.id, chosen, "a colleague's code cannot be read, or is somebody else's");
                if self.is_queued() {
                    return self.say_key_again();
                }
                self.relay_says(ToRelay::WithdrawHandOver { session: self.config.id });
                self.answer_wish(HandOverOutcome::Gone, name);
            }
        }
    }

    /// Whoever takes it over is in the session already: the customer's program has a line to them.
    fn on_colleague_here(&mut self, session: SessionId, by: &str) {
        let Some(wish) = self.wish.as_mut().filter(|wish| wish.opener.is_some()) else { return };
        let name = tidy(by, NAME_CHARS_MAX);
        // The customer is asked about nobody who helps here already: that it is whom the rep chose is for this side to see to.
        if wish.purpose != Purpose::TakeOver || !wish.is_for(&name) {
            tracing::warn!(session = %self.config.id, "a colleague who was to come, or somebody else, is said to be here");
            return self.answer_wish(HandOverOutcome::Gone, name);
        }
        (wish.opener, wish.told) = (None, Some(Instant::now()));
        self.say(PeerMessage::Lead { session, name });
    }

    /// The customer's program says how it went.
    pub(super) fn on_beside_ended(&mut self, name: &str, came: bool, refused: bool) {
        let name = tidy(name, NAME_CHARS_MAX);
        if self.wish.as_ref().is_none_or(|wish| wish.told.is_none()) {
            // It is of no wish of this rep's, so of a colleague's for this rep.
            if name == tidy(&self.view.me, NAME_CHARS_MAX) {
                self.on_led(came);
            }
            return;
        }
        if came {
            return self.answer_wish(HandOverOutcome::Accepted, name);
        }
        self.notice_of_host(Tone::Caution, name.clone(), HostNotice::RepNotCome);
        if self.is_queued() && !refused {
            return self.say_wish_again();
        }
        // Whoever waits for the customer waits no longer.
        self.relay_says(ToRelay::WithdrawHandOver { session: self.config.id });
        self.answer_wish(HandOverOutcome::Gone, name);
    }

    /// The relay remembers no wish of a console that was gone. One for a queue is said again when it has the session again.
    pub(super) fn relay_forgets_wish(&mut self) {
        if !self.is_queued() && self.wish.as_ref().is_some_and(|wish| wish.told.is_none()) {
            self.answer_wish(HandOverOutcome::Gone, String::new());
        }
    }

    /// With each tick: a customer's side that says nothing keeps nobody waiting for ever.
    pub(super) fn tend_wish(&mut self) {
        let told = self.wish.as_ref().and_then(|wish| wish.told);
        if told.is_some_and(|told| told.elapsed() > CUSTOMER_PATIENCE) {
            if self.is_queued() {
                return self.say_wish_again();
            }
            self.relay_says(ToRelay::WithdrawHandOver { session: self.config.id });
            self.answer_wish(HandOverOutcome::Gone, String::new());
        }
    }

    /// The session is over here.
    pub(super) fn give_wish_up(&mut self) {
        self.close_wish();
    }

    fn answer_wish(&mut self, outcome: HandOverOutcome, by: String) {
        let Some((plugin, request)) = self.close_wish() else { return };
        if let (Some(shared), Some(plugin)) = (&self.shared, plugin) {
            shared.try_tell(plugin, PluginEvent::DirectoryAnswered { request, outcome: outcome.name().to_owned(), by });
        }
    }

    /// Another may be wished for from here on.
    fn close_wish(&mut self) -> Option<(Option<usize>, u64)> {
        let OpenWish { plugin, request, .. } = self.wish.take()?;
        if let Some(shared) = &self.shared {
            shared.wish.lock().take_if(|open| *open == request);
        }
        Some((plugin, request))
    }

    /// Who else could help, if that is not what was known.
    pub(super) fn on_directory(&mut self, targets: Arc<Vec<Target>>) {
        let Some(shared) = self.shared.clone() else { return };
        if std::mem::replace(&mut *shared.directory.lock(), targets.clone()) == targets {
            return;
        }
        let concerned = |plugin: &usize| {
            shared.instance(*plugin).is_some_and(|instance| instance.active().contains(Capability::Directory))
        };
        shared.plugins().filter(concerned).for_each(|plugin| shared.try_tell(plugin, PluginEvent::DirectoryChanged));
    }

    /// The customer's program says who is there.
    pub(super) fn on_present(&mut self, reps: Vec<peer::PresentRep>) {
        if self.config.side == Side::Customer {
            return;
        }
        let shown = |peer::PresentRep { name, observing, you }: peer::PresentRep| {
            let name = tidy(&name, NAME_CHARS_MAX);
            PresentRep { name, observing, you, safety_code: String::new() }
        };
        let reps: Vec<PresentRep> = reps.into_iter().take(BESIDE_MAX + 1).map(shown).collect();
        // Whose line was silent just then is left out of the list: that says nothing of what they may do.
        if let Some(own) = reps.iter().find(|rep| rep.you) {
            self.on_standing(own.observing);
        }
        if let Some(shared) = &self.shared {
            let others = (COLLEAGUES..).zip(reps.iter().filter(|rep| !rep.you));
            let colleague = |(id, rep): (u32, &PresentRep)| Participant { id, role: Role::Rep, name: rep.name.clone() };
            *shared.colleagues.lock() = others.map(colleague).collect();
        }
        self.view.reps = Arc::new(reps);
        self.dirty = true;
    }
}

/// The end of a text, which is what was said last.
fn last_bytes(text: &str, bytes_max: usize) -> &str {
    let mut at = text.len().saturating_sub(bytes_max);
    while !text.is_char_boundary(at) {
        at += 1;
    }
    text.get(at..).unwrap_or_default()
}

#[cfg(test)]
#[path = "wishes_tests.rs"]
mod wishes_tests;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_text_the_end_is_kept_and_no_letter_is_cut() {
        assert_eq!(last_bytes("short", 10), "short");
        assert_eq!(last_bytes("größer", 4), "ßer");
        assert_eq!(last_bytes("größer", 3), "er");
        assert_eq!(last_bytes("", 0), "");
    }
}
