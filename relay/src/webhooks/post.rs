//! One POST over TLS, within bounds: the address that was looked at is the one that is connected to, no redirect is followed, and
//! of the answer no more is read than its first line.

use super::address::is_public;
use super::url::HookUrl;
use crate::tls::{CaError, client};
use rustls::pki_types::ServerName;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio_rustls::TlsConnector;

/// For all of it: looking up, connecting, sending, and the answer's first line.
const WITHIN: Duration = Duration::from_secs(10);
/// Hosts whose addresses are looked up at once. The system's own lookup cannot be broken off, and takes a thread of those that
/// check passwords, too.
const LOOKUPS_AT_ONCE: usize = 16;
/// Addresses of a host that are looked at.
const ADDRESSES_MAX: usize = 16;
/// `HTTP/1.1 200`.
const STATUS_BYTES: usize = 12;

/// Why there is no answer, in words for whoever looks at deliveries.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    #[error("the host has no address: {0}")]
    Lookup(io::Error),
    #[error("the host is not on the public Internet")]
    Private,
    #[error("the host is no name for TLS")]
    Name,
    #[error("no connection: {0}")]
    Connect(io::Error),
    #[error("no TLS: {0}")]
    Tls(io::Error),
    #[error("the connection broke: {0}")]
    Broken(io::Error),
    #[error("the answer is no HTTP")]
    NoHttp,
    #[error("no answer within ten seconds")]
    Slow,
}

/// Sends.
pub struct Poster {
    tls: TlsConnector,
    to_private: bool,
    lookups: Arc<Semaphore>,
}

impl Poster {
    /// Trusts the public authorities, and those of a file. `to_private`: also hosts that are not on the public Internet.
    pub fn new(authorities: Option<&Path>, to_private: bool) -> Result<Self, CaError> {
        let config = client(authorities, "--webhook-ca")?;
        let lookups = Arc::new(Semaphore::new(LOOKUPS_AT_ONCE));
        Ok(Self { tls: TlsConnector::from(Arc::new(config)), to_private, lookups })
    }

    /// Sends a body of JSON; the status of the answer.
    pub async fn post(&self, to: &HookUrl, headers: &[(&str, String)], body: &str) -> Result<u16, PostError> {
        let exchange = self.exchange(to, headers, body);
        tokio::time::timeout(WITHIN, exchange).await.unwrap_or(Err(PostError::Slow))
    }

    async fn exchange(&self, to: &HookUrl, headers: &[(&str, String)], body: &str) -> Result<u16, PostError> {
        let addresses = self.addresses(to).await?;
        let name = ServerName::try_from(to.host.clone()).map_err(|_| PostError::Name)?;
        // One after the other, until one is there.
        let tcp = TcpStream::connect(addresses.as_slice()).await.map_err(PostError::Connect)?;
        let mut stream = self.tls.connect(name, tcp).await.map_err(PostError::Tls)?;
        let more: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let request = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: lotse-relay/{}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n{more}\r\n{body}",
            to.path,
            to.authority(),
            env!("CARGO_PKG_VERSION"),
            body.len()
        );
        stream.write_all(request.as_bytes()).await.map_err(PostError::Broken)?;
        stream.flush().await.map_err(PostError::Broken)?;
        let mut begin = [0; STATUS_BYTES];
        stream.read_exact(&mut begin).await.map_err(PostError::Broken)?;
        status_of(&begin).ok_or(PostError::NoHttp)
    }

    /// The addresses that may be connected to; never none.
    async fn addresses(&self, to: &HookUrl) -> Result<Vec<SocketAddr>, PostError> {
        let mut addresses = match to.literal() {
            Some(ip) => vec![SocketAddr::new(ip, to.port)],
            None => {
                let (host, port) = (to.host.clone(), to.port);
                let looked_up = look_up(&self.lookups, move || {
                    Ok((host.as_str(), port).to_socket_addrs()?.take(ADDRESSES_MAX).collect())
                });
                looked_up.await.map_err(PostError::Lookup)?
            }
        };
        addresses.retain(|address| self.to_private || is_public(address.ip()));
        if addresses.is_empty() { Err(PostError::Private) } else { Ok(addresses) }
    }
}

/// Looks addresses up, in its turn. A lookup that nobody waits for any more keeps its place until it ends.
async fn look_up(
    lookups: &Arc<Semaphore>,
    look: impl FnOnce() -> io::Result<Vec<SocketAddr>> + Send + 'static,
) -> io::Result<Vec<SocketAddr>> {
    let place = lookups.clone().acquire_owned().await.map_err(io::Error::other)?;
    let looking = tokio::task::spawn_blocking(move || {
        let _place = place;
        look()
    });
    looking.await.map_err(io::Error::other)?
}

/// Of the answer's first bytes.
fn status_of(begin: &[u8; STATUS_BYTES]) -> Option<u16> {
    let text = std::str::from_utf8(begin).ok()?;
    let digits = text.strip_prefix("HTTP/1.1 ").or_else(|| text.strip_prefix("HTTP/1.0 "))?;
    let plain = digits.len() == 3 && digits.bytes().all(|digit| digit.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_the_status_of_an_answer_is_read() {
        assert_eq!((status_of(b"HTTP/1.1 200"), status_of(b"HTTP/1.0 503")), (Some(200), Some(503)));
        for bad in [b"HTTP/2.0 200", b"HTTP/1.1 2x0", b"SSH-2.0-Open", b"HTTP/1.1  20"] {
            assert_eq!(status_of(bad), None);
        }
    }

    #[tokio::test]
    async fn l4_a_lookup_that_nobody_waits_for_keeps_its_place_until_it_ends() {
        let lookups = Arc::new(Semaphore::new(1));
        let (go_on, held) = std::sync::mpsc::sync_channel::<()>(1);
        let (begun, begins) = tokio::sync::oneshot::channel();
        let slow = {
            let lookups = lookups.clone();
            tokio::spawn(async move {
                let hang = move || {
                    let _ = begun.send(());
                    let _ = held.recv();
                    Ok(vec![])
                };
                look_up(&lookups, hang).await
            })
        };
        begins.await.unwrap();
        slow.abort();
        assert!(slow.await.unwrap_err().is_cancelled());
        assert_eq!(lookups.available_permits(), 0, "the thread is still at it");
        go_on.send(()).unwrap();
        assert!(look_up(&lookups, || Ok(vec![])).await.unwrap().is_empty(), "then the next one has its turn");
    }

    #[tokio::test]
    async fn l4_hosts_of_the_relays_own_network_are_not_reached() {
        let poster = Poster::new(None, false).unwrap();
        for url in ["https://127.0.0.1:1/", "https://[::1]:1/", "https://localhost:1/", "https://169.254.169.254/"] {
            let answer = poster.post(&url.parse().unwrap(), &[], "{}").await;
            assert!(matches!(answer, Err(PostError::Private | PostError::Lookup(_))), "{url}: {answer:?}");
        }
        let poster = Poster::new(None, true).unwrap();
        let answer = poster.post(&"https://127.0.0.1:1/".parse().unwrap(), &[], "{}").await;
        assert!(matches!(answer, Err(PostError::Connect(_))), "{answer:?}");
    }
}
