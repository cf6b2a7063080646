//! The host of one half: answers at once, and writes down what it was asked.

use std::sync::Arc;

use lotse_runtime::{
    Arrangement, AuditEvent, Beside, Board, Capability, Class, ConsentAnswer, Display, ErrorCode, Event, Fault,
    FileEntry, Host, Level, Participant, Point, Role, Settings, Stroke, Target, contract,
};
use parking_lot::MutexGuard;

use crate::files;
use crate::seat::{Notice, Pipeline, Window};
use crate::state::{State, World};

/// 2026-01-01 00:00:00 UTC: when every simulated session begins.
const BEGAN_UNIX_MS: u64 = 1_767_225_600_000;

/// One participant's.
#[derive(Debug)]
pub(crate) struct SimulatedHost {
    pub world: Arc<World>,
    pub who: u32,
}

impl SimulatedHost {
    fn state(&self) -> MutexGuard<'_, State> {
        self.world.state()
    }

    fn note(&self, call: String) {
        self.state().seat(self.who).note(call);
    }

    fn role(&self) -> Role {
        self.state().seat(self.who).who.role
    }

    /// Asks for another rep; one wish at a time, and the rep's side alone.
    fn wish(&self, call: String) -> Result<u64, ErrorCode> {
        if self.role() != Role::Rep {
            return Err(ErrorCode::Denied);
        }
        let mut state = self.state();
        let seat = state.seat(self.who);
        if seat.wish.is_some() {
            return Err(ErrorCode::Busy);
        }
        let request = seat.new_id();
        seat.wish = Some(request);
        seat.note(call);
        Ok(request)
    }

    /// Windows move because a person did something, once for each time.
    fn of_act(&self, call: String) -> Result<(), ErrorCode> {
        if self.role() != Role::Rep {
            return Err(ErrorCode::Denied);
        }
        let mut state = self.state();
        let seat = state.seat(self.who);
        if !std::mem::take(&mut seat.acts) {
            return Err(ErrorCode::Busy);
        }
        seat.note(call);
        Ok(())
    }

    /// A rep's own computer is not steered from outside.
    fn input(&self, call: String) -> Result<(), ErrorCode> {
        if self.role() == Role::Rep {
            return Err(ErrorCode::Denied);
        }
        self.note(call);
        Ok(())
    }
}

impl Host for SimulatedHost {
    fn me(&self) -> Participant {
        self.state().seat(self.who).who.clone()
    }

    fn participants(&self) -> Vec<Participant> {
        let me = self.me();
        let state = self.state();
        let reps_know_reps = |other: &Participant| other.role == Role::Rep && me.role == Role::Rep;
        let colleagues = state.seats.iter().map(|seat| seat.who.clone()).filter(|other| other.id != me.id);
        let colleagues: Vec<Participant> = colleagues.filter(reps_know_reps).collect();
        std::iter::once(me).chain(state.peers(self.who)).chain(colleagues).collect()
    }

    fn observing(&self, who: u32) -> bool {
        let state = self.state();
        let there = who == self.who || state.are_linked(self.who, who);
        !there || state.seat_of(who).is_none_or(|seat| seat.observing)
    }

    fn locale(&self) -> String {
        self.state().seat(self.who).locale.clone()
    }

    fn limits(&self) -> Settings {
        self.state().seat(self.who).limits.clone()
    }

    fn unix_ms(&self) -> u64 {
        BEGAN_UNIX_MS.saturating_add(self.state().now_ms())
    }

    fn random(&self, bytes: &mut [u8]) -> bool {
        self.state().seat(self.who).random.fill(bytes);
        true
    }

    fn log(&self, level: Level, message: String) {
        self.state().seat(self.who).log.push((level, message));
    }

    fn audit(&self, line: AuditEvent) {
        self.state().seat(self.who).audit.push(line);
    }

    fn fault(&self, fault: &Fault, _restarting: bool) {
        self.state().seat(self.who).faults.push(fault.clone());
    }

