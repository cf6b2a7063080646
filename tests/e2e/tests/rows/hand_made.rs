//! An end of a session made by hand: it speaks to the real relay and to the real program on the other side by the real
//! protocols, and says what a test wants, as a program of another version or with other intentions would.

use crate::dial::{Dialed, dial};
use futures_util::{SinkExt, StreamExt};
use lotse_e2e::Result;
use lotse_e2e::stage::{PASSWORD, USER};
use lotse_protocol::code::JoinCode;
use lotse_protocol::control::{FromRelay, Secret, SessionId, SessionOffer, Side, ToRelay, VERSION};
use lotse_protocol::peer::{CONTROL_HEADER, HEADER_BYTES_MAX, PeerMessage, StreamHeader, Unframer, frame};
use lotse_protocol::wire::{self, FROM_RELAY_BYTES_MAX, TO_RELAY_BYTES_MAX};
use lotse_transport::bind::{self, LegTicket};
use lotse_transport::pairing::Pairing;
use lotse_transport::{
    Class, Fingerprint, Identity, Incoming, Link, Listener, PathConfig, RecvStream, SendStream, connect, listen,
};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

/// Only a broken program takes longer over an answer.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A control connection that has greeted.
pub struct Control {
    socket: Dialed,
}

impl Control {
    pub async fn call(url: &str, side: Side) -> Result<Self> {
        let mut control = Self { socket: dial(url).await? };
        control
            .say(&ToRelay::Hello {
                versions: vec![VERSION],
                side,
                program_version: "0.1.0".to_owned(),
                engine: "none".to_owned(),
            })
            .await?;
        control.hear(|message| matches!(message, FromRelay::Hello { .. }).then_some(())).await?;
        Ok(control)
    }

    pub async fn say(&mut self, message: &ToRelay) -> Result<()> {
        let bytes = wire::encode(message, TO_RELAY_BYTES_MAX)?;
        Ok(self.socket.send(Message::Binary(bytes.into())).await?)
    }

    /// Waits for what `wanted` takes; everything else is passed over.
    pub async fn hear<T>(&mut self, wanted: impl FnMut(FromRelay) -> Option<T>) -> Result<T> {
        timeout(PATIENCE, self.listen(wanted)).await.map_err(|_| "the relay does not say what was waited for")?
    }

    async fn listen<T>(&mut self, mut wanted: impl FnMut(FromRelay) -> Option<T>) -> Result<T> {
        while let Some(message) = self.socket.next().await {
            if let Message::Binary(bytes) = message?
                && let Ok(message) = wire::decode::<FromRelay>(&bytes, FROM_RELAY_BYTES_MAX)
                && let Some(found) = wanted(message)
            {
                return Ok(found);
            }
        }
        Err("the relay has hung up".into())
    }

    /// Every message of the relay until then, byte for byte. It may hang up before.
    pub async fn overhear(&mut self, until: impl Future) -> Vec<Vec<u8>> {
        let mut until = std::pin::pin!(until);
        let mut heard = Vec::new();
        loop {
            let message = tokio::select! {
                _ = &mut until => return heard,
                message = self.socket.next() => message,
            };
            match message {
                Some(Ok(Message::Binary(bytes))) => heard.push(bytes.to_vec()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return heard,
            }
        }
    }

    async fn signal(&mut self, session: SessionId, body: Vec<u8>) -> Result<()> {
        self.say(&ToRelay::Signal { session, body }).await
    }

    async fn hear_signal(&mut self) -> Result<Vec<u8>> {
        self.hear(|message| match message {
            FromRelay::Signal { body, .. } => Some(body),
            _ => None,
        })
        .await
    }

    async fn hear_offer(&mut self) -> Result<SessionOffer> {
        self.hear(|message| match message {
            FromRelay::Session(offer) => Some(*offer),
            _ => None,
        })
        .await
    }

    async fn pair(
        &mut self,
        side: bind::Side,
        offer: &SessionOffer,
        code: &JoinCode,
        own: &Identity,
    ) -> Result<Fingerprint> {
        let session = offer.session;
        let (pairing, message) = Pairing::start(side, &code.secret(), &session.0, own.fingerprint());
        self.signal(session, message).await?;
        let (confirming, answer) = pairing.handle(&self.hear_signal().await?)?;
        self.signal(session, answer).await?;
        Ok(confirming.finish(&self.hear_signal().await?, None)?)
    }
}

/// A rep by hand whose code nobody has typed yet.
pub struct Rep {
    control: Control,
    code: JoinCode,
}

impl Rep {
    /// Signs in and makes a code.
    pub async fn with_code(url: &str) -> Result<Self> {
        Self::of(url, USER).await
    }

