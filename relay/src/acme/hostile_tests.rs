//! Authorities that are broken or worse: whatever they answer, it costs an error in words and nothing else.

#![allow(clippy::unwrap_used)]

use super::*;
use rustls::pki_types::PrivatePkcs8KeyDer;
use std::path::Path;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// Answers each request with these bytes, and then with `more` for as long as it is read.
async fn authority(folder: &Path, answer: &str, more: &'static [u8]) -> AcmeConfig {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let file = folder.join("ca.pem");
    std::fs::write(&file, certificate.pem()).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let here = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let answer = answer.to_owned();
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(tcp).await else { continue };
            let _ = stream.read(&mut [0; 4096]).await;
            let mut open = stream.write_all(answer.as_bytes()).await.is_ok();
            while open && !more.is_empty() {
                open = stream.write_all(more).await.is_ok();
            }
            let _ = stream.shutdown().await;
        }
    });
    AcmeConfig {
        names: vec!["relay.example".parse().unwrap()],
        contact: "otto@relay.example".into(),
        directory: format!("{here}/dir").parse().unwrap(),
        authorities: Some(file),
    }
}

/// What comes of asking for an account.
async fn asked(answer: &str, more: &'static [u8]) -> AcmeError {
    let folder = tempfile::tempdir().unwrap();
    let config = authority(folder.path(), answer, more).await;
    let https = Https::new(tls::client(config.authorities.as_deref(), "--acme-ca").unwrap());
    let data = DataFolder::open(&folder.path().join("acme")).unwrap();
    let refused = account::open(&data, &config, &https).await.err().unwrap();
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0, "nothing is kept of {answer}");
    let words = refused.to_string();
    assert!(words.len() < 800 && !words.contains(char::is_control), "{words}");
    refused
}

/// An answer whose body has this length.
fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn an_authority_that_talks_nonsense_is_said_so() {
    let directory = |place: &str| format!(r#"{{"newNonce":"{place}","newAccount":"{place}","newOrder":"{place}"}}"#);
    for answer in [
        ok("noise"),
        ok("null"),
        ok("{}"),
        ok(&directory("https://localhost:1/n")),
        ok(&directory("https://")),
        ok(&directory("no address")),
        ok(&directory("")),
        "HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n".to_owned(),
        "HTTP/1.1 503 Busy\r\nRetry-After: 99999999999999999999\r\nContent-Length: 6\r\n\r\n<html>".to_owned(),
    ] {
        let refused = asked(&answer, b"").await;
        assert!(matches!(refused, AcmeError::Senseless(_) | AcmeError::Unreached(_)), "{answer}: {refused}");
    }
}

#[tokio::test]
async fn an_authority_that_never_ends_or_ends_too_soon_is_cut_short() {
    let long = format!("HTTP/1.1 200 OK\r\nX-Long: {}", "a".repeat(64 * 1024));
    for (answer, more) in [
        ("HTTP/1.1 200 OK\r\n\r\n", &[b' '; 4096][..]),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{", b""),
        ("HTTP/1.1 200 OK\r\n", b"X-More: yes\r\n"),
        (&long, b""),
        ("", b""),
        ("SSH-2.0-hello\r\n\r\n", b""),
    ] {
        let refused = asked(answer, more).await;
        assert!(matches!(refused, AcmeError::Unreached(_)), "{refused}");
    }
}

#[tokio::test]
async fn an_authority_leads_nobody_to_where_there_is_no_tls() {
    let refused = asked(&ok(r#"{"newNonce":"http://localhost/n","newAccount":"x","newOrder":"x"}"#), b"").await;
    assert!(refused.to_string().contains("without https"), "{refused}");
}
