//! What a guest wants to hear: the handler interfaces a component exports, looked up by name.
//!
//! Only `session-handler` must be there. Each [`Event`] is one call of one handler, or none.

use lotse_package::{API_PACKAGE, API_VERSION, Handler};
use wasmtime::component::{Component, Instance, InstancePre};
use wasmtime::{Store, component::Resource};

use crate::bindings::handler;
use crate::convert::settings_out;
use crate::event::Event;
use crate::grant::CapabilitySet;
use crate::handles::{Capture, Kind, Source, Stream, Target};
use crate::state::Guest;

/// The handlers of one instance.
pub(crate) struct Handlers {
    pub session: handler::session_handler::Guest,
    consent: Option<handler::consent_handler::Guest>,
    channel: Option<handler::channel_handler::Guest>,
    screen: Option<handler::screen_handler::Guest>,
    surface: Option<handler::surface_handler::Guest>,
    clipboard: Option<handler::clipboard_handler::Guest>,
    ui: Option<handler::ui_handler::Guest>,
    directory: Option<handler::directory_handler::Guest>,
    showing: Option<handler::showing_handler::Guest>,
    files: Option<handler::files_handler::Guest>,
    drawing: Option<handler::drawing_handler::Guest>,
    desk: Option<handler::desk_handler::Guest>,
    system: Option<handler::system_handler::Guest>,
    restart: Option<handler::restart_handler::Guest>,
    shared: Option<handler::shared_handler::Guest>,
}

/// Where the handlers are within a component; found once for all its instances.
pub(crate) struct HandlerIndices {
    session: handler::session_handler::GuestIndices,
    consent: Option<handler::consent_handler::GuestIndices>,
    channel: Option<handler::channel_handler::GuestIndices>,
    screen: Option<handler::screen_handler::GuestIndices>,
    surface: Option<handler::surface_handler::GuestIndices>,
    clipboard: Option<handler::clipboard_handler::GuestIndices>,
    ui: Option<handler::ui_handler::GuestIndices>,
    directory: Option<handler::directory_handler::GuestIndices>,
    showing: Option<handler::showing_handler::GuestIndices>,
    files: Option<handler::files_handler::GuestIndices>,
    drawing: Option<handler::drawing_handler::GuestIndices>,
    desk: Option<handler::desk_handler::GuestIndices>,
    system: Option<handler::system_handler::GuestIndices>,
    restart: Option<handler::restart_handler::GuestIndices>,
    shared: Option<handler::shared_handler::GuestIndices>,
}

/// The interface's name with the version this host was built for; wasmtime also finds compatible ones by it.
fn exports(component: &Component, handler: Handler) -> bool {
    component.get_export_index(None, format!("{API_PACKAGE}/{}@{API_VERSION}", handler.interface_name())).is_some()
}

impl HandlerIndices {
    /// What belongs to a capability outside `possible` is not heard of either.
    pub fn find(pre: &InstancePre<Guest>, possible: CapabilitySet) -> wasmtime::Result<Self> {
        let may = |handler: Handler| handler.capability().is_none_or(|capability| possible.contains(capability));
        let there = |handler| may(handler) && exports(pre.component(), handler);
        Ok(Self {
            session: handler::session_handler::GuestIndices::new(pre)?,
            consent: there(Handler::Consent).then(|| handler::consent_handler::GuestIndices::new(pre)).transpose()?,
            channel: there(Handler::Channel).then(|| handler::channel_handler::GuestIndices::new(pre)).transpose()?,
            screen: there(Handler::Screen).then(|| handler::screen_handler::GuestIndices::new(pre)).transpose()?,
            surface: there(Handler::Surface).then(|| handler::surface_handler::GuestIndices::new(pre)).transpose()?,
            clipboard: there(Handler::Clipboard)
                .then(|| handler::clipboard_handler::GuestIndices::new(pre))
                .transpose()?,
            ui: there(Handler::Ui).then(|| handler::ui_handler::GuestIndices::new(pre)).transpose()?,
            directory: there(Handler::Directory)
                .then(|| handler::directory_handler::GuestIndices::new(pre))
                .transpose()?,
            showing: there(Handler::Showing).then(|| handler::showing_handler::GuestIndices::new(pre)).transpose()?,
            files: there(Handler::Files).then(|| handler::files_handler::GuestIndices::new(pre)).transpose()?,
            drawing: there(Handler::Drawing).then(|| handler::drawing_handler::GuestIndices::new(pre)).transpose()?,
            desk: there(Handler::Desk).then(|| handler::desk_handler::GuestIndices::new(pre)).transpose()?,
            system: there(Handler::System).then(|| handler::system_handler::GuestIndices::new(pre)).transpose()?,
            shared: there(Handler::Shared).then(|| handler::shared_handler::GuestIndices::new(pre)).transpose()?,
            restart: there(Handler::Restart).then(|| handler::restart_handler::GuestIndices::new(pre)).transpose()?,
        })
    }

