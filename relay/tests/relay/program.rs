//! A program as the relay sees it: TLS with the certificate pinned, a WebSocket, and control messages.

use futures_util::{SinkExt, StreamExt};
use lotse_protocol::control::{FromRelay, PATH, Secret, SessionId, SessionOffer, Side, ToRelay, VERSION};
use lotse_protocol::licence::SignedLicence;
use lotse_protocol::wire;
use lotse_relay::relay::Relay;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

/// Takes the certificate with this digest and no other.
#[derive(Debug)]
struct Pin([u8; 32]);

impl ServerCertVerifier for Pin {
    fn verify_server_cert(
        &self,
        end: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let digest = ring::digest::digest(&ring::digest::SHA256, end);
        if digest.as_ref() == self.0 {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(Error::General("not the pinned certificate".into()))
        }
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("TLS 1.3 only".into()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rustls::crypto::ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

pub type Socket = WebSocketStream<TlsStream<TcpStream>>;

pub async fn tls(address: SocketAddr, certificate_sha256: [u8; 32]) -> std::io::Result<TlsStream<TcpStream>> {
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Pin(certificate_sha256)))
        .with_no_client_auth();
    let tcp = TcpStream::connect(address).await?;
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("relay.invalid").unwrap(), tcp).await
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
        let stream = tls(relay.control(), relay.certificate_sha256()).await.unwrap();
        let (socket, _) = tokio_tungstenite::client_async(format!("wss://relay.invalid{PATH}"), stream).await.unwrap();
        Self { socket, code_key: [0; 32], licence_key: None }
    }

    /// Connects and says hello.
    pub async fn connect(relay: &Relay, side: Side) -> Self {
        Self::with_engine(relay, side, "none").await
    }

    pub async fn with_engine(relay: &Relay, side: Side, engine: &str) -> Self {
        let mut program = Self::silent(relay).await;
        program
            .say(ToRelay::Hello {
                versions: vec![VERSION],
                side,
                program_version: "0.1.0".into(),
                engine: engine.into(),
            })
            .await;
        match program.hear().await {
            FromRelay::Hello { version: VERSION, code_key, licence_key, .. } => {
                (program.code_key, program.licence_key) = (code_key, licence_key);
            }
            other => panic!("no greeting: {other:?}"),
        }
        program
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
