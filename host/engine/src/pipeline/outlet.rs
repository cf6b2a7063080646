//! Where a pipeline's packets leave: paced, counted, and held back at once when it is paused or stopped.

use super::Job;
use super::mailbox::Mailbox;
use crate::shared::Shared;
use lotse_media::framing::{self, Kind};
use lotse_media::pacing::Pacer;
use lotse_transport::SendStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What became of what was sent last; once something was held or the stream is gone, nothing follows it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Went,
    /// Not sent, because the capture is paused or stopped by now.
    Held,
    Gone,
}

/// The stream's end: packets leave as soon as they are made.
pub(super) struct Outlet {
    shared: Arc<Shared>,
    plugin: usize,
    mailbox: Arc<Mailbox>,
    network: tokio::runtime::Handle,
    send: SendStream,
    pub pacer: Pacer,
    pub began: Instant,
    /// Packets of pictures sent so far.
    pub frame: u64,
    /// The next packet is its picture's first, with what was drawn.
    pub first: bool,
    /// Time spent with handing over since that was last asked.
    pub sending: Duration,
    message: Vec<u8>,
    pub state: Outcome,
}

impl Outlet {
    pub(super) fn new(job: &Job, send: SendStream, frames_per_second_max: u32) -> Self {
        Self {
            shared: job.shared.clone(),
            plugin: job.plugin,
            mailbox: job.mailbox.clone(),
            network: job.network.clone(),
            send,
            pacer: Pacer::new(frames_per_second_max),
            began: Instant::now(),
            frame: 0,
            first: true,
            sending: Duration::ZERO,
            message: Vec::new(),
            state: Outcome::Went,
        }
    }

    pub(super) fn now_us(&self) -> u64 {
        self.began.elapsed().as_micros() as u64
    }

    pub(super) fn picture(&mut self, packet: &[u8]) {
        let began_us = self.now_us();
        let Some(bytes) = self.send(Kind::Picture, packet) else { return };
        if std::mem::take(&mut self.first) {
            // Systems like to put whoever is woken behind whoever wakes, and this thread goes on with what is a photo.
            let began = Instant::now();
            std::thread::yield_now();
            self.sending += began.elapsed();
        }
        self.pacer.on_sent(self.frame, bytes, began_us);
        self.frame += 1;
        let rtt_us = self.pacer.rtt_us();
        self.mailbox.count(|stats| stats.rtt_us = rtt_us);
    }

    /// Bytes sent, if they were.
    pub(super) fn send(&mut self, kind: Kind, body: &[u8]) -> Option<usize> {
        if self.state != Outcome::Went {
            return None;
        }
        self.message.clear();
        if self.mailbox.is_quiet() || framing::write(kind, body, &mut self.message).is_err() {
            self.state = Outcome::Held;
            return None;
        }
        let bytes = self.message.len();
        self.shared.count_sent(self.plugin, bytes);
        self.mailbox.count(|stats| stats.bytes += bytes as u64);
        let began = Instant::now();
        let (send, message, mailbox) = (&mut self.send, &self.message, &self.mailbox);
        let sent = self.network.block_on(async {
            tokio::select! {
                biased;
                () = mailbox.gone() => false,
                sent = send.write_all(message) => sent.is_ok(),
            }
        });
        self.sending += began.elapsed();
        if !sent {
            self.send.reset(1);
            self.state = Outcome::Gone;
        }
        sent.then_some(bytes)
    }
}
