//! O3 · A certificate by ACME from a real authority: Pebble, which Let's Encrypt tests programs with, in Debian's package
//! `pebble`. Without that package there is nothing to ask, and the test says that it was skipped.

use super::*;
use lotse_relay::{AcmeConfig, ready};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

const NAME: &str = "relay.lotse.test";
/// Until then something must have happened.
const SOON: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// A program that ends with the value.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn program(name: &str, arguments: &[&str]) -> Program {
    let mut command = Command::new(name);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // Pebble waits some seconds before it checks, for others to learn patience.
    Program(command.env("PEBBLE_VA_NOSLEEP", "1").spawn().unwrap())
}

fn is_installed(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Where the authority will be, and the certificate of who vouches for its door.
struct Place {
    folder: PathBuf,
    directory: u16,
    management: u16,
    names: u16,
    door: CertificateDer<'static>,
}

impl Place {
    fn new(folder: &Path) -> Self {
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, "the authority's door");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let root = parameters.self_signed(&key).unwrap();
        let issuer = Issuer::new(parameters, key);
        let own = KeyPair::generate().unwrap();
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let leaf = CertificateParams::new(names).unwrap().signed_by(&own, &issuer).unwrap();
        for (name, text) in [("ca.pem", root.pem()), ("door.pem", leaf.pem()), ("door.key", own.serialize_pem())] {
            std::fs::write(folder.join(name), text).unwrap();
        }
        let [directory, management, names] = [free_port(), free_port(), free_port()];
        Self { folder: folder.to_owned(), directory, management, names, door: root.der().clone() }
    }

    fn config(&self) -> AcmeConfig {
        AcmeConfig {
            names: vec![NAME.parse().unwrap()],
            contact: "otto@relay.example".into(),
            directory: format!("https://localhost:{}/dir", self.directory).parse().unwrap(),
            authorities: Some(self.folder.join("ca.pem")),
        }
    }

    /// Starts the authority, for whom every name leads here and to this port.
    fn open(&self, checked: u16) -> [Program; 2] {
        let of = |port: u16| format!("127.0.0.1:{port}");
        let own = of(free_port());
        let names = of(self.names);
        let arguments = ["-dns01", &names, "-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-management", &own];
        let others = ["-http01", "", "-https01", "", "-tlsalpn01", ""];
        let names_server = program("pebble-challtestsrv", &[&arguments[..], &others].concat());
        let pebble = serde_json::json!({ "pebble": {
            "listenAddress": of(self.directory),
            "managementListenAddress": of(self.management),
            "certificate": self.folder.join("door.pem"),
            "privateKey": self.folder.join("door.key"),
            "httpPort": 1,
            "tlsPort": checked,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": false,
        }});
        let file = self.folder.join("pebble.json");
        std::fs::write(&file, pebble.to_string()).unwrap();
        let arguments = ["-config", file.to_str().unwrap(), "-dnsserver", &names, "-strict"];
        [names_server, program("pebble", &arguments)]
    }

    /// The certificate that vouches for what it gives out, once it is there.
    async fn root(&self) -> CertificateDer<'static> {
        let address = SocketAddr::from(([127, 0, 0, 1], self.management));
        let fetched = async {
            loop {
                if let Ok(stream) = connect(address, "localhost", &self.door).await {
                    break get(stream, "/roots/0").await;
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        let answer = tokio::time::timeout(SOON, fetched).await.expect("the authority does not open");
        CertificateDer::from_pem_slice(answer.as_bytes()).unwrap()
    }
}

/// TLS as browsers and programs have it: by the name, vouched for by this certificate's owner.
async fn connect(address: SocketAddr, name: &str, root: &CertificateDer<'static>) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(root.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tcp = TcpStream::connect(address).await?;
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from(name.to_owned()).unwrap(), tcp).await
}

async fn get(mut stream: impl AsyncRead + AsyncWrite + Unpin, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = vec![];
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

/// Asks at the operator's address until the answer has this in it.
async fn hears(relay: &Relay, path: &str, wanted: &str) -> String {
    let heard = async {
        loop {
            let answer = get(TcpStream::connect(relay.metrics().unwrap()).await.unwrap(), path).await;
            if answer.contains(wanted) {
                break answer;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    tokio::time::timeout(SOON, heard).await.unwrap_or_else(|_| panic!("{wanted} does not come at {path}"))
}

/// There is an authority to ask. Otherwise it is said that there is none.
fn can_be_asked() -> bool {
    let there = is_installed("pebble") && is_installed("pebble-challtestsrv");
    if !there {
        eprintln!("skipped: pebble is not installed, and no real authority is asked; apt-get install pebble");
    }
    there
}

/// Waits until the relay shows a certificate that this one vouches for. It asks at once, as on SIGHUP, and again where the
/// authority was not quite open yet.
async fn shows(relay: &Relay, root: &CertificateDer<'static>) {
    let shown = async {
        while connect(relay.control(), NAME, root).await.is_err() {
            relay.reload_certificate();
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    tokio::time::timeout(SOON, shown).await.expect("no certificate is shown");
}

#[tokio::test(flavor = "multi_thread")]
async fn o3_a_real_authority_gives_out_a_certificate_that_browsers_take_and_pins_stay_good() {
    if !can_be_asked() {
        return;
    }
    let folder = folder().await;
    let place = Place::new(folder.path());
    let mut named = config(&folder);
    named.acme = Some(place.config());
    named.metrics = Some("127.0.0.1:0".parse().unwrap());
    let relay = Relay::start(named.clone()).await.unwrap();
    let port = relay.control().port();
    assert_eq!(ready::relay_url(&relay), format!("https://{NAME}:{port}"), "people are given the name and no pin");
    // Nobody is there yet. The relay runs, with its own certificate, and says what it lacks.
    hears(&relay, "/metrics", "lotse_certificate_failures_total 1\n").await;
    let unready = hears(&relay, "/ready", "certificate").await;
    assert!(unready.starts_with("HTTP/1.1 503"), "{unready}");

    let authority = place.open(port);
    let root = place.root().await;
    shows(&relay, &root).await;
    let health = get(connect(relay.control(), NAME, &root).await.unwrap(), "/ready").await;
    assert!(health.starts_with("HTTP/1.1 200"), "{health}");
    hears(&relay, "/metrics", "lotse_certificates_total 1\n").await;
    let pinned = crate::program::tls(relay.control(), relay.certificate_sha256()).await;
    assert!(pinned.is_ok(), "whoever comes by another name and pins the relay's own finds it");
    assert!(connect(relay.control(), "other.lotse.test", &root).await.is_err(), "no other name is vouched for");

    let (data, saved) = (folder.path().join("data"), folder.path().join("saved"));
    let acme = data.join("acme");
    #[cfg(unix)]
    for entry in std::fs::read_dir(&acme).unwrap() {
        use std::os::unix::fs::PermissionsExt;
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.path());
    }
    command(&folder, &["backup", "--to", saved.to_str().unwrap()]).await;
    relay.stop().await;
    // With the authority gone the restored relay still has what it gave out.
    drop(authority);
    let elsewhere = folder.path().join("elsewhere");
    let line = ["lotse-relay", "restore", "--data", elsewhere.to_str().unwrap(), "--from", saved.to_str().unwrap()];
    cli::run(Cli::try_parse_from(line).unwrap()).await.unwrap();
    let relay = Relay::start(RelayConfig { data: elsewhere, ..named }).await.unwrap();
    assert!(connect(relay.control(), NAME, &root).await.is_ok());
    let metrics = hears(&relay, "/metrics", "lotse_ready 1").await;
    assert!(metrics.contains("lotse_certificate_failures_total 0\n"), "nobody was asked: {metrics}");
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn o3_a_certificate_late_in_its_life_is_shown_until_the_next_one_is_there() {
    if !can_be_asked() {
        return;
    }
    let folder = folder().await;
    let place = Place::new(folder.path());
    let key = KeyPair::generate().unwrap();
    let mut parameters = CertificateParams::new(vec![NAME.to_owned()]).unwrap();
    // Two thirds of that are over.
    (parameters.not_before, parameters.not_after) =
        (rcgen::date_time_ymd(1970, 1, 1), rcgen::date_time_ymd(2050, 1, 1));
    let old = parameters.self_signed(&key).unwrap();
    let acme = folder.path().join("data/acme");
    std::fs::create_dir(&acme).unwrap();
    std::fs::write(acme.join("certificate.pem"), format!("{}{}", key.serialize_pem(), old.pem())).unwrap();
    let mut named = config(&folder);
    named.acme = Some(place.config());
    named.metrics = Some("127.0.0.1:0".parse().unwrap());
    let relay = Relay::start(named).await.unwrap();
    hears(&relay, "/metrics", "lotse_certificate_failures_total 1\n").await;
    assert!(connect(relay.control(), NAME, old.der()).await.is_ok(), "what nobody renews yet is shown");
    let ready = get(TcpStream::connect(relay.metrics().unwrap()).await.unwrap(), "/ready").await;
    assert!(ready.starts_with("HTTP/1.1 200"), "it is good for a while: {ready}");
    let _authority = place.open(relay.control().port());
    shows(&relay, &place.root().await).await;
    assert!(connect(relay.control(), NAME, old.der()).await.is_err(), "the old one is gone");
    let kept = std::fs::read_to_string(acme.join("certificate.pem")).unwrap();
    assert!(!kept.contains(&old.pem()) && kept.contains("PRIVATE KEY"), "the new one is kept in its place");
    relay.stop().await;
}
