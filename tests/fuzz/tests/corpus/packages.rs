//! Packages put together byte by byte, since a real plugin is too large for a corpus; and code for an engine of before.

use crate::seeds::Seeds;
use lotse_fuzz::packages::SIGNER_SEED;
use lotse_package::{Digest, Manifest, SigningKey, pack, sign};
use lotse_runtime::{CodeHeader, SignedCode};
use ring::signature::Ed25519KeyPair;

const SESSION: &str = "lotse:plugin/session@0.1.0";
const UI: &str = "lotse:plugin/ui@0.1.0";
const HANDLER: &str = "lotse:plugin/session-handler@0.1.0";

fn notes() -> Manifest {
    let json = r#"{"id":"com.example.notes","name":{"en":"Notes","de":"Notizen"},"version":"1.2.3","api":"^0.1",
        "capabilities":[{"name":"ui","reason":{"en":"Shows the notes."}}],"feature":"notes",
        "requires":{"lotse.chat":">=0.1"},"fails":"reloaded","memory_mib":8,"sides":["rep"]}"#;
    Manifest::parse_strictly(json.as_bytes()).unwrap()
}

/// A section of a component: id, length in two bytes of LEB128, content.
fn section(id: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    assert!(length < 1 << 14, "two bytes are enough here");
    [&[id, (length & 0x7f) as u8 | 0x80, (length >> 7) as u8], content].concat()
}

/// Names in a component, each with what follows it, behind their number.
fn names(of: &[&str], followed_by: &[u8]) -> Vec<u8> {
    let mut content = vec![of.len() as u8];
    of.iter().for_each(|name| content.extend([&[0, name.len() as u8], name.as_bytes(), followed_by].concat()));
    content
}

/// A component that imports and exports instances with nothing in them.
fn component() -> Vec<u8> {
    let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
    bytes.extend(section(7, &[1, 0x42, 0]));
    bytes.extend(section(10, &names(&[SESSION, UI], &[5, 0])));
    bytes.extend(section(11, &names(&[HANDLER], &[5, 0, 0])));
    bytes
}

fn key() -> SigningKey {
    SigningKey::from_seed(SIGNER_SEED).unwrap()
}

pub fn package() -> Seeds {
    let unsigned = pack(&component(), &notes()).unwrap();
    let signed = sign(&unsigned, &key()).unwrap();
    vec![("unsigned", unsigned), ("signed", signed), ("component-alone", component())]
}

pub fn manifest() -> Seeds {
    vec![("notes", notes().to_json().unwrap())]
}

pub fn key_text() -> Seeds {
    vec![("signing-key", key().to_secret_text().into_bytes()), ("public-key", key().public().to_string().into_bytes())]
}

pub fn signed_code() -> Seeds {
    let header = CodeHeader {
        manifest: notes(),
        package: Digest::of(b"package"),
        engine: "lotse-engine-0 wasmtime-1.0.0".to_owned(),
        target: "x86_64-unknown-linux-gnu".to_owned(),
    };
    let envelope = |seed: [u8; 32]| {
        let key = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
        SignedCode::sign(header.clone(), b"native code", &key).unwrap().as_bytes().to_vec()
    };
    vec![("signed", envelope(SIGNER_SEED)), ("signed-by-another", envelope([8; 32]))]
}
