//! What one plugin's calls reach: the engine's side of the contract.
//!
//! Every method returns at once; what takes time happens on the session's task or on a thread of its own and comes back
//! as an event.

mod computer;
mod directory;
mod names;
mod shared_values;
mod whose;
mod word;

use crate::boards;
use crate::drawing::PenCursor;
use crate::input::InputService;
use crate::neighbours::Neighbour;
use crate::shared::{Inner, Shared};
use crate::transfers::asking::Asker;
use crate::view::Tone;
use lotse_package::Capability;
use lotse_protocol::handover::Purpose;
use lotse_runtime::{
    Arrangement, AuditEvent, Beside, Board, Class, ConsentAnswer, Display, ErrorCode, Event, Fault, FileEntry, Host,
    Level, Participant, Point, Role, Settings, Stroke, Target, Value, setting,
};
use names::{cursor_named, tone_named};
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
        self.ask_consent(capability)
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
        self.look()
    }

    fn restart(&self) -> Result<(), ErrorCode> {
        self.begin_restart()
    }

    fn shared_get(&self, key: &str) -> Option<(Vec<u8>, u64)> {
        self.shared.storage.account()?.get(&self.id, key)
    }

    fn shared_keys(&self) -> Vec<String> {
        self.shared.storage.account().map(|account| account.keys(&self.id)).unwrap_or_default()
    }

    fn shared_set(&self, key: String, data: Option<Vec<u8>>, seen: u64) -> Result<(), ErrorCode> {
        self.change_shared(key, data, seen)
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
        self.targets()
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

#[cfg(test)]
#[path = "plugin_host_tests.rs"]
mod tests;
