//! What a guest can call: the contract's imports, linked as far as the grant reaches.
//!
//! An interface outside the grant is not there at all. One inside it that waits for consent is there and answers
//! `denied`. Nothing here blocks; each call is counted, its arguments are bounded, and then it is the host's.

mod channel;
mod computer;
mod consent;
mod desk;
mod desktop;
mod directory;
mod drawing;
mod files;
mod screen;
mod session;
mod shared;
mod showing;
mod storage;
mod surface;
mod ui;

use lotse_package::Capability;
use wasmtime::Engine;
use wasmtime::component::{HasSelf, Linker, Resource};

use crate::bindings::contract::{self, types};
use crate::grant::CapabilitySet;
use crate::handles::Kind;
use crate::host::ErrorCode;
use crate::state::Guest;

/// An answer of the contract's: the outer error ends the guest, the inner one is for it.
type Answer<T> = wasmtime::Result<Result<T, types::Error>>;

/// A linker with exactly the interfaces of `possible`.
pub(crate) fn linker(engine: &Engine, possible: CapabilitySet) -> wasmtime::Result<Linker<Guest>> {
    let mut linker = Linker::new(engine);
    let l = &mut linker;
    // No functions in it.
    contract::types::add_to_linker::<Guest, HasSelf<Guest>>(l, |guest| guest)?;
    for capability in possible.iter() {
        match capability {
            Capability::Session => contract::session::add_to_linker::<Guest, HasSelf<Guest>>(l, |guest| guest)?,
            Capability::Consent => contract::consent::add_to_linker::<Guest, HasSelf<Guest>>(l, |guest| guest)?,
            Capability::Storage => contract::storage::add_to_linker::<Guest, HasSelf<Guest>>(l, |guest| guest)?,
            Capability::Channel => contract::channel::add_to_linker::<Guest, HasSelf<Guest>>(l, |guest| guest)?,
            Capability::Screen => contract::screen::add_to_linker::<Guest, HasSelf<Guest>>(l, |guest| guest)?,
            Capability::Surface => contract::surface::add_to_linker::<Guest, HasSelf<Guest>>(l, |guest| guest)?,
            Capability::Input => contract::input::add_to_linker::<Guest, HasSelf<Guest>>(l, |guest| guest)?,
            Capability::Clipboard => contract::clipboard::add_to_linker::<Guest, HasSelf<Guest>>(l, |guest| guest)?,
            Capability::Showing => contract::showing::add_to_linker::<Guest, HasSelf<Guest>>(l, |guest| guest)?,
            Capability::Ui => contract::ui::add_to_linker::<Guest, HasSelf<Guest>>(l, |guest| guest)?,
            Capability::Files => contract::files::add_to_linker::<Guest, HasSelf<Guest>>(l, |guest| guest)?,
            Capability::Drawing => contract::drawing::add_to_linker::<Guest, HasSelf<Guest>>(l, |guest| guest)?,
            Capability::Desk => contract::desk::add_to_linker::<Guest, HasSelf<Guest>>(l, |guest| guest)?,
            Capability::Directory => contract::directory::add_to_linker::<Guest, HasSelf<Guest>>(l, |guest| guest)?,
            Capability::Handover => contract::handover::add_to_linker::<Guest, HasSelf<Guest>>(l, |guest| guest)?,
            Capability::System => contract::system::add_to_linker::<Guest, HasSelf<Guest>>(l, |guest| guest)?,
            Capability::Shared => contract::shared::add_to_linker::<Guest, HasSelf<Guest>>(l, |guest| guest)?,
            Capability::Restart => contract::restart::add_to_linker::<Guest, HasSelf<Guest>>(l, |guest| guest)?,
        }
    }
    Ok(linker)
}

impl types::Host for Guest {}

impl Guest {
    /// Counts the call, checks the capability at this moment, and does it.
    fn with_right<T>(
        &mut self,
        capability: Capability,
        act: impl FnOnce(&mut Self) -> Result<T, ErrorCode>,
    ) -> Answer<T> {
        self.count()?;
        Ok(self.may(capability).and_then(|()| act(self)).map_err(Into::into))
    }

    /// Like `with_right`, for functions that have no way to say no.
    fn with_right_quietly(&mut self, capability: Capability, act: impl FnOnce(&mut Self)) -> wasmtime::Result<()> {
        self.count()?;
        if self.may(capability).is_ok() {
            act(self);
        }
        Ok(())
    }

    /// The host's id behind a handle.
    fn id_of<T: 'static>(&self, kind: Kind, handle: &Resource<T>) -> Result<u64, ErrorCode> {
        self.shared.handles.lock().live(kind, handle.rep())
    }

    /// Opens something at the host and gives the guest a handle to it.
    fn hold<T: 'static>(
        &mut self,
        capability: Capability,
        kind: Kind,
        open: impl FnOnce(&mut Self) -> Result<u64, ErrorCode>,
    ) -> Result<Resource<T>, ErrorCode> {
        if !self.shared.handles.lock().has_room(kind) {
            return Err(ErrorCode::Limit);
        }
        let id = open(self)?;
        let inserted = self.shared.handles.lock().insert(kind, Some(id));
        let Some(handle) = inserted else {
            kind.release(&*self.shared.host, id);
            return Err(ErrorCode::Limit);
        };
        // Revoking flips the right first and closes handles then; a handle made in between is closed here.
        if let Err(error) = self.may(capability) {
            let left = self.shared.handles.lock().remove(kind, handle);
            if let Some(id) = left {
                kind.release(&*self.shared.host, id);
            }
            return Err(error);
        }
        Ok(Resource::new_own(handle))
    }

    /// The guest gives a handle away or lets go of it; the id if it was alive.
    fn take<T: 'static>(&mut self, kind: Kind, handle: &Resource<T>) -> Option<u64> {
        self.shared.handles.lock().remove(kind, handle.rep())
    }

    /// The guest lets go.
    fn let_go<T: 'static>(&mut self, kind: Kind, handle: &Resource<T>) {
        if let Some(id) = self.take(kind, handle) {
            kind.release(&*self.shared.host, id);
        }
    }
}
