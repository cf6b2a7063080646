//! P1, P3: packages that lie, that nobody signed, or that were altered do not get as far as the compiler.

use lotse_package::{API_VERSION, PackageError, SigningKey, TrustedKeys, VerifyError, sign};
use lotse_runtime::{Capability, CompileError, Trust};

use crate::support::{
    Subject, component_of, config, developer, everything, hostile_manifest, hostile_package, prebuilt, runtime,
    with_manifest,
};

fn trusting(key: &SigningKey) -> Trust {
    Trust { keys: TrustedKeys::new([key.public()]), developer_mode: false }
}

async fn refusal(package: Vec<u8>, trust: &Trust) -> CompileError {
    runtime().compile(package.into(), trust).await.unwrap_err()
}

#[tokio::test]
async fn p3_signed_packages_run_unsigned_and_altered_ones_do_not() {
    let key = SigningKey::generate().unwrap();
    let stranger = SigningKey::generate().unwrap();
    let signed = sign(&hostile_package(), &key).unwrap();
    runtime().compile(signed.clone().into(), &trusting(&key)).await.unwrap();

    let error = refusal(hostile_package(), &trusting(&key)).await;
    assert!(matches!(error, CompileError::Verify(VerifyError::Unsigned)), "{error}");
    let error = refusal(signed.clone(), &trusting(&stranger)).await;
    assert!(matches!(error, CompileError::Verify(VerifyError::Untrusted(_))), "{error}");

    // One letter of a text inside the code, so that everything still parses.
    let at = signed.windows(12).position(|bytes| bytes == b"told to pani").unwrap();
    let mut altered = signed.clone();
    altered[at] ^= 0x20;
    let error = refusal(altered.clone(), &trusting(&key)).await;
    assert!(matches!(error, CompileError::Verify(VerifyError::Altered(_))), "{error}");
    // Developer mode forgives a missing signature, never a wrong one.
    let lenient = Trust { developer_mode: true, ..trusting(&key) };
    let error = refusal(altered, &lenient).await;
    assert!(matches!(error, CompileError::Verify(VerifyError::Altered(_))), "{error}");
}

#[tokio::test]
async fn p1_one_that_asks_for_more_than_it_declared_is_refused() {
    let mut manifest = hostile_manifest();
    manifest.capabilities.retain(|request| request.name != Capability::Input);
    let package = with_manifest(&component_of(&prebuilt("hostile")), &manifest);
    let error = refusal(package, &developer()).await;
    let input = Capability::Input;
    assert!(
        matches!(&error, CompileError::Package(PackageError::Undeclared { capability, .. }) if *capability == input),
        "{error}"
    );
}

#[tokio::test]
async fn p1_one_that_lies_about_its_version_is_refused() {
    // Signed as 0.1.0, then relabelled.
    let key = SigningKey::generate().unwrap();
    let mut relabelled = sign(&hostile_package(), &key).unwrap();
    let label = br#""version":"0.1.0""#;
    let at = relabelled.windows(label.len()).position(|bytes| bytes == label).unwrap();
    relabelled[at + label.len() - 2] = b'9';
    let error = refusal(relabelled, &trusting(&key)).await;
    assert!(matches!(error, CompileError::Verify(VerifyError::Altered(_))), "{error}");

    // For another interface version than it was built with.
    let component = component_of(&prebuilt("hostile"));
    let mut manifest = hostile_manifest();
    manifest.api = "^0.2".parse().unwrap();
    let error = refusal(with_manifest(&component, &manifest), &developer()).await;
    assert!(matches!(error, CompileError::Package(PackageError::Api { .. })), "{error}");

    // Honestly built with a newer one.
    let newer = renamed(&component, format!("@{API_VERSION}").as_bytes(), b"@0.2.0");
    let error = refusal(with_manifest(&newer, &manifest), &developer()).await;
    assert!(matches!(error, CompileError::OtherApi { .. }), "{error}");
    assert!(error.to_string().contains("lotse.fixture.hostile"), "{error}");

    // Built with a newer one and claiming to run on any: found when it is to be started.
    manifest.api = ">=0.1".parse().unwrap();
    let runtime = runtime();
    let compiled = runtime.compile(with_manifest(&newer, &manifest).into(), &developer()).await.unwrap();
    let host = std::sync::Arc::new(crate::recorder::Recorder::default());
    let refused = lotse_runtime::Instance::spawn(&runtime, &compiled, config(everything(&compiled)), host);
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("lotse.fixture.hostile is not started"), "{refused}");
    assert!(refused.contains("newer version of Lotse"), "{refused}");
}

/// What was built on the contract as it was is linked to it as it is, its handlers included.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_built_on_an_earlier_version_of_the_contract_runs() {
    let component = component_of(&prebuilt("hostile"));
    let earlier = renamed(&component, format!("@{API_VERSION}").as_bytes(), b"@0.1.0");
    assert_ne!(earlier, component);
    let runtime = runtime();
    let compiled = runtime.compile(with_manifest(&earlier, &hostile_manifest()).into(), &developer()).await.unwrap();
    let subject = Subject::spawn(&runtime, &compiled, config(everything(&compiled)));
    subject.host.expect("init 0").await;
    subject.host.expect("joined 2 Karl").await;
}

#[tokio::test]
async fn damaged_code_is_refused_and_nothing_panics() {
    let component = component_of(&prebuilt("hostile"));
    let package = with_manifest(&component, &hostile_manifest());
    // Within the code, so that the sections still add up.
    for at in (1_000..component.len()).step_by(component.len() / 8) {
        let mut damaged = package.clone();
        damaged[at..at + 16].fill(0xff);
        // Where only data was hit it may run, within its bounds.
        if let Err(error) = runtime().compile(damaged.into(), &developer()).await {
            assert!(!error.to_string().is_empty());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_manifests_wish_for_memory_is_the_cap() {
    let mut manifest = hostile_manifest();
    manifest.memory_mib = 1;
    let runtime = runtime();
    let package = with_manifest(&component_of(&prebuilt("hostile")), &manifest);
    let compiled = runtime.compile(package.into(), &developer()).await.unwrap();
    // A Rust guest's stack alone is more.
    let subject = Subject::spawn(&runtime, &compiled, config(everything(&compiled)));
    let fault = subject.host.expect("fault: ").await;
    assert!(fault.contains("wanted more memory than its 1 MiB"), "{fault}");
    subject.handle.stopped().await;
}

fn renamed(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for at in 0..bytes.len() - from.len() {
        if bytes[at..].starts_with(from) {
            bytes[at..at + to.len()].copy_from_slice(to);
        }
    }
    bytes
}
