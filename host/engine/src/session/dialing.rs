//! How the two ends come to each other: the leg through the relay, and one link after another over it.

use super::Task;
use super::end::End;
use super::reach::{self, Standing};
use lotse_protocol::control::{SessionOffer, Side};
use lotse_session::Event;
use lotse_transport::bind::LegTicket;
use lotse_transport::{Fingerprint, Identity, Link, Listener, PathConfig, PathHandle, TransportError, connect, listen};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};

/// Between two attempts to reach the other side.
const DIAL_PAUSE: Duration = Duration::from_millis(500);
/// Between two questions whether the forwarder hears this side; a link is mostly there before the first.
const ASK_EVERY: Duration = Duration::from_secs(2);
/// Between two looks at a path that waits.
const LOOK_EVERY: Duration = Duration::from_secs(1);

impl Task {
    pub(super) fn open_link(&mut self) {
        if let Some(offer) = &self.offer {
            self.end.open_link(self.config.side, &self.config.network, offer);
        }
    }

    /// A leg of a newer offer: the relay was started again, or another one has taken over.
    pub(super) fn renew_path(&self) {
        if let Some(offer) = &self.offer {
            self.end.renew_path(offer);
        }
    }

    pub(super) fn on_link(&mut self, link: Link) {
        let Some(shared) = self.shared.clone() else { return };
        self.view.safety_code = link.safety_code().to_string();
        self.view.obstacle = None;
        let peer = shared.peer_id();
        self.end.take_link(self.config.side, link, shared, peer);
        self.write_note();
        self.feed(Event::LinkUp);
    }
}

impl End {
    pub(super) fn open_link(&mut self, side: Side, network: &tokio::runtime::Handle, offer: &SessionOffer) {
        let (Some(relay), Some(peer)) = (self.relay, self.peer_key) else { return };
        if self.dialing.is_some() {
            return;
        }
        self.leg.send_replace(Some(path_config(offer, relay)));
        let leg = self.leg.subscribe();
        let Ok(identity) = Identity::from_bytes(&self.identity.to_bytes()) else { return };
        let (links, paths) = (self.reports.links.clone(), self.reports.paths.clone());
        let (standing, stands) = watch::channel(Standing::default());
        self.standing = Some(stands);
        let dialer = Dialer { side, identity, peer, links, paths, standing };
        self.dialing = Some(network.spawn(dialer.keep_dialing(leg)));
    }

    pub(super) fn renew_path(&self, offer: &SessionOffer) {
        let Some(relay) = self.relay else { return };
        self.leg.send_replace(Some(path_config(offer, relay)));
        if let Some(path) = &self.path {
            path.set_relay(path_config(offer, relay));
        }
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
    /// What keeps it from the forwarder, for the session's task to look at.
    standing: watch::Sender<Standing>,
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
            let began = Instant::now();
            let tried = tokio::select! {
                tried = self.reach(config.clone()) => tried,
                () = self.ask_meanwhile(&config, began) => continue,
                // A newer leg: the old one may lead nowhere.
                changed = leg.changed() => match changed {
                    Ok(()) => continue,
                    Err(_) => return,
                },
            };
            let taken = match tried {
                Ok(reached) => self.hand_over(reached).await,
                Err(problem) => {
                    tracing::warn!(%problem, "the other side is not reached");
                    self.standing.send_modify(|standing| standing.fail(began, &problem));
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

    /// Never ends. A customer's path is its own until it has got through, so the forwarder is asked beside it.
    async fn ask_meanwhile(&self, config: &PathConfig, began: Instant) {
        if self.side == Side::Rep {
            return std::future::pending().await;
        }
        loop {
            tokio::time::sleep(ASK_EVERY).await;
            let obstacle = reach::ask(config).await;
            self.standing.send_modify(|standing| match obstacle {
                Some(what) => standing.block(began, what),
                None => standing.clear(Instant::now()),
            });
        }
    }

    /// Ends with the link, or with the listener. `false`: nobody takes links any more.
    async fn hand_over(&self, reached: Reached) -> bool {
        match reached {
            Reached::Through(link) => {
                self.standing.send_modify(|standing| standing.clear(Instant::now()));
                let _ = self.paths.send(link.path().clone()).await;
                let taken = self.links.send(link.clone()).await.is_ok();
                if taken {
                    link.closed().await;
                }
                taken
            }
            Reached::Waiting(listener) => {
                let _ = self.paths.send(listener.path().clone()).await;
                let mut look = tokio::time::interval(LOOK_EVERY);
                loop {
                    tokio::select! {
                        accepted = listener.accept() => match accepted {
                            Ok(link) => {
                                if self.links.send(link).await.is_err() {
                                    return false;
                                }
                            }
                            // It is closed and will take no other: the next try listens anew.
                            Err(problem) => {
                                tracing::warn!(%problem, "nobody can be waited for here any more");
                                return true;
                            }
                        },
                        _ = look.tick() => {
                            let report = listener.path().report();
                            self.standing.send_modify(|standing| standing.report(Instant::now(), &report));
                        }
                    }
                }
            }
        }
    }
}

#[cfg(all(test, feature = "rep"))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use lotse_transport::bind::{self, RelayKey};

    /// It asked the closed one again and again, for ever.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_rep_whose_listener_is_closed_listens_anew() {
        let ticket = RelayKey::new([1; 32]).issue([1; 16], bind::Side::Rep, u64::MAX);
        // Nobody is there, which is tried in the background.
        let config = PathConfig { relay: ([127, 0, 0, 1], 9).into(), ticket };
        let (links, _links) = mpsc::channel(1);
        let (paths, _paths) = mpsc::channel(1);
        let (standing, _stands) = watch::channel(Standing::default());
        let identity = Identity::generate().unwrap();
        let peer = Identity::generate().unwrap().fingerprint();
        let dialer = Dialer { side: Side::Rep, identity, peer, links, paths, standing };
        let reached = dialer.reach(config).await.unwrap();
        if let Reached::Waiting(listener) = &reached {
            listener.close(0, "");
        }
        let again = tokio::time::timeout(Duration::from_secs(60), dialer.hand_over(reached)).await;
        assert!(again.unwrap(), "and not given up");
    }
}
