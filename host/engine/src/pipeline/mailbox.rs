//! What reaches a pipeline's thread: orders of plugins and of the session, the viewer's answers; and the figures that it leaves
//! there.
//!
//! The thread sleeps here while it has nothing to do but to wait for the viewer or for its time. In the driver it is woken.

use super::options::PipelineOptions;
use lotse_drivers::Waker;
use lotse_runtime::Settings;
use parking_lot::{Condvar, Mutex};
use std::time::{Duration, Instant};

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PipelineStats {
    pub frames: u64,
    pub bytes: u64,
    pub rtt_us: u64,
    /// Of the last picture.
    pub encode_us: u64,
}

/// Orders to a pipeline's thread, and its figures.
pub(crate) struct Mailbox {
    mail: Mutex<Mail>,
    arrived: Condvar,
    waker: Mutex<Option<Waker>>,
    /// Ends a write that the other side does not take.
    gone: tokio::sync::Notify,
    stats: Mutex<PipelineStats>,
}

struct Mail {
    options: PipelineOptions,
    changed: bool,
    paused: bool,
    /// The session's own pause.
    held: bool,
    stopped: bool,
    /// Whoever is concerned knows that it has stopped; otherwise its stream broke.
    ordered: bool,
    /// The newest packet that was shown, and when we heard.
    acknowledged: Option<(u64, Instant)>,
    key_wanted: bool,
    /// Strokes that lie on the display now; whatever is captured from here on contains them.
    drawn: Option<Vec<u64>>,
}

/// What the thread finds in its mailbox.
pub(super) struct News {
    /// Where they have changed.
    pub options: Option<PipelineOptions>,
    /// The newest packet that was shown, and when we heard.
    pub acknowledged: Option<(u64, Instant)>,
    pub key_wanted: bool,
    /// Strokes that lie on the display now.
    pub drawn: Option<Vec<u64>>,
    pub paused: bool,
}

impl Mailbox {
    pub(crate) fn new(options: PipelineOptions, held: bool) -> Self {
        let mail = Mail {
            options,
            changed: false,
            paused: false,
            held,
            stopped: false,
            ordered: false,
            acknowledged: None,
            key_wanted: false,
            drawn: None,
        };
        Self {
            mail: Mutex::new(mail),
            arrived: Condvar::new(),
            waker: Mutex::new(None),
            gone: tokio::sync::Notify::new(),
            stats: Mutex::default(),
        }
    }

    fn put(&self, what: impl FnOnce(&mut Mail)) {
        what(&mut self.mail.lock());
        self.arrived.notify_all();
        if let Some(waker) = &*self.waker.lock() {
            waker.wake();
        }
    }

    /// News for who waits for room; one that waits for a change of the screen need not be woken for it.
    pub(super) fn acknowledge(&self, frame: u64) {
        self.mail.lock().acknowledged = Some((frame, Instant::now()));
        self.arrived.notify_all();
    }

    pub(crate) fn set(&self, options: &Settings) {
        self.put(|mail| {
            mail.options = mail.options.with(options);
            mail.changed = true;
        });
    }

    pub(crate) fn drawn(&self, looks: Vec<u64>) {
        self.put(|mail| mail.drawn = Some(looks));
    }

    #[cfg(test)]
    pub(crate) fn has_drawn(&self) -> bool {
        self.mail.lock().drawn.is_some()
    }

    pub(crate) fn pause(&self, on: bool) {
        self.put(|mail| mail.paused = on);
    }

    pub(crate) fn hold(&self, on: bool) {
        self.put(|mail| mail.held = on);
    }

    pub(crate) fn stop(&self) {
        self.mail.lock().ordered = true;
        self.cut();
    }

    /// The stream is of no more use.
    pub(super) fn cut(&self) {
        self.put(|mail| mail.stopped = true);
        self.gone.notify_one();
    }

    pub(crate) fn stats(&self) -> PipelineStats {
        *self.stats.lock()
    }

    /// The viewer wants a whole picture.
    pub(super) fn want_key(&self) {
        self.put(|mail| mail.key_wanted = true);
    }

    /// Whoever is concerned knows that it has stopped.
    pub(super) fn is_ordered(&self) -> bool {
        self.mail.lock().ordered
    }

    /// They are told why it has stopped; that its stream ends with it is no news.
    pub(super) fn set_ordered(&self) {
        self.mail.lock().ordered = true;
    }

    pub(super) fn options(&self) -> PipelineOptions {
        self.mail.lock().options
    }

    /// What gets the thread out of the driver, where it sleeps while nothing changes.
    pub(super) fn wake_by(&self, waker: Waker) {
        *self.waker.lock() = Some(waker);
    }

    /// What came since this was last asked; `None`: it is to stop.
    pub(super) fn take(&self) -> Option<News> {
        let mut mail = self.mail.lock();
        if mail.stopped {
            return None;
        }
        Some(News {
            options: std::mem::take(&mut mail.changed).then_some(mail.options),
            acknowledged: mail.acknowledged.take(),
            key_wanted: std::mem::take(&mut mail.key_wanted),
            drawn: mail.drawn.take(),
            paused: mail.paused || mail.held,
        })
    }

    /// Sleeps until there is mail, at most so long; acknowledgements count only for who waits for them. `paused` as it was
    /// read last.
    pub(super) fn wait(&self, paused: bool, for_room: bool, at_most: Duration) {
        let mut mail = self.mail.lock();
        let waiting = move |mail: &mut Mail| {
            let arrived = mail.stopped || mail.changed || mail.key_wanted || (for_room && mail.acknowledged.is_some());
            !arrived && (mail.paused || mail.held) == paused
        };
        self.arrived.wait_while_for(&mut mail, waiting, at_most);
    }

    /// Nothing is to leave at this moment.
    pub(super) fn is_quiet(&self) -> bool {
        let mail = self.mail.lock();
        mail.stopped || mail.paused || mail.held
    }

    /// Waits until the stream is of no more use.
    pub(super) async fn gone(&self) {
        self.gone.notified().await;
    }

    pub(super) fn count(&self, what: impl FnOnce(&mut PipelineStats)) {
        what(&mut self.stats.lock());
    }
}
