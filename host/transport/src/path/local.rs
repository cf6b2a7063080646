//! The real socket under a path.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use quinn::udp::UdpSocketState;

/// Room for what a fast sender has under way; the system may allow less.
const SOCKET_BUFFER_BYTES: usize = 2 << 20;

#[derive(Debug)]
pub(super) struct LocalSocket {
    pub(super) io: tokio::net::UdpSocket,
    pub(super) state: UdpSocketState,
}

impl LocalSocket {
    /// A fresh socket that can reach `relay`. Needs a tokio runtime around it.
    pub(super) fn towards(relay: SocketAddr) -> io::Result<Self> {
        let any: SocketAddr = match relay {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let socket = std::net::UdpSocket::bind(any)?;
        let state = UdpSocketState::new((&socket).into())?;
        // A smaller buffer is slower, not wrong.
        let _ = state.set_recv_buffer_size((&socket).into(), SOCKET_BUFFER_BYTES);
        let _ = state.set_send_buffer_size((&socket).into(), SOCKET_BUFFER_BYTES);
        Ok(Self { io: tokio::net::UdpSocket::from_std(socket)?, state })
    }
}

/// Whether an error says that this socket's network is gone, so that a fresh one may do better.
pub(super) fn network_is_gone(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkDown
            | io::ErrorKind::AddrNotAvailable
            | io::ErrorKind::NotConnected
            | io::ErrorKind::BrokenPipe
    )
}
