//! Packages as an attacker would make them: altered, cut off, lying, asking for what no plugin gets.
//! Components are put together byte by byte here, so that each test shows exactly what it sends.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use lotse_package::{
    Capability, Handler, Manifest, PACKAGE_BYTES_MAX, Package, PackageError, SigningKey, TrustedKeys, VerifyError,
    pack, sign,
};

const SESSION: &str = "lotse:plugin/session@0.1.0";
const UI: &str = "lotse:plugin/ui@0.1.0";
const HANDLER: &str = "lotse:plugin/session-handler@0.1.0";

fn section(id: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    assert!(length < 1 << 14, "two LEB128 bytes are enough here");
    [&[id, (length & 0x7f) as u8 | 0x80, (length >> 7) as u8], content].concat()
}

fn name(text: &str) -> Vec<u8> {
    [&[0, text.len() as u8], text.as_bytes()].concat()
}

/// A component that imports and exports empty instances of these names.
fn component(imports: &[&str], exports: &[&str]) -> Vec<u8> {
    let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
    bytes.extend(section(7, &[1, 0x42, 0]));
    let mut content = vec![imports.len() as u8];
    imports.iter().for_each(|import| content.extend([name(import), vec![5, 0]].concat()));
    bytes.extend(section(10, &content));
    let mut content = vec![exports.len() as u8];
    exports.iter().for_each(|export| content.extend([name(export), vec![5, 0, 0]].concat()));
    bytes.extend(section(11, &content));
    bytes
}

fn manifest(capabilities: &str, api: &str) -> Manifest {
    let json = format!(
        r#"{{"id":"com.example.test","name":{{"en":"Test"}},"version":"0.1.0","api":"{api}","capabilities":[{capabilities}],"fails":"open"}}"#
    );
    Manifest::parse_strictly(json.as_bytes()).unwrap()
}

fn with_ui() -> Manifest {
    manifest(r#"{"name":"ui","reason":{"en":"Shows something."}}"#, "^0.1")
}

fn key() -> SigningKey {
    SigningKey::from_seed([7; 32]).unwrap()
}

fn signed() -> Vec<u8> {
    sign(&pack(&component(&[SESSION, UI], &[HANDLER]), &with_ui()).unwrap(), &key()).unwrap()
}

/// A small generator with a seed, so that a failing case can be replayed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound.max(1)
    }
}

#[test]
fn a_signed_package_verifies_and_says_what_it_is() {
    let bytes = signed();
    let package = Package::read(&bytes).unwrap();
    assert_eq!(package.capabilities().collect::<Vec<_>>(), [Capability::Session, Capability::Ui]);
    assert_eq!(package.exports(), [Handler::Session]);
    let verified = package.verify(&TrustedKeys::new([key().public()])).unwrap();
    assert_eq!(verified.signer, key().public());
    assert_eq!(package.digest(), lotse_package::Digest::of(&bytes));
}

#[test]
fn an_altered_byte_anywhere_is_refused() {
    let good = signed();
    let trusted = TrustedKeys::new([key().public()]);
    for at in 0..good.len() {
        for flip in [1, 0x80, 0xff] {
            let mut bytes = good.clone();
            bytes[at] ^= flip;
            let accepted = Package::read(&bytes).is_ok_and(|package| package.verify(&trusted).is_ok());
            assert!(!accepted, "byte {at} ^ {flip:#x}");
        }
    }
}

#[test]
fn a_truncated_package_is_refused_at_every_length() {
    let good = signed();
    let trusted = TrustedKeys::new([key().public()]);
    for length in 0..good.len() {
        let accepted = Package::read(&good[..length]).is_ok_and(|package| package.verify(&trusted).is_ok());
        assert!(!accepted, "{length} bytes");
    }
}

#[test]
fn unsigned_unknown_and_altered_are_told_apart() {
    let unsigned = pack(&component(&[SESSION], &[HANDLER]), &with_ui()).unwrap();
    let trusted = TrustedKeys::new([key().public()]);
    assert_eq!(Package::read(&unsigned).unwrap().verify(&trusted), Err(VerifyError::Unsigned));
    let bytes = signed();
    let package = Package::read(&bytes).unwrap();
    assert_eq!(package.verify(&TrustedKeys::default()), Err(VerifyError::Untrusted(key().public())));
    let mut bytes = signed();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    assert_eq!(Package::read(&bytes).unwrap().verify(&trusted), Err(VerifyError::Altered(key().public())));
}

