//! D7: programs without a compiler run what a relay compiled and signed, and nothing else.

use std::sync::Arc;
use std::time::Instant;

use lotse_package::PublicKey;
use lotse_runtime::{CodeError, Runtime, RuntimeOptions, SignedCode};
use ring::signature::{Ed25519KeyPair, KeyPair as _};

use crate::support::{Subject, config, developer, everything, hostile_package, runtime};

fn relay_key(seed: u8) -> (Arc<Ed25519KeyPair>, PublicKey) {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
    let public = PublicKey::from_bytes(pair.public_key().as_ref().try_into().unwrap());
    (Arc::new(pair), public)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_relay_compiled_runs_at_the_customers() {
    let (key, public) = relay_key(1);
    let made = runtime().precompile(hostile_package().into(), &developer(), Runtime::target(), key).await.unwrap();
    let sent = made.as_bytes().to_vec();

    let customer = Runtime::new(RuntimeOptions::default()).unwrap();
    let received = SignedCode::read(sent.clone()).unwrap();
    assert!(matches!(customer.load_signed(&received, &relay_key(2).1), Err(CodeError::Forged)));
    let started = Instant::now();
    let compiled = customer.load_signed(&received, &public).unwrap();
    println!("loaded {} bytes of code in {:?}", sent.len(), started.elapsed());
    assert_eq!(compiled.package(), lotse_package::Digest::of(&hostile_package()));
    let subject = Subject::spawn(&customer, &compiled, config(everything(&compiled)));
    subject.act("count", "").await;
    assert_eq!(subject.counted().await, 1);

    for at in [0, 20, sent.len() / 2, sent.len() - 1] {
        let mut altered = sent.clone();
        altered[at] ^= 1;
        let loaded = SignedCode::read(altered).and_then(|code| customer.load_signed(&code, &public));
        assert!(matches!(loaded, Err(CodeError::Forged | CodeError::Malformed)), "byte {at}");
    }
}

#[tokio::test]
async fn code_for_another_system_or_version_says_what_to_do() {
    let (key, public) = relay_key(1);
    let elsewhere =
        if Runtime::target().contains("windows") { "x86_64-unknown-linux-gnu" } else { "x86_64-pc-windows-msvc" };
    let runtime = runtime();
    let code = runtime.precompile(hostile_package().into(), &developer(), elsewhere, key.clone()).await.unwrap();
    let error = runtime.load_signed(&code, &public).unwrap_err();
    assert!(matches!(error, CodeError::OtherVersion { .. }));
    assert!(error.to_string().contains("ask the relay again"), "{error}");

    let mut header = code.header().clone();
    header.target = Runtime::target().to_owned();
    header.engine = "lotse-engine-0 wasmtime-1.0.0".to_owned();
    let older = SignedCode::sign(header.clone(), b"whatever", &key).unwrap();
    assert!(matches!(runtime.load_signed(&older, &public), Err(CodeError::OtherVersion { .. })));

    // A relay that signs nonsense is still no way in.
    header.engine = lotse_runtime::engine_version().to_owned();
    let nonsense = SignedCode::sign(header, b"whatever", &key).unwrap();
    assert!(matches!(runtime.load_signed(&nonsense, &public), Err(CodeError::Unloadable(_))));

    let unknown = runtime.precompile(hostile_package().into(), &developer(), "vax-dec-vms", key).await.unwrap_err();
    assert!(unknown.to_string().contains("vax-dec-vms"), "{unknown}");
}

#[tokio::test]
async fn the_cache_is_used_and_survives_damage_and_an_unwritable_folder() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = || Runtime::new(RuntimeOptions { cache: Some(folder.path().join("code")) }).unwrap();
    let package: Arc<[u8]> = hostile_package().into();
    let timed = async |runtime: Runtime| {
        let started = Instant::now();
        runtime.compile(package.clone(), &developer()).await.unwrap();
        started.elapsed()
    };
    let cold = timed(runtime()).await;
    let warm = timed(runtime()).await;
    println!("compiled in {cold:?}, from the cache in {warm:?}");
    assert!(warm < cold / 2, "{warm:?} is not much less than {cold:?}");

    let entry = |folder: &std::path::Path| {
        let entries = std::fs::read_dir(folder.join("code")).unwrap();
        entries.map(|e| e.unwrap().path()).find(|path| path.extension().is_some_and(|e| e == "code")).unwrap()
    };
    let path = entry(folder.path());
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    std::fs::write(&path, &bytes).unwrap();
    timed(runtime()).await;
    assert_ne!(std::fs::read(&path).unwrap(), bytes, "the damaged entry was replaced");

    // A file where the folder should be: nothing can be written, as on a full disk.
    std::fs::remove_dir_all(folder.path().join("code")).unwrap();
    std::fs::write(folder.path().join("code"), b"").unwrap();
    timed(runtime()).await;
}