    /// A rep's own computer needs no consent; on the customer's the test answers.
    fn consent_request(&self, capability: Capability) -> Result<ConsentAnswer, ErrorCode> {
        let mut state = self.state();
        let seat = state.seat(self.who);
        if seat.who.role == Role::Rep || seat.allowed.contains(&capability) {
            return Ok(ConsentAnswer::Granted);
        }
        if !seat.asked.contains(&capability) {
            seat.asked.push(capability);
        }
        Ok(ConsentAnswer::Asked)
    }

    fn storage_get(&self, key: &str) -> Option<Vec<u8>> {
        self.state().seat(self.who).storage.get(key).cloned()
    }

    fn storage_set(&self, key: &str, data: Option<Vec<u8>>) -> Result<(), ErrorCode> {
        let mut state = self.state();
        let storage = &mut state.seat(self.who).storage;
        match data {
            Some(data) => storage.insert(key.to_owned(), data),
            None => storage.remove(key),
        };
        Ok(())
    }

    fn stream_open(&self, to: u32, label: String, class: Class) -> Result<u64, ErrorCode> {
        self.state().open_stream(self.who, to, label, class)
    }

    fn stream_write(&self, id: u64, data: &[u8]) -> Result<u32, ErrorCode> {
        self.state().write(self.who, id, data)
    }

    fn stream_finish(&self, id: u64) {
        self.state().finish(self.who, id);
    }

    fn stream_reset(&self, id: u64) {
        self.state().reset(self.who, id);
    }

    fn stream_drop(&self, id: u64) {
        self.state().let_go(self.who, id);
    }

    fn datagram(&self, to: u32, data: &[u8]) -> Result<(), ErrorCode> {
        self.state().datagram(self.who, to, data)
    }

    fn displays(&self) -> Result<Vec<Display>, ErrorCode> {
        Ok(self.state().seat(self.who).displays.clone())
    }

    fn capture_open(&self, display: u32) -> Result<u64, ErrorCode> {
        if self.role() == Role::Rep {
            return Err(ErrorCode::Denied);
        }
        let mut state = self.state();
        let seat = state.seat(self.who);
        let found = seat.displays.iter().find(|there| there.id == display).map(|there| there.name.clone());
        let name = found.ok_or(ErrorCode::Gone)?;
        let id = seat.new_id();
        seat.captures.insert(id, name);
        seat.note(format!("capture {display}"));
        Ok(id)
    }

    fn capture_drop(&self, capture: u64) {
        self.state().seat(self.who).captures.remove(&capture);
    }

    fn capture_publish(&self, capture: u64, stream: u64, options: Settings) -> Result<u64, ErrorCode> {
        let mut state = self.state();
        let title = state.seat(self.who).captures.get(&capture).cloned().ok_or(ErrorCode::Gone)?;
        state.take(self.who, stream)?;
        state.show(self.who, stream, &title);
        let seat = state.seat(self.who);
        let id = seat.new_id();
        seat.pipelines.insert(id, Pipeline { id, capture, stream, options, paused: false });
        seat.note(format!("publish {title}"));
        Ok(id)
    }

    fn pipeline_set(&self, pipeline: u64, options: Settings) {
        if let Some(pipeline) = self.state().seat(self.who).pipelines.get_mut(&pipeline) {
            pipeline.options = options;
        }
    }

    fn pipeline_pause(&self, pipeline: u64, on: bool) {
        if let Some(pipeline) = self.state().seat(self.who).pipelines.get_mut(&pipeline) {
            pipeline.paused = on;
        }
    }

    fn pipeline_stats(&self, _pipeline: u64) -> Settings {
        Vec::new()
    }

    fn pipeline_drop(&self, pipeline: u64) {
        let mut state = self.state();
        if let Some(pipeline) = state.seat(self.who).pipelines.remove(&pipeline) {
            state.end_picture(pipeline.stream);
            state.let_go(self.who, pipeline.stream);
        }
    }

