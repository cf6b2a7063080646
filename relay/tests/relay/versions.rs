//! P4 · Plugins in versions: what accounts get by their rules, and what is added and removed while the relay runs.

use super::*;
use lotse_package::{Manifest, SigningKey, pack, sign};
use lotse_protocol::control::PluginRef;
use lotse_relay::cli::CliError;
use lotse_runtime::{Runtime, engine_version};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

const HELLO: &str = "lotse.hello";
const BOLT: &str = "bo@bolt.example";
/// Until then something must have happened.
const SOON: Duration = Duration::from_secs(20);

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The hello plugin in another version, unsigned.
fn hello(version: &str) -> Vec<u8> {
    changed(|manifest| manifest.version = version.parse().unwrap())
}

/// The hello plugin with another manifest, unsigned.
fn changed(change: impl FnOnce(&mut Manifest)) -> Vec<u8> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let core = target.join("wasm32-unknown-unknown/plugin/lotse_plugin_hello.wasm");
    let core = std::fs::read(&core)
        .unwrap_or_else(|error| panic!("{}: {error}: run `cargo xtask build` first", core.display()));
    let mut manifest = Manifest::parse(&std::fs::read(root().join("plugins/hello/plugin.json")).unwrap()).unwrap();
    change(&mut manifest);
    pack(&core, &manifest).unwrap()
}

/// A data folder with reps of two accounts, and a publisher whom it trusts.
struct Place {
    folder: TempDir,
    publisher: SigningKey,
}

impl Place {
    async fn new() -> Self {
        let folder = folder().await;
        let password = folder.path().join("password.txt");
        let password = password.to_str().unwrap();
        command(
            &folder,
            &["rep", "add", "--account", "Bolt", "--user", BOLT, "--name", "Bo Lind", "--password-file", password],
        )
        .await;
        let publisher = SigningKey::generate().unwrap();
        let place = Self { folder, publisher };
        place.trust(&place.publisher, "Acme Software");
        place
    }

    fn trust(&self, publisher: &SigningKey, name: &str) {
        let trusted = self.folder.path().join("data/trusted");
        std::fs::create_dir_all(&trusted).unwrap();
        std::fs::write(trusted.join(format!("{name}.pub")), publisher.public().to_string()).unwrap();
    }

    /// A file with the hello plugin, signed by the publisher.
    fn package(&self, version: &str) -> PathBuf {
        self.write(version, &sign(&hello(version), &self.publisher).unwrap())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let file = self.folder.path().join(format!("{name}.lotse-plugin"));
        std::fs::write(&file, bytes).unwrap();
        file
    }

    /// Runs `lotse-relay plugin …` on the data folder.
    async fn plugin(&self, words: &[&str]) -> Result<(), CliError> {
        let words = ["lotse-relay", "plugin"].into_iter().chain(words.iter().copied()).map(OsString::from);
        let data = [OsString::from("--data"), self.folder.path().join("data").into_os_string()];
        cli::run(Cli::try_parse_from(words.chain(data)).unwrap()).await
    }

    async fn add(&self, file: &Path) -> Result<(), CliError> {
        self.plugin(&["add", "--file", file.to_str().unwrap()]).await
    }

    /// Adds versions of the hello plugin.
    async fn add_versions(&self, versions: &[&str]) {
        for version in versions {
            self.add(&self.package(version)).await.unwrap();
        }
    }

    /// The packages in the data folder.
    fn files(&self) -> Vec<String> {
        let listing = std::fs::read_dir(self.folder.path().join("data/plugins"));
        let mut names: Vec<String> = listing
            .map(|listing| listing.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect())
            .unwrap_or_default();
        names.sort();
        names
    }
}

fn engine() -> String {
    format!("{} {}", engine_version(), Runtime::target())
}

/// A running session of a rep, and what both sides have of plugins.
struct Met {
    rep: Program,
    customer: Program,
    session: SessionId,
    plugins: Vec<PluginRef>,
}

impl Met {
    async fn start(relay: &Relay, user: &str) -> Self {
        let mut rep = Program::connect(relay, Side::Rep).await;
        assert!(matches!(rep.sign_in(user, PASSWORD).await, FromRelay::SignedIn { .. }));
        let (session, nameplate, _) = code(&mut rep).await;
        let mut customer = Program::with_engine(relay, Side::Customer, &engine()).await;
        join(&mut customer, nameplate).await;
        let plugins = customer.offer().await.plugins;
        assert_eq!(rep.offer().await.plugins, plugins, "both sides have the same");
        rep.say(ToRelay::Paired { session }).await;
        Self { rep, customer, session, plugins }
    }

    async fn end(mut self) {
        let Self { rep, session, .. } = &mut self;
        rep.say(ToRelay::EndSession { session: *session, reason: "RepEnded".into() }).await;
        assert!(matches!(rep.hear().await, FromRelay::SessionEnded { .. }));
    }

