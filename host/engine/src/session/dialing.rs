//! How the two ends come to each other: the leg through the relay, and one link after another over it.

use super::Task;
use crate::conversation::Conversation;
use lotse_protocol::control::{SessionOffer, Side};
use lotse_session::Event;
use lotse_transport::bind::LegTicket;
use lotse_transport::{Fingerprint, Identity, Link, Listener, PathConfig, PathHandle, TransportError, connect, listen};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// Between two attempts to reach the other side.
const DIAL_PAUSE: Duration = Duration::from_millis(500);

impl Task {
    pub(super) fn open_link(&mut self) {
        let (Some(offer), Some(relay), Some(peer)) = (&self.offer, self.relay, self.peer_key) else { return };
        if self.dialing.is_some() {
            return;
        }
        self.leg.send_replace(Some(path_config(offer, relay)));
        let leg = self.leg.subscribe();
        let Ok(identity) = Identity::from_bytes(&self.identity.to_bytes()) else { return };
        let (links, paths) = (self.queues.links.0.clone(), self.queues.paths.0.clone());
        let dialer = Dialer { side: self.config.side, identity, peer, links, paths };
        self.dialing = Some(tokio::spawn(dialer.keep_dialing(leg)));
    }

    /// A leg of a newer offer: the relay was started again, or another one has taken over.
    pub(super) fn renew_path(&self) {
        if let (Some(offer), Some(relay)) = (&self.offer, self.relay) {
            self.leg.send_replace(Some(path_config(offer, relay)));
            if let Some(path) = &self.path {
                path.set_relay(path_config(offer, relay));
            }
        }
    }

    pub(super) fn on_link(&mut self, link: Link) {
        let Some(shared) = self.shared.clone() else { return };
        self.conversations += 1;
        self.path = Some(link.path().clone());
        self.view.safety_code = link.safety_code().to_string();
        shared.set_link(Some(link.clone()));
        let conversation =
            Conversation::start(self.config.side, link, shared, self.conversations, self.queues.talk.0.clone());
        self.conversation = Some(conversation);
        self.write_note();
        self.feed(Event::LinkUp);
    }
}

fn path_config(offer: &SessionOffer, relay: IpAddr) -> PathConfig {
    let ticket = LegTicket { token: offer.leg.token.clone(), secret: offer.leg.secret };
    PathConfig { relay: SocketAddr::new(relay, offer.leg.udp_port), ticket }
}

/// Gets links and hands them over, for as long as anybody takes them.
struct Dialer {
    side: Side,
    identity: Identity,
    peer: Fingerprint,
    links: mpsc::Sender<Link>,
    paths: mpsc::Sender<PathHandle>,
}

/// What a leg led to: the rep waits there, the customer has got through.
enum Reached {
    Waiting(Box<Listener>),
    Through(Link),
}

impl Dialer {
    async fn keep_dialing(self, mut leg: watch::Receiver<Option<PathConfig>>) {
        loop {
            let Some(config) = leg.borrow_and_update().clone() else { return };
            let tried = tokio::select! {
                tried = self.reach(config) => tried,
                // A newer leg: the old one may lead nowhere.
                _ = leg.changed() => continue,
            };
            let taken = match tried {
                Ok(reached) => self.hand_over(reached).await,
                Err(problem) => {
                    tracing::warn!(%problem, "the other side is not reached");
                    true
                }
            };
            if !taken {
                return;
            }
            tokio::time::sleep(DIAL_PAUSE).await;
        }
    }

    async fn reach(&self, config: PathConfig) -> Result<Reached, TransportError> {
        match self.side {
            // Known when it is compiled, so that the customer's program carries no server.
            Side::Rep if cfg!(feature = "rep") => {
                let listener = listen(&self.identity, self.peer, config).await?;
                Ok(Reached::Waiting(Box::new(listener)))
            }
            Side::Rep => Err(TransportError::Setup("a customer's program waits for no links".to_owned())),
            Side::Customer => connect(&self.identity, self.peer, config).await.map(Reached::Through),
        }
    }

    /// Ends with the link; a listener goes on as long as its links are taken. `false`: nobody takes them any more.
    async fn hand_over(&self, reached: Reached) -> bool {
        match reached {
            Reached::Through(link) => {
                let _ = self.paths.send(link.path().clone()).await;
                let taken = self.links.send(link.clone()).await.is_ok();
                if taken {
                    link.closed().await;
                }
                taken
            }
            Reached::Waiting(listener) => {
                let _ = self.paths.send(listener.path().clone()).await;
                loop {
                    match listener.accept().await {
                        Ok(link) => {
                            if self.links.send(link).await.is_err() {
                                return false;
                            }
                        }
                        Err(problem) => {
                            tracing::warn!(%problem, "a link was not taken");
                            tokio::time::sleep(DIAL_PAUSE).await;
                        }
                    }
                }
            }
        }
    }
}
