//! What one plugin's calls reach: the engine's side of the contract.
//!
//! Every method returns at once; what takes time happens on the session's task or on a thread of its own and comes back
//! as an event.

use crate::boards;
use crate::computer;
use crate::consents::Reply;
use crate::drawing::PenCursor;
use crate::input::InputService;
use crate::neighbours::Neighbour;
use crate::shared::{Inner, Shared, Wish};
use crate::transfers::asking::Asker;
use crate::view::{Access, Tone};
use lotse_package::Capability;
use lotse_protocol::handover::{NOTE_CHARS_MAX, Purpose};
use lotse_protocol::peer::ConsentState;
use lotse_protocol::shared::SharedValue;
use lotse_protocol::tidy;
use lotse_runtime::{
    Arrangement, AuditEvent, Beside, Board, Class, ConsentAnswer, Display, ErrorCode, Event, Fault, FileEntry, Host,
    Level, Participant, Point, Role, Settings, Stroke, Target, Value, setting,
};
use std::sync::Arc;
use std::time::Instant;

/// One plugin of one session.
pub(crate) struct PluginHost {
    pub shared: Arc<Shared>,
    /// Its number in the session's list.
    pub plugin: usize,
    pub id: String,
    /// What the licence sets for its feature.
    pub limits: Settings,
}

impl PluginHost {
    /// `Denied` for what is done, or may be done, on the word of somebody who only looks.
    fn acts(&self) -> Result<(), ErrorCode> {
        if self.shared.may_act(self.plugin) { Ok(()) } else { Err(ErrorCode::Denied) }
    }

    /// Whether a plugin can send something there.
    fn reaches(&self, to: u32) -> Result<(), ErrorCode> {
        let there = self.shared.is_there(to) && self.shared.may_talk(self.plugin, to);
        if there { Ok(()) } else { Err(ErrorCode::Gone) }
    }

    /// A rep's own computer is not steered from outside, whatever a plugin was granted.
    fn input(&self) -> Result<Arc<InputService>, ErrorCode> {
        self.acts()?;
        match self.shared.me.role {
            Role::Customer => self.shared.desk.input(),
            Role::Rep => Err(ErrorCode::Denied),
        }
    }

    fn asker(&self) -> Asker {
        Asker { plugin: self.plugin, id: self.id.clone() }
    }

    /// The rep's desk, for what a person has just asked this plugin for. A plugin that moved windows by itself would take the
    /// keyboard from whoever types.
    fn desk_of_act(&self) -> Result<&Neighbour, ErrorCode> {
        let neighbour = self.shared.neighbour.as_ref().ok_or(ErrorCode::Denied)?;
        if self.shared.answers_act(self.plugin) { Ok(neighbour) } else { Err(ErrorCode::Busy) }
    }

    /// Asks for another rep; one wish of a session at a time.
    fn wish(&self, to: String, note: &str, purpose: Purpose) -> Result<u64, ErrorCode> {
        if self.shared.me.role != Role::Rep {
            return Err(ErrorCode::Denied);
        }
        let request = self.shared.new_id();
        let mut open = self.shared.wish.lock();
        if open.is_some() {
            return Err(ErrorCode::Busy);
        }
        let wish = Wish { request, to, note: tidy(note, NOTE_CHARS_MAX), purpose };
        if !self.shared.report(Inner::Wish { plugin: self.plugin, wish }) {
            return Err(ErrorCode::Busy);
        }
        *open = Some(request);
        Ok(request)
    }

    fn seen_changed(&self) {
        if self.shared.seen.is_news() && !self.shared.report(Inner::Seen) {
            self.shared.seen.looked();
        }
    }
}

impl Host for PluginHost {
    fn me(&self) -> Participant {
        self.shared.me.clone()
    }

    fn participants(&self) -> Vec<Participant> {
        let colleagues = self.shared.colleagues.lock().clone();
        let peers = self.shared.peers().into_iter().filter(|peer| self.shared.may_talk(self.plugin, peer.id));
        std::iter::once(self.shared.me.clone()).chain(peers).chain(colleagues).collect()
    }