    fn versions(&self) -> Vec<String> {
        self.plugins.iter().map(|plugin| format!("{} {}", plugin.id, plugin.version)).collect()
    }
}

/// What new sessions of a rep get.
async fn handed_out(relay: &Relay, user: &str) -> Vec<String> {
    let met = Met::start(relay, user).await;
    let versions = met.versions();
    met.end().await;
    versions
}

/// Waits until new sessions of a rep get this.
async fn expect(relay: &Relay, user: &str, wanted: &[&str]) {
    let end = Instant::now() + SOON;
    loop {
        let now = handed_out(relay, user).await;
        if now == wanted {
            return;
        }
        assert!(Instant::now() < end, "{user} goes on getting {now:?} instead of {wanted:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn audited(place: &Place, kind: &str) -> Vec<String> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(place.folder.path().join("data/lotse.db"));
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let lines = sqlx::query_scalar("SELECT detail FROM audit WHERE kind = ? ORDER BY id").bind(kind.to_owned());
    lines.fetch_all(&pool).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn p4_a_rule_changed_on_a_running_relay_acts_on_the_next_session() {
    let place = Place::new().await;
    place.add_versions(&["1.2.0", "1.3.0", "2.0.0"]).await;
    place.plugin(&["enable", "--account", "acme", "--id", HELLO, "--version", "^1"]).await.unwrap();
    let relay = relay(&place.folder).await;
    assert_eq!(handed_out(&relay, USER).await, ["lotse.hello 1.3.0"]);
    assert_eq!(handed_out(&relay, BOLT).await, ["lotse.hello 2.0.0"]);
    let running = Met::start(&relay, USER).await;
    place.plugin(&["enable", "--account", "Acme", "--id", HELLO, "--version", "=1.2.0"]).await.unwrap();
    expect(&relay, USER, &["lotse.hello 1.2.0"]).await;
    place.plugin(&["disable", "--account", "Acme", "--id", HELLO]).await.unwrap();
    expect(&relay, USER, &[]).await;
    assert_eq!(handed_out(&relay, BOLT).await, ["lotse.hello 2.0.0"], "nobody else's");
    // No version fits: it is left out, and not handed out in another.
    place.plugin(&["enable", "--account", "Acme", "--id", HELLO, "--version", "^3"]).await.unwrap();
    place.plugin(&["disable", "--account", "Bolt", "--id", HELLO]).await.unwrap();
    expect(&relay, BOLT, &[]).await;
    assert!(handed_out(&relay, USER).await.is_empty());
    for account in ["Acme", "Bolt"] {
        place.plugin(&["reset", "--account", account, "--id", HELLO]).await.unwrap();
    }
    expect(&relay, USER, &["lotse.hello 2.0.0"]).await;
    assert_eq!(running.versions(), ["lotse.hello 1.3.0"]);
    running.end().await;
    let changed = audited(&place, "plugin-rule-changed").await;
    assert_eq!(changed.first().map(String::as_str), Some("lotse.hello: ^1"));
    assert_eq!((changed.len(), changed.last().map(String::as_str)), (7, Some("lotse.hello: no rule")));
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p4_a_version_added_while_the_relay_runs_is_the_next_sessions_and_a_removed_one_stays_the_running_ones() {
    let place = Place::new().await;
    place.add_versions(&["1.0.0"]).await;
    let relay = relay(&place.folder).await;
    let mut running = Met::start(&relay, USER).await;
    place.add_versions(&["1.1.0"]).await;
    assert_eq!(place.files(), ["lotse.hello-1.0.0.wasm", "lotse.hello-1.1.0.wasm"]);
    expect(&relay, USER, &["lotse.hello 1.1.0"]).await;
    assert_eq!(running.versions(), ["lotse.hello 1.0.0"]);

    let remove = ["remove", "--id", HELLO, "--version", "1.0.0"];
    let refused = place.plugin(&remove).await.unwrap_err().to_string();
    assert!(refused.contains("1 running sessions") && refused.contains("--force"), "{refused}");
    assert_eq!(place.files().len(), 2);
    place.plugin(&[&remove[..], &["--force"]].concat()).await.unwrap();
    assert_eq!(place.files(), ["lotse.hello-1.1.0.wasm"]);
    // That the relay has seen the removal is known by what came after it.
    place.add_versions(&["1.2.0"]).await;
    expect(&relay, USER, &["lotse.hello 1.2.0"]).await;
    let digest = running.plugins[0].digest;
    running.customer.say(ToRelay::FetchPlugin { digest }).await;
    match running.customer.hear().await {
        FromRelay::Plugin { digest: sent, .. } => assert_eq!(sent, digest),
        other => panic!("the running session's plugin cannot be fetched any more: {other:?}"),
    }
    // A rep may fetch any package that is here; once no session has it, it is not.
    let Met { mut rep, session, .. } = running;
    rep.say(ToRelay::EndSession { session, reason: "RepEnded".into() }).await;
    assert!(matches!(rep.hear().await, FromRelay::SessionEnded { .. }));
    place.add_versions(&["1.3.0"]).await;
    expect(&relay, USER, &["lotse.hello 1.3.0"]).await;
    let end = Instant::now() + SOON;
    loop {
        rep.say(ToRelay::FetchPlugin { digest }).await;
        match rep.hear().await {
            FromRelay::PluginMissing { reason, .. } if reason.contains("does not have") => break,
            FromRelay::PluginMissing { .. } | FromRelay::Plugin { .. } => {}
            other => panic!("{other:?}"),
        }
        assert!(Instant::now() < end, "it is kept though nobody has it");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(audited(&place, "plugin-added").await.len(), 4);
    assert_eq!(audited(&place, "plugin-removed").await, ["lotse.hello 1.0.0"]);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p4_a_bad_package_is_refused_in_words_and_changes_nothing() {
    let place = Place::new().await;
    place.add_versions(&["1.0.0"]).await;
    let relay = relay(&place.folder).await;
    let before = place.files();
    let (other, stranger) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
    place.trust(&other, "Other");
    let mut altered = sign(&hello("3.0.0"), &place.publisher).unwrap();
    let at = altered.windows(5).position(|bytes| bytes == b"Sends").unwrap();
    altered[at] = b'M';
    let content = changed(|manifest| {
        manifest.version = "1.0.0".parse().unwrap();
        manifest.memory_mib = 8;
    });
    for (name, bytes, why) in [
        ("noise", b"\0asm noise".to_vec(), "not taken"),
        ("unsigned", hello("3.0.0"), "not signed"),
        ("strange", sign(&hello("3.0.0"), &stranger).unwrap(), "trusted"),
        ("altered", altered, "was changed"),
        ("others", sign(&hello("3.0.0"), &other).unwrap(), "belongs to the key"),
        ("same-version", sign(&content, &place.publisher).unwrap(), "another version"),
    ] {
        let refused = place.add(&place.write(name, &bytes)).await.unwrap_err().to_string();
        assert!(refused.contains(why), "{name}: {refused}");
        assert_eq!(place.files(), before, "{name}");
    }
    let missing = place.add(&place.folder.path().join("nothing")).await.unwrap_err().to_string();
    assert!(missing.contains("nothing"), "{missing}");
    // What is here already is no fault, and no news.
    place.add(&place.package("1.0.0")).await.unwrap();
    assert_eq!(audited(&place, "plugin-added").await, ["lotse.hello 1.0.0"]);
    assert_eq!(handed_out(&relay, USER).await, ["lotse.hello 1.0.0"]);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p4_a_publisher_who_is_trusted_while_the_relay_runs_can_deliver() {
    let place = Place::new().await;
    let relay = relay(&place.folder).await;
    assert!(handed_out(&relay, USER).await.is_empty());
    let other = SigningKey::generate().unwrap();
    let file = place.write("other", &sign(&hello("1.0.0"), &other).unwrap());
    assert!(place.add(&file).await.is_err());
    place.trust(&other, "Other");
    place.add(&file).await.unwrap();
    expect(&relay, USER, &["lotse.hello 1.0.0"]).await;
    let mut met = Met::start(&relay, USER).await;
    assert_eq!(met.plugins[0].publisher.as_deref(), Some("Other"));
    met.customer.say(ToRelay::FetchPlugin { digest: met.plugins[0].digest }).await;
    assert!(matches!(met.customer.hear().await, FromRelay::Plugin { .. }), "compiled for a key that is new");
    // An id stays whose it is, at once and not from the next start on.
    assert!(place.add(&place.package("2.0.0")).await.unwrap_err().to_string().contains("belongs to the key"));
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p4_the_command_line_says_what_it_does_not_know() {
    let place = Place::new().await;
    place.add_versions(&["1.0.0"]).await;
    for (words, why) in [
        (vec!["enable", "--account", "Cog", "--id", HELLO], "account list"),
        (vec!["list", "--account", "Cog"], "account list"),
        (vec!["remove", "--id", HELLO, "--version", "9.0.0"], "plugin list"),
    ] {
        let refused = place.plugin(&words).await.unwrap_err().to_string();
        assert!(refused.contains(why), "{words:?}: {refused}");
    }
    for words in [vec!["list"], vec!["list", "--json"], vec!["list", "--account", "ACME", "--json"]] {
        place.plugin(&words).await.unwrap();
    }
    // A rule may come before the package, and nobody's rule is no fault to take away.
    place.plugin(&["enable", "--account", "Acme", "--id", "com.example.later", "--json"]).await.unwrap();
    place.plugin(&["reset", "--account", "Bolt", "--id", HELLO]).await.unwrap();
    assert_eq!(audited(&place, "plugin-rule-changed").await, ["com.example.later: *"]);
    let bad =
        ["lotse-relay", "plugin", "enable", "--data", "d", "--account", "A", "--id", HELLO, "--version", "newest"];
    assert!(Cli::try_parse_from(bad).is_err());
}
