//! The control connection as a program makes it: TLS to the relay, a WebSocket over it; and TLS alone, for pages. Whose certificate it is does
//! not matter here; the programs' own trust is what tests look at.

use lotse_e2e::Result;
use lotse_protocol::control::PATH;
use lotse_protocol::wire::FROM_RELAY_BYTES_MAX;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

pub type Dialed = WebSocketStream<TlsStream<TcpStream>>;

/// TLS to a relay by what goes into `--relay`.
pub async fn tls(url: &str) -> Result<TlsStream<TcpStream>> {
    let address = url.split("//").nth(1).and_then(|rest| rest.split(['#', '/']).next()).ok_or("no address")?;
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody))
        .with_no_client_auth();
    let tcp = TcpStream::connect(address).await?;
    tcp.set_nodelay(true)?;
    let name = ServerName::try_from("localhost")?;
    Ok(TlsConnector::from(Arc::new(config)).connect(name, tcp).await?)
}

/// Connects to a relay by what goes into `--relay`.
pub async fn dial(url: &str) -> Result<Dialed> {
    let tls = tls(url).await?;
    let mut limits = WebSocketConfig::default();
    limits.max_message_size = Some(FROM_RELAY_BYTES_MAX);
    limits.max_frame_size = Some(FROM_RELAY_BYTES_MAX);
    let request = format!("wss://localhost{PATH}");
    let (socket, _) = tokio_tungstenite::client_async_with_config(request, tls, Some(limits)).await?;
    Ok(socket)
}

/// Takes any certificate.
#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> std::result::Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, Error> {
        Err(Error::General("TLS 1.3 only".into()))
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rustls::crypto::ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}
