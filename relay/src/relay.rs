//! The relay as a whole: opens what lasts, binds its ports, runs until told to end, and leaves everything in order.
//!
//! `Relay::start` is what `lotse-relay serve` and the tests both call.

mod certificate;

pub use crate::shared::{Shared, Timing};
pub use crate::signin::SignInLimits;

use crate::acme::{AcmeConfig, AcmeSetUpError};
use crate::api;
use crate::audit::AuditTrail;
use crate::clock::{Clock, unix_s};
use crate::counters::Counters;
use crate::data::{DataError, DataFolder, DataLock, random_32};
use crate::health::Health;
use crate::hub::{Hub, Input, Limits, Stored, system_random};
use crate::legs::Legs;
use crate::licensing::{LicenceKey, Licensing, MULTI_CHAT};
use crate::listener;
use crate::monitor::{self, Monitored};
use crate::networks::Networks;
use crate::packets::Packets;
use crate::password::{PasswordError, Passwords};
use crate::people;
use crate::places::Places;
use crate::plugins::Plugins;
use crate::portals::Portals;
use crate::registry::{Catalogue, Compiler, PackageFolders, Registry, RegistryError};
use crate::set_up::SetUp;
use crate::signin::SignIns;
use crate::store::{SqliteStore, Store, StoreError};
use crate::switchboard::Switchboard;
use crate::tls::{CaError, Tls, TlsFiles, TlsFilesError};
use crate::web::{self, PortalPages, Programs};
use crate::webhooks::{Poster, Teller};
use certificate::Kept;
use lotse_forwarder::{ForwarderError, Sessions};
use lotse_protocol::control::Secret;
use lotse_transport::bind::RelayKey;
use ring::signature::{Ed25519KeyPair, KeyPair};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::{JoinHandle, JoinSet};

/// How long connections may take to end.
const DRAIN: Duration = Duration::from_secs(5);
/// How often a draining relay looks whether sessions still run.
const DRAIN_LOOK: Duration = Duration::from_millis(250);
/// How often what is too old is forgotten.
const PRUNE_EVERY: Duration = Duration::from_secs(3600);
pub(crate) const FORWARDER_KEY_FILE: &str = "forwarder.key";
pub(crate) const CODE_KEY_FILE: &str = "code.key";
pub(crate) const LICENCE_KEY_FILE: &str = "licence.key";

/// How a relay is set up.
#[derive(Debug, Clone)]
pub struct RelayConfig {
    pub data: PathBuf,
    pub listen: SocketAddr,
    /// Where packets are forwarded. `None`: the listening address, with the same port. Only where that port was not named
    /// either may it be another.
    pub udp: Option<SocketAddr>,
    /// Where health, readiness and metrics are answered over plain HTTP, if anywhere.
    pub metrics: Option<SocketAddr>,
    /// A certificate from files. `None`: the data folder's own, which programs pin.
    pub tls: Option<TlsFiles>,
    /// A certificate that an authority gives out to the relay itself, if none comes from files. The data folder's own stands
    /// beside it.
    pub acme: Option<AcmeConfig>,
    pub developer: bool,
    /// Folders with plugin packages, named by somebody.
    pub plugins: Vec<PathBuf>,
    /// Folders with plugin packages that may be missing.
    pub plugins_usual: Vec<PathBuf>,
    /// Files with public keys of publishers.
    pub trusted_keys: Vec<PathBuf>,
    /// Folders with programs for customers; one in the data folder goes before them.
    pub programs: Vec<PathBuf>,
    /// File with certificates of authorities that webhooks may have besides the public ones.
    pub webhook_ca: Option<PathBuf>,
    /// Webhooks may be on hosts that are not on the public Internet.
    pub webhooks_to_private: bool,
    pub limits: Limits,
    /// Where operators may come from.
    pub operators_from: Networks,
    /// When wrong attempts to sign in lock a user ID or an address.
    pub sign_in: SignInLimits,
    pub timing: Timing,
}

impl RelayConfig {
    /// A relay with a data folder and an address, and everything else as usual.
    pub fn new(data: PathBuf, listen: SocketAddr) -> Self {
        let timing = Timing::default();
        let limits = Limits::default();
        Self {
            data,
            listen,
            udp: None,
            metrics: None,
            tls: None,
            acme: None,
            developer: false,
            plugins: vec![],
            plugins_usual: vec![],
            trusted_keys: vec![],
            programs: vec![],
            webhook_ca: None,
            webhooks_to_private: false,
            limits,
            operators_from: Networks::default(),
            sign_in: SignInLimits::default(),
            timing,
        }
    }
}

