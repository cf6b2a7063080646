//! A program core on its own threads: commands in by a bounded queue, the newest view out.

use parking_lot::Mutex;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Commands that may wait. People do not type faster; a full queue means a stuck core, and then the newest is dropped.
const COMMANDS_MAX: usize = 1024;
/// What is still under way when a program ends gets so long.
const SHUT_DOWN: Duration = Duration::from_millis(500);

/// A window's end.
pub(crate) struct Handle<V, C> {
    view: Arc<Mutex<Arc<V>>>,
    commands: mpsc::Sender<C>,
}

impl<V, C> Clone for Handle<V, C> {
    fn clone(&self) -> Self {
        Self { view: self.view.clone(), commands: self.commands.clone() }
    }
}

impl<V, C> Handle<V, C> {
    pub(crate) fn view(&self) -> Arc<V> {
        self.view.lock().clone()
    }

    pub(crate) fn send(&self, command: C) {
        if self.commands.try_send(command).is_err() {
            tracing::warn!("a command was dropped: the core is gone or stuck");
        }
    }
}

/// The core's end.
pub(crate) struct Context<V, C> {
    view: Arc<Mutex<Arc<V>>>,
    changed: Arc<dyn Fn() + Send + Sync>,
    /// Where links run: one thread of their own, so that no plugin and no window stands before a packet, and a packet
    /// wakes one thread and not one that wakes another.
    pub(crate) network: tokio::runtime::Handle,
    /// Ends when the last window handle is gone.
    pub(crate) commands: mpsc::Receiver<C>,
}

impl<V, C> Context<V, C> {
    pub(crate) fn publish(&self, view: V) {
        *self.view.lock() = Arc::new(view);
        (self.changed)();
    }
}

/// Starts `core` on a runtime of its own.
pub(crate) fn start<V, C, F, Fut>(changed: Arc<dyn Fn() + Send + Sync>, core: F) -> std::io::Result<Handle<V, C>>
where
    V: Default + Send + Sync + 'static,
    C: Send + 'static,
    F: FnOnce(Context<V, C>) -> Fut + Send + 'static,
    Fut: Future<Output = ()>,
{
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).thread_name("lotse-core").enable_all().build()?;
    let network = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let handle = network.handle().clone();
    let (over, ended) = tokio::sync::oneshot::channel::<()>();
    std::thread::Builder::new().name("lotse-network".into()).spawn(move || {
        // Until the core is gone and has said so.
        let _ = network.block_on(ended);
        network.shutdown_timeout(SHUT_DOWN);
    })?;
    let (sender, receiver) = mpsc::channel(COMMANDS_MAX);
    let view = Arc::new(Mutex::new(Arc::new(V::default())));
    let context = Context { view: view.clone(), changed, network: handle, commands: receiver };
    std::thread::Builder::new().name("lotse-engine".into()).spawn(move || {
        runtime.block_on(core(context));
        runtime.shutdown_timeout(SHUT_DOWN);
        drop(over);
    })?;
    Ok(Handle { view, commands: sender })
}
