//! WebSocket close codes (RFC 6455, 7.4.1, and the IANA registry).
//!
//! Said with the reason whenever the relay ends a connection by itself.

pub const GOING: u16 = 1001;
pub const PROTOCOL: u16 = 1002;
pub const POLICY: u16 = 1008;
pub const RESTART: u16 = 1012;
