//! Captures and their pipelines: this computer's displays on their way to the other side.
//!
//! A capture is a name for a display, or for a window that the rep chose; publishing it starts a thread of its own
//! ([`crate::pipeline`]). Dropping either, or the customer's word, ends that thread.

use crate::boards::Published;
use crate::pipeline::{self, Job, Mailbox, PipelineOptions};
use crate::shared::Shared;
use crate::showing::Owner;
use crate::streams::Halves;
use crate::view::{ShowOffer, ShowSource, Shown};
use lotse_runtime::{Display, ErrorCode, Settings, Value};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::oneshot;

/// Pipelines of one session: as many displays as anybody has, and a few that are just ending.
const PIPELINES_MAX: usize = 16;
/// One plugin's part of them, so that none takes all.
const PLUGIN_PIPELINES_MAX: usize = 4;
const _: () = assert!(PLUGIN_PIPELINES_MAX * 4 <= PIPELINES_MAX);

#[derive(Default)]
pub(crate) struct Screens {
    captures: Mutex<HashMap<u64, Capture>>,
    pipelines: Mutex<HashMap<u64, Running>>,
    paused: std::sync::atomic::AtomicBool,
}

struct Capture {
    plugin: usize,
    source: ShowSource,
    /// What the rep chose; `None` on the customer's side, where the plugin chooses what the customer allowed.
    chosen: Option<Shown>,
    /// Whose it was then.
    owner: Option<Owner>,
}

/// A pipeline that was begun.
struct Running {
    plugin: usize,
    capture: u64,
    /// Whom it leads to.
    to: u32,
    mailbox: Arc<Mailbox>,
}

impl Screens {
    pub(crate) fn open(&self, shared: &Shared, plugin: usize, display: u32) -> Result<u64, ErrorCode> {
        if !shared.desk.displays()?.iter().any(|of| of.id == display) {
            return Err(ErrorCode::Gone);
        }
        let id = shared.new_id();
        self.captures
            .lock()
            .insert(id, Capture { plugin, source: ShowSource::Display(display), chosen: None, owner: None });
        Ok(id)
    }

    /// What the rep chose. Nothing of it is captured before it is published.
    pub(crate) fn open_chosen(&self, shared: &Shared, plugin: usize, offer: ShowOffer) -> u64 {
        let owner = Some(Owner::of(&offer));
        let ShowOffer { source, title, program: _, process: _, x, y, width, height, thumbnail: _ } = offer;
        let id = shared.new_id();
        let chosen = Some(Shown { source, title, x, y, width, height, hidden: false });
        self.captures.lock().insert(id, Capture { plugin, source, chosen, owner });
        id
    }

    /// What the rep chose that is published now, by plugin and capture.
    pub(crate) fn chosen(&self) -> Vec<(usize, u64)> {
        let pipelines = self.pipelines.lock();
        let captures = self.captures.lock();
        let published = |id: &u64| pipelines.values().any(|running| running.capture == *id);
        let chosen = captures.iter().filter(|(id, of)| of.chosen.is_some() && published(id));
        chosen.map(|(id, of)| (of.plugin, *id)).collect()
    }

    /// The same, for windows.
    pub(crate) fn shown(&self) -> Vec<Shown> {
        let published: Vec<u64> = self.chosen().into_iter().map(|(_, capture)| capture).collect();
        let captures = self.captures.lock();
        let mut shown: Vec<Shown> =
            published.iter().filter_map(|id| captures.get(id)).filter_map(|of| of.chosen.clone()).collect();
        shown.sort_by_key(|of| of.source);
        shown
    }

    /// What the rep chose, as it was then.
    pub(crate) fn chosen_as(&self, capture: u64) -> Option<Shown> {
        self.captures.lock().get(&capture)?.chosen.clone()
    }

    pub(crate) fn set_hidden(&self, capture: u64, on: bool) {
        if let Some(chosen) = self.captures.lock().get_mut(&capture).and_then(|of| of.chosen.as_mut()) {
            chosen.hidden = on;
        }
    }

    /// Displays may have moved or changed their size.
    pub(crate) fn place_displays(&self, displays: &[Display]) {
        for chosen in self.captures.lock().values_mut().filter_map(|of| of.chosen.as_mut()) {
            let of = |display: &&Display| chosen.source == ShowSource::Display(display.id);
            if let Some(display) = displays.iter().find(of) {
                let area = display.area;
                (chosen.x, chosen.y, chosen.width, chosen.height) = (area.x, area.y, area.width, area.height);
            }
        }
    }

    /// Ends a capture and what it feeds.
    pub(crate) fn close(&self, capture: u64) {
        self.captures.lock().remove(&capture);
        self.pipelines.lock().retain(|_, running| {
            let ends = running.capture == capture;
            if ends {
                running.mailbox.stop();
            }
            !ends
        });
    }