    fn observing(&self, who: u32) -> bool {
        self.shared.only_looks(who)
    }

    fn locale(&self) -> String {
        self.shared.locale.clone()
    }

    fn limits(&self) -> Settings {
        self.limits.clone()
    }

    fn log(&self, level: Level, message: String) {
        let plugin = self.id.as_str();
        match level {
            Level::Debug => tracing::debug!(plugin, "{message}"),
            Level::Info => tracing::info!(plugin, "{message}"),
            Level::Warn => tracing::warn!(plugin, "{message}"),
            Level::Error => tracing::error!(plugin, "{message}"),
        }
    }

    fn audit(&self, line: AuditEvent) {
        self.shared.report(Inner::Audit(line));
    }

    fn fault(&self, fault: &Fault, restarting: bool) {
        self.shared.transfers.forget(&self.shared, self.plugin);
        self.shared.report(Inner::Fault { plugin: self.plugin, why: fault.kind.to_string(), restarting });
    }

    fn consent_request(&self, capability: Capability) -> Result<ConsentAnswer, ErrorCode> {
        // Whoever may only look is not asked for more on their behalf.
        if capability != Capability::Screen && self.acts().is_err() {
            return Ok(ConsentAnswer::Refused);
        }
        let reply = self.shared.consents.lock().request(capability, Instant::now());
        match reply {
            // A word for one deed is given to who asked for it, by an event; nobody else picks it up.
            Reply::Granted if capability.consent().is_some_and(|access| !access.stands()) => Ok(ConsentAnswer::Refused),
            Reply::Granted => Ok(ConsentAnswer::Granted),
            Reply::Refused => Ok(ConsentAnswer::Refused),
            Reply::Waiting => Ok(ConsentAnswer::Asked),
            Reply::Ask if self.shared.report(Inner::ConsentAsked { plugin: self.plugin, capability }) => {
                Ok(ConsentAnswer::Asked)
            }
            Reply::Ask => {
                self.shared.consents.lock().withdraw(capability);
                Err(ErrorCode::Busy)
            }
        }
    }

    fn storage_get(&self, key: &str) -> Option<Vec<u8>> {
        self.shared.storage.get(&self.id, key)
    }

    fn storage_set(&self, key: &str, data: Option<Vec<u8>>) -> Result<(), ErrorCode> {
        self.shared.storage.set(&self.id, key, data)
    }

    fn stream_open(&self, to: u32, label: String, class: Class) -> Result<u64, ErrorCode> {
        self.reaches(to)?;
        self.shared.streams.open(&self.shared, (self.plugin, to), label, class)
    }

    fn stream_write(&self, id: u64, data: &[u8]) -> Result<u32, ErrorCode> {
        self.shared.streams.write(id, data)
    }

    fn stream_finish(&self, id: u64) {
        self.shared.streams.finish(id);
    }

    fn stream_reset(&self, id: u64) {
        self.shared.streams.reset(id);
    }

    fn stream_drop(&self, id: u64) {
        self.shared.streams.let_go(id);
    }

    fn datagram(&self, to: u32, data: &[u8]) -> Result<(), ErrorCode> {
        self.reaches(to)?;
        let number = u8::try_from(self.plugin).map_err(|_| ErrorCode::Invalid)?;
        let link = self.shared.link_of(to).ok_or(ErrorCode::Gone)?;
        let packet: Vec<u8> = std::iter::once(number).chain(data.iter().copied()).collect();
        self.shared.count_sent(self.plugin, packet.len());
        link.send_datagram(packet.into()).map_err(|_| ErrorCode::Busy)
    }

    fn displays(&self) -> Result<Vec<Display>, ErrorCode> {
        self.shared.desk.displays()
    }

    /// A rep's own screen is captured after the rep has chosen it alone: nobody is filmed in silence.
    fn capture_open(&self, display: u32) -> Result<u64, ErrorCode> {
        match self.shared.me.role {
            Role::Customer => self.shared.screens.open(&self.shared, self.plugin, display),
            Role::Rep => Err(ErrorCode::Denied),
        }
    }