    pub fn load(&self, store: &mut Store<Guest>, instance: &Instance) -> wasmtime::Result<Handlers> {
        let Self {
            session,
            consent,
            channel,
            screen,
            surface,
            clipboard,
            ui,
            directory,
            showing,
            files,
            drawing,
            desk,
            system,
            restart,
            shared,
        } = self;
        Ok(Handlers {
            session: session.load(&mut *store, instance)?,
            consent: consent.as_ref().map(|i| i.load(&mut *store, instance)).transpose()?,
            channel: channel.as_ref().map(|i| i.load(&mut *store, instance)).transpose()?,
            screen: screen.as_ref().map(|i| i.load(&mut *store, instance)).transpose()?,
            surface: surface.as_ref().map(|i| i.load(&mut *store, instance)).transpose()?,
            clipboard: clipboard.as_ref().map(|i| i.load(&mut *store, instance)).transpose()?,
            ui: ui.as_ref().map(|i| i.load(&mut *store, instance)).transpose()?,
            directory: directory.as_ref().map(|i| i.load(&mut *store, instance)).transpose()?,
            showing: showing.as_ref().map(|i| i.load(&mut *store, instance)).transpose()?,
            files: files.as_ref().map(|i| i.load(&mut *store, instance)).transpose()?,
            drawing: drawing.as_ref().map(|i| i.load(&mut *store, instance)).transpose()?,
            desk: desk.as_ref().map(|i| i.load(&mut *store, instance)).transpose()?,
            system: system.as_ref().map(|i| i.load(&mut *store, instance)).transpose()?,
            shared: shared.as_ref().map(|i| i.load(&mut *store, instance)).transpose()?,
            restart: restart.as_ref().map(|i| i.load(&mut *store, instance)).transpose()?,
        })
    }
}

/// The handler function an event calls; faults name it.
pub(crate) fn handler_name(event: &Event) -> &'static str {
    match event {
        Event::Joined(_) => "joined",
        Event::Left(_) => "left",
        Event::Link { .. } => "link",
        Event::Ending(_) => "ending",
        Event::Granted(_) => "granted",
        Event::Revoked(_) => "revoked",
        Event::StreamOpened { .. } => "opened",
        Event::StreamData { .. } => "data",
        Event::StreamWritable(_) => "writable",
        Event::StreamClosed { .. } => "closed",
        Event::Datagram { .. } => "datagram",
        Event::DisplaysChanged => "displays-changed",
        Event::CaptureStalled { .. } => "stalled",
        Event::Chosen { .. } => "chosen",
        Event::CaptureHidden { .. } => "hidden",
        Event::SurfacePointer { .. } => "pointer",
        Event::SurfaceKey { .. } => "key",
        Event::SurfaceText { .. } => "text",
        Event::SurfaceChanged { .. } => "surface changed",
        Event::SurfaceSnapshot { .. } => "snapshot",
        Event::SurfaceClosed(_) => "surface closed",
        Event::BoardsChanged => "boards-changed",
        Event::DrawingPointer { .. } => "drawing pointer",
        Event::DrawingText { .. } => "drawing text",
        Event::DrawingLeft(_) => "drawing left",
        Event::ClipboardChanged(_) => "clipboard changed",
        Event::ClipboardContent { .. } => "content",
        Event::FilesPicked { .. } => "picked",
        Event::FilesDropped { .. } => "dropped",
        Event::FilesAnswered { .. } => "answered",
        Event::TransferMoved(_) => "moved",
        Event::TransferEnded { .. } => "ended",
        Event::DeskChanged => "desk changed",
        Event::DirectoryChanged => "directory changed",
        Event::DirectoryAnswered { .. } => "answered",
        Event::SystemFacts(_) => "facts",
        Event::RestartBack { .. } => "back",
        Event::RestartFailed(_) => "failed",
        Event::SharedReady => "ready",
        Event::SharedChanged(_) => "shared changed",
        Event::SharedAnswered { .. } => "answered",
        Event::Render { .. } => "render",
        Event::Action { .. } => "action",
    }
}

