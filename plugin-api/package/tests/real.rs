//! A module as cargo built it for the hello plugin 0.1.0, kept for ever: what was built then must still pack and load.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};

use lotse_package::{
    API_VERSION, Capability, Handler, Manifest, Package, SigningKey, TrustedKeys, build_component, pack, sign,
};

const HELLO_CORE: &[u8] = include_bytes!("fixtures/hello-0.1.0.core.wasm");

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins")
}

/// Those whose folders are there: any of them may be taken away.
fn plugins() -> Vec<String> {
    let folders = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let plugins = folders.filter(|place| place.join("plugin.json").is_file());
    plugins.map(|place| place.file_name().unwrap().to_str().unwrap().to_owned()).collect()
}

fn manifest(plugin: &str) -> Manifest {
    let path = folder().join(plugin).join("plugin.json");
    Manifest::parse_strictly(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn a_real_module_becomes_a_signed_package_that_imports_only_what_it_calls() {
    let key = SigningKey::generate().unwrap();
    let package = pack(HELLO_CORE, &manifest("hello")).unwrap();
    let signed = sign(&package, &key).unwrap();
    let read = Package::read(&signed).unwrap();
    read.verify(&TrustedKeys::new([key.public()])).unwrap();
    let mut capabilities: Vec<_> = read.capabilities().collect();
    capabilities.sort_unstable();
    assert_eq!(capabilities, [Capability::Session, Capability::Channel, Capability::Ui]);
    assert_eq!(read.exports().len(), 3);
    assert!(read.exports().contains(&Handler::Channel) && read.exports().contains(&Handler::Ui));
    assert!(signed.len() < 64 * 1024, "{} bytes", signed.len());
    // The manifest changes nothing about the code, and packing the component again gives the same.
    assert_eq!(pack(&build_component(HELLO_CORE).unwrap(), &manifest("hello")).unwrap(), package);
}

#[test]
fn a_module_that_is_no_plugin_is_refused_with_words() {
    let empty = b"\0asm\x01\0\0\0";
    let error = pack(empty, &manifest("hello")).unwrap_err().to_string();
    assert!(error.contains("session-handler"), "{error}");
    assert!(build_component(b"not wasm").is_err());
    assert!(build_component(&HELLO_CORE[..HELLO_CORE.len() / 2]).is_err());
}

#[test]
fn the_bundled_manifests_are_good_and_speak_german() {
    for plugin in plugins() {
        let manifest = manifest(&plugin);
        assert!(manifest.runs_on(&API_VERSION));
        for request in &manifest.capabilities {
            assert_ne!(request.reason.pick("de"), request.reason.pick("en"), "{plugin}: {}", request.name);
        }
    }
}