    fn capture_drop(&self, capture: u64) {
        self.shared.screens.close(capture);
        self.shared.boards.end_capture(&self.shared, capture);
        self.shared.seen.end_capture(capture);
        self.seen_changed();
    }

    fn capture_publish(&self, capture: u64, stream: u64, options: Settings) -> Result<u64, ErrorCode> {
        let to = self.shared.streams.peer_of(stream).ok_or(ErrorCode::Gone)?;
        let halves = self.shared.streams.take(stream)?;
        let pipeline = self.shared.screens.publish(&self.shared, capture, (to, halves), &options)?;
        self.shared.seen.begin(pipeline, capture, Instant::now());
        self.seen_changed();
        Ok(pipeline)
    }

    fn pipeline_set(&self, pipeline: u64, options: Settings) {
        self.shared.screens.set(pipeline, &options);
    }

    fn pipeline_pause(&self, pipeline: u64, on: bool) {
        // Nothing for `seen`: it is the rep who pauses this way, and may go on at any moment.
        self.shared.screens.pause(pipeline, on);
    }

    fn pipeline_stats(&self, pipeline: u64) -> Settings {
        self.shared.screens.stats(pipeline)
    }

    fn pipeline_drop(&self, pipeline: u64) {
        self.shared.screens.stop(pipeline);
        self.shared.boards.end_pipeline(&self.shared, pipeline);
        self.shared.seen.end(pipeline);
        self.seen_changed();
    }

    fn showing_choose(&self) -> Result<u64, ErrorCode> {
        self.shared.showing.choose(&self.shared, self.plugin, Instant::now())
    }

    fn surface_new(&self, title: String, options: Settings) -> Result<u64, ErrorCode> {
        self.shared.pictures.open(&self.shared, self.plugin, &self.id, title, &options)
    }

    fn surface_present(&self, surface: u64, stream: u64) -> Result<(), ErrorCode> {
        let from = self.shared.streams.peer_of(stream).ok_or(ErrorCode::Gone)?;
        let halves = self.shared.streams.take(stream)?;
        self.shared.pictures.present(&self.shared, surface, (from, halves))
    }

    fn surface_set(&self, surface: u64, options: Settings) {
        self.shared.pictures.set(&self.shared, surface, &options);
    }

    fn surface_snapshot(&self, surface: u64, to: &str) -> Result<(), ErrorCode> {
        self.shared.pictures.snapshot(surface, to)
    }

    fn surface_drop(&self, surface: u64) {
        self.shared.pictures.close(&self.shared, surface);
    }

    fn boards(&self) -> Vec<Board> {
        self.shared.boards.list()
    }

    fn layer_open(&self, board: u64) -> Result<u64, ErrorCode> {
        self.acts()?;
        self.shared.boards.open(&self.shared, self.plugin, board)
    }

    fn layer_put(&self, layer: u64, strokes: Vec<Stroke>) -> Result<(), ErrorCode> {
        self.acts()?;
        self.shared.boards.put(&self.shared, layer, strokes.into_iter().map(boards::stroke).collect())
    }

    fn layer_remove(&self, layer: u64, ids: &[u64]) {
        if self.acts().is_err() {
            return;
        }
        self.shared.boards.remove(&self.shared, layer, ids);
    }

    fn layer_clear(&self, layer: u64) {
        if self.acts().is_err() {
            return;
        }
        self.shared.boards.clear(&self.shared, layer);
    }

    /// Nobody's pointer is taken on behalf of whoever may only look, nor is their own for what nobody would see.
    fn layer_grab(&self, layer: u64, on: bool, options: Settings) -> Result<(), ErrorCode> {
        // It is given back whoever asks.
        if on {
            self.acts()?;
        }
        if on && self.shared.observes() {
            return Err(ErrorCode::Denied);
        }
        let cursor = match setting(&options, "cursor") {
            Some(Value::Text(name)) => cursor_named(name),
            _ => PenCursor::Pen,
        };
        self.shared.boards.grab(&self.shared, layer, on.then_some(cursor), Instant::now())
    }