/// Why a relay does not start, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Data(#[from] DataError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    TlsFiles(#[from] TlsFilesError),
    #[error(transparent)]
    Acme(#[from] AcmeSetUpError),
    #[error(transparent)]
    WebhookCa(#[from] CaError),
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error("{what} {address} is in use by another program: stop that one, or choose another with {option}")]
    Taken { what: &'static str, address: SocketAddr, option: &'static str },
    #[error("{what} {address} cannot be used ({error}): choose another with {option}")]
    Address { what: &'static str, address: SocketAddr, option: &'static str, error: String },
}

/// A running relay.
pub struct Relay {
    control: SocketAddr,
    udp: SocketAddr,
    metrics: Option<SocketAddr>,
    certificate_sha256: [u8; 32],
    pinned: bool,
    /// The first one that an authority gives out a certificate for.
    name: Option<String>,
    developer: bool,
    end: watch::Sender<bool>,
    drain: watch::Sender<bool>,
    /// Told when the certificate's files are to be read anew, or an authority to be asked at once for what is due.
    reload: Arc<Notify>,
    shared: Arc<Shared>,
    places: Places,
    store: Arc<dyn Store>,
    /// Ends when told to; joined in order.
    listening: Vec<JoinHandle<()>>,
    /// End by themselves once nobody speaks to them any more.
    following: Vec<JoinHandle<()>>,
    /// Are stopped.
    background: Vec<JoinHandle<()>>,
    packets: Packets,
    /// For the relay's own console.
    set_up_code: Option<Secret>,
    _lock: DataLock,
}

impl Relay {
    /// Starts a relay; when this returns, both ports are bound.
    pub async fn start(config: RelayConfig) -> Result<Self, StartError> {
        let clock = Clock::start();
        let data = DataFolder::open(&config.data)?;
        let lock = data.lock()?;
        data.is_whole()?;
        let counters = Arc::new(Counters::start());
        let (Tls { config: tls, certificate_sha256 }, kept) = Kept::load(&config, &data, &counters)?;
        let relay_key = RelayKey::new(key_32(&data, FORWARDER_KEY_FILE)?);
        let (code_pair, code_key) = code_key(&data)?;
        let licence_key = LicenceKey::of(&data)?;
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(data.path()).await?);
        // Before the folders are read: what is changed meanwhile is looked at again.
        let (seen_plugins, rules) = store.plugin_rules().await?;
        let (registry, folders) = registry(&config, &data, code_pair, &*store).await?;
        let features: Vec<String> = registry.features().into_iter().chain([MULTI_CHAT.to_owned()]).collect();
        store.add_features(&features, unix_s()).await?;
        store.prune(unix_s()).await?;

        let listener = TcpListener::bind(config.listen)
            .await
            .map_err(|error| address_error("the address", config.listen, "--listen", &error))?;
        let control =
            listener.local_addr().map_err(|error| address_error("the address", config.listen, "--listen", &error))?;
        let (monitor, metrics) = monitor_listener(&config).await?;
        let (sessions, codes) = (store.running_sessions().await?, store.unused_codes(unix_s()).await?);
        let (seats, questions) = (store.seats(unix_s()).await?, store.questions(unix_s()).await?);
        let served = Sessions::of(sessions.iter().map(|record| record.leg().0));
        let packets = start_packets(&config, control, &relay_key, &served)?;
        let udp = packets.address();

