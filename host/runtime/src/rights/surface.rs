//! `surface`: a picture on this side, in a window of the host's.

use lotse_package::Capability;
use wasmtime::component::Resource;

use super::Answer;
use crate::bindings::contract::surface::{Host, HostSurface};
use crate::convert::{WireSettings, settings_in};
use crate::fault::FaultKind;
use crate::handles::{Kind, Stream, Surface};
use crate::host::ErrorCode;
use crate::limits::argument;
use crate::state::{Guest, Stop, cut};

impl Host for Guest {}

impl HostSurface for Guest {
    /// A constructor cannot fail: what could not be made is a handle whose methods answer `gone`.
    fn new(&mut self, title: String, options: WireSettings) -> wasmtime::Result<Resource<Surface>> {
        let title = cut(title, argument::TITLE_BYTES_MAX);
        let made = self.with_right(Capability::Surface, |guest| {
            let options = settings_in(options)?;
            guest.hold(Capability::Surface, Kind::Surface, |guest| guest.shared.host.surface_new(title, options))
        })?;
        if let Ok(surface) = made {
            return Ok(surface);
        }
        let dead = self.shared.handles.lock().insert(Kind::Surface, None);
        let max = self.shared.limits.handles;
        let flooded = || Stop(FaultKind::Flooded(format!("over {max} surfaces at once")));
        Ok(Resource::new_own(dead.ok_or_else(flooded)?))
    }

    fn id(&mut self, surface: Resource<Surface>) -> wasmtime::Result<u64> {
        self.count()?;
        Ok(self.id_of(Kind::Surface, &surface).unwrap_or(0))
    }

    fn present(&mut self, surface: Resource<Surface>, source: Resource<Stream>) -> Answer<()> {
        let stream = self.take(Kind::Stream, &source);
        let mut presented = false;
        let answer = self.with_right(Capability::Surface, |guest| {
            let surface = guest.id_of(Kind::Surface, &surface)?;
            guest.shared.host.surface_present(surface, stream.ok_or(ErrorCode::Gone)?)?;
            presented = true;
            Ok(())
        });
        if let (Some(stream), false) = (stream, presented) {
            self.shared.host.stream_drop(stream);
        }
        answer
    }

    fn set(&mut self, surface: Resource<Surface>, options: WireSettings) -> wasmtime::Result<()> {
        self.with_right_quietly(Capability::Surface, |guest| {
            if let (Ok(id), Ok(options)) = (guest.id_of(Kind::Surface, &surface), settings_in(options)) {
                guest.shared.host.surface_set(id, options);
            }
        })
    }

    fn snapshot(&mut self, surface: Resource<Surface>, to: String) -> Answer<()> {
        self.with_right(Capability::Surface, |guest| {
            let id = guest.id_of(Kind::Surface, &surface)?;
            match to.as_str() {
                "file" | "clipboard" => guest.shared.host.surface_snapshot(id, &to),
                _ => Err(ErrorCode::Invalid),
            }
        })
    }

    fn drop(&mut self, surface: Resource<Surface>) -> wasmtime::Result<()> {
        self.let_go(Kind::Surface, &surface);
        Ok(())
    }
}