    fn layer_drop(&self, layer: u64) {
        self.shared.boards.close(&self.shared, layer);
    }

    fn input_pointer(&self, display: u32, at: Point, buttons: u32, wheel: Point) -> Result<(), ErrorCode> {
        self.input()?.pointer(display, at, buttons, wheel)
    }

    fn input_key(&self, physical: u32, down: bool) -> Result<(), ErrorCode> {
        self.input()?.key(physical, down)
    }

    fn input_text(&self, entered: &str) -> Result<(), ErrorCode> {
        self.input()?.text(entered)
    }

    fn input_release_all(&self) {
        self.shared.desk.release_input();
    }

    fn clipboard_fetch(&self, format: &str) -> Result<(), ErrorCode> {
        self.acts()?;
        self.shared.desk.clipboard()?.fetch(format)
    }

    fn clipboard_write(&self, format: &str, data: Vec<u8>) -> Result<(), ErrorCode> {
        self.acts()?;
        self.shared.desk.clipboard()?.write(format, data)
    }

    fn files_pick(&self, folders: bool) -> Result<u64, ErrorCode> {
        self.acts()?;
        self.shared.transfers.pick(&self.shared, self.asker(), folders)
    }

    fn files_take_drops(&self, place: &str, on: bool) -> Result<(), ErrorCode> {
        self.shared.transfers.take_drops(&self.shared, self.asker(), place, on)
    }

    fn files_ask(&self, offer: Settings) -> Result<u64, ErrorCode> {
        self.acts()?;
        self.shared.transfers.ask(&self.shared, self.asker(), &offer)
    }

    fn files_withdraw(&self, request: u64) {
        self.shared.transfers.withdraw(&self.shared, self.plugin, request);
    }

    fn source_reopen(&self, token: &str) -> Result<u64, ErrorCode> {
        self.acts()?;
        self.shared.transfers.reopen_source(&self.shared, &self.id, token)
    }

    fn target_reopen(&self, token: &str) -> Result<u64, ErrorCode> {
        self.acts()?;
        self.shared.transfers.reopen_target(&self.shared, &self.id, token)
    }

    fn files_discard(&self, token: &str) {
        self.shared.transfers.discard(&self.id, token);
    }

    fn files_reveal(&self, token: &str) -> Result<(), ErrorCode> {
        self.shared.transfers.reveal(&self.id, token)
    }

    fn source_token(&self, source: u64) -> String {
        self.shared.transfers.token(source)
    }

    fn source_facts(&self, source: u64) -> Settings {
        self.shared.transfers.source_facts(source)
    }

    fn source_entries(&self, source: u64, start: u32) -> Vec<FileEntry> {
        self.shared.transfers.source_entries(source, start)
    }

    fn source_send(&self, source: u64, stream: u64) -> Result<u64, ErrorCode> {
        self.acts()?;
        self.shared.transfers.send(&self.shared, self.plugin, source, stream)
    }

    fn source_drop(&self, source: u64) {
        self.shared.transfers.let_go(source);
    }

    fn target_token(&self, target: u64) -> String {
        self.shared.transfers.token(target)
    }

    fn target_facts(&self, target: u64) -> Settings {
        self.shared.transfers.target_facts(target)
    }

    fn target_receive(&self, target: u64, stream: u64) -> Result<u64, ErrorCode> {
        self.acts()?;
        self.shared.transfers.receive(&self.shared, self.plugin, target, stream)
    }

    fn target_drop(&self, target: u64) {
        self.shared.transfers.let_go(target);
    }

    fn transfer_progress(&self, transfer: u64) -> Settings {
        self.shared.transfers.progress(transfer)
    }

    fn transfer_pause(&self, transfer: u64, on: bool) {
        self.shared.transfers.pause(transfer, on);
    }

    fn transfer_cancel(&self, transfer: u64) {
        self.shared.transfers.cancel(transfer);
    }

    fn transfer_drop(&self, transfer: u64) {
        self.shared.transfers.stop(transfer);
    }