    /// The same as this user, whose password is the usual one.
    pub async fn of(url: &str, user: &str) -> Result<Self> {
        let mut control = Control::call(url, Side::Rep).await?;
        control.say(&ToRelay::SignIn { user: user.to_owned(), password: Secret(PASSWORD.to_owned()) }).await?;
        control.hear(|message| matches!(message, FromRelay::SignedIn { .. }).then_some(())).await?;
        control.say(&ToRelay::NewCode).await?;
        let nameplate = control
            .hear(|message| match message {
                FromRelay::Code { nameplate, .. } => Some(nameplate),
                _ => None,
            })
            .await?;
        Ok(Self { control, code: JoinCode::new(nameplate, 27_182) })
    }

    /// What the customer types.
    pub fn code(&self) -> String {
        self.code.to_string()
    }

    /// A session that is only begun, with a customer by hand: what the relay offers to the rep's side and to the customer's.
    /// It lasts as long as the two connections.
    pub async fn begin(mut self, url: &str) -> Result<(SessionOffer, SessionOffer, [Control; 2])> {
        let mut customer = Control::call(url, Side::Customer).await?;
        let (name, system) = ("somebody".to_owned(), "a system by hand".to_owned());
        customer.say(&ToRelay::Join { nameplate: self.code.nameplate(), name, system }).await?;
        let offers = (self.control.hear_offer().await?, customer.hear_offer().await?);
        Ok((offers.0, offers.1, [self.control, customer]))
    }

    /// Waits for the customer's program and its link.
    pub async fn meet(mut self) -> Result<End> {
        let offer = self.control.hear_offer().await?;
        let identity = Identity::generate()?;
        let peer = self.control.pair(bind::Side::Rep, &offer, &self.code, &identity).await?;
        self.control.say(&ToRelay::Paired { session: offer.session }).await?;
        let listener = listen(&identity, peer, path(&offer)).await?;
        let link = timeout(PATIENCE, listener.accept()).await??;
        let mut others = Vec::new();
        let control = loop {
            let incoming = timeout(PATIENCE, link.accept()).await??;
            if incoming.header == CONTROL_HEADER {
                break incoming;
            }
            others.push(incoming);
        };
        let Incoming { send, recv, .. } = control;
        let (unframer, _listener) = (Unframer::default(), Some(listener));
        Ok(End { offer, link, send, recv, unframer, others, keys: (identity, peer), control: self.control, _listener })
    }
}

/// Joins as a customer by hand, up to the link.
pub async fn customer(url: &str, code: &str) -> Result<End> {
    let code: JoinCode = code.parse()?;
    let mut control = Control::call(url, Side::Customer).await?;
    let (name, system) = ("K. Weber".to_owned(), "a system by hand".to_owned());
    control.say(&ToRelay::Join { nameplate: code.nameplate(), name, system }).await?;
    let offer = control.hear_offer().await?;
    let identity = Identity::generate()?;
    let peer = control.pair(bind::Side::Customer, &offer, &code, &identity).await?;
    let link = timeout(PATIENCE, connect(&identity, peer, path(&offer))).await??;
    let (send, recv) = link.open(Class::Control, CONTROL_HEADER).await?;
    let (unframer, others) = (Unframer::default(), Vec::new());
    Ok(End { offer, link, send, recv, unframer, others, keys: (identity, peer), control, _listener: None })
}

pub fn path(offer: &SessionOffer) -> PathConfig {
    PathConfig {
        relay: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), offer.leg.udp_port),
        ticket: LegTicket { token: offer.leg.token.clone(), secret: offer.leg.secret },
    }
}

/// One end of a linked session.
pub struct End {
    pub offer: SessionOffer,
    pub link: Link,
    send: SendStream,
    recv: RecvStream,
    unframer: Unframer,
    /// Streams of plugins that the other side has opened and nobody here wants.
    others: Vec<Incoming>,
    /// Our own, and what is known of the other side's.
    keys: (Identity, Fingerprint),
    /// Both live as long as the link; a customer has no listener.
    control: Control,
    _listener: Option<Listener>,
}