    /// `to`: the participant whom the stream leads to.
    pub(crate) fn publish(
        &self,
        shared: &Arc<Shared>,
        capture: u64,
        (to, halves): (u32, oneshot::Receiver<Halves>),
        options: &Settings,
    ) -> Result<u64, ErrorCode> {
        let (plugin, source, owner) = {
            let captures = self.captures.lock();
            let of = captures.get(&capture).ok_or(ErrorCode::Gone)?;
            (of.plugin, of.source, of.owner.clone())
        };
        let driver = shared.desk.capture_driver()?;
        let id = shared.new_id();
        let mut pipelines = self.pipelines.lock();
        if !has_room(&pipelines, plugin) {
            return Err(ErrorCode::Limit);
        }
        // Under the lock, so that no pause is missed.
        let held = self.paused.load(std::sync::atomic::Ordering::Acquire);
        let mailbox = Arc::new(Mailbox::new(PipelineOptions::default().with(options), held));
        pipelines.insert(id, Running { plugin, capture, to, mailbox: mailbox.clone() });
        drop(pipelines);
        let job = Job {
            shared: shared.clone(),
            plugin,
            capture,
            source,
            owner,
            to,
            driver,
            mailbox,
            network: shared.network.clone(),
        };
        tokio::spawn(async move {
            if let Ok(halves) = halves.await {
                let shared = job.shared.clone();
                let mailbox = job.mailbox.clone();
                let published = Published { pipeline: id, capture, source, with: to, mailbox };
                shared.boards.publish(&shared, halves.send.number(), published);
                // It may have been stopped meanwhile.
                if !shared.screens.runs(id) {
                    shared.boards.end_pipeline(&shared, id);
                }
                pipeline::start(job, halves);
            }
        });
        Ok(id)
    }

    pub(crate) fn set(&self, pipeline: u64, options: &Settings) {
        if let Some(running) = self.pipelines.lock().get(&pipeline) {
            running.mailbox.set(options);
        }
    }

    pub(crate) fn pause(&self, pipeline: u64, on: bool) {
        if let Some(running) = self.pipelines.lock().get(&pipeline) {
            running.mailbox.pause(on);
        }
    }

    /// The session's own pause, over whatever plugins want.
    pub(crate) fn pause_all(&self, on: bool) {
        let pipelines = self.pipelines.lock();
        self.paused.store(on, std::sync::atomic::Ordering::Release);
        pipelines.values().for_each(|running| running.mailbox.hold(on));
    }

    pub(crate) fn stop(&self, pipeline: u64) {
        if let Some(running) = self.pipelines.lock().remove(&pipeline) {
            running.mailbox.stop();
        }
    }

    /// Ends those that lead to one participant, and says which they were.
    pub(crate) fn stop_to(&self, to: u32) -> Vec<u64> {
        let mut stopped = Vec::new();
        self.pipelines.lock().retain(|id, running| {
            let ends = running.to == to;
            if ends {
                running.mailbox.stop();
                stopped.push(*id);
            }
            !ends
        });
        stopped
    }

    fn runs(&self, pipeline: u64) -> bool {
        self.pipelines.lock().contains_key(&pipeline)
    }

    pub(crate) fn close_all(&self) {
        self.captures.lock().clear();
        self.pipelines.lock().drain().for_each(|(_, running)| running.mailbox.stop());
    }

    pub(crate) fn stats(&self, pipeline: u64) -> Settings {
        let stats = self.pipelines.lock().get(&pipeline).map(|running| running.mailbox.stats()).unwrap_or_default();
        let number =
            |name: &str, value: u64| (name.to_owned(), Value::Number(i64::try_from(value).unwrap_or(i64::MAX)));
        vec![
            number("frames", stats.frames),
            number("bytes", stats.bytes),
            number("rtt-us", stats.rtt_us),
            number("encode-us", stats.encode_us),
        ]
    }
}

fn has_room(pipelines: &HashMap<u64, Running>, plugin: usize) -> bool {
    let own = pipelines.values().filter(|running| running.plugin == plugin).count();
    pipelines.len() < PIPELINES_MAX && own < PLUGIN_PIPELINES_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_plugin_takes_all_pipelines_of_a_session() {
        let mut pipelines = HashMap::new();
        for plugin in 0..PIPELINES_MAX / PLUGIN_PIPELINES_MAX {
            for _ in 0..PLUGIN_PIPELINES_MAX {
                assert!(has_room(&pipelines, plugin));
                let mailbox = Arc::new(Mailbox::new(PipelineOptions::default(), false));
                pipelines.insert(pipelines.len() as u64, Running { plugin, capture: 1, to: 1, mailbox });
            }
            assert!(!has_room(&pipelines, plugin), "its own part");
        }
        assert!(!has_room(&pipelines, 99), "all of the session's");
    }

    /// Scar: one rep's line broke, and the picture of another went with it.
    #[test]
    fn h2_pictures_of_one_rep_end_without_those_of_another() {
        let screens = Screens::default();
        for (id, to) in [(1, 1), (2, 3), (3, 3)] {
            let mailbox = Arc::new(Mailbox::new(PipelineOptions::default(), false));
            screens.pipelines.lock().insert(id, Running { plugin: 0, capture: 1, to, mailbox });
        }
        let mut stopped = screens.stop_to(3);
        stopped.sort_unstable();
        assert_eq!(stopped, [2, 3]);
        assert!(screens.runs(1));
    }

    #[tokio::test]
    async fn m1_what_was_chosen_is_shown_only_while_it_is_published() {
        let (shared, _reports) = Shared::bare(1);
        let offer = ShowOffer {
            source: ShowSource::Window(7),
            title: "Invoice".to_owned(),
            program: String::new(),
            process: 0,
            x: 1,
            y: 2,
            width: 300,
            height: 200,
            thumbnail: None,
        };
        let screens = &shared.screens;
        let capture = screens.open_chosen(&shared, 0, offer);
        assert!(screens.shown().is_empty(), "a choice alone shows nothing to anybody");
        let mailbox = Arc::new(Mailbox::new(PipelineOptions::default(), false));
        screens.pipelines.lock().insert(1, Running { plugin: 0, capture, to: 1, mailbox });
        screens.set_hidden(capture, true);
        let shown = screens.shown();
        assert_eq!((shown.len(), shown[0].hidden, shown[0].title.as_str()), (1, true, "Invoice"));
        assert_eq!(screens.chosen(), [(0, capture)]);
        screens.close(capture);
        assert!(screens.shown().is_empty() && screens.pipelines.lock().is_empty());
    }
}