    fn system_look(&self) -> Result<(), ErrorCode> {
        if !computer::can_look() {
            return Err(ErrorCode::Unsupported);
        }
        self.shared.wishes.look(self.plugin, Instant::now())?;
        if self.shared.report(Inner::Look) {
            return Ok(());
        }
        self.shared.wishes.looked(self.plugin);
        Err(ErrorCode::Busy)
    }

    fn restart(&self) -> Result<(), ErrorCode> {
        // Used up, whatever comes of it.
        self.shared.consents.lock().set(Access::Restart, ConsentState::NotAsked, Instant::now());
        match self.shared.me.role {
            // A rep's own computer is not restarted from outside, whatever a plugin was granted.
            Role::Rep => return Err(ErrorCode::Denied),
            Role::Customer if !cfg!(target_os = "linux") => return Err(ErrorCode::Unsupported),
            Role::Customer => {}
        }
        if !self.shared.wishes.begin_restart() {
            return Err(ErrorCode::Busy);
        }
        if self.shared.report(Inner::RestartWanted { plugin: self.plugin }) {
            return Ok(());
        }
        self.shared.wishes.end_restart();
        Err(ErrorCode::Busy)
    }

    fn shared_get(&self, key: &str) -> Option<(Vec<u8>, u64)> {
        self.shared.storage.account()?.get(&self.id, key)
    }

    fn shared_keys(&self) -> Vec<String> {
        self.shared.storage.account().map(|account| account.keys(&self.id)).unwrap_or_default()
    }

    fn shared_set(&self, key: String, data: Option<Vec<u8>>, seen: u64) -> Result<(), ErrorCode> {
        // The customer is of no account.
        let account = self.shared.storage.account().ok_or(ErrorCode::Denied)?;
        account.begin_change(&self.id, &key, data.as_deref(), Instant::now())?;
        let value = SharedValue { key, revision: seen, data };
        if self.shared.report(Inner::SetShared { plugin: self.plugin, value }) {
            return Ok(());
        }
        account.forget_change(&self.id);
        Err(ErrorCode::Busy)
    }

    fn ui_compose(&self, text: String) {
        self.shared.compose(text);
    }

    fn ui_invalidate(&self) {
        self.shared.invalidate(self.plugin);
    }

    fn ui_notify(&self, title: String, body: String, options: Settings) {
        let tone = match setting(&options, "tone") {
            Some(Value::Text(tone)) => tone_named(tone),
            _ => Tone::Plain,
        };
        if self.shared.may_notify(self.plugin) {
            self.shared.report(Inner::Notify { plugin: self.plugin, tone, title, body });
        }
    }

    fn ui_arrived(&self, count: u32) {
        if let Some(neighbour) = &self.shared.neighbour {
            neighbour.arrived(count);
        }
    }

    fn desk_sessions(&self) -> Vec<Beside> {
        self.shared.neighbour.as_ref().map_or_else(Vec::new, Neighbour::list)
    }

    fn desk_arrangement(&self) -> Arrangement {
        self.shared.neighbour.as_ref().map_or_else(Arrangement::default, Neighbour::arrangement)
    }

    fn desk_show(&self, number: u64) -> Result<(), ErrorCode> {
        self.desk_of_act()?.show(number)
    }

    fn desk_arrange(&self, how: Arrangement) -> Result<(), ErrorCode> {
        self.desk_of_act()?.arrange(how);
        Ok(())
    }

    fn directory_targets(&self) -> Vec<Target> {
        let directory = self.shared.directory.lock().clone();
        let target = |of: &lotse_protocol::handover::Target| {
            let (id, name, kind) = (of.id.clone(), of.name.clone(), of.kind.name().to_owned());
            Target { id, kind, name, available: of.available }
        };
        directory.iter().map(target).collect()
    }

    fn directory_hand_over(&self, to: String, note: String) -> Result<u64, ErrorCode> {
        self.wish(to, &note, Purpose::TakeOver)
    }

    fn directory_invite(&self, to: String, note: String, observing: bool) -> Result<u64, ErrorCode> {
        self.wish(to, &note, if observing { Purpose::Observe } else { Purpose::Join })
    }

