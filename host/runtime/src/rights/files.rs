//! `files`: what a person picked, dropped or agreed to receive, joined to streams. Neither a path nor a byte comes this way
//! but the relative paths of what is to be sent.

use lotse_package::Capability;
use wasmtime::component::Resource;

use super::Answer;
use crate::bindings::contract::files::{Entry, Host, HostSource, HostTarget, HostTransfer};
use crate::convert::{WireSettings, settings_in, settings_out};
use crate::handles::{Kind, Source, Stream, Target, Transfer};
use crate::host::ErrorCode;
use crate::limits::argument;
use crate::state::Guest;

impl Host for Guest {
    fn pick(&mut self, folders: bool) -> Answer<u64> {
        self.with_right(Capability::Files, |guest| guest.shared.host.files_pick(folders))
    }

    fn take_drops(&mut self, place: String, on: bool) -> Answer<()> {
        self.with_right(Capability::Files, |guest| {
            if place.len() > argument::LABEL_BYTES_MAX {
                return Err(ErrorCode::Invalid);
            }
            guest.shared.host.files_take_drops(&place, on)
        })
    }

    fn ask(&mut self, offer: WireSettings) -> Answer<u64> {
        self.with_right(Capability::Files, |guest| guest.shared.host.files_ask(settings_in(offer)?))
    }

    fn withdraw(&mut self, request: u64) -> wasmtime::Result<()> {
        self.with_right_quietly(Capability::Files, |guest| guest.shared.host.files_withdraw(request))
    }

    fn reopen_source(&mut self, token: String) -> Answer<Resource<Source>> {
        self.with_right(Capability::Files, |guest| {
            guest.hold(Capability::Files, Kind::Source, |guest| guest.shared.host.source_reopen(known_token(&token)?))
        })
    }

    fn reopen_target(&mut self, token: String) -> Answer<Resource<Target>> {
        self.with_right(Capability::Files, |guest| {
            guest.hold(Capability::Files, Kind::Target, |guest| guest.shared.host.target_reopen(known_token(&token)?))
        })
    }

    fn discard(&mut self, token: String) -> wasmtime::Result<()> {
        self.with_right_quietly(Capability::Files, |guest| {
            if let Ok(token) = known_token(&token) {
                guest.shared.host.files_discard(token);
            }
        })
    }

    fn reveal(&mut self, token: String) -> Answer<()> {
        self.with_right(Capability::Files, |guest| guest.shared.host.files_reveal(known_token(&token)?))
    }
}

fn known_token(token: &str) -> Result<&str, ErrorCode> {
    if token.len() > argument::TOKEN_BYTES_MAX { Err(ErrorCode::Invalid) } else { Ok(token) }
}

impl Guest {
    /// The host's id behind a handle of files, while the right to them is there.
    fn file_id<T: 'static>(&mut self, kind: Kind, handle: &Resource<T>) -> wasmtime::Result<Option<u64>> {
        self.count()?;
        Ok(self.may(Capability::Files).and_then(|()| self.id_of(kind, handle)).ok())
    }

    /// Joins a stream to a source or target. The stream is the guest's no longer, whatever comes of this.
    fn transfer<T: 'static>(
        &mut self,
        kind: Kind,
        end: &Resource<T>,
        stream: &Resource<Stream>,
        begin: impl FnOnce(&Self, u64, u64) -> Result<u64, ErrorCode>,
    ) -> Answer<Resource<Transfer>> {
        let stream = self.take(Kind::Stream, stream);
        let mut begun = false;
        let answer = self.with_right(Capability::Files, |guest| {
            let end = guest.id_of(kind, end)?;
            let stream = stream.ok_or(ErrorCode::Gone)?;
            guest.hold(Capability::Files, Kind::Transfer, |guest| {
                let transfer = begin(&*guest, end, stream)?;
                begun = true;
                Ok(transfer)
            })
        });
        if let (Some(stream), false) = (stream, begun) {
            self.shared.host.stream_drop(stream);
        }
        answer
    }
}