        let (audit, audit_task) = AuditTrail::new(store.clone(), counters.clone());
        let waiting = questions.len();
        tracing::info!(sessions = sessions.len(), codes = codes.len(), waiting, "what lasts is read");
        let besides = store.besides().await?;
        let stored = Stored { sessions, codes, seats, questions, besides };
        let hub = Hub::new(config.limits.clone(), system_random(), clock.now_ms(), stored);
        let legs = Legs::new(relay_key, udp.port(), served);
        let (switchboard, switchboard_task) =
            Switchboard::new(hub, store.clone(), audit.clone(), legs, clock, counters.clone());
        let plugins = Plugins {
            data: data.path().to_owned(),
            folders,
            registry: registry.clone(),
            store: store.clone(),
            switchboard: switchboard.clone(),
        };
        let mut compiling = JoinSet::new();
        // The switchboard's task has not begun and its queue is empty: this finds room.
        let _ = plugins.tell(rules, &mut compiling).await;
        let seen = people::tell_all(&*store, &switchboard).await?;
        let watching_people = people::watch(store.clone(), switchboard.clone(), seen);
        let public_licence_key = licence_key.public();
        let licensing = Licensing::start(store.clone(), switchboard.clone(), audit.clone(), licence_key).await?;
        let portal_pages = PortalPages::new(programs(&config, &data), kept.pins(&certificate_sha256));
        let (end, ending) = watch::channel(false);
        let (drain, draining) = watch::channel(false);
        let (set_up, set_up_code) = set_up(&*store).await?;
        let poster = Arc::new(Poster::new(config.webhook_ca.as_deref(), config.webhooks_to_private)?);
        let teller = Teller::new(store.clone(), audit.clone(), poster);
        let shared = Arc::new(Shared {
            portals: Portals::new(switchboard.clone(), store.clone(), audit.clone(), clock, &config.limits),
            switchboard,
            sign_ins: SignIns::new(store.clone(), Passwords::new()?, audit.clone(), clock, &config.sign_in),
            store: store.clone(),
            registry,
            developer: config.developer,
            code_key,
            licence_key: public_licence_key,
            clock,
            timing: config.timing,
            health: kept.health(Health::new(store.clone(), clock, draining), &counters),
            counters,
            audit,
            set_up,
            operators_from: config.operators_from,
            vouched: !kept.pinned(),
            portal_pages,
            api: api::Desk::default(),
            teller: teller.clone(),
            streams: web::stream_places(),
            ending: ending.clone(),
            connections: AtomicU64::new(1),
        });
        let places = Places::default();
        let control_task = listener::run(listener, tls.into(), shared.clone(), places.clone(), ending.clone());
        let mut listening = vec![tokio::spawn(control_task)];
        if let Some(listener) = monitor {
            let monitored = Monitored { shared: shared.clone(), packets: packets.metrics() };
            listening.push(tokio::spawn(monitor::run(listener, monitored, ending)));
        }
        let following = vec![tokio::spawn(switchboard_task), tokio::spawn(audit_task)];
        let mut background = vec![
            tokio::spawn(plugins.watch(seen_plugins, compiling)),
            tokio::spawn(housekeeping(store.clone(), shared.counters.clone())),
            tokio::spawn(watching_people),
            tokio::spawn(teller.run()),
            tokio::spawn(licensing.watch()),
        ];
        let offered = shared.portal_pages.programs.clone();
        background.push(tokio::spawn(async move { drop(offered.offers().await) }));
        let reload = Arc::new(Notify::new());
        let pinned = kept.pinned();
        let name = kept.name();
        background.extend(kept.start(&reload));
        Ok(Self {
            control,
            udp,
            metrics,
            certificate_sha256,
            pinned,
            name,
            developer: config.developer,
            end,
            drain,
            reload,
            shared,
            places,
            store,
            listening,
            following,
            background,
            packets,
            set_up_code,
            _lock: lock,
        })
    }

    /// Where programs connect.
    pub fn control(&self) -> SocketAddr {
        self.control
    }

    /// Where packets are forwarded.
    pub fn udp(&self) -> SocketAddr {
        self.udp
    }

    /// Where health, readiness and metrics are answered.
    pub fn metrics(&self) -> Option<SocketAddr> {
        self.metrics
    }

    /// Programs must pin the certificate: it is the relay's own, and nobody vouches for it.
    pub fn pinned(&self) -> bool {
        self.pinned
    }

    /// The first name that an authority gives out a certificate for, if the relay asks for one.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// SHA-256 of the certificate as it was at the start; where an authority gives one out by name, of the relay's own.
    pub fn certificate_sha256(&self) -> [u8; 32] {
        self.certificate_sha256
    }

    /// The relay takes unsigned plugins and consent given ahead.
    pub fn developer(&self) -> bool {
        self.developer
    }

    /// With this the first operator is made on the page `/center/set-up`; `None` if there is one.
    pub fn set_up_code(&self) -> Option<&Secret> {
        self.set_up_code.as_ref()
    }

    /// What its connections are given.
    #[cfg(test)]
    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Reads the certificate's files anew, or asks an authority for what is due, soon. With the relay's own nothing happens.
    pub fn reload_certificate(&self) {
        self.reload.notify_one();
    }

    /// Begins nothing new from now on and says that it is not ready. Returns when no session runs any more, or after
    /// `at_most`.
    pub async fn drain(&self, at_most: Duration) {
        let _ = self.drain.send_replace(true);
        // The switchboard is there as long as we are.
        let _ = self.shared.switchboard.tell(Input::Drain).await;
        let idle = async {
            while let Ok(figures) = self.shared.switchboard.figures().await
                && figures.sessions_running + figures.sessions_pairing > 0
            {
                tokio::time::sleep(DRAIN_LOOK).await;
            }
        };
        if tokio::time::timeout(at_most, idle).await.is_err() {
            tracing::info!("sessions still run; they can be taken up when the relay is back");
        }
    }

    /// Tells every program, lets connections end, writes everything down. Running sessions can be taken up at the next
    /// start.
    pub async fn stop(self) {
        // Nobody listens any more only if everything has ended already.
        let _ = self.end.send(true);
        for task in self.listening {
            let _ = task.await;
        }
        if tokio::time::timeout(DRAIN, self.places.all_free()).await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
        // Blocks until its thread has seen that it should stop, which is half a second at most.
        drop(tokio::task::spawn_blocking(move || drop(self.packets)).await);
        for task in self.background {
            task.abort();
        }
        // The last that speaks to the switchboard, once connections are over.
        drop(self.shared);
        for task in self.following {
            if tokio::time::timeout(DRAIN, task).await.is_err() {
                tracing::warn!("something was not written down in time");
            }
        }
        self.store.close().await;
    }
}

