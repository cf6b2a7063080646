//! What one plugin's calls reach: the engine's side of the contract.
//!
//! Every method returns at once; what takes time happens on the session's task or on a thread of its own and comes back
//! as an event.

use crate::computer;
use crate::consents::Reply;
use crate::input::InputService;
use crate::shared::{Inner, Shared};
use crate::view::{Access, Tone};
use lotse_package::Capability;
use lotse_protocol::peer::ConsentState;
use lotse_protocol::shared::SharedValue;
use lotse_runtime::{
    AuditEvent, Class, ConsentAnswer, Display, ErrorCode, Fault, Host, Level, Participant, Point, Role, Settings,
    Value, setting,
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
    /// A rep's own computer is not steered from outside, whatever a plugin was granted.
    fn input(&self) -> Result<Arc<InputService>, ErrorCode> {
        match self.shared.me.role {
            Role::Customer => self.shared.desk.input(),
            Role::Rep => Err(ErrorCode::Denied),
        }
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
        std::iter::once(self.shared.me.clone()).chain(self.shared.peer()).collect()
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
        self.shared.report(Inner::Fault { plugin: self.plugin, why: fault.kind.to_string(), restarting });
    }

    fn consent_request(&self, capability: Capability) -> Result<ConsentAnswer, ErrorCode> {
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
        if to != self.shared.peer_id() || self.shared.peer().is_none() {
            return Err(ErrorCode::Gone);
        }
        self.shared.streams.open(&self.shared, self.plugin, label, class)
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
        if to != self.shared.peer_id() || self.shared.peer().is_none() {
            return Err(ErrorCode::Gone);
        }
        let number = u8::try_from(self.plugin).map_err(|_| ErrorCode::Invalid)?;
        let link = self.shared.link().ok_or(ErrorCode::Gone)?;
        let packet: Vec<u8> = std::iter::once(number).chain(data.iter().copied()).collect();
        self.shared.count_sent(self.plugin, packet.len());
        link.send_datagram(packet.into()).map_err(|_| ErrorCode::Busy)
    }

    fn displays(&self) -> Result<Vec<Display>, ErrorCode> {
        self.shared.desk.displays()
    }

    fn capture_open(&self, display: u32) -> Result<u64, ErrorCode> {
        self.shared.screens.open(&self.shared, self.plugin, display)
    }

    fn capture_drop(&self, capture: u64) {
        self.shared.screens.close(capture);
        self.shared.seen.end_capture(capture);
        self.seen_changed();
    }

    fn capture_publish(&self, capture: u64, stream: u64, options: Settings) -> Result<u64, ErrorCode> {
        let halves = self.shared.streams.take(stream)?;
        let pipeline = self.shared.screens.publish(&self.shared, capture, halves, &options)?;
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
        self.shared.seen.end(pipeline);
        self.seen_changed();
    }

    fn surface_new(&self, title: String, options: Settings) -> Result<u64, ErrorCode> {
        self.shared.pictures.open(&self.shared, self.plugin, &self.id, title, &options)
    }

    fn surface_present(&self, surface: u64, stream: u64) -> Result<(), ErrorCode> {
        let halves = self.shared.streams.take(stream)?;
        self.shared.pictures.present(&self.shared, surface, halves)
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
        self.shared.desk.clipboard()?.fetch(format)
    }

    fn clipboard_write(&self, format: &str, data: Vec<u8>) -> Result<(), ErrorCode> {
        self.shared.desk.clipboard()?.write(format, data)
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