    fn showing_choose(&self) -> Result<u64, ErrorCode> {
        let mut state = self.state();
        let seat = state.seat(self.who);
        if seat.chooser.is_some() {
            return Err(ErrorCode::Busy);
        }
        let request = seat.new_id();
        seat.chooser = Some(request);
        seat.note("choose".to_owned());
        Ok(request)
    }

    fn surface_new(&self, title: String, options: Settings) -> Result<u64, ErrorCode> {
        let mut state = self.state();
        let seat = state.seat(self.who);
        let id = seat.new_id();
        seat.note(format!("window {title}"));
        seat.windows.insert(id, Window { id, title, options, stream: None });
        Ok(id)
    }

    fn surface_present(&self, surface: u64, stream: u64) -> Result<(), ErrorCode> {
        let mut state = self.state();
        state.take(self.who, stream)?;
        let window = state.seat(self.who).windows.get_mut(&surface).ok_or(ErrorCode::Gone)?;
        window.stream = Some(stream);
        state.look(stream);
        Ok(())
    }

    fn surface_set(&self, surface: u64, options: Settings) {
        if let Some(window) = self.state().seat(self.who).windows.get_mut(&surface) {
            window.options = options;
        }
    }

    /// Succeeds, and the plugin hears of it.
    fn surface_snapshot(&self, surface: u64, to: &str) -> Result<(), ErrorCode> {
        let mut state = self.state();
        state.seat(self.who).note(format!("snapshot {to}"));
        let outcome = Ok(format!("snapshot.{to}"));
        state.tell(self.who, Event::SurfaceSnapshot { surface, to: to.to_owned(), outcome });
        Ok(())
    }

    fn surface_drop(&self, surface: u64) {
        let mut state = self.state();
        if let Some(stream) = state.seat(self.who).windows.remove(&surface).and_then(|window| window.stream) {
            state.end_picture(stream);
            state.let_go(self.who, stream);
        }
    }

    fn boards(&self) -> Vec<Board> {
        self.state().boards(self.who)
    }

    fn layer_open(&self, board: u64) -> Result<u64, ErrorCode> {
        self.state().open_layer(self.who, board)
    }

    fn layer_put(&self, layer: u64, strokes: Vec<Stroke>) -> Result<(), ErrorCode> {
        self.state().put(self.who, layer, strokes)
    }

    fn layer_remove(&self, layer: u64, ids: &[u64]) {
        if let Some(layer) = self.state().seat(self.who).layers.get_mut(&layer) {
            layer.strokes.retain(|stroke| !ids.contains(&stroke.id));
        }
    }

    fn layer_clear(&self, layer: u64) {
        if let Some(layer) = self.state().seat(self.who).layers.get_mut(&layer) {
            layer.strokes.clear();
        }
    }

    fn layer_grab(&self, layer: u64, on: bool, _options: Settings) -> Result<(), ErrorCode> {
        self.state().seat(self.who).layers.get_mut(&layer).ok_or(ErrorCode::Gone)?.grabs = on;
        Ok(())
    }

    fn layer_drop(&self, layer: u64) {
        self.state().seat(self.who).layers.remove(&layer);
    }

    fn input_pointer(&self, display: u32, at: Point, buttons: u32, wheel: Point) -> Result<(), ErrorCode> {
        self.input(format!("pointer {display} {},{} {buttons} {},{}", at.x, at.y, wheel.x, wheel.y))
    }

    fn input_key(&self, physical: u32, down: bool) -> Result<(), ErrorCode> {
        self.input(format!("key {physical} {}", if down { "down" } else { "up" }))
    }

    fn input_text(&self, entered: &str) -> Result<(), ErrorCode> {
        self.input(format!("text {entered}"))
    }

    fn input_release_all(&self) {
        self.note("release all".to_owned());
    }

