use super::*;
use lotse_package::{Package, PublicKey, SigningKey};
use lotse_protocol::control::PluginRef;
use lotse_protocol::shared::{SharedRefusal, SharedValue};
use lotse_runtime::{Runtime, RuntimeOptions, SignedCode, engine_version};
use std::path::PathBuf;

/// The hello plugin, unsigned.
fn hello() -> Vec<u8> {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target")), PathBuf::from);
    let path = target.join("plugins/examples/hello.wasm");
    let mut bytes = std::fs::read(&path)
        .unwrap_or_else(|error| panic!("{}: {error}: run `cargo xtask build` first", path.display()));
    // Signature sections come last and have one spelling: id, length, name, 97 bytes.
    if Package::read(&bytes).unwrap().signature().is_some() {
        bytes.truncate(bytes.len() - (2 + 1 + "lotse:signature".len() + 97));
    }
    bytes
}

/// A relay whose folders hold `package`, and that trusts `publisher`.
async fn relay_with(folder: &TempDir, package: &[u8], publisher: &PublicKey, developer: bool) -> Relay {
    let plugins = folder.path().join("plugins");
    std::fs::create_dir_all(&plugins).unwrap();
    std::fs::write(plugins.join("hello.wasm"), package).unwrap();
    let key_file = folder.path().join("publisher.pub");
    std::fs::write(&key_file, publisher.to_string()).unwrap();
    let mut config = config(folder);
    config.plugins = vec![plugins];
    config.trusted_keys = vec![key_file];
    config.developer = developer;
    Relay::start(config).await.unwrap()
}

fn engine() -> String {
    format!("{} {}", engine_version(), Runtime::target())
}

