//! A program as the relay sees it: TLS with the certificate pinned, a WebSocket, and control messages.

use super::pin;
use futures_util::{SinkExt, StreamExt};
use lotse_protocol::control::{FromRelay, PATH, Secret, SessionId, SessionOffer, Side, ToRelay, VERSION};
use lotse_protocol::licence::SignedLicence;
use lotse_protocol::wire;
use lotse_relay::relay::Relay;
use rustls::pki_types::ServerName;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

pub type Socket = WebSocketStream<TlsStream<TcpStream>>;

pub async fn tls(address: SocketAddr, certificate_sha256: [u8; 32]) -> std::io::Result<TlsStream<TcpStream>> {
    tls_over(TcpStream::connect(address).await?, certificate_sha256).await
}

pub async fn tls_over(tcp: TcpStream, certificate_sha256: [u8; 32]) -> std::io::Result<TlsStream<TcpStream>> {
    let config = Arc::new(pin::client(certificate_sha256));
    TlsConnector::from(config).connect(ServerName::try_from("relay.invalid").unwrap(), tcp).await
}

/// One connected program.
pub struct Program {
    pub socket: Socket,
    /// From the relay's greeting.
    pub code_key: [u8; 32],
    pub licence_key: Option<[u8; 32]>,
}

impl Program {
    /// Connects without a word.
    pub async fn silent(relay: &Relay) -> Self {
        Self::over(tls(relay.control(), relay.certificate_sha256()).await.unwrap()).await
    }

    /// Over a stream that is there, without a word.
    async fn over(stream: TlsStream<TcpStream>) -> Self {
        let (socket, _) = tokio_tungstenite::client_async(format!("wss://relay.invalid{PATH}"), stream).await.unwrap();
        Self { socket, code_key: [0; 32], licence_key: None }
    }

    /// Connects and says hello.
    pub async fn connect(relay: &Relay, side: Side) -> Self {
        Self::with_engine(relay, side, "none").await
    }

    pub async fn with_engine(relay: &Relay, side: Side, engine: &str) -> Self {
        Self::silent(relay).await.greeted(side, engine).await
    }

    /// Connects over a stream that is there, and says hello.
    pub async fn connect_over(stream: TlsStream<TcpStream>, side: Side) -> Self {
        Self::over(stream).await.greeted(side, "none").await
    }

    async fn greeted(mut self, side: Side, engine: &str) -> Self {
        self.say(ToRelay::Hello {
            versions: vec![VERSION],
            side,
            program_version: "0.1.0".into(),
            engine: engine.into(),
        })
        .await;
        match self.hear().await {
            FromRelay::Hello { version: VERSION, code_key, licence_key, .. } => {
                (self.code_key, self.licence_key) = (code_key, licence_key);
            }
            other => panic!("no greeting: {other:?}"),
        }
        self
    }

    pub async fn say(&mut self, message: ToRelay) {
        self.bytes(wire::encode(&message, wire::TO_RELAY_BYTES_MAX).unwrap()).await;
    }

    pub async fn bytes(&mut self, bytes: Vec<u8>) {
        self.socket.send(Message::Binary(bytes.into())).await.unwrap();
    }

    /// Next message; fails the test when none comes. The licence and the list of live codes that follow each sign-in are
    /// passed over: [`Self::licence`] and [`Self::codes_alive`] are for tests that are about them.
    pub async fn hear(&mut self) -> FromRelay {
        loop {
            match self.hear_or_end().await.expect("the relay closed the connection") {
                FromRelay::CodesAlive { .. } | FromRelay::Licence { .. } => {}
                message => return message,
            }
        }
    }

    /// The list of live codes, and the codes told before it.
    pub async fn codes_alive(&mut self) -> (Vec<SessionId>, Vec<(SessionId, u32)>) {
        let mut told = vec![];
        loop {
            match self.hear_or_end().await.expect("the relay closed the connection") {
                FromRelay::Code { session, nameplate, .. } => told.push((session, nameplate)),
                FromRelay::CodesAlive { sessions } => return (sessions, told),
                FromRelay::Licence { .. } => {}
                other => panic!("no list of codes: {other:?}"),
            }
        }
    }

    /// The account's licence and the relay's time; what else is said before is passed over.
    pub async fn licence(&mut self) -> (SignedLicence, i64) {
        loop {
            if let FromRelay::Licence { licence, now_s } =
                self.hear_or_end().await.expect("the relay closed the connection")
            {
                return (licence, now_s);
            }
        }
    }

    /// Next message, or `None` when the relay closes.
    pub async fn hear_or_end(&mut self) -> Option<FromRelay> {
        let next = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Binary(bytes))) => {
                        return Some(wire::decode(&bytes, wire::FROM_RELAY_BYTES_MAX).unwrap());
                    }
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                    Some(Ok(_)) => {}
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), next).await.expect("the relay said nothing")
    }

    /// Why the relay closes: the code and text of its goodbye.
    pub async fn goodbye(&mut self) -> Option<(u16, String)> {
        let end = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Close(frame))) => {
                        return frame.map(|frame| (frame.code.into(), frame.reason.to_string()));
                    }
                    Some(Err(_)) | None => return None,
                    Some(Ok(_)) => {}
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), end).await.expect("the relay did not close")
    }

    pub async fn sign_in(&mut self, user: &str, password: &str) -> FromRelay {
        self.say(ToRelay::SignIn { user: user.into(), password: Secret(password.into()) }).await;
        self.hear().await
    }

    pub async fn offer(&mut self) -> Box<SessionOffer> {
        match self.hear().await {
            FromRelay::Session(offer) => offer,
            other => panic!("no offer: {other:?}"),
        }
    }
}