    fn clipboard_fetch(&self, format: &str) -> Result<(), ErrorCode> {
        let mut state = self.state();
        let data = state.seat(self.who).clipboard.get(format).cloned().unwrap_or_default();
        state.tell(self.who, Event::ClipboardContent { format: format.to_owned(), data });
        Ok(())
    }

    fn clipboard_write(&self, format: &str, data: Vec<u8>) -> Result<(), ErrorCode> {
        let mut state = self.state();
        let clipboard = &mut state.seat(self.who).clipboard;
        clipboard.clear();
        clipboard.insert(format.to_owned(), data);
        Ok(())
    }

    fn files_pick(&self, folders: bool) -> Result<u64, ErrorCode> {
        let mut state = self.state();
        let seat = state.seat(self.who);
        let request = seat.new_id();
        seat.files.picks.push(request);
        seat.note(if folders { "pick a folder" } else { "pick files" }.to_owned());
        Ok(request)
    }

    fn files_take_drops(&self, place: &str, on: bool) -> Result<(), ErrorCode> {
        let mut state = self.state();
        let drops = &mut state.seat(self.who).files.drops;
        if on {
            drops.insert(place.to_owned())
        } else {
            drops.remove(place)
        };
        Ok(())
    }

    /// Goes into the folder for downloads where the person has allowed that for good.
    fn files_ask(&self, offer: Settings) -> Result<u64, ErrorCode> {
        let mut state = self.state();
        let seat = state.seat(self.who);
        let request = seat.new_id();
        if seat.allowed.contains(&Capability::Files) {
            let target = Some(state.new_unasked_target(self.who));
            state.tell(self.who, Event::FilesAnswered { request, target });
        } else {
            seat.files.offers.push((request, offer));
        }
        Ok(request)
    }

    fn files_withdraw(&self, request: u64) {
        self.state().seat(self.who).files.offers.retain(|(asked, _)| *asked != request);
    }

    fn source_reopen(&self, token: &str) -> Result<u64, ErrorCode> {
        let id = files::of_token(token).ok_or(ErrorCode::Gone)?;
        if self.state().seat(self.who).files.sources.contains_key(&id) { Ok(id) } else { Err(ErrorCode::Gone) }
    }

    fn target_reopen(&self, token: &str) -> Result<u64, ErrorCode> {
        let id = files::of_token(token).ok_or(ErrorCode::Gone)?;
        if self.state().seat(self.who).files.targets.contains_key(&id) { Ok(id) } else { Err(ErrorCode::Gone) }
    }

    fn files_discard(&self, token: &str) {
        if let Some(of) = files::of_token(token) {
            self.state().discard(self.who, of);
        }
    }

    fn files_reveal(&self, token: &str) -> Result<(), ErrorCode> {
        let target = self.target_reopen(token)?;
        self.note(format!("reveal {target}"));
        Ok(())
    }

    fn source_token(&self, source: u64) -> String {
        files::token(source)
    }

    fn source_facts(&self, source: u64) -> Settings {
        self.state().seat(self.who).files.sources.get(&source).map(files::Batch::facts).unwrap_or_default()
    }

    fn source_entries(&self, source: u64, start: u32) -> Vec<FileEntry> {
        let mut state = self.state();
        let batch = state.seat(self.who).files.sources.get(&source);
        let entries = batch.map(|batch| batch.entries.as_slice()).unwrap_or_default();
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        entries.iter().skip(start).take(contract::FILE_ENTRIES_MAX).cloned().collect()
    }

    fn source_send(&self, source: u64, stream: u64) -> Result<u64, ErrorCode> {
        self.state().begin_transfer(self.who, source, stream, true)
    }

    /// What was picked stays: a token may still stand for it.
    fn source_drop(&self, _source: u64) {}

    fn target_token(&self, target: u64) -> String {
        files::token(target)
    }

    fn target_facts(&self, target: u64) -> Settings {
        self.state().seat(self.who).files.target_facts(target)
    }

    fn target_receive(&self, target: u64, stream: u64) -> Result<u64, ErrorCode> {
        self.state().begin_transfer(self.who, target, stream, false)
    }