/// Without an operator there is a code to make the first.
async fn set_up(store: &dyn Store) -> Result<(SetUp, Option<Secret>), StoreError> {
    if !store.operators().await?.is_empty() {
        return Ok((SetUp::over(), None));
    }
    let drawn = SetUp::drawn(system_random().as_mut());
    let (set_up, code) = drawn.ok_or_else(|| StoreError::Other("the system has no randomness".into()))?;
    Ok((set_up, Some(code)))
}

async fn monitor_listener(config: &RelayConfig) -> Result<(Option<TcpListener>, Option<SocketAddr>), StartError> {
    let Some(address) = config.metrics else { return Ok((None, None)) };
    let failed = |error: std::io::Error| address_error("the address", address, "--metrics", &error);
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((Some(listener), Some(bound)))
}

/// The packages that are there now, and where they were looked for, which the store keeps for the command line.
async fn registry(
    config: &RelayConfig,
    data: &DataFolder,
    key: Arc<Ed25519KeyPair>,
    store: &dyn Store,
) -> Result<(Registry, PackageFolders), StartError> {
    let folders = PackageFolders {
        named: config.plugins.clone(),
        usual: config.plugins_usual.clone(),
        keys: config.trusted_keys.clone(),
        developer: config.developer,
    };
    let folders = folders.absolute();
    let sources = folders.sources(data.path(), store.plugin_owners().await?)?;
    let catalogue = Catalogue::read(&sources)?;
    store.add_plugin_owners(catalogue.new_owners()).await?;
    if let Err(error) = store.set_plugin_folders(&folders).await {
        tracing::warn!(%error, "where plugins are looked for could not be kept: `lotse-relay plugin` may look elsewhere");
    }
    let compiler = Compiler::new(data.join("cache"), key)?;
    Ok((Registry::new(catalogue, sources.trusted.keys(), config.developer, compiler), folders))
}

fn programs(config: &RelayConfig, data: &DataFolder) -> Programs {
    Programs::new(std::iter::once(data.join("programs")).chain(config.programs.iter().cloned()).collect())
}

/// A secret of 32 bytes; made if it is not there.
pub(crate) fn key_32(data: &DataFolder, name: &str) -> Result<[u8; 32], DataError> {
    let bytes = data.secret(name, random_32)?;
    let length = bytes.len();
    bytes
        .try_into()
        .map_err(|_| DataError::Damaged { path: data.join(name), what: format!("{length} bytes instead of 32") })
}

/// The ed25519 key that compiled plugins are signed with, and its public half.
fn code_key(data: &DataFolder) -> Result<(Arc<Ed25519KeyPair>, [u8; 32]), DataError> {
    let damaged = |what: String| DataError::Damaged { path: data.join(CODE_KEY_FILE), what };
    let pair = Ed25519KeyPair::from_seed_unchecked(&key_32(data, CODE_KEY_FILE)?)
        .map_err(|error| damaged(error.to_string()))?;
    let mut public = [0; 32];
    public.copy_from_slice(pair.public_key().as_ref());
    Ok((Arc::new(pair), public))
}

fn start_packets(
    config: &RelayConfig,
    control: SocketAddr,
    key: &RelayKey,
    served: &Sessions,
) -> Result<Packets, StartError> {
    let bind = |address: SocketAddr| {
        Packets::start(address, key.clone(), served.clone()).map_err(|error| match error {
            ForwarderError::Listen { address, source } => address_error("the UDP address", address, "--udp", &source),
            ForwarderError::Thread(error) => address_error("the UDP address", address, "--udp", &error),
        })
    };
    match config.udp {
        Some(address) => bind(address),
        None if config.listen.port() != 0 => bind(control),
        // Nobody has opened a firewall for a port that the system chose.
        None => bind(control).or_else(|problem| {
            tracing::warn!(%problem, "sessions' packets get a port of their own");
            bind(SocketAddr::new(control.ip(), 0))
        }),
    }
}

fn address_error(what: &'static str, address: SocketAddr, option: &'static str, error: &std::io::Error) -> StartError {
    match error.kind() {
        std::io::ErrorKind::AddrInUse => StartError::Taken { what, address, option },
        _ => StartError::Address { what, address, option, error: error.to_string() },
    }
}

async fn housekeeping(store: Arc<dyn Store>, counters: Arc<Counters>) {
    loop {
        tokio::time::sleep(PRUNE_EVERY).await;
        if let Err(error) = store.prune(unix_s()).await {
            counters.count_store_error();
            tracing::warn!(%error, "what is too old could not be removed");
        }
    }
}