    fn directory_withdraw(&self, request: u64) {
        self.shared.report(Inner::Withdraw { plugin: self.plugin, request });
    }

    fn handover_tell(&self, summary: String) -> Result<(), ErrorCode> {
        self.shared.set_summary(self.plugin, summary);
        Ok(())
    }

    fn handles(&self, event: Option<&Event>) {
        self.shared.set_acting(self.plugin, event.and_then(|event| self.whose(event)));
    }
}

impl PluginHost {
    /// On whose word a plugin acts when it handles this: a participant's who sent it, or this computer's person's.
    fn whose(&self, event: &Event) -> Option<u32> {
        match event {
            Event::StreamOpened { peer, .. } | Event::Datagram { peer, .. } => Some(*peer),
            Event::StreamData { stream, .. } => self.shared.streams.peer_of(*stream),
            Event::SurfacePointer { .. }
            | Event::SurfaceKey { .. }
            | Event::SurfaceText { .. }
            | Event::SurfaceChanged { .. }
            | Event::SurfaceClosed(_)
            | Event::Chosen { .. }
            | Event::DrawingPointer { .. }
            | Event::DrawingText { .. }
            | Event::DrawingLeft(_)
            | Event::ClipboardChanged(_)
            | Event::ClipboardContent { .. }
            | Event::FilesPicked { .. }
            | Event::FilesDropped { .. }
            | Event::FilesAnswered { .. }
            | Event::Action { .. } => Some(self.shared.me.id),
            Event::Joined(_)
            | Event::Left(_)
            | Event::Link { .. }
            | Event::Ending(_)
            | Event::Granted(_)
            | Event::Revoked(_)
            | Event::StreamWritable(_)
            | Event::StreamClosed { .. }
            | Event::DisplaysChanged
            | Event::CaptureStalled { .. }
            | Event::SurfaceSnapshot { .. }
            | Event::CaptureHidden { .. }
            | Event::BoardsChanged
            | Event::TransferMoved(_)
            | Event::TransferEnded { .. }
            | Event::DeskChanged
            | Event::DirectoryChanged
            | Event::DirectoryAnswered { .. }
            | Event::SystemFacts(_)
            | Event::RestartBack { .. }
            | Event::RestartFailed(_)
            | Event::SharedReady
            | Event::SharedChanged(_)
            | Event::SharedAnswered { .. }
            | Event::Render { .. } => None,
        }
    }
}

fn cursor_named(name: &str) -> PenCursor {
    match name {
        "text" => PenCursor::Text,
        "cross" => PenCursor::Cross,
        "arrow" => PenCursor::Arrow,
        _ => PenCursor::Pen,
    }
}

