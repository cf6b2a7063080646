//! Joins a plugin's type to the exported functions of a component. Used by [`crate::plugin!`] only.
//!
//! The instance lives in a thread-local cell. Guests run on one thread and the host calls them one event at a time; should
//! a host ever call into a running handler, that event is logged and lost rather than undefined.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::thread::LocalKey;

use crate::bindings::rights::lotse::plugin as host;
use crate::bindings::{
    on_channel, on_clipboard, on_consent, on_desk, on_directory, on_drawing, on_files, on_restart, on_screen,
    on_session, on_shared, on_showing, on_surface, on_system, on_ui,
};
use crate::{
    Channels, Clipboards, Consents, Desks, Directories, Drawings, Error, Files, ParticipantId, Plugin, Point, Restarts,
    Screens, Settings, SharedValues, Showings, Surfaces, Systems, Ui, session,
};

/// Where the plugin's instance is kept.
pub trait Held: Plugin {
    fn cell() -> &'static LocalKey<RefCell<Option<Self>>>;
}

/// Carries a plugin's type into the export macros.
pub struct Glue<P>(PhantomData<P>);

fn with<P: Held, R: Default>(handle: impl FnOnce(&mut P) -> R) -> R {
    P::cell().with(|cell| match cell.try_borrow_mut() {
        Ok(mut instance) => instance.as_mut().map(handle).unwrap_or_default(),
        Err(_) => {
            session::log(session::Level::Error, "an event came while another was being handled");
            R::default()
        }
    })
}

/// The last thing a crashing plugin does is to say why.
fn log_panics() {
    #[cfg(target_arch = "wasm32")]
    std::panic::set_hook(Box::new(|panic| session::log(session::Level::Error, &panic.to_string())));
}

impl<P: Held> on_session::exports::lotse::plugin::session_handler::Guest for Glue<P> {
    fn init(restored: Option<Vec<u8>>) {
        log_panics();
        let instance = P::init(restored);
        P::cell().with(|cell| *cell.borrow_mut() = Some(instance));
    }

    fn joined(who: session::Participant) {
        with(|plugin: &mut P| plugin.joined(who));
    }

    fn left(who: ParticipantId) {
        with(|plugin: &mut P| plugin.left(who));
    }

    fn link(who: ParticipantId, state: Settings) {
        with(|plugin: &mut P| plugin.link(who, state));
    }

    fn woke(token: u64) {
        with(|plugin: &mut P| plugin.woke(token));
    }

    fn save() -> Vec<u8> {
        with(|plugin: &mut P| plugin.save())
    }

    fn ending(reason: String) {
        with(|plugin: &mut P| plugin.ending(&reason));
    }
}

impl<P: Held + Channels> on_channel::exports::lotse::plugin::channel_handler::Guest for Glue<P> {
    fn opened(peer: ParticipantId, label: String, incoming: host::channel::Stream) {
        with(|plugin: &mut P| plugin.opened(peer, label, incoming));
    }

    fn data(id: u64, bytes: Vec<u8>) {
        with(|plugin: &mut P| plugin.data(id, bytes));
    }

    fn writable(id: u64) {
        with(|plugin: &mut P| plugin.writable(id));
    }

    fn closed(id: u64, complete: bool) {
        with(|plugin: &mut P| Channels::closed(plugin, id, complete));
    }

    fn datagram(peer: ParticipantId, bytes: Vec<u8>) {
        with(|plugin: &mut P| plugin.datagram(peer, bytes));
    }
}

impl<P: Held + Ui> on_ui::exports::lotse::plugin::ui_handler::Guest for Glue<P> {
    fn render(place: String) -> Vec<host::ui::Node> {
        let Some(place) = crate::ui::Place::from_name(&place) else {
            return Vec::new();
        };
        with(|plugin: &mut P| plugin.render(place)).map(crate::ui::Node::flatten).unwrap_or_default()
    }

    fn action(node: String, what: Settings) {
        with(|plugin: &mut P| plugin.action(&node, what));
    }
}

impl<P: Held + Consents> on_consent::exports::lotse::plugin::consent_handler::Guest for Glue<P> {
    fn granted(capability: String) {
        with(|plugin: &mut P| plugin.granted(&capability));
    }

    fn revoked(capability: String) {
        with(|plugin: &mut P| plugin.revoked(&capability));
    }
}

