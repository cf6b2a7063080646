//! temporary until the forwarder compiles
use lotse_transport::bind::RelayKey;
use std::net::{SocketAddr, UdpSocket};
pub struct Packets { _socket: UdpSocket, address: SocketAddr }
impl Packets {
    pub fn bind(address: SocketAddr, _key: RelayKey) -> std::io::Result<Self> {
        let socket = UdpSocket::bind(address)?;
        let address = socket.local_addr()?;
        Ok(Self { _socket: socket, address })
    }
    pub fn address(&self) -> SocketAddr { self.address }
    pub fn stop(self) {}
}
