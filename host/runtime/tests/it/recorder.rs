//! A host that writes down everything it is asked, and answers as it is told.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use lotse_runtime::{
    Arrangement, AuditEvent, Beside, Board, Capability, Class, ConsentAnswer, Display, ErrorCode, Fault, FileEntry,
    Host, Level, Participant, Point, Rect, Role, Settings, Stroke, Target,
};
use parking_lot::Mutex;
use tokio::sync::Notify;

/// Long enough for a machine that builds beside the tests; nothing waits this long when all is well.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Default)]
pub struct Recorder {
    lines: Mutex<Vec<String>>,
    news: Notify,
    next_id: AtomicU64,
    pub storage: Mutex<Option<Vec<u8>>>,
    pub consent: Mutex<Option<ConsentAnswer>>,
    pub fail_surfaces: AtomicBool,
}

impl Recorder {
    fn note(&self, line: String) {
        self.lines.lock().push(line);
        self.news.notify_waiters();
    }

    fn id(&self) -> u64 {
        self.next_id.fetch_add(1, SeqCst) + 100
    }

    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().clone()
    }

    pub fn count(&self, start: &str) -> usize {
        self.lines.lock().iter().filter(|line| line.starts_with(start)).count()
    }

    /// Waits for a line that starts so, and gives it.
    pub async fn expect(&self, start: &str) -> String {
        self.expect_nth(start, 1).await
    }

    /// Waits for the `n`th line that starts so.
    pub async fn expect_nth(&self, start: &str, n: usize) -> String {
        let found = async {
            loop {
                let news = self.news.notified();
                tokio::pin!(news);
                news.as_mut().enable();
                if let Some(line) = self.lines.lock().iter().filter(|line| line.starts_with(start)).nth(n - 1) {
                    return line.clone();
                }
                news.await;
            }
        };
        match tokio::time::timeout(PATIENCE, found).await {
            Ok(line) => line,
            Err(_) => panic!("no {n}. line `{start}…` came, but these:\n{}", self.lines().join("\n")),
        }
    }
}