impl End {
    pub async fn say(&mut self, message: &PeerMessage) -> Result<()> {
        Ok(self.send.write_all(&frame(message)?).await?)
    }

    /// [`Control::overhear`] on this end's own connection to the relay.
    pub async fn overhear(&mut self, until: impl Future) -> Vec<Vec<u8>> {
        self.control.overhear(until).await
    }

    /// Says this to the relay, and waits for what `wanted` takes; everything else is passed over.
    pub async fn ask_relay<T>(&mut self, message: &ToRelay, wanted: impl FnMut(FromRelay) -> Option<T>) -> Result<T> {
        self.control.say(message).await?;
        self.control.hear(wanted).await
    }

    /// A customer's program makes another link, beside the one that stands: it takes that one's place.
    pub async fn link_again(&mut self) -> Result<()> {
        let (identity, peer) = &self.keys;
        self.link = timeout(PATIENCE, connect(identity, *peer, path(&self.offer))).await??;
        (self.send, self.recv) = self.link.open(Class::Control, CONTROL_HEADER).await?;
        self.unframer = Unframer::default();
        self.others.clear();
        Ok(())
    }

    /// Somebody tries for a link in this end's place, with the keys of another session.
    pub async fn link_with_keys_of(&self, other: &Self) -> Result<Link> {
        Ok(timeout(PATIENCE, connect(&other.keys.0, self.keys.1, path(&self.offer))).await??)
    }

    /// Greets as a program that speaks this version.
    pub async fn greet(&mut self, version: u32) -> Result<()> {
        let (name, system) = ("K. Weber".to_owned(), "a system by hand".to_owned());
        self.say(&PeerMessage::Hello { version, program_version: "9.9.9".to_owned(), name, system, developer: true })
            .await
    }

    /// Waits for what `wanted` takes; everything else is passed over.
    pub async fn hear<T>(&mut self, wanted: impl FnMut(PeerMessage) -> Option<T>) -> Result<T> {
        timeout(PATIENCE, self.listen(wanted)).await.map_err(|_| "the other side does not say what was waited for")?
    }

    async fn listen<T>(&mut self, mut wanted: impl FnMut(PeerMessage) -> Option<T>) -> Result<T> {
        loop {
            while let Some(message) = self.unframer.next_message()? {
                if let Some(found) = wanted(message) {
                    return Ok(found);
                }
            }
            let chunk = self.recv.read_chunk().await?.ok_or("the other side has said its last")?;
            self.unframer.push(&chunk)?;
        }
    }

    /// Opens a stream of a plugin, as its other half would.
    pub async fn open(&self, plugin: u8, label: &str) -> Result<(SendStream, RecvStream)> {
        self.open_as(Class::Interactive, plugin, label).await
    }

    /// The same for one that is more or less urgent.
    pub async fn open_as(&self, class: Class, plugin: u8, label: &str) -> Result<(SendStream, RecvStream)> {
        let header = StreamHeader { plugin, label: label.to_owned() };
        Ok(self.link.open(class, &wire::encode(&header, HEADER_BYTES_MAX)?).await?)
    }

    /// Waits for a stream that a plugin of the other side opens, or has opened.
    pub async fn accept(&mut self, plugin: u8, label: &str) -> Result<Incoming> {
        let is_it = |incoming: &Incoming| {
            let header = wire::decode::<StreamHeader>(&incoming.header, HEADER_BYTES_MAX);
            header.is_ok_and(|header| header.plugin == plugin && header.label == label)
        };
        if let Some(at) = self.others.iter().position(is_it) {
            return Ok(self.others.swap_remove(at));
        }
        loop {
            let incoming = timeout(PATIENCE, self.link.accept()).await??;
            if is_it(&incoming) {
                return Ok(incoming);
            }
            self.others.push(incoming);
        }
    }

    /// The number that this plugin has on the wire.
    pub fn number_of(&self, plugin: &str) -> Result<u8> {
        let at = self.offer.plugins.iter().position(|of| of.id == plugin).ok_or("the session has no such plugin")?;
        Ok(u8::try_from(at)?)
    }
}
