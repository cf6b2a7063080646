//! The ready file: tells scripts and tests where a relay is, once everything is bound.

use crate::data::write_whole;
use crate::relay::Relay;
use crate::token::hex;
use serde::Serialize;
use std::path::Path;

#[derive(Serialize)]
struct Ready {
    control: String,
    udp: String,
    certificate_sha256: String,
    developer: bool,
}

/// What `--relay` of the other programs takes: address and pinned certificate in one.
pub fn relay_url(relay: &Relay) -> String {
    format!("{}#sha256={}", control_url(relay), hex(&relay.certificate_sha256()))
}

/// Writes the ready file, whole.
pub fn write(relay: &Relay, path: &Path) -> std::io::Result<()> {
    let ready = Ready {
        control: control_url(relay),
        udp: relay.udp().to_string(),
        certificate_sha256: hex(&relay.certificate_sha256()),
        developer: relay.developer(),
    };
    let text = serde_json::to_vec(&ready).map_err(std::io::Error::other)?;
    write_whole(path, &text)
}

fn control_url(relay: &Relay) -> String {
    format!("https://{}", relay.control())
}
