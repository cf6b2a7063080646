//! One transfer that runs: its thread, from the stream's halves to the last word.

use super::receiving::News;
use super::report::Report;
use super::steer::{Over, Slot, number, text};
use super::tokens::{Source, Target, TargetState};
use super::{receiving, sending, walk};
use crate::shared::{Inner, Shared};
use crate::streams::Halves;
use crate::view::AuditKind;
use lotse_files::{End, Outcome, Progress, Receiver, Sender};
use lotse_runtime::{ErrorCode, Event, Settings};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::oneshot;

#[derive(Clone)]
pub(super) enum Job {
    Send(Arc<Source>),
    Receive(Arc<Target>),
}

/// The session's hold on it.
pub(super) struct Running {
    job: Job,
    plugin: usize,
    /// Who is at the other end.
    peer: u32,
    slot: Arc<Slot>,
    thread: std::thread::JoinHandle<()>,
}

impl Running {
    /// `held`: the session is paused here.
    pub fn start(
        shared: &Arc<Shared>,
        (plugin, peer): (usize, u32),
        id: u64,
        job: Job,
        halves: oneshot::Receiver<Halves>,
        held: bool,
    ) -> Result<Self, ErrorCode> {
        let slot = Arc::new(Slot::new());
        slot.hold(held);
        slot.pause(is_paused(&job));
        let sending = matches!(job, Job::Send(_));
        let report = Report::new(shared.clone(), plugin, id, slot.clone(), sending);
        let (runtime, carried) = (tokio::runtime::Handle::current(), job.clone());
        let thread = std::thread::Builder::new()
            .name("lotse-transfer".into())
            .spawn(move || runtime.block_on(run(carried, halves, report)))
            .map_err(|_| ErrorCode::Limit)?;
        Ok(Self { job, plugin, peer, slot, thread })
    }

    /// Whether it is of the same source or target.
    pub fn is_same(&self, job: &Job) -> bool {
        match (&self.job, job) {
            (Job::Send(one), Job::Send(other)) => Arc::ptr_eq(one, other),
            (Job::Receive(one), Job::Receive(other)) => Arc::ptr_eq(one, other),
            (Job::Send(_), Job::Receive(_)) | (Job::Receive(_), Job::Send(_)) => false,
        }
    }

    /// Whether a token of this plugin's stands for what it is of.
    pub fn is_of(&self, plugin: &str, token: &str) -> bool {
        match &self.job {
            Job::Send(source) => source.token == token && source.plugin == plugin,
            Job::Receive(target) => target.is(plugin, token),
        }
    }

    /// Whether it comes in without a question.
    pub fn is_unasked(&self) -> bool {
        match &self.job {
            Job::Send(_) => false,
            Job::Receive(target) => target.unasked,
        }
    }

    pub fn is_with(&self, peer: u32) -> bool {
        self.peer == peer
    }

    #[cfg(test)]
    pub fn is_ending(&self) -> bool {
        self.slot.wishes().borrow().over.is_some()
    }

    #[cfg(test)]
    pub fn stands(&self) -> bool {
        self.slot.wishes().borrow().stands()
    }

    /// Its plugin, and what there is to tell of it if it gets no further.
    pub fn unfinished(&self) -> (usize, String) {
        let end = End { outcome: Outcome::Broken, detail: String::new() };
        let progress = self.slot.shown.lock().progress.clone();
        (self.plugin, about(&end, &progress, matches!(self.job, Job::Send(_))))
    }

    pub fn settings(&self) -> Settings {
        self.slot.shown.lock().settings()
    }

    /// What is received stays so when it is begun anew: nobody gets round a pause with another stream.
    pub fn pause(&self, on: bool) {
        if let Job::Receive(target) = &self.job {
            target.paused.store(on, Ordering::Release);
        }
        self.slot.pause(on);
    }

    pub fn hold(&self, on: bool) {
        self.slot.hold(on);
    }

    pub fn end(&self, over: Over) {
        self.slot.end(over);
    }

    /// Waits until its thread has ended.
    pub fn wait(self) {
        let _ = self.thread.join();
    }
}

fn is_paused(job: &Job) -> bool {
    match job {
        Job::Send(_) => false,
        Job::Receive(target) => target.paused.load(Ordering::Acquire),
    }
}

async fn run(job: Job, halves: oneshot::Receiver<Halves>, mut report: Report) {
    let end = match halves.await {
        Ok(halves) => carry(job, halves, &mut report).await,
        // The link went before the stream came about.
        Err(_) => End { outcome: Outcome::Broken, detail: String::new() },
    };
    let progress = report.last();
    let Report { shared, plugin, transfer, sending, .. } = report;
    // Of a session that is over all has been told.
    let over = shared.transfers.over.load(Ordering::Acquire);
    let kind = if end.outcome == Outcome::Whole { AuditKind::FilesWhole } else { AuditKind::FilesBroken };
    let about = about(&end, &progress, sending);
    if !over {
        shared.report(Inner::FilesAudit { plugin, kind, about });
    }
    shared.transfers.ended(transfer);
    shared.tell(plugin, Event::TransferEnded { transfer, outcome: outcome(&end, &progress) }).await;
}

async fn carry(job: Job, halves: Halves, report: &mut Report) -> End {
    let (wishes, halt) = (report.slot.wishes(), report.slot.halt.clone());
    match job {
        Job::Send(source) => {
            // Sent again, it may be another by now.
            let again = source.sent.swap(true, Ordering::AcqRel);
            let known = source.walked.lock().clone().filter(|_| !again);
            let walked = known.unwrap_or_else(|| walk(&source));
            let sender = Sender::new(walked, source.batch, halt);
            let told = |progress: &Progress, waits| report.tell(progress, waits);
            sending::send(sender, halves, wishes, told).await
        }
        Job::Receive(target) => {
            let _turn = target.turn.lock().await;
            // Until its turn came it may have been discarded.
            if target.is_spent() {
                return End { outcome: Outcome::Gone, detail: String::new() };
            }
            let shared = report.shared.clone();
            let receiver = Receiver::new(target.place.clone(), halt).on(target.terms());
            let told = |progress: &Progress, waits| report.tell(progress, waits);
            let note = |what: &dyn Fn(&mut TargetState)| {
                if target.note(what) {
                    shared.transfers.write();
                }
            };
            let news = |news: News| match news {
                News::Named(batch) => note(&|state: &mut TargetState| state.batch = Some(batch)),
                News::Whole(table) => note(&|state: &mut TargetState| state.whole = Some(table)),
                News::Known => note(&|state: &mut TargetState| state.spent = true),
            };
            let end = receiving::receive(receiver, halves, wishes, told, news).await;
            if matches!(end.outcome, Outcome::Cancelled | Outcome::CancelledThere) {
                note(&|state: &mut TargetState| state.spent = true);
            }
            end
        }
    }
}

/// Such as `sent, 3 files, 1200 bytes` or `received, cancelled, 0 files, 12 bytes`: never a name.
fn about(end: &End, progress: &Progress, sending: bool) -> String {
    let way = if sending { "sent" } else { "received" };
    let how = if end.outcome == Outcome::Whole { String::new() } else { format!(", {}", end.outcome.name()) };
    format!("{way}{how}, {} files, {} bytes", progress.files, progress.bytes)
}

fn outcome(end: &End, progress: &Progress) -> Settings {
    vec![
        text("outcome", end.outcome.name()),
        number("files", progress.files),
        number("bytes", progress.bytes),
        number("renamed", progress.renamed),
        text("detail", &end.detail),
    ]
}