impl<P: Held + Screens> on_screen::exports::lotse::plugin::screen_handler::Guest for Glue<P> {
    fn displays_changed() {
        with(|plugin: &mut P| plugin.displays_changed());
    }

    fn stalled(capture: u64, reason: String) {
        with(|plugin: &mut P| plugin.stalled(capture, reason));
    }
}

impl<P: Held + Showings> on_showing::exports::lotse::plugin::showing_handler::Guest for Glue<P> {
    fn chosen(request: u64, what: Option<host::screen::Capture>, title: String) {
        with(|plugin: &mut P| plugin.chosen(request, what, title));
    }

    fn hidden(capture: u64, on: bool) {
        with(|plugin: &mut P| plugin.hidden(capture, on));
    }
}

impl<P: Held + Surfaces> on_surface::exports::lotse::plugin::surface_handler::Guest for Glue<P> {
    fn pointer(surface: u64, at: Point, buttons: u32, wheel: Point) {
        with(|plugin: &mut P| plugin.pointer(surface, at, buttons, wheel));
    }

    fn key(surface: u64, physical: u32, down: bool) {
        with(|plugin: &mut P| plugin.key(surface, physical, down));
    }

    fn text(surface: u64, entered: String) {
        with(|plugin: &mut P| plugin.text(surface, entered));
    }

    fn changed(surface: u64, what: Settings) {
        with(|plugin: &mut P| Surfaces::changed(plugin, surface, what));
    }

    fn snapshot(surface: u64, to: String, outcome: Result<String, Error>) {
        with(|plugin: &mut P| plugin.snapshot(surface, to, outcome));
    }

    fn closed(surface: u64) {
        with(|plugin: &mut P| Surfaces::closed(plugin, surface));
    }
}

impl<P: Held + Drawings> on_drawing::exports::lotse::plugin::drawing_handler::Guest for Glue<P> {
    fn boards_changed() {
        with(|plugin: &mut P| plugin.boards_changed());
    }

    fn pointer(board: u64, at: Point, buttons: u32) {
        with(|plugin: &mut P| Drawings::pointer(plugin, board, at, buttons));
    }

    fn text(board: u64, entered: String) {
        with(|plugin: &mut P| Drawings::text(plugin, board, entered));
    }

    fn left(board: u64) {
        with(|plugin: &mut P| Drawings::left(plugin, board));
    }
}

impl<P: Held + Clipboards> on_clipboard::exports::lotse::plugin::clipboard_handler::Guest for Glue<P> {
    fn changed(formats: Vec<String>) {
        with(|plugin: &mut P| Clipboards::changed(plugin, formats));
    }

    fn content(format: String, data: Vec<u8>) {
        with(|plugin: &mut P| plugin.content(format, data));
    }
}

impl<P: Held + Files> on_files::exports::lotse::plugin::files_handler::Guest for Glue<P> {
    fn picked(request: u64, what: Option<host::files::Source>) {
        with(|plugin: &mut P| plugin.picked(request, what));
    }

    fn dropped(place: String, what: host::files::Source) {
        with(|plugin: &mut P| plugin.dropped(place, what));
    }

    fn answered(request: u64, place: Option<host::files::Target>) {
        with(|plugin: &mut P| plugin.answered(request, place));
    }

    fn moved(transfer: u64) {
        with(|plugin: &mut P| plugin.moved(transfer));
    }

    fn ended(transfer: u64, outcome: Settings) {
        with(|plugin: &mut P| plugin.ended(transfer, outcome));
    }
}

impl<P: Held + Desks> on_desk::exports::lotse::plugin::desk_handler::Guest for Glue<P> {
    fn changed() {
        with(|plugin: &mut P| Desks::changed(plugin));
    }
}

impl<P: Held + Directories> on_directory::exports::lotse::plugin::directory_handler::Guest for Glue<P> {
    fn changed() {
        with(|plugin: &mut P| Directories::changed(plugin));
    }

    fn answered(request: u64, outcome: String, by: String) {
        with(|plugin: &mut P| plugin.answered(request, outcome, by));
    }
}

impl<P: Held + Systems> on_system::exports::lotse::plugin::system_handler::Guest for Glue<P> {
    fn facts(groups: Vec<(String, Settings)>) {
        with(|plugin: &mut P| plugin.facts(groups));
    }
}

impl<P: Held + Restarts> on_restart::exports::lotse::plugin::restart_handler::Guest for Glue<P> {
    fn back(seconds: u32) {
        with(|plugin: &mut P| plugin.back(seconds));
    }