#[test]
fn a_manifest_that_keeps_a_capability_back_is_refused() {
    let error = pack(&component(&[SESSION, UI], &[HANDLER]), &manifest("", "^0.1")).unwrap_err().to_string();
    assert!(error.contains(UI) && error.contains("`ui`"), "{error}");
}

/// Scar: only imports were compared, so that a component could draw menus and be shown what is typed into them without
/// anybody having been told.
#[test]
fn a_manifest_that_keeps_a_handler_back_is_refused() {
    for handler in Handler::ALL {
        let name = format!("lotse:plugin/{}@0.1.0", handler.interface_name());
        let exports: Vec<&str> = [HANDLER, name.as_str()].into_iter().take(1 + usize::from(name != HANDLER)).collect();
        let packed = pack(&component(&[SESSION], &exports), &manifest("", "^0.1"));
        let Some(capability) = handler.capability() else {
            packed.unwrap();
            continue;
        };
        let error = packed.unwrap_err().to_string();
        assert!(error.contains(&name) && error.contains(&format!("`{capability}`")), "{error}");
        let declared = manifest(&format!(r#"{{"name":"{capability}","reason":{{"en":"Is told."}}}}"#), "^0.1");
        pack(&component(&[SESSION], &exports), &declared).unwrap();
    }
}

#[test]
fn what_no_plugin_gets_is_refused_by_name() {
    for import in ["wasi:sockets/tcp@0.2.0", "lotse:plugin/filesystem@0.1.0", "lotse:plugin/ui", "env"] {
        let error = pack(&component(&[SESSION, import], &[HANDLER]), &with_ui()).unwrap_err().to_string();
        assert!(error.contains(import), "{error}");
    }
    let error = pack(&component(&[SESSION], &[HANDLER, "wasi:cli/run@0.2.0"]), &with_ui()).unwrap_err().to_string();
    assert!(error.contains("wasi:cli/run"), "{error}");
}

#[test]
fn a_lie_about_the_version_is_refused() {
    let newer = component(&["lotse:plugin/session@0.2.0"], &[HANDLER]);
    let error = pack(&newer, &with_ui()).unwrap_err().to_string();
    assert!(error.contains("0.2.0") && error.contains("^0.1"), "{error}");
    assert!(pack(&component(&[SESSION], &[HANDLER]), &manifest("", "^1.0")).is_err());
}

#[test]
fn a_component_that_nothing_can_start_is_refused() {
    let error = pack(&component(&[SESSION], &[]), &with_ui()).unwrap_err().to_string();
    assert!(error.contains("session-handler"), "{error}");
}

#[test]
fn two_manifests_two_signatures_and_anything_behind_the_signature_are_refused() {
    let bytes = signed();
    assert!(pack(&bytes, &with_ui()).is_err(), "packed already");
    assert!(sign(&bytes, &key()).is_err(), "signed already");
    let trailing = [bytes.clone(), section(0, b"\x01x")].concat();
    assert!(matches!(Package::read(&trailing), Err(PackageError::SignatureNotLast)));
    let mut twice = pack(&component(&[SESSION], &[HANDLER]), &with_ui()).unwrap();
    let json = with_ui().to_json().unwrap();
    twice.extend(section(0, &[b"\x0elotse:manifest", &json[..]].concat()));
    assert!(matches!(Package::read(&twice), Err(PackageError::ManifestTwice)));
    assert!(matches!(Package::read(&component(&[SESSION], &[HANDLER])), Err(PackageError::ManifestMissing)));
}

#[test]
fn too_large_is_refused_before_it_is_looked_at() {
    assert!(matches!(Package::read(&vec![0; PACKAGE_BYTES_MAX + 1]), Err(PackageError::TooLarge { .. })));
    assert!(matches!(Package::read(b"\0asm\x01\0\0\0"), Err(PackageError::NotAComponent)));
}

#[test]
fn fuzz_read_never_panics() {
    let good = signed();
    let mut random = Random(0x10_75_e0);
    for _ in 0..20_000 {
        let mut bytes = good.clone();
        for _ in 0..1 + random.below(8) {
            let at = random.below(bytes.len());
            match random.below(4) {
                0 => bytes[at] = random.below(256) as u8,
                1 => bytes.truncate(at.max(8)),
                2 => bytes.insert(at, random.below(256) as u8),
                _ => {
                    let chunk = bytes[at..(at + random.below(32)).min(bytes.len())].to_vec();
                    let to = random.below(bytes.len());
                    bytes.splice(to..to, chunk);
                }
            }
        }
        if let Ok(package) = Package::read(&bytes) {
            assert!(package.verify(&TrustedKeys::new([key().public()])).is_err() || bytes == good);
        }
    }
}
