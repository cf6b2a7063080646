//! A host that writes down everything it is asked, and answers as it is told.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use lotse_runtime::{
    AuditEvent, Capability, Class, ConsentAnswer, Display, ErrorCode, Fault, Host, Level, Participant, Point, Rect,
    Role, Settings,
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
    fn ui_notify(&self, title: String, _body: String, _options: Settings) {
        self.note(format!("host: notify {title}"));
    }
}