impl HostSource for Guest {
    fn id(&mut self, source: Resource<Source>) -> wasmtime::Result<u64> {
        self.count()?;
        Ok(self.id_of(Kind::Source, &source).unwrap_or(0))
    }

    fn token(&mut self, source: Resource<Source>) -> wasmtime::Result<String> {
        let id = self.file_id(Kind::Source, &source)?;
        Ok(id.map_or_else(String::new, |id| self.shared.host.source_token(id)))
    }

    fn facts(&mut self, source: Resource<Source>) -> wasmtime::Result<WireSettings> {
        let id = self.file_id(Kind::Source, &source)?;
        Ok(id.map_or_else(Vec::new, |id| settings_out(self.shared.host.source_facts(id))))
    }

    fn entries(&mut self, source: Resource<Source>, start: u32) -> wasmtime::Result<Vec<Entry>> {
        let id = self.file_id(Kind::Source, &source)?;
        let entries = id.map_or_else(Vec::new, |id| self.shared.host.source_entries(id, start));
        Ok(entries.into_iter().map(Into::into).collect())
    }

    fn send(&mut self, source: Resource<Source>, to: Resource<Stream>) -> Answer<Resource<Transfer>> {
        self.transfer(Kind::Source, &source, &to, |guest, source, stream| guest.shared.host.source_send(source, stream))
    }

    fn drop(&mut self, source: Resource<Source>) -> wasmtime::Result<()> {
        self.let_go(Kind::Source, &source);
        Ok(())
    }
}

impl HostTarget for Guest {
    fn id(&mut self, target: Resource<Target>) -> wasmtime::Result<u64> {
        self.count()?;
        Ok(self.id_of(Kind::Target, &target).unwrap_or(0))
    }

    fn token(&mut self, target: Resource<Target>) -> wasmtime::Result<String> {
        let id = self.file_id(Kind::Target, &target)?;
        Ok(id.map_or_else(String::new, |id| self.shared.host.target_token(id)))
    }

    fn facts(&mut self, target: Resource<Target>) -> wasmtime::Result<WireSettings> {
        let id = self.file_id(Kind::Target, &target)?;
        Ok(id.map_or_else(Vec::new, |id| settings_out(self.shared.host.target_facts(id))))
    }

    fn receive(&mut self, target: Resource<Target>, incoming: Resource<Stream>) -> Answer<Resource<Transfer>> {
        self.transfer(Kind::Target, &target, &incoming, |guest, target, stream| {
            guest.shared.host.target_receive(target, stream)
        })
    }

    fn drop(&mut self, target: Resource<Target>) -> wasmtime::Result<()> {
        self.let_go(Kind::Target, &target);
        Ok(())
    }
}

impl HostTransfer for Guest {
    fn id(&mut self, transfer: Resource<Transfer>) -> wasmtime::Result<u64> {
        self.count()?;
        Ok(self.id_of(Kind::Transfer, &transfer).unwrap_or(0))
    }

    fn progress(&mut self, transfer: Resource<Transfer>) -> wasmtime::Result<WireSettings> {
        let id = self.file_id(Kind::Transfer, &transfer)?;
        Ok(id.map_or_else(Vec::new, |id| settings_out(self.shared.host.transfer_progress(id))))
    }

    fn pause(&mut self, transfer: Resource<Transfer>, on: bool) -> wasmtime::Result<()> {
        if let Some(id) = self.file_id(Kind::Transfer, &transfer)? {
            self.shared.host.transfer_pause(id, on);
        }
        Ok(())
    }

    fn cancel(&mut self, transfer: Resource<Transfer>) -> wasmtime::Result<()> {
        if let Some(id) = self.file_id(Kind::Transfer, &transfer)? {
            self.shared.host.transfer_cancel(id);
        }
        Ok(())
    }

    fn drop(&mut self, transfer: Resource<Transfer>) -> wasmtime::Result<()> {
        self.let_go(Kind::Transfer, &transfer);
        Ok(())
    }
}