impl Handlers {
    /// Calls the handler of an event. Gives false when the guest has none, so nothing was called.
    ///
    /// `Render` is not among them: its answer goes another way, see [`Handlers::render`].
    pub async fn deliver(&self, store: &mut Store<Guest>, event: Event) -> wasmtime::Result<bool> {
        match event {
            Event::Joined(_) | Event::Left(_) | Event::Link { .. } | Event::Ending(_) => {
                self.deliver_session(store, event).await
            }
            Event::Granted(capability) => {
                let Some(handler) = &self.consent else { return Ok(false) };
                handler.call_granted(store, capability.interface_name()).await?;
                Ok(true)
            }
            Event::Revoked(capability) => {
                let Some(handler) = &self.consent else { return Ok(false) };
                handler.call_revoked(store, capability.interface_name()).await?;
                Ok(true)
            }
            Event::StreamOpened { .. }
            | Event::StreamData { .. }
            | Event::StreamWritable(_)
            | Event::StreamClosed { .. }
            | Event::Datagram { .. } => self.deliver_channel(store, event).await,
            Event::DisplaysChanged => {
                let Some(handler) = &self.screen else { return Ok(false) };
                handler.call_displays_changed(store).await?;
                Ok(true)
            }
            Event::CaptureStalled { capture, reason } => {
                let Some(handler) = &self.screen else { return Ok(false) };
                handler.call_stalled(store, capture, &reason).await?;
                Ok(true)
            }
            Event::SurfacePointer { .. }
            | Event::SurfaceKey { .. }
            | Event::SurfaceText { .. }
            | Event::SurfaceChanged { .. }
            | Event::SurfaceSnapshot { .. }
            | Event::SurfaceClosed(_) => self.deliver_surface(store, event).await,
            Event::BoardsChanged | Event::DrawingPointer { .. } | Event::DrawingText { .. } | Event::DrawingLeft(_) => {
                self.deliver_drawing(store, event).await
            }
            Event::ClipboardChanged(formats) => {
                let Some(handler) = &self.clipboard else { return Ok(false) };
                handler.call_changed(store, &formats).await?;
                Ok(true)
            }
            Event::ClipboardContent { format, data } => {
                let Some(handler) = &self.clipboard else { return Ok(false) };
                handler.call_content(store, &format, &data).await?;
                Ok(true)
            }
            Event::DirectoryChanged => {
                let Some(handler) = &self.directory else { return Ok(false) };
                handler.call_changed(store).await?;
                Ok(true)
            }
            Event::DirectoryAnswered { request, outcome, by } => {
                let Some(handler) = &self.directory else { return Ok(false) };
                handler.call_answered(store, request, &outcome, &by).await?;
                Ok(true)
            }
            Event::Chosen { .. } | Event::CaptureHidden { .. } => self.deliver_showing(store, event).await,
            Event::DeskChanged => {
                let Some(handler) = &self.desk else { return Ok(false) };
                handler.call_changed(store).await?;
                Ok(true)
            }
            Event::SystemFacts(_) | Event::RestartBack { .. } | Event::RestartFailed(_) => {
                self.deliver_computer(store, event).await
            }
            Event::SharedReady | Event::SharedChanged(_) | Event::SharedAnswered { .. } => {
                self.deliver_shared(store, event).await
            }
            Event::Action { node, what } => {
                let Some(handler) = &self.ui else { return Ok(false) };
                handler.call_action(store, &node, &settings_out(what)).await?;
                Ok(true)
            }
            Event::FilesPicked { .. }
            | Event::FilesDropped { .. }
            | Event::FilesAnswered { .. }
            | Event::TransferMoved(_)
            | Event::TransferEnded { .. } => self.deliver_files(store, event).await,
            Event::Render { .. } => Ok(false),
        }
    }

