//! What the machines of further ends want done, and what time brings.

use super::{Beside, PATIENCE};
use crate::session::Task;
use crate::session::line::{SILENCE, is_news, link_settings, link_view};
use crate::shared::Shared;
use crate::view::LinkView;
use lotse_protocol::control::{SessionId, Side};
use lotse_protocol::peer::{EndReason, PeerMessage};
use lotse_runtime::Event as PluginEvent;
use lotse_session::{Action, Event, Failure, State};
use std::sync::Arc;

impl Task {
    /// What the machines of further ends want done.
    pub(in crate::session) async fn carry_out_besides(&mut self) {
        let next = |besides: &mut [Beside]| {
            besides.iter_mut().find_map(|beside| Some((beside.id, beside.end.machine.poll_action()?)))
        };
        while let Some((id, action)) = next(&mut self.besides) {
            tracing::debug!(session = %id, ?action, "beside");
            self.carry_out_beside(id, action).await;
        }
        while let Some(id) = self.besides.iter().find(|beside| beside.has_arrived()).map(|beside| beside.id) {
            self.beside_came(id).await;
        }
    }

    async fn carry_out_beside(&mut self, id: SessionId, action: Action) {
        let hello = self.hello();
        let network = self.config.network.clone();
        let Some(beside) = self.beside(id) else { return };
        match action {
            Action::StartPairing => {
                if let Some(message) = beside.end.start_pairing(Side::Customer, id) {
                    self.relay_says(message);
                }
            }
            // They are the session's, and run.
            Action::FetchPlugins | Action::StartPlugins => {}
            Action::OpenLink => beside.end.open_link(Side::Customer, &network, &beside.offer),
            Action::SendHello => beside.end.say(hello),
            // Before this program came.
            Action::AskCustomer => self.feed_beside(id, Event::Answered { begin: true }),
            Action::SendAccepted => {
                beside.end.say(PeerMessage::Accepted);
                self.tell_consents();
            }
            Action::PeerJoined => self.beside_joined(id).await,
            Action::PeerLeft => self.beside_left(id).await,
            Action::SendEnd(reason) => beside.end.say(PeerMessage::End { reason }),
            Action::Close(reason) => self.close_beside(id, reason).await,
        }
    }

    /// With each tick: silence, lines that lead to somebody else, and whoever takes too long to come.
    pub(in crate::session) fn tend_besides(&mut self) {
        self.tend_coming();
        let now_ms = self.now_ms();
        let (mut events, mut stay) = (Vec::new(), Vec::new());
        for beside in &mut self.besides {
            beside.end.machine.handle_time(now_ms);
            let stranger = beside.end.standing.as_ref().is_some_and(|standing| standing.borrow().is_stranger());
            let late = beside.from.filter(|_| beside.since.elapsed() > PATIENCE);
            if stranger && !beside.came {
                events.push((beside.id, Event::PairingFailed(Failure::KeysDiffer)));
            } else if late.is_some() && !beside.came {
                events.push((beside.id, Event::End(EndReason::RepGone)));
            } else if late.is_some_and(|from| self.shared.as_ref().is_some_and(|shared| shared.is_there(from))) {
                stay.push(beside.id);
            }
            let Some(conversation) = &beside.end.conversation else { continue };
            let stats = conversation.link.stats();
            let silent = stats.since_peer > SILENCE;
            if silent != matches!(beside.end.machine.state(), State::Lost { .. }) {
                events.push((beside.id, if silent { Event::LinkSilent } else { Event::LinkHeard }));
            }
            let link = link_view(&stats);
            if beside.there && is_news(&beside.link, beside.told_round_trip_us, &link) {
                beside.told_round_trip_us = link.round_trip_us;
                tell_link(self.shared.as_ref(), beside.who, &link);
            }
            beside.link = link;
        }
        let heard_or_not = events.iter().any(|(_, event)| matches!(event, Event::LinkSilent | Event::LinkHeard));
        events.into_iter().for_each(|(id, event)| self.feed_beside(id, event));
        stay.into_iter().for_each(|id| self.stays_as_before(id));
        if heard_or_not {
            self.tell_present();
        }
    }
}

fn tell_link(shared: Option<&Arc<Shared>>, who: u32, link: &LinkView) {
    let Some(shared) = shared else { return };
    let state = link_settings(link);
    shared.plugins().for_each(|plugin| shared.try_tell(plugin, PluginEvent::Link { who, state: state.clone() }));
}
