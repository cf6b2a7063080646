//! What must hold before code from a relay runs here, one lie at a time.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use lotse_package::{Manifest, SigningKey, pack, sign};
use lotse_runtime::{RuntimeOptions, Trust};
use ring::signature::{Ed25519KeyPair, KeyPair};
use std::sync::Arc;

/// A component that exports an empty instance as its handler of the session.
const HOLLOW: &[u8] =
    b"\0asm\x0d\0\x01\0\x05\x03\x01\x01\0\x0b\x28\x01\0\x22lotse:plugin/session-handler@0.1.0\x05\0\0";
/// In front of the envelope's header: its magic and the header's length.
const ENVELOPE_START_BYTES: usize = 12;
const SIGNATURE_BYTES: usize = 64;

fn manifest(id: &str, version: &str, api: &str) -> Manifest {
    let json =
        format!(r#"{{"id":"{id}","name":{{"en":"Test"}},"version":"{version}","api":"{api}","fails":"closed"}}"#);
    Manifest::parse(json.as_bytes()).unwrap()
}

fn code_key(seed: u8) -> Arc<Ed25519KeyPair> {
    Arc::new(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap())
}

fn signed(manifest: &Manifest) -> Vec<u8> {
    sign(&pack(HOLLOW, manifest).unwrap(), &SigningKey::from_seed([7; 32]).unwrap()).unwrap()
}

/// A relay that compiles whatever it is given.
struct Relay {
    runtime: Runtime,
    key: Arc<Ed25519KeyPair>,
}

impl Relay {
    async fn compile(&self, package: &[u8]) -> SignedCode {
        let signer = Package::read(package).unwrap().signature().map(|signature| signature.signer);
        let trust = Trust { keys: TrustedKeys::new(signer), developer_mode: true };
        self.runtime.precompile(package.into(), &trust, Runtime::target(), self.key.clone()).await.unwrap()
    }

    fn check(&self, package: &[u8], code: &SignedCode, developer: bool) -> Result<Ready, String> {
        let fetched = Fetched { package: package.to_vec(), code: code.as_bytes().to_vec() };
        let wanted = PluginRef {
            id: "a.b".to_owned(),
            version: "1.0.0".parse().unwrap(),
            digest: *Digest::of(package).as_bytes(),
            licensed: true,
            publisher: Some("Acme\n".to_owned()),
        };
        let public: [u8; 32] = self.key.public_key().as_ref().try_into().unwrap();
        check(&self.runtime, &wanted, fetched, public, developer)
    }
}

#[track_caller]
fn refused(checked: Result<Ready, String>, words: &str) {
    match checked {
        Err(why) => assert!(why.contains(words), "{why} says nothing of {words}"),
        Ok(_) => panic!("it was taken, although {words}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_was_signed_and_compiled_for_this_session_is_taken() {
    let relay = Relay { runtime: Runtime::new(RuntimeOptions { cache: None }).unwrap(), key: code_key(1) };
    let good = signed(&manifest("a.b", "1.0.0", "^0.1"));
    let code = relay.compile(&good).await;
    let ready = relay.check(&good, &code, false).unwrap();
    let signer = ready.signer.unwrap();
    assert_eq!(signer.key, SigningKey::from_seed([7; 32]).unwrap().public().to_string());
    assert_eq!(signer.publisher.as_deref(), Some("Acme"));

    let unsigned = pack(HOLLOW, &manifest("a.b", "1.0.0", "^0.1")).unwrap();
    let of_unsigned = relay.compile(&unsigned).await;
    refused(relay.check(&unsigned, &of_unsigned, false), "not signed");
    assert!(
        relay.check(&unsigned, &of_unsigned, true).unwrap().signer.is_none(),
        "developer mode, which both sides see"
    );

    for developer in [false, true] {
        let mut altered = good.clone();
        let last = altered.len() - 1;
        altered[last] ^= 1;
        refused(relay.check(&altered, &code, developer), "changed");
        refused(
            relay.check(&signed(&manifest("a.c", "1.0.0", "^0.1")), &code, developer),
            "not what the session names",
        );
        refused(
            relay.check(&signed(&manifest("a.b", "1.0.1", "^0.1")), &code, developer),
            "not what the session names",
        );
        // Signed and named so, but another file: its code is not this one's.
        refused(relay.check(&good, &of_unsigned, developer), "another package");
        let stranger = Relay { runtime: relay.runtime.clone(), key: code_key(2) };
        refused(relay.check(&good, &stranger.compile(&good).await, developer), "not signed by this relay");
    }
}

/// Scar: rights were granted by the manifest in the relay's envelope, which nobody compared with the signed one.
#[tokio::test(flavor = "multi_thread")]
async fn the_code_may_say_nothing_else_of_the_plugin_than_its_signed_package() {
    let relay = Relay { runtime: Runtime::new(RuntimeOptions { cache: None }).unwrap(), key: code_key(1) };
    let good = signed(&manifest("a.b", "1.0.0", "^0.1"));
    let honest = relay.compile(&good).await;
    let bytes = honest.as_bytes();
    let length: [u8; 4] = bytes[8..ENVELOPE_START_BYTES].try_into().unwrap();
    let native = &bytes[ENVELOPE_START_BYTES + u32::from_le_bytes(length) as usize..bytes.len() - SIGNATURE_BYTES];
    let mut header = honest.header().clone();
    let greedy = r#"{"id":"a.b","name":{"en":"Test"},"version":"1.0.0","api":"^0.1","fails":"closed",
        "capabilities":[{"name":"input","reason":{"en":"Why not."}}]}"#;
    header.manifest = Manifest::parse(greedy.as_bytes()).unwrap();
    let lying = SignedCode::sign(header.clone(), native, &relay.key).unwrap();
    refused(relay.check(&good, &lying, false), "something else of the plugin");
    header.manifest = honest.header().manifest.clone();
    relay.check(&good, &SignedCode::sign(header, native, &relay.key).unwrap(), false).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_for_another_contract_is_refused_with_words() {
    let relay = Relay { runtime: Runtime::new(RuntimeOptions { cache: None }).unwrap(), key: code_key(1) };
    let code = relay.compile(&signed(&manifest("a.b", "1.0.0", "^0.1"))).await;
    // The same component, built against a contract that this program does not have.
    let mut newer = HOLLOW.to_vec();
    let at = newer.windows(5).position(|text| text == b"0.1.0").unwrap();
    newer[at..at + 5].copy_from_slice(b"0.1.9");
    let package = pack(&newer, &manifest("a.b", "1.0.0", "^0.1.5")).unwrap();
    refused(relay.check(&package, &code, true), "needs version ^0.1.5");
}
