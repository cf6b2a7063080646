//! What the machine wants done, done.

use super::Task;
use crate::boards::Boards;
use crate::consents::{Consents, capability_of};
use crate::desk::Desk;
use crate::pictures::Pictures;
use crate::resume::ResumeNote;
use crate::screens::Screens;
use crate::shared::{CUSTOMER, Inner, Parts, REP, Shared};
use crate::transfers::{Keep, Transfers};
use crate::view::Access;
use lotse_protocol::control::{SessionOffer, Side, ToRelay};
use lotse_protocol::peer::{EndReason, PeerMessage};
use lotse_runtime::{Capability, Event as PluginEvent, InstanceHandle, Participant, Role};
use lotse_session::{Action, Failure, State};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// For a plugin to take its leave.
const ENDING_TIMEOUT: Duration = Duration::from_secs(1);

impl Task {
    pub(super) async fn carry_out(&mut self) {
        while let Some(action) = self.end.machine.poll_action() {
            tracing::debug!(session = %self.config.id, ?action, "session");
            match action {
                Action::StartPairing => self.start_pairing(),
                Action::FetchPlugins => self.fetch_plugins(),
                Action::OpenLink => self.open_link(),
                Action::SendHello => self.say(self.hello()),
                Action::AskCustomer => self.ask_customer(),
                Action::SendAccepted => {
                    self.say(PeerMessage::Accepted);
                    self.write_note();
                    self.tell_consents();
                }
                Action::StartPlugins => self.start_plugins(),
                Action::PeerJoined => self.peer_joined().await,
                Action::PeerLeft => self.peer_left().await,
                Action::SendEnd(reason) => self.say(PeerMessage::End { reason }),
                Action::Close(reason) => self.close(reason).await,
            }
        }
    }

    pub(super) fn make_shared(&self, offer: &SessionOffer) -> Arc<Shared> {
        let rep = self.config.side == Side::Rep;
        let me = match self.config.side {
            Side::Rep => Participant { id: REP, role: Role::Rep, name: offer.rep.clone() },
            Side::Customer => Participant { id: CUSTOMER, role: Role::Customer, name: offer.customer.clone() },
        };
        let inner = self.queues.inner.0.clone();
        let on_clipboard = Arc::new(move |heard| {
            let _ = inner.try_send(Inner::Clipboard(heard));
        });
        let consents = if rep { Consents::of_rep() } else { Consents::of_customer(&self.config.ahead) };
        let control = !rep && consents.allows(Capability::Input);
        self.config.guard.control.store(control, Ordering::Release);
        self.config.guard.clipboard.store(consents.allows(Capability::Clipboard), Ordering::Release);
        let screens = Screens::default();
        let paused = self.paused_here || self.paused_there();
        screens.pause_all(paused);
        let session = self.config.id.0;
        let keep = self.config.files.clone().map(|place| Keep { place, session });
        let transfers = Transfers::new(keep, self.config.restored.is_some());
        if !consents.allows(Capability::Files) {
            // Of before a restart: the word that let it in is no more, so that nobody could take it back.
            transfers.take_back();
        }
        transfers.pause_all(paused);
        transfers.hold_all(self.holds_files());
        let parts = Parts {
            me,
            locale: self.config.locale.clone(),
            storage: self.config.storage.clone(),
            network: self.config.network.clone(),
            consents,
            pictures: Pictures::new(self.config.surfaces.clone()),
            screens,
            transfers,
            boards: Boards::new(self.config.drawing.clone(), self.config.surfaces.clone(), paused),
            desk: Desk::new(self.config.drivers.clone(), self.config.guard.clone(), on_clipboard),
            neighbour: self.config.neighbour.clone(),
            plugins: offer.plugins.len(),
            looks_on: self.config.asked.as_ref().is_some_and(|asked| asked.looks_on),
        };
        Shared::new(parts, self.queues.inner.0.clone())
    }

    /// The end: nothing of the session goes on, and on the customer's side nothing of it is left.
    async fn close(&mut self, reason: EndReason) {
        // A customer is not left by everybody because one is gone for good.
        if self.goes_on_without(reason).await {
            return;
        }
        self.config.guard.control.store(false, Ordering::Release);
        self.config.guard.clipboard.store(false, Ordering::Release);
        self.prompts.clear();
        self.end_restart();
        self.end_besides(reason);
        self.give_wish_up();
        self.rendering.drain(..).for_each(|task| task.abort());
        if let Some(shared) = self.shared.take() {
            self.seen_until = shared.seen.said_until();
            for plugin in shared.plugins() {
                if let Some(instance) = shared.instance(plugin) {
                    shared.seat(plugin, None);
                    dismiss(instance, reason);
                }
            }
            // After the plugins' rights: none of them opens anything again.
            shared.desk.close();
            shared.screens.close_all();
            shared.pictures.close_all();
            shared.showing.close();
            for (plugin, about) in shared.transfers.close() {
                self.on_files(plugin, crate::view::AuditKind::FilesBroken, &about);
            }
            shared.boards.end_all(&shared);
            shared.set_link(shared.peer_id(), None);
        }
        // What a plugin keeps is not left to the next pause: programs are often closed now.
        let storage = self.config.storage.clone();
        tokio::task::spawn_blocking(move || storage.settle(ENDING_TIMEOUT));
        self.end.close();
        if let Some(place) = &self.config.note {
            ResumeNote::remove(place);
        }
        // With what came of files in part, if nothing here knew of it yet.
        if let Some(folder) = self.config.folder.take() {
            tokio::task::spawn_blocking(move || folder.discard());
        }
        // A customer who mistyped may type again, so the code stays.
        let again = matches!(self.end.machine.state(), State::Failed(Failure::WrongCode { attempts_left: 1.. }));
        if !again || self.config.side == Side::Rep {
            // After the end the relay takes none.
            self.report_waiting(usize::MAX);
            self.relay_says(ToRelay::EndSession { session: self.config.id, reason: reason.name().to_owned() });
        }
        self.keep_transcript();
        self.view.surfaces.clear();
        self.view.choosing = None;
        self.view.showing.clear();
        self.view.file_questions.clear();
        self.view.file_picks.clear();
        self.view.drop_places.clear();
        self.view.boards.clear();
        self.dirty = true;
    }
}

/// Takes a plugin's rights at once, lets it hear of the end, and stops it.
fn dismiss(instance: InstanceHandle, reason: EndReason) {
    // A word that only saves a question gives no right that could be taken.
    for capability in Access::ALL.map(capability_of).into_iter().filter(|capability| capability.standing().is_none()) {
        let _ = instance.try_send(PluginEvent::Revoked(capability));
    }
    let told = instance.try_send(PluginEvent::Ending(reason.name().to_owned())).is_ok();
    tokio::spawn(async move {
        if told {
            let _ = tokio::time::timeout(ENDING_TIMEOUT, instance.stopped()).await;
        }
        instance.stop();
    });
}