    async fn deliver_session(&self, store: &mut Store<Guest>, event: Event) -> wasmtime::Result<bool> {
        match event {
            Event::Joined(who) => self.session.call_joined(store, &who.into()).await?,
            Event::Left(who) => self.session.call_left(store, who).await?,
            Event::Link { who, state } => self.session.call_link(store, who, &settings_out(state)).await?,
            Event::Ending(reason) => self.session.call_ending(store, &reason).await?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    async fn deliver_channel(&self, store: &mut Store<Guest>, event: Event) -> wasmtime::Result<bool> {
        let shared = store.data().shared.clone();
        let Some(handler) = &self.channel else {
            if let Event::StreamOpened { stream, .. } = event {
                // Nobody will ever read it.
                shared.host.stream_reset(stream);
                shared.host.stream_drop(stream);
            }
            return Ok(false);
        };
        match event {
            Event::StreamOpened { peer, label, stream, heard } => {
                let handle = shared.handles.lock().insert(Kind::Stream, Some(stream));
                let Some(handle) = handle else {
                    shared.host.stream_reset(stream);
                    shared.host.stream_drop(stream);
                    return Ok(false);
                };
                handler.call_opened(store, peer, &label, Resource::<Stream>::new_own(handle)).await?;
                drop(heard);
            }
            // A stream that was let go, or was an earlier instance's: nobody waits for this.
            Event::StreamData { stream, .. } | Event::StreamWritable(stream)
                if !shared.handles.lock().holds(Kind::Stream, stream) =>
            {
                return Ok(false);
            }
            Event::StreamData { stream, bytes } => {
                let received = bytes.len() as u64;
                shared.counters.bytes_received.fetch_add(received, std::sync::atomic::Ordering::Relaxed);
                handler.call_data(store, stream, &bytes).await?;
            }
            Event::StreamWritable(stream) => handler.call_writable(store, stream).await?,
            Event::StreamClosed { stream, complete } => handler.call_closed(store, stream, complete).await?,
            Event::Datagram { peer, bytes } => {
                let received = bytes.len() as u64;
                shared.counters.bytes_received.fetch_add(received, std::sync::atomic::Ordering::Relaxed);
                handler.call_datagram(store, peer, &bytes).await?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    async fn deliver_showing(&self, store: &mut Store<Guest>, event: Event) -> wasmtime::Result<bool> {
        let shared = store.data().shared.clone();
        match event {
            Event::Chosen { request, capture, title } => {
                let handle = capture.and_then(|capture| shared.handles.lock().insert(Kind::Capture, Some(capture)));
                if let (Some(capture), None) = (capture, handle) {
                    // The guest holds as many as it may.
                    shared.host.capture_drop(capture);
                }
                let Some(handler) = &self.showing else {
                    if let Some(capture) = handle.and_then(|handle| shared.handles.lock().remove(Kind::Capture, handle))
                    {
                        shared.host.capture_drop(capture);
                    }
                    return Ok(false);
                };
                handler.call_chosen(store, request, handle.map(Resource::<Capture>::new_own), &title).await?;
            }
            // One that was let go, or was an earlier instance's.
            Event::CaptureHidden { capture, .. } if !shared.handles.lock().holds(Kind::Capture, capture) => {
                return Ok(false);
            }
            Event::CaptureHidden { capture, on } => {
                let Some(handler) = &self.showing else { return Ok(false) };
                handler.call_hidden(store, capture, on).await?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    async fn deliver_computer(&self, store: &mut Store<Guest>, event: Event) -> wasmtime::Result<bool> {
        match event {
            Event::SystemFacts(groups) => {
                let Some(handler) = &self.system else { return Ok(false) };
                let groups: Vec<_> = groups.into_iter().map(|(name, facts)| (name, settings_out(facts))).collect();
                handler.call_facts(store, &groups).await?;
            }
            Event::RestartBack { seconds } => {
                let Some(handler) = &self.restart else { return Ok(false) };
                handler.call_back(store, seconds).await?;
            }
            Event::RestartFailed(why) => {
                let Some(handler) = &self.restart else { return Ok(false) };
                handler.call_failed(store, why).await?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    async fn deliver_shared(&self, store: &mut Store<Guest>, event: Event) -> wasmtime::Result<bool> {
        let Some(handler) = &self.shared else { return Ok(false) };
        match event {
            Event::SharedReady => handler.call_ready(store).await?,
            Event::SharedChanged(key) => handler.call_changed(store, &key).await?,
            Event::SharedAnswered { key, outcome } => {
                handler.call_answered(store, &key, outcome.map_err(Into::into)).await?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    async fn deliver_surface(&self, store: &mut Store<Guest>, event: Event) -> wasmtime::Result<bool> {
        let Some(handler) = &self.surface else { return Ok(false) };
        match event {
            Event::SurfacePointer { surface, at, buttons, wheel } => {
                handler.call_pointer(store, surface, at.into(), buttons, wheel.into()).await?;
            }
            Event::SurfaceKey { surface, physical, down } => {
                handler.call_key(store, surface, physical, down).await?;
            }
            Event::SurfaceText { surface, entered } => handler.call_text(store, surface, &entered).await?,
            Event::SurfaceChanged { surface, what } => {
                handler.call_changed(store, surface, &settings_out(what)).await?;
            }
            Event::SurfaceSnapshot { surface, to, outcome } => {
                let outcome = outcome.map_err(Into::into);
                handler.call_snapshot(store, surface, &to, outcome.as_deref().map_err(|error| *error)).await?;
            }
            Event::SurfaceClosed(surface) => handler.call_closed(store, surface).await?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    async fn deliver_files(&self, store: &mut Store<Guest>, event: Event) -> wasmtime::Result<bool> {
        let shared = store.data().shared.clone();
        let Some(handler) = &self.files else {
            shared.refuse(&event);
            return Ok(false);
        };
        match event {
            Event::FilesPicked { request, source: None } => handler.call_picked(store, request, None).await?,
            Event::FilesPicked { request, source: Some(source) } => {
                let Some(handle) = shared.hold(Kind::Source, source) else { return Ok(false) };
                handler.call_picked(store, request, Some(Resource::<Source>::new_own(handle))).await?;
            }
            Event::FilesDropped { place, source } => {
                let Some(handle) = shared.hold(Kind::Source, source) else { return Ok(false) };
                handler.call_dropped(store, &place, Resource::<Source>::new_own(handle)).await?;
            }
            Event::FilesAnswered { request, target: None } => handler.call_answered(store, request, None).await?,
            Event::FilesAnswered { request, target: Some(target) } => {
                let Some(handle) = shared.hold(Kind::Target, target) else { return Ok(false) };
                handler.call_answered(store, request, Some(Resource::<Target>::new_own(handle))).await?;
            }
            // An earlier instance's, or one that was let go.
            Event::TransferMoved(transfer) | Event::TransferEnded { transfer, .. }
                if !shared.handles.lock().holds(Kind::Transfer, transfer) =>
            {
                return Ok(false);
            }
            Event::TransferMoved(transfer) => handler.call_moved(store, transfer).await?,
            Event::TransferEnded { transfer, outcome } => {
                handler.call_ended(store, transfer, &settings_out(outcome)).await?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    async fn deliver_drawing(&self, store: &mut Store<Guest>, event: Event) -> wasmtime::Result<bool> {
        let Some(handler) = &self.drawing else { return Ok(false) };
        match event {
            Event::BoardsChanged => handler.call_boards_changed(store).await?,
            Event::DrawingPointer { board, at, buttons } => {
                handler.call_pointer(store, board, at.into(), buttons).await?;
            }
            Event::DrawingText { board, entered } => handler.call_text(store, board, &entered).await?,
            Event::DrawingLeft(board) => handler.call_left(store, board).await?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// What the guest shows at a place; `None` without a handler.
    pub async fn render(
        &self,
        store: &mut Store<Guest>,
        place: &str,
    ) -> wasmtime::Result<Option<Vec<crate::bindings::contract::ui::Node>>> {
        let Some(handler) = &self.ui else { return Ok(None) };
        handler.call_render(store, place).await.map(Some)
    }
}
