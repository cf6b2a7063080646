//! `screen`: this computer's displays, captured and published without a pixel passing through here.

use lotse_package::Capability;
use wasmtime::component::Resource;

use super::Answer;
use crate::bindings::contract::screen::{Display, Host, HostCapture, HostPipeline};
use crate::convert::{WireSettings, settings_in, settings_out};
use crate::handles::{Capture, Kind, Pipeline, Stream};
use crate::host::ErrorCode;
use crate::state::Guest;

impl Host for Guest {
    fn displays(&mut self) -> Answer<Vec<Display>> {
        self.with_right(Capability::Screen, |guest| {
            Ok(guest.shared.host.displays()?.into_iter().map(Into::into).collect())
        })
    }

    fn capture_display(&mut self, display: u32) -> Answer<Resource<Capture>> {
        self.with_right(Capability::Screen, |guest| {
            guest.hold(Capability::Screen, Kind::Capture, |guest| guest.shared.host.capture_open(display))
        })
    }
}

impl HostCapture for Guest {
    fn id(&mut self, capture: Resource<Capture>) -> wasmtime::Result<u64> {
        self.count()?;
        Ok(self.id_of(Kind::Capture, &capture).unwrap_or(0))
    }

    fn publish(
        &mut self,
        capture: Resource<Capture>,
        to: Resource<Stream>,
        options: WireSettings,
    ) -> Answer<Resource<Pipeline>> {
        // The stream is the guest's no longer, whatever comes of this.
        let stream = self.take(Kind::Stream, &to);
        let mut published = false;
        let answer = self.with_right(Capability::Screen, |guest| {
            let capture = guest.id_of(Kind::Capture, &capture)?;
            let stream = stream.ok_or(ErrorCode::Gone)?;
            let options = settings_in(options)?;
            guest.hold(Capability::Screen, Kind::Pipeline, |guest| {
                let pipeline = guest.shared.host.capture_publish(capture, stream, options)?;
                published = true;
                Ok(pipeline)
            })
        });
        if let (Some(stream), false) = (stream, published) {
            self.shared.host.stream_drop(stream);
        }
        answer
    }

    fn drop(&mut self, capture: Resource<Capture>) -> wasmtime::Result<()> {
        self.let_go(Kind::Capture, &capture);
        Ok(())
    }
}

impl HostPipeline for Guest {
    fn set(&mut self, pipeline: Resource<Pipeline>, options: WireSettings) -> wasmtime::Result<()> {
        self.with_right_quietly(Capability::Screen, |guest| {
            if let (Ok(id), Ok(options)) = (guest.id_of(Kind::Pipeline, &pipeline), settings_in(options)) {
                guest.shared.host.pipeline_set(id, options);
            }
        })
    }

    fn pause(&mut self, pipeline: Resource<Pipeline>, on: bool) -> wasmtime::Result<()> {
        self.with_right_quietly(Capability::Screen, |guest| {
            if let Ok(id) = guest.id_of(Kind::Pipeline, &pipeline) {
                guest.shared.host.pipeline_pause(id, on);
            }
        })
    }

    fn stats(&mut self, pipeline: Resource<Pipeline>) -> wasmtime::Result<WireSettings> {
        self.count()?;
        let live = self.may(Capability::Screen).and_then(|()| self.id_of(Kind::Pipeline, &pipeline));
        Ok(live.map_or_else(|_| Vec::new(), |id| settings_out(self.shared.host.pipeline_stats(id))))
    }

    fn drop(&mut self, pipeline: Resource<Pipeline>) -> wasmtime::Result<()> {
        self.let_go(Kind::Pipeline, &pipeline);
        Ok(())
    }
}
