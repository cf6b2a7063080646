//! The ready file: tells scripts and tests where a relay is, once everything is bound.

use crate::data::write_whole;
use crate::relay::Relay;
use crate::token::hex;
use serde::Serialize;
use std::path::Path;

/// The page where the first operator is made.
pub const SET_UP_PATH: &str = "/center/set-up";

/// What an address without a port means.
const HTTPS_PORT: u16 = 443;

#[derive(Serialize)]
struct Ready {
    control: String,
    udp: String,
    /// Where health, readiness and metrics are answered, if anywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics: Option<String>,
    certificate_sha256: String,
    developer: bool,
}

/// What `--relay` of the other programs takes: address and pinned certificate in one. With a certificate of an authority
/// nothing is pinned, and where it comes from files people give the name that it is for in place of the address.
pub fn relay_url(relay: &Relay) -> String {
    if !relay.pinned() {
        return address(relay);
    }
    format!("{}#sha256={}", control_url(relay), hex(&relay.certificate_sha256()))
}

/// Where browsers find the relay: by the first name that an authority gives out a certificate for, if there is one.
pub fn address(relay: &Relay) -> String {
    match (relay.name(), relay.control().port()) {
        (None, _) => control_url(relay),
        (Some(name), HTTPS_PORT) => format!("https://{name}"),
        (Some(name), port) => format!("https://{name}:{port}"),
    }
}

/// Writes the ready file, whole.
pub fn write(relay: &Relay, path: &Path) -> std::io::Result<()> {
    let ready = Ready {
        control: control_url(relay),
        udp: relay.udp().to_string(),
        metrics: relay.metrics().map(|address| address.to_string()),
        certificate_sha256: hex(&relay.certificate_sha256()),
        developer: relay.developer(),
    };
    let text = serde_json::to_vec(&ready).map_err(std::io::Error::other)?;
    write_whole(path, &text)
}

fn control_url(relay: &Relay) -> String {
    format!("https://{}", relay.control())
}