impl Host for Recorder {
    fn me(&self) -> Participant {
        Participant { id: 1, role: Role::Rep, name: "Ruth".into() }
    }
    fn participants(&self) -> Vec<Participant> {
        vec![self.me(), Participant { id: 2, role: Role::Customer, name: "Karl".into() }]
    }
    fn observing(&self, who: u32) -> bool {
        who > 2
    }
    fn locale(&self) -> String {
        "en".into()
    }
    fn limits(&self) -> Settings {
        Vec::new()
    }
    fn log(&self, level: Level, message: String) {
        self.note(format!("{}{message}", if level == Level::Error { "error: " } else { "" }));
    }
    fn audit(&self, line: AuditEvent) {
        self.note(format!("audit: {line}"));
    }
    fn fault(&self, fault: &Fault, restarting: bool) {
        self.note(format!("fault: {fault}{}", if restarting { "" } else { " (evicted)" }));
    }
    fn consent_request(&self, capability: Capability) -> Result<ConsentAnswer, ErrorCode> {
        self.note(format!("host: asked for {capability}"));
        (*self.consent.lock()).ok_or(ErrorCode::Busy)
    }
    fn storage_get(&self, _key: &str) -> Option<Vec<u8>> {
        self.storage.lock().clone()
    }
    fn storage_set(&self, _key: &str, data: Option<Vec<u8>>) -> Result<(), ErrorCode> {
        *self.storage.lock() = data;
        Ok(())
    }
    fn stream_open(&self, _to: u32, _label: String, _class: Class) -> Result<u64, ErrorCode> {
        Ok(self.id())
    }
    fn stream_write(&self, _id: u64, data: &[u8]) -> Result<u32, ErrorCode> {
        Ok(data.len().min(1_000) as u32)
    }
    fn stream_finish(&self, id: u64) {
        self.note(format!("host: stream_finish {id}"));
    }
    fn stream_reset(&self, id: u64) {
        self.note(format!("host: stream_reset {id}"));
    }
    fn stream_drop(&self, id: u64) {
        self.note(format!("host: stream_drop {id}"));
    }
    fn datagram(&self, _to: u32, _data: &[u8]) -> Result<(), ErrorCode> {
        Ok(())
    }
    fn displays(&self) -> Result<Vec<Display>, ErrorCode> {
        let area = Rect { x: 0, y: 0, width: 1920, height: 1080 };
        Ok(vec![Display { id: 1, name: "one".into(), area, scale_percent: 100, primary: true }])
    }
    fn capture_open(&self, _display: u32) -> Result<u64, ErrorCode> {
        Ok(self.id())
    }
    fn capture_drop(&self, capture: u64) {
        self.note(format!("host: capture_drop {capture}"));
    }
    fn capture_publish(&self, _capture: u64, _stream: u64, _options: Settings) -> Result<u64, ErrorCode> {
        Ok(self.id())
    }
    fn pipeline_set(&self, _pipeline: u64, _options: Settings) {}
    fn pipeline_pause(&self, _pipeline: u64, _on: bool) {}
    fn pipeline_stats(&self, _pipeline: u64) -> Settings {
        Vec::new()
    }
    fn pipeline_drop(&self, pipeline: u64) {
        self.note(format!("host: pipeline_drop {pipeline}"));
    }
    fn showing_choose(&self) -> Result<u64, ErrorCode> {
        self.note("host: asked what to show".into());
        Ok(self.id())
    }
    fn surface_new(&self, _title: String, _options: Settings) -> Result<u64, ErrorCode> {
        if self.fail_surfaces.load(SeqCst) { Err(ErrorCode::Unsupported) } else { Ok(self.id()) }
    }
    fn surface_present(&self, _surface: u64, _stream: u64) -> Result<(), ErrorCode> {
        Ok(())
    }
    fn surface_set(&self, _surface: u64, _options: Settings) {}
    fn surface_snapshot(&self, _surface: u64, _to: &str) -> Result<(), ErrorCode> {
        Ok(())
    }
    fn surface_drop(&self, surface: u64) {
        self.note(format!("host: surface_drop {surface}"));
    }
    fn boards(&self) -> Vec<Board> {
        vec![Board { id: 7, here: true, title: "one".into(), width: 1920, height: 1080 }]
    }
    fn layer_open(&self, board: u64) -> Result<u64, ErrorCode> {
        if board == 7 { Ok(self.id()) } else { Err(ErrorCode::Gone) }
    }
    fn layer_put(&self, layer: u64, strokes: Vec<Stroke>) -> Result<(), ErrorCode> {
        let shown: String = format!("{strokes:?}").chars().take(200).collect();
        self.note(format!("host: put {layer} {shown}"));
        Ok(())
    }
    fn layer_remove(&self, layer: u64, ids: &[u64]) {
        self.note(format!("host: remove {layer} {}", ids.len()));
    }
    fn layer_clear(&self, layer: u64) {
        self.note(format!("host: clear {layer}"));
    }
    fn layer_grab(&self, layer: u64, on: bool, _options: Settings) -> Result<(), ErrorCode> {
        self.note(format!("host: grab {layer} {on}"));
        Ok(())
    }
    fn layer_drop(&self, layer: u64) {
        self.note(format!("host: layer_drop {layer}"));
    }
    fn input_pointer(&self, _display: u32, _at: Point, _buttons: u32, _wheel: Point) -> Result<(), ErrorCode> {
        Ok(())
    }
    fn input_key(&self, _physical: u32, _down: bool) -> Result<(), ErrorCode> {
        Ok(())
    }
    fn input_text(&self, _entered: &str) -> Result<(), ErrorCode> {
        Ok(())
    }
    fn input_release_all(&self) {
        self.note("host: input_release_all".into());
    }
    fn clipboard_fetch(&self, _format: &str) -> Result<(), ErrorCode> {
        Ok(())
    }
    fn clipboard_write(&self, _format: &str, _data: Vec<u8>) -> Result<(), ErrorCode> {
        Ok(())
    }
    fn files_pick(&self, _folders: bool) -> Result<u64, ErrorCode> {
        Ok(self.id())
    }
    fn files_take_drops(&self, _place: &str, _on: bool) -> Result<(), ErrorCode> {
        Ok(())
    }
    fn files_ask(&self, _offer: Settings) -> Result<u64, ErrorCode> {
        Ok(self.id())
    }
    fn files_withdraw(&self, _request: u64) {}
    fn source_reopen(&self, token: &str) -> Result<u64, ErrorCode> {
        if token == "known" { Ok(self.id()) } else { Err(ErrorCode::Gone) }
    }
    fn target_reopen(&self, token: &str) -> Result<u64, ErrorCode> {
        self.source_reopen(token)
    }
    fn files_discard(&self, token: &str) {
        self.note(format!("host: discard {token}"));
    }
    fn files_reveal(&self, _token: &str) -> Result<(), ErrorCode> {
        Ok(())
    }
    fn source_token(&self, _source: u64) -> String {
        "known".into()
    }
    fn source_facts(&self, _source: u64) -> Settings {
        Vec::new()
    }
    fn source_entries(&self, _source: u64, start: u32) -> Vec<FileEntry> {
        (0..start).map(|n| FileEntry { path: n.to_string(), bytes: 1, folder: false }).collect()
    }
    fn source_send(&self, source: u64, stream: u64) -> Result<u64, ErrorCode> {
        self.note(format!("host: source_send {source} {stream}"));
        Ok(self.id())
    }
    fn source_drop(&self, source: u64) {
        self.note(format!("host: source_drop {source}"));
    }
    fn target_token(&self, _target: u64) -> String {
        "known".into()
    }
    fn target_facts(&self, _target: u64) -> Settings {
        Vec::new()
    }
    fn target_receive(&self, _target: u64, _stream: u64) -> Result<u64, ErrorCode> {
        Err(ErrorCode::Limit)
    }
    fn target_drop(&self, target: u64) {
        self.note(format!("host: target_drop {target}"));
    }
    fn transfer_progress(&self, _transfer: u64) -> Settings {
        Vec::new()
    }
    fn transfer_pause(&self, transfer: u64, _on: bool) {
        self.note(format!("host: transfer_pause {transfer}"));
    }
    fn transfer_cancel(&self, transfer: u64) {
        self.note(format!("host: transfer_cancel {transfer}"));
    }
    fn transfer_drop(&self, transfer: u64) {
        self.note(format!("host: transfer_drop {transfer}"));
    }
    fn system_look(&self) -> Result<(), ErrorCode> {
        self.note("host: system_look".into());
        Ok(())
    }
    fn restart(&self) -> Result<(), ErrorCode> {
        self.note("host: restart".into());
        Ok(())
    }
    fn shared_get(&self, key: &str) -> Option<(Vec<u8>, u64)> {
        (key == "k").then(|| (vec![1], 7))
    }
    fn shared_keys(&self) -> Vec<String> {
        vec!["k".into()]
    }
    fn shared_set(&self, key: String, data: Option<Vec<u8>>, seen: u64) -> Result<(), ErrorCode> {
        self.note(format!("host: shared_set {key} {:?} {seen}", data.map(|data| data.len())));
        Ok(())
    }
    fn ui_compose(&self, text: String) {
        self.note(format!("host: compose {}", text.len()));
    }
    fn ui_invalidate(&self) {}
    fn directory_targets(&self) -> Vec<Target> {
        let target = |id: &str| Target { id: id.into(), kind: "rep".into(), name: "Bo".into(), available: true };
        vec![target("rep:1"), target("rep:2")]
    }
    fn directory_hand_over(&self, to: String, _note: String) -> Result<u64, ErrorCode> {
        self.note(format!("host: hand_over {to}"));
        Ok(self.id())
    }
    fn directory_invite(&self, to: String, _note: String, observing: bool) -> Result<u64, ErrorCode> {
        self.note(format!("host: invite {to} {observing}"));
        Ok(self.id())
    }
    fn directory_withdraw(&self, request: u64) {
        self.note(format!("host: withdraw {request}"));
    }
    fn handover_tell(&self, summary: String) -> Result<(), ErrorCode> {
        self.note(format!("host: handover {}", summary.len()));
        Ok(())
    }
    fn handles(&self, _event: Option<&lotse_runtime::Event>) {}
    fn ui_notify(&self, title: String, _body: String, _options: Settings) {
        self.note(format!("host: notify {title}"));
    }
    fn ui_arrived(&self, count: u32) {
        self.note(format!("host: arrived {count}"));
    }
    fn desk_sessions(&self) -> Vec<Beside> {
        vec![Beside { number: 7, customer: "Karl".into(), unread: 2, state: "active", this: true }]
    }
    fn desk_arrangement(&self) -> Arrangement {
        Arrangement::Tile
    }
    fn desk_show(&self, number: u64) -> Result<(), ErrorCode> {
        self.note(format!("host: show {number}"));
        Ok(())
    }
    fn desk_arrange(&self, how: Arrangement) -> Result<(), ErrorCode> {
        self.note(format!("host: arrange {}", how.name()));
        Ok(())
    }
}
