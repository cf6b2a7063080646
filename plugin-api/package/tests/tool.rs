//! The author's tool as a program: keys, signatures, and what it says when something is wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use lotse_package::{Package, PublicKey, SigningKey, TrustedKeys};

/// A folder of the test's own, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("tool-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn tool(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lotse-plugin")).current_dir(folder).args(arguments).output().unwrap()
}

fn done(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Code 1 and one sentence on standard error.
fn refused(output: &Output, words: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("lotse-plugin: ") && said.contains(words) && said.lines().count() == 1, "{said}");
}

/// The hello plugin, packed and not signed.
fn packed(folder: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let module = root.join("tests/fixtures/hello-0.1.0.core.wasm");
    let manifest = root.join("../../plugins/hello/plugin.json");
    let (module, manifest) = (module.to_str().unwrap(), manifest.to_str().unwrap());
    done(&tool(folder, &["pack", module, "--manifest", manifest, "--output", "hello.wasm"]));
}

#[test]
fn a_key_is_its_owners_alone_and_never_overwritten() {
    let folder = folder("keygen");
    let said = done(&tool(&folder, &["keygen", "--output", "my.key"]));
    let secret = std::fs::read_to_string(folder.join("my.key")).unwrap();
    let public: PublicKey = std::fs::read_to_string(folder.join("my.key.pub")).unwrap().parse().unwrap();
    assert_eq!(SigningKey::from_text(&secret).unwrap().public(), public);
    assert!(said.contains(&public.to_string()) && !said.contains(secret.trim()), "only the public key is printed");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.join("my.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    refused(&tool(&folder, &["keygen", "--output", "my.key"]), "there is a key already");
    assert_eq!(std::fs::read_to_string(folder.join("my.key")).unwrap(), secret);
    assert_eq!(std::fs::read_to_string(folder.join("my.key.pub")).unwrap().trim(), public.to_string());
}

#[test]
fn what_is_signed_verifies_and_nothing_else_does() {
    let folder = folder("sign");
    packed(&folder);
    for key in ["my.key", "other.key"] {
        done(&tool(&folder, &["keygen", "--output", key]));
    }
    let verify = |package: &str, trusted: &str| tool(&folder, &["verify", "--trusted", trusted, package]);
    refused(&verify("hello.wasm", "my.key.pub"), "is not signed");
    let said = done(&tool(&folder, &["sign", "--key", "my.key", "hello.wasm", "--output", "signed.wasm"]));
    let public: PublicKey = std::fs::read_to_string(folder.join("my.key.pub")).unwrap().parse().unwrap();
    assert!(said.contains(&public.to_string()), "{said}");
    let signed = std::fs::read(folder.join("signed.wasm")).unwrap();
    Package::read(&signed).unwrap().verify(&TrustedKeys::new([public])).unwrap();
    assert!(done(&verify("signed.wasm", "my.key.pub")).contains("lotse.hello 0.1.0 is signed by"));
    assert!(
        done(&verify("signed.wasm", &public.to_string())).contains(&public.to_string()),
        "a key itself will do, too"
    );

    refused(&verify("signed.wasm", "other.key.pub"), "whom nobody here trusts");
    refused(&verify("signed.wasm", "no-such.pub"), "no-such.pub");
    refused(&verify("signed.wasm", "hello.wasm"), "no public key");
    let mut altered = signed;
    let last = altered.len() - 1;
    altered[last] ^= 1;
    std::fs::write(folder.join("altered.wasm"), altered).unwrap();
    refused(&verify("altered.wasm", "my.key.pub"), "was changed after");

    let sign = |key: &str, package: &str| tool(&folder, &["sign", "--key", key, package, "--output", "again.wasm"]);
    refused(&sign("my.key", "signed.wasm"), "signed already");
    refused(&sign("my.key.pub", "hello.wasm"), "no signing key");
    assert!(!folder.join("again.wasm").exists(), "nothing half done is left");
}