    /// As with sources.
    fn target_drop(&self, _target: u64) {}

    fn transfer_progress(&self, transfer: u64) -> Settings {
        self.state().progress(self.who, transfer)
    }

    fn transfer_pause(&self, transfer: u64, on: bool) {
        self.state().pause_transfer(self.who, transfer, on);
    }

    fn transfer_cancel(&self, transfer: u64) {
        self.state().cancel_transfer(self.who, transfer);
    }

    fn transfer_drop(&self, transfer: u64) {
        self.state().drop_transfer(self.who, transfer);
    }

    fn system_look(&self) -> Result<(), ErrorCode> {
        let mut state = self.state();
        let facts = state.seat(self.who).facts.clone();
        state.tell(self.who, Event::SystemFacts(facts));
        Ok(())
    }

    /// One word of the customer's is one restart. What comes of it is the test's.
    fn restart(&self) -> Result<(), ErrorCode> {
        if self.role() == Role::Rep {
            return Err(ErrorCode::Denied);
        }
        let mut state = self.state();
        let seat = state.seat(self.who);
        seat.allowed.retain(|allowed| *allowed != Capability::Restart);
        seat.note("restart".to_owned());
        Ok(())
    }

    fn shared_get(&self, key: &str) -> Option<(Vec<u8>, u64)> {
        self.state().account.get(key)
    }

    fn shared_keys(&self) -> Vec<String> {
        self.state().account.keys()
    }

    fn shared_set(&self, key: String, data: Option<Vec<u8>>, seen: u64) -> Result<(), ErrorCode> {
        self.state().set_shared(self.who, key, data, seen)
    }

    fn ui_compose(&self, text: String) {
        self.state().seat(self.who).composed = Some(text);
    }

    /// The kit renders when it is asked what is shown.
    fn ui_invalidate(&self) {}

    fn ui_notify(&self, title: String, body: String, options: Settings) {
        self.state().seat(self.who).notices.push(Notice { title, body, options });
    }

    fn ui_arrived(&self, count: u32) {
        let mut state = self.state();
        let seat = state.seat(self.who);
        if seat.who.role == Role::Rep {
            seat.unread = seat.unread.saturating_add(count);
        }
    }

    fn desk_sessions(&self) -> Vec<Beside> {
        self.state().seat(self.who).desk.clone()
    }

    fn desk_arrangement(&self) -> Arrangement {
        self.state().seat(self.who).arrangement
    }

    fn desk_show(&self, number: u64) -> Result<(), ErrorCode> {
        self.of_act(format!("show {number}"))
    }

    fn desk_arrange(&self, how: Arrangement) -> Result<(), ErrorCode> {
        self.of_act(format!("arrange {}", how.name()))?;
        let mut state = self.state();
        state.seat(self.who).arrangement = how;
        state.tell(self.who, Event::DeskChanged);
        Ok(())
    }

    fn directory_targets(&self) -> Vec<Target> {
        self.state().seat(self.who).targets.clone()
    }

    fn directory_hand_over(&self, to: String, note: String) -> Result<u64, ErrorCode> {
        self.wish(format!("hand over {to}: {note}"))
    }

    fn directory_invite(&self, to: String, note: String, observing: bool) -> Result<u64, ErrorCode> {
        self.wish(format!("{} {to}: {note}", if observing { "let look on" } else { "invite" }))
    }

    fn directory_withdraw(&self, request: u64) {
        let mut state = self.state();
        let seat = state.seat(self.who);
        if seat.wish == Some(request) {
            seat.wish = None;
            seat.note("withdraw".to_owned());
        }
    }

    fn handover_tell(&self, summary: String) -> Result<(), ErrorCode> {
        self.state().seat(self.who).told = Some(summary);
        Ok(())
    }

    fn handles(&self, event: Option<&Event>) {
        self.state().seat(self.who).acts = matches!(event, Some(Event::Action { .. }));
    }
}
