//! Packages, runtimes and instances for the tests.

use std::path::PathBuf;
use std::sync::Arc;

use lotse_runtime::{
    CapabilitySet, Compiled, ConsentTerm, Event, Granted, Instance, InstanceConfig, InstanceHandle, Licence, Limits,
    Manifest, Node, Participant, Policy, Request, Role, Runtime, RuntimeOptions, Trust, Value, grant,
};
use tokio::sync::oneshot;

use crate::recorder::Recorder;

fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target")), PathBuf::from)
}

/// The bytes of a package that was built before the tests.
pub fn prebuilt(name: &str) -> Vec<u8> {
    let path = target_folder().join("plugins/examples").join(format!("{name}.wasm"));
    std::fs::read(&path).unwrap_or_else(|error| {
        panic!("{}: {error}\nThe tests need the plugins built first: run `cargo xtask build`.", path.display())
    })
}

/// A package without its manifest and signature: the bare component.
pub fn component_of(package: &[u8]) -> Vec<u8> {
    let mut component = package[..8].to_vec();
    let mut at = 8;
    while at < package.len() {
        let (len, len_bytes) = leb(&package[at + 1..]);
        let end = at + 1 + len_bytes + len;
        let content = &package[at + 1 + len_bytes..end];
        let (name_len, name_at) = leb(content);
        let ours = package[at] == 0 && content[name_at..name_at + name_len].starts_with(b"lotse:");
        if !ours {
            component.extend_from_slice(&package[at..end]);
        }
        at = end;
    }
    component
}

/// A component with any manifest, true or not: what `lotse_package::pack` would refuse to make.
pub fn with_manifest(component: &[u8], manifest: &Manifest) -> Vec<u8> {
    let json = manifest.to_json().unwrap();
    let name = b"lotse:manifest";
    let mut content = vec![name.len() as u8];
    content.extend_from_slice(name);
    content.extend_from_slice(&json);
    let mut package = component.to_vec();
    package.push(0);
    let mut len = content.len();
    while len >= 0x80 {
        package.push((len & 0x7f) as u8 | 0x80);
        len >>= 7;
    }
    package.push(len as u8);
    package.extend_from_slice(&content);
    package
}

fn leb(bytes: &[u8]) -> (usize, usize) {
    let mut value = 0;
    for (index, byte) in bytes.iter().enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return (value, index + 1);
        }
    }
    panic!("not a length");
}

pub fn hostile_manifest() -> Manifest {
    Manifest::parse(include_bytes!("../../fixtures/hostile/plugin.json")).unwrap()
}

/// The fixture as an unsigned package.
pub fn hostile_package() -> Vec<u8> {
    with_manifest(&component_of(&prebuilt("hostile")), &hostile_manifest())
}

pub fn developer() -> Trust {
    Trust { developer_mode: true, ..Trust::default() }
}

/// A runtime whose cache outlives the tests, so that each guest is compiled once.
pub fn runtime() -> Runtime {
    let cache = target_folder().join("tmp/runtime-code");
    Runtime::new(RuntimeOptions { cache: Some(cache) }).unwrap()
}

pub async fn compiled(runtime: &Runtime, package: Vec<u8>) -> Compiled {
    runtime.compile(package.into(), &developer()).await.unwrap()
}

pub fn everything(compiled: &Compiled) -> Granted {
    grant(&Request::from(compiled.manifest()), &Licence::Everything, &Policy::default(), ConsentTerm::NotNeeded)
}

/// As on the customer's side before anything was said yes to.
pub fn without_consent(compiled: &Compiled) -> Granted {
    let consent = ConsentTerm::Given(CapabilitySet::EMPTY);
    grant(&Request::from(compiled.manifest()), &Licence::Everything, &Policy::default(), consent)
}

pub fn config(granted: Granted) -> InstanceConfig {
    InstanceConfig { granted, limits: Limits::default(), restored: None, present: vec![customer()] }
}

pub fn customer() -> Participant {
    Participant { id: 2, role: Role::Customer, name: "Karl".into() }
}

/// An instance of the fixture with everything allowed, and what its host hears.
pub struct Subject {
    pub handle: InstanceHandle,
    pub host: Arc<Recorder>,
}

impl Subject {
    pub fn spawn(runtime: &Runtime, compiled: &Compiled, config: InstanceConfig) -> Self {
        let host = Arc::new(Recorder::default());
        let handle = Instance::spawn(runtime, compiled, config, host.clone()).unwrap();
        Self { handle, host }
    }

    pub async fn new() -> Self {
        Self::with_limits(Limits::default()).await
    }

    pub async fn with_limits(limits: Limits) -> Self {
        let runtime = runtime();
        let compiled = compiled(&runtime, hostile_package()).await;
        Self::spawn(&runtime, &compiled, InstanceConfig { limits, ..config(everything(&compiled)) })
    }

    pub async fn act(&self, deed: &str, arg: &str) {
        let what = vec![("arg".to_owned(), Value::Text(arg.to_owned()))];
        self.handle.send(Event::Action { node: deed.to_owned(), what }).await.unwrap();
    }

    pub async fn render(&self, place: &str) -> Option<Vec<Node>> {
        let (reply, answer) = oneshot::channel();
        self.handle.send(Event::Render { place: place.to_owned(), reply }).await.unwrap();
        answer.await.ok()
    }

    /// What the well-behaved part counts, read off its tree.
    pub async fn counted(&self) -> i64 {
        let nodes = self.render("menu").await.expect("rendered");
        let Value::Number(count) = nodes[0].properties[0].1 else { panic!("no count in {nodes:?}") };
        count
    }
}
