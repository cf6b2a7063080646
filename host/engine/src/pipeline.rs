//! One display or window onto one stream: damage → codec → stream, on a thread of its own.
//!
//! A picture is made when something changed *and* the link has room ([`Pacer`](lotse_media::pacing::Pacer)), so none ever waits
//! behind another; on an idle screen the thread sleeps in the driver (`run`). What is to be sent leaves by `outlet`. The viewer
//! acknowledges each picture on the stream's other direction, which comes by `mailbox`, as orders do.

mod mailbox;
mod options;
mod outlet;
mod pointer;
mod run;

pub(crate) use mailbox::Mailbox;
pub(crate) use options::PipelineOptions;

use crate::shared::{Inner, Shared};
use crate::showing::Owner;
use crate::streams::Halves;
use crate::view::ShowSource;
use lotse_drivers::CaptureDriver;
use lotse_media::framing::{self, Kind};
use lotse_transport::RecvStream;
use run::Run;
use std::sync::Arc;
use std::time::Duration;

/// How long an order to stop may follow the end of the stream that it ends.
const ORDER_PATIENCE: Duration = Duration::from_secs(5);

/// Everything a pipeline's thread needs.
pub(crate) struct Job {
    pub shared: Arc<Shared>,
    pub plugin: usize,
    pub capture: u64,
    pub source: ShowSource,
    /// Whose it was when it was chosen.
    pub owner: Option<Owner>,
    /// The participant who looks.
    pub to: u32,
    pub driver: CaptureDriver,
    pub mailbox: Arc<Mailbox>,
    pub network: tokio::runtime::Handle,
}

/// Takes the stream into use.
pub(crate) fn start(job: Job, halves: Halves) {
    let Halves { send, recv } = halves;
    let (shared, plugin, capture, mailbox) = (job.shared.clone(), job.plugin, job.capture, job.mailbox.clone());
    let link = job.shared.link_of(job.to);
    job.network.spawn(async move {
        hear_acknowledgements(recv, &mailbox).await;
        mailbox.cut();
        // Whoever ended it in order says so at once; a line that is gone as a whole is told as that.
        tokio::time::sleep(ORDER_PATIENCE).await;
        let there = link.is_some_and(|link| link.close_reason().is_none());
        if there && !mailbox.is_ordered() {
            let reason = "the picture's stream broke".to_owned();
            shared.report(Inner::CaptureStalled { plugin, capture, reason });
        }
    });
    let spawned = std::thread::Builder::new().name("lotse-screen".into()).spawn(move || {
        let (shared, plugin, capture) = (job.shared.clone(), job.plugin, job.capture);
        let mailbox = job.mailbox.clone();
        let stopped = Run::new(job, send).and_then(Run::run);
        if let Err(reason) = stopped {
            mailbox.set_ordered();
            shared.report(Inner::CaptureStalled { plugin, capture, reason });
        }
    });
    if let Err(problem) = spawned {
        tracing::error!(%problem, "no thread for a capture");
    }
}

async fn hear_acknowledgements(mut recv: RecvStream, mailbox: &Mailbox) {
    let mut reader = framing::Reader::new();
    while let Ok(Some(chunk)) = recv.read_chunk().await {
        reader.feed(&chunk);
        loop {
            match reader.poll() {
                Ok(Some(message)) if message.kind == Kind::Ack => {
                    if let Ok(frame) = framing::decode_ack(&message.body) {
                        mailbox.acknowledge(frame);
                    }
                }
                Ok(Some(message)) if message.kind == Kind::KeyRequest => mailbox.want_key(),
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(problem) => {
                    tracing::warn!(%problem, "the viewer's answers make no sense");
                    return;
                }
            }
        }
    }
}