/// A customer in a session, and the session's plugins.
async fn customer_in_session(relay: &Relay, engine: &str) -> (Program, Vec<PluginRef>) {
    let (mut rep, _) = rep(relay).await;
    let (_, nameplate, _) = code(&mut rep).await;
    let mut customer = Program::with_engine(relay, Side::Customer, engine).await;
    join(&mut customer, nameplate).await;
    let plugins = customer.offer().await.plugins;
    assert_eq!(rep.offer().await.plugins, plugins);
    // The customer's end of the session stays while pairing goes on.
    tokio::spawn(async move { while rep.hear_or_end().await.is_some() {} });
    (customer, plugins)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_plugin_comes_with_code_that_its_key_vouches_for() {
    let folder = folder().await;
    let publisher = SigningKey::generate().unwrap();
    let package = lotse_package::sign(&hello(), &publisher).unwrap();
    let relay = relay_with(&folder, &package, &publisher.public(), false).await;
    let (mut customer, plugins) = customer_in_session(&relay, &engine()).await;
    let [plugin] = plugins.as_slice() else { panic!("{plugins:?}") };
    assert_eq!((plugin.id.as_str(), plugin.licensed), ("lotse.hello", true));
    assert_eq!(plugin.publisher.as_deref(), Some("publisher"), "as the operator's key file is called");
    customer.say(ToRelay::FetchPlugin { digest: plugin.digest }).await;
    let FromRelay::Plugin { digest, package: sent, code } = customer.hear().await else { panic!() };
    assert_eq!((digest, &sent), (plugin.digest, &package));
    let runtime = Runtime::new(RuntimeOptions::default()).unwrap();
    let code = SignedCode::read(code).unwrap();
    let compiled = runtime.load_signed(&code, &PublicKey::from_bytes(customer.code_key)).unwrap();
    assert_eq!(compiled.package().as_bytes(), &plugin.digest);
    assert!(runtime.load_signed(&code, &publisher.public()).is_err());

    customer.say(ToRelay::FetchPlugin { digest: [1; 32] }).await;
    assert!(matches!(customer.hear().await, FromRelay::PluginMissing { .. }));
    let mut stranger = Program::with_engine(&relay, Side::Customer, &engine()).await;
    stranger.say(ToRelay::FetchPlugin { digest: plugin.digest }).await;
    assert!(matches!(stranger.hear().await, FromRelay::PluginMissing { .. }), "the relay is no download mirror");
    let (mut old, _) = customer_in_session(&relay, "lotse-engine-0 wasmtime-1 x86_64-unknown-linux-gnu").await;
    old.say(ToRelay::FetchPlugin { digest: plugin.digest }).await;
    assert!(matches!(old.hear().await, FromRelay::PluginMissing { reason, .. } if reason.contains("update")));
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unsigned_strange_and_altered_packages_are_left_out() {
    let folder = folder().await;
    let (publisher, stranger) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
    let unsigned = hello();
    let strange = lotse_package::sign(&unsigned, &stranger).unwrap();
    let mut altered = lotse_package::sign(&unsigned, &publisher).unwrap();
    let at = altered.windows(5).position(|bytes| bytes == b"Sends").unwrap();
    altered[at] = b'M';
    for (package, developer, taken) in [
        (&unsigned, false, 0),
        (&strange, false, 0),
        (&altered, false, 0),
        (&altered, true, 0),
        (&strange, true, 0),
        (&unsigned, true, 1),
    ] {
        let relay = relay_with(&folder, package, &publisher.public(), developer).await;
        let (_, plugins) = customer_in_session(&relay, &engine()).await;
        assert_eq!(plugins.len(), taken);
        relay.stop().await;
    }
}

/// Scar: a second trusted publisher got an id with a version lower than any that was there.
#[tokio::test(flavor = "multi_thread")]
async fn a_plugins_id_stays_its_owners_until_the_operator_releases_it() {
    async fn handed_out(folder: &TempDir, package: &[u8], owner: &PublicKey) -> Vec<Option<String>> {
        let relay = relay_with(folder, package, owner, false).await;
        let (_, plugins) = customer_in_session(&relay, &engine()).await;
        relay.stop().await;
        plugins.into_iter().map(|plugin| plugin.publisher).collect()
    }
    let folder = folder().await;
    let (owner, other) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
    let owners = lotse_package::sign(&hello(), &owner).unwrap();
    let others = lotse_package::sign(&hello(), &other).unwrap();
    let name = |name: &str| vec![Some(name.to_owned())];
    assert_eq!(handed_out(&folder, &owners, &owner.public()).await, name("publisher"));

    let trusted = folder.path().join("data/trusted");
    std::fs::create_dir_all(&trusted).unwrap();
    std::fs::write(trusted.join("Other.pub"), other.public().to_string()).unwrap();
    std::fs::write(folder.path().join("plugins/other.wasm"), &others).unwrap();
    assert_eq!(handed_out(&folder, &owners, &owner.public()).await, name("publisher"), "beside the owner's");
    assert!(handed_out(&folder, &others, &owner.public()).await.is_empty(), "and without it");

    let data = folder.path().join("data").into_os_string();
    let words = ["lotse-relay", "plugin", "release", "--id", "lotse.hello", "--data"].map(std::ffi::OsString::from);
    let release = || cli::run(Cli::try_parse_from(words.iter().cloned().chain([data.clone()])).unwrap());
    release().await.unwrap();
    assert!(release().await.unwrap_err().to_string().contains("--id"), "it has none any more");
    assert!(handed_out(&folder, &owners, &owner.public()).await.is_empty(), "nobody can tell whose it is");
    assert_eq!(handed_out(&folder, &others, &owner.public()).await, name("Other"), "the only one there");
}

#[tokio::test(flavor = "multi_thread")]
async fn code_for_other_computers_is_compiled_too() {
    let folder = folder().await;
    let publisher = SigningKey::generate().unwrap();
    let package = lotse_package::sign(&hello(), &publisher).unwrap();
    let relay = relay_with(&folder, &package, &publisher.public(), false).await;
    for target in ["x86_64-pc-windows-msvc", "x86_64-apple-darwin", "aarch64-apple-darwin"] {
        let (mut customer, plugins) = customer_in_session(&relay, &format!("{} {target}", engine_version())).await;
        customer.say(ToRelay::FetchPlugin { digest: plugins[0].digest }).await;
        match customer.hear().await {
            FromRelay::Plugin { code, .. } => assert_eq!(SignedCode::read(code).unwrap().header().target, target),
            FromRelay::PluginMissing { reason, .. } => assert!(reason.contains("cannot compile"), "{target}: {reason}"),
            other => panic!("{other:?}"),
        }
    }
    relay.stop().await;
}

/// An add-on as everybody gets it, whichever was built: the package, its feature, its id, and the key that it is signed with.
fn built_add_on() -> Option<(Vec<u8>, String, String, PublicKey)> {
    let feature = |bytes: &[u8]| Package::read(bytes).ok()?.manifest().feature.clone();
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target")), PathBuf::from);
    let built = std::fs::read_dir(target.join("plugins")).unwrap().flatten();
    let mut packages = built.filter_map(|entry| std::fs::read(entry.path()).ok());
    let (add_on, feature) = packages.find_map(|bytes| Some((bytes.clone(), feature(&bytes)?)))?;
    let id = Package::read(&add_on).unwrap().manifest().id.to_string();
    let key = std::fs::read_to_string(target.join("plugins/Lotse.pub")).unwrap().parse().unwrap();
    Some((add_on, feature, id, key))
}

fn set_shared(plugin: &str) -> ToRelay {
    let value = SharedValue { key: "k".to_owned(), revision: 0, data: Some(b"v".to_vec()) };
    ToRelay::SetShared { plugin: plugin.to_owned(), value }
}

async fn outcome(rep: &mut Program) -> Result<u64, SharedRefusal> {
    match rep.hear().await {
        FromRelay::SharedSet { outcome, .. } => outcome,
        other => panic!("{other:?}"),
    }
}

/// Scar: a licence whose last day was over was asked for its name alone.
#[tokio::test(flavor = "multi_thread")]
async fn l2_values_are_kept_for_no_plugin_whose_licence_is_over_or_has_not_begun() {
    let Some((add_on, feature, id, key)) = built_add_on() else { return };
    let folder = folder().await;
    let relay = relay_with(&folder, &add_on, &key, false).await;
    let (mut rep, _) = rep(&relay).await;
    let term = async |words: &[&str]| {
        let off = ["licence", "set", "--account", "acme", "--feature", feature.as_str()];
        command(&folder, &[off.as_slice(), words].concat()).await;
    };
    for (words, licensed) in
        [(["--until", "2020-01-31"], false), (["--until", "9000-12-31"], true), (["--from", "8000-01-01"], false)]
    {
        term(&words).await;
        rep.say(set_shared(&id)).await;
        let told = outcome(&mut rep).await;
        assert_eq!(told == Err(SharedRefusal::Unlicensed), !licensed, "{words:?}: {told:?}");
        rep.say(ToRelay::FetchShared { plugin: id.clone() }).await;
        let fetched = matches!(rep.hear().await, FromRelay::Shared { .. });
        assert_eq!(fetched, licensed, "{words:?}");
    }
    relay.stop().await;
}

/// Scar: the relay looked at the licence when it handed a plugin out, and at no other time.
#[tokio::test(flavor = "multi_thread")]
async fn l2_values_are_kept_for_no_plugin_that_is_not_licensed() {
    let Some((add_on, feature, id, key)) = built_add_on() else { return };
    let folder = folder().await;
    let relay = relay_with(&folder, &add_on, &key, false).await;
    let (mut rep, _) = rep(&relay).await;
    rep.say(set_shared(&id)).await;
    assert_eq!(outcome(&mut rep).await, Ok(1));
    command(&folder, &["licence", "set", "--account", "acme", "--feature", &feature, "--off"]).await;
    for plugin in [id.as_str(), "nobody.has-it"] {
        rep.say(set_shared(plugin)).await;
        assert_eq!(outcome(&mut rep).await, Err(SharedRefusal::Unlicensed));
        rep.say(ToRelay::FetchShared { plugin: plugin.to_owned() }).await;
        assert!(matches!(rep.hear().await, FromRelay::Refused { reason } if reason.contains("licence")));
    }
    relay.stop().await;
}