    fn failed(why: String) {
        with(|plugin: &mut P| Restarts::failed(plugin, &why));
    }
}

impl<P: Held + SharedValues> on_shared::exports::lotse::plugin::shared_handler::Guest for Glue<P> {
    fn ready() {
        with(|plugin: &mut P| plugin.ready());
    }

    fn changed(key: String) {
        with(|plugin: &mut P| SharedValues::changed(plugin, &key));
    }

    fn answered(key: String, outcome: Result<u64, Error>) {
        with(|plugin: &mut P| plugin.answered(&key, outcome));
    }
}

/// Makes a component of a plugin's type. After the colon stand the traits whose events it wants, besides [`Plugin`]:
/// `Channels`, `Ui`, `Consents`, `Screens`, `Surfaces`, `Clipboards`, `Showings`, `Files`, `Drawings`, `Desks`, `Directories`, `Systems`, `Restarts`, `SharedValues`.
///
/// ```ignore
/// plugin!(Hello: Ui, Channels);
/// ```
#[macro_export]
macro_rules! plugin {
    ($plugin:ident $(: $($handler:ident),+ $(,)?)?) => {
        const _: () = {
            ::std::thread_local! {
                static INSTANCE: ::std::cell::RefCell<::std::option::Option<$plugin>> =
                    const { ::std::cell::RefCell::new(::std::option::Option::None) };
            }
            impl $crate::glue::Held for $plugin {
                fn cell() -> &'static ::std::thread::LocalKey<::std::cell::RefCell<::std::option::Option<Self>>> {
                    &INSTANCE
                }
            }
            // Natively nothing is exported, but a missing trait is an error all the same.
            const fn handles<P: $crate::glue::Held $($(+ $crate::$handler)+)?>() {}
            handles::<$plugin>();
            #[allow(dead_code)]
            type Export = $crate::glue::Glue<$plugin>;
            $crate::__export_handler!(Plugin Export);
            $($($crate::__export_handler!($handler Export);)+)?
        };
    };
}

#[doc(hidden)]
#[macro_export]
#[cfg(target_arch = "wasm32")]
macro_rules! __export_handler {
    (Plugin $export:ident) => { $crate::bindings::on_session::export_session!($export with_types_in $crate::bindings::on_session); };
    (Channels $export:ident) => { $crate::bindings::on_channel::export_channel!($export with_types_in $crate::bindings::on_channel); };
    (Ui $export:ident) => { $crate::bindings::on_ui::export_ui!($export with_types_in $crate::bindings::on_ui); };
    (Consents $export:ident) => { $crate::bindings::on_consent::export_consent!($export with_types_in $crate::bindings::on_consent); };
    (Screens $export:ident) => { $crate::bindings::on_screen::export_screen!($export with_types_in $crate::bindings::on_screen); };
    (Showings $export:ident) => { $crate::bindings::on_showing::export_showing!($export with_types_in $crate::bindings::on_showing); };
    (Surfaces $export:ident) => { $crate::bindings::on_surface::export_surface!($export with_types_in $crate::bindings::on_surface); };
    (Files $export:ident) => { $crate::bindings::on_files::export_files!($export with_types_in $crate::bindings::on_files); };
    (Drawings $export:ident) => { $crate::bindings::on_drawing::export_drawing!($export with_types_in $crate::bindings::on_drawing); };
    (Desks $export:ident) => { $crate::bindings::on_desk::export_desk!($export with_types_in $crate::bindings::on_desk); };
    (Clipboards $export:ident) => { $crate::bindings::on_clipboard::export_clipboard!($export with_types_in $crate::bindings::on_clipboard); };
    (Directories $export:ident) => { $crate::bindings::on_directory::export_directory!($export with_types_in $crate::bindings::on_directory); };
    (Systems $export:ident) => { $crate::bindings::on_system::export_system!($export with_types_in $crate::bindings::on_system); };
    (SharedValues $export:ident) => { $crate::bindings::on_shared::export_shared!($export with_types_in $crate::bindings::on_shared); };
    (Restarts $export:ident) => { $crate::bindings::on_restart::export_restart!($export with_types_in $crate::bindings::on_restart); };
}

#[doc(hidden)]
#[macro_export]
#[cfg(not(target_arch = "wasm32"))]
macro_rules! __export_handler {
    ($handler:ident $export:ident) => {};
}