fn tone_named(name: &str) -> Tone {
    match name {
        "good" => Tone::Good,
        "caution" => Tone::Caution,
        "danger" => Tone::Danger,
        _ => Tone::Plain,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::shared::INBOX_MAX;

    /// Nobody's keyboard is taken by a plugin that nobody used.
    #[tokio::test]
    async fn t2_windows_are_moved_once_for_each_thing_a_person_did_and_on_the_reps_side_alone() {
        let all = crate::neighbours::Neighbours::new(Arc::default());
        let own = lotse_protocol::control::SessionId([1; 16]);
        let (shared, _reports) = Shared::beside(1, Some(Neighbour { own, all: all.clone() }));
        let host = PluginHost { shared: shared.clone(), plugin: 0, id: "a.b".to_owned(), limits: Vec::new() };
        assert_eq!(host.desk_arrange(Arrangement::Tile), Err(ErrorCode::Busy));
        shared.acted(0);
        assert_eq!(host.desk_arrange(Arrangement::Tile), Ok(()));
        assert_eq!(host.desk_arrange(Arrangement::Stack), Err(ErrorCode::Busy));
        assert_eq!(all.orders().len(), 1);

        let (shared, _reports) = Shared::bare(1);
        shared.acted(0);
        let host = PluginHost { shared, plugin: 0, id: "a.b".to_owned(), limits: Vec::new() };
        assert_eq!(host.desk_arrange(Arrangement::Tile), Err(ErrorCode::Denied));
        assert!(host.desk_sessions().is_empty());
    }

    /// The plugin itself need not know who may only look.
    #[tokio::test]
    async fn h2_what_a_plugin_does_for_somebody_who_may_only_look_is_denied() {
        let (shared, _reports) = Shared::bare(1);
        shared.add_other(3, true);
        shared.consents.lock().set(
            crate::view::Access::Control,
            lotse_protocol::peer::ConsentState::Granted,
            Instant::now(),
        );
        let host = PluginHost { shared: shared.clone(), plugin: 0, id: "a.b".to_owned(), limits: Vec::new() };
        let from = |peer| Event::Datagram { peer, bytes: Vec::new() };
        host.handles(Some(&from(3)));
        assert_eq!(host.consent_request(Capability::Input), Ok(ConsentAnswer::Refused));
        assert_eq!(host.input_text("x"), Err(ErrorCode::Denied));
        assert_eq!(host.clipboard_fetch("text"), Err(ErrorCode::Denied));
        assert_eq!(host.files_ask(Vec::new()), Err(ErrorCode::Denied));
        assert_eq!(host.files_pick(false), Err(ErrorCode::Denied));
        assert_eq!(host.layer_put(1, Vec::new()), Err(ErrorCode::Denied), "nor does it draw for them");
        assert_eq!(host.layer_grab(1, true, Vec::new()), Err(ErrorCode::Denied));
        host.handles(None);
        assert_eq!(host.layer_put(1, Vec::new()), Err(ErrorCode::Gone), "as ever for everybody else");
        host.handles(Some(&from(crate::shared::REP)));
        assert_eq!(host.consent_request(Capability::Input), Ok(ConsentAnswer::Granted));
    }

    #[tokio::test]
    async fn h2_plugins_are_told_who_only_looks_and_not_by_whoever_it_is() {
        let (shared, _reports) = Shared::bare(1);
        shared.add_other(3, true);
        shared.add_other(4, false);
        let host = PluginHost { shared: shared.clone(), plugin: 0, id: "a.b".to_owned(), limits: Vec::new() };
        let looking = |host: &PluginHost| [1, 2, 3, 4, 9].map(|who| host.observing(who));
        assert_eq!(looking(&host), [false, false, true, false, true], "rep, customer, two who came, nobody");
        // Another program's word of it.
        shared.set_observes(true);
        assert_eq!(looking(&host), [false, false, true, false, true]);
        shared.remove_other(4);
        assert!(host.observing(4), "what is still under way of somebody who left is not done");
    }

    fn possible(capabilities: &[Capability]) -> lotse_runtime::CapabilitySet {
        capabilities.iter().copied().collect()
    }

    /// Scar: what came from somebody who only looks was done at a timer, after their stream had closed, or after they had left.
    #[tokio::test]
    async fn h2_what_may_have_come_from_somebody_who_only_looks_is_done_at_no_other_moment_either() {
        let (shared, _reports) = Shared::bare(1);
        shared.set_possible(0, possible(&[Capability::Screen, Capability::Input, Capability::Channel]));
        let granted = lotse_protocol::peer::ConsentState::Granted;
        shared.consents.lock().set(crate::view::Access::Control, granted, Instant::now());
        let host = PluginHost { shared: shared.clone(), plugin: 0, id: "a.b".to_owned(), limits: Vec::new() };
        let asks = || host.consent_request(Capability::Input);
        assert_eq!(asks(), Ok(ConsentAnswer::Granted), "as ever while nobody only looks");
        shared.add_other(3, true);
        assert_eq!((asks(), host.input_text("x")), (Ok(ConsentAnswer::Refused), Err(ErrorCode::Denied)), "a timer's");
        host.handles(Some(&Event::StreamData { stream: 9, bytes: Vec::new() }));
        assert_eq!(host.input_text("x"), Err(ErrorCode::Denied), "of a stream that is closed");
        shared.remove_other(3);
        host.handles(Some(&Event::Datagram { peer: 3, bytes: Vec::new() }));
        assert_eq!(host.input_text("x"), Err(ErrorCode::Denied), "of somebody who has left");
        host.handles(Some(&Event::Action { node: "n".to_owned(), what: Vec::new() }));
        assert_eq!(asks(), Ok(ConsentAnswer::Granted), "the person here");
        host.handles(Some(&Event::Datagram { peer: crate::shared::REP, bytes: Vec::new() }));
        assert_eq!(asks(), Ok(ConsentAnswer::Granted), "and whoever leads");
    }

    /// Nothing they say is ever in such a plugin.
    #[tokio::test]
    async fn h2_plugins_with_files_clipboard_or_drawings_and_whoever_only_looks_do_not_meet() {
        let (shared, _reports) = Shared::bare(5);
        shared.add_other(3, true);
        let observer = Participant { id: 3, role: Role::Rep, name: "Bo Lind".to_owned() };
        shared.set_peer(3, Some(observer.clone()));
        let rights = [Capability::Files, Capability::Clipboard, Capability::Drawing, Capability::Input];
        for (plugin, right) in rights.into_iter().enumerate() {
            shared.set_possible(plugin, possible(&[right, Capability::Channel]));
        }
        // Of the last nothing is known yet.
        for plugin in 0..5 {
            assert!(!shared.may_talk(plugin, 3), "{plugin}");
            assert!(shared.may_talk(plugin, crate::shared::REP));
        }
        shared.set_possible(4, possible(&[Capability::Channel, Capability::Ui]));
        assert!(shared.may_talk(4, 3));
        let host = |plugin| PluginHost { shared: shared.clone(), plugin, id: "a.b".to_owned(), limits: Vec::new() };
        assert_eq!(host(0).stream_open(3, "x".to_owned(), Class::Bulk), Err(ErrorCode::Gone));
        assert_eq!(host(0).datagram(3, b"x"), Err(ErrorCode::Gone));
        assert!(!host(0).participants().contains(&observer) && host(4).participants().contains(&observer));
        // Kept from them, such a plugin goes on as ever for everybody else.
        assert!(shared.may_act(1));
        assert!(!shared.may_talk(4, 9), "nobody who is gone");
    }

    /// Scar: each notice and each word to a surface took a place in the one queue of the session, so that one plugin's
    /// flood drowned its neighbours' faults and questions.
    #[tokio::test]
    async fn a_flood_of_notices_and_surfaces_leaves_the_queue_to_the_neighbours() {
        let (shared, mut reports) = Shared::bare(2);
        let host = |plugin| PluginHost { shared: shared.clone(), plugin, id: "a.b".to_owned(), limits: Vec::new() };
        let (flooding, neighbour) = (host(0), host(1));
        for _ in 0..2 * INBOX_MAX {
            flooding.ui_notify("again".to_owned(), String::new(), Vec::new());
            flooding.surface_set(7, Vec::new());
            flooding.surface_drop(7);
        }
        neighbour.ui_notify("heard".to_owned(), String::new(), Vec::new());
        assert_eq!(shared.take_lost(), 0);
        let heard: Vec<Inner> = std::iter::from_fn(|| reports.try_recv().ok()).collect();
        let notices = |of: usize| {
            heard.iter().filter(|inner| matches!(inner, Inner::Notify { plugin, .. } if *plugin == of)).count()
        };
        // A second may have begun anew within the loop, and on a slow machine another one.
        assert!((5..=50).contains(&notices(0)), "{}", notices(0));
        assert_eq!(notices(1), 1);
        assert_eq!(
            heard.iter().filter(|inner| matches!(inner, Inner::Surfaces)).count(),
            1,
            "told once until it is looked at"
        );
        assert!(shared.take_notices_left_out(0) > INBOX_MAX as u64, "the rest is counted");
        shared.pictures.looked();
        flooding.surface_set(7, Vec::new());
        assert!(matches!(reports.try_recv().unwrap(), Inner::Surfaces));
    }
}
