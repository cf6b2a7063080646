//! What one instance holds of the host: streams, captures, pipelines, surfaces, layers, and what is sent and received of files.
//!
//! A guest knows a handle by a number that wasmtime checks; this table says which thing of the host's it means and
//! whether that is still there. It is shared with [`InstanceHandle`](crate::InstanceHandle), so that a revoked consent
//! closes handles at once, even while the guest is in the middle of a call.

use lotse_package::Capability;

use crate::host::{ErrorCode, Host};

/// Resource types of the contract; only wasmtime's type checks look at them.
#[derive(Debug)]
pub struct Stream;
#[derive(Debug)]
pub struct Capture;
#[derive(Debug)]
pub struct Pipeline;
#[derive(Debug)]
pub struct Surface;
#[derive(Debug)]
pub struct Source;
#[derive(Debug)]
pub struct Target;
#[derive(Debug)]
pub struct Transfer;
#[derive(Debug)]
pub struct Layer;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Stream,
    Capture,
    Pipeline,
    Surface,
    Source,
    Target,
    Transfer,
    Layer,
}

impl Kind {
    /// The capability a handle of this kind comes with.
    fn capability(self) -> Capability {
        match self {
            Self::Stream => Capability::Channel,
            Self::Capture | Self::Pipeline => Capability::Screen,
            Self::Surface => Capability::Surface,
            Self::Source | Self::Target | Self::Transfer => Capability::Files,
            Self::Layer => Capability::Drawing,
        }
    }

    /// Tells the host that the plugin holds `id` no longer.
    pub fn release(self, host: &dyn Host, id: u64) {
        match self {
            Self::Stream => host.stream_drop(id),
            Self::Capture => host.capture_drop(id),
            Self::Pipeline => host.pipeline_drop(id),
            Self::Surface => host.surface_drop(id),
            Self::Source => host.source_drop(id),
            Self::Target => host.target_drop(id),
            Self::Transfer => host.transfer_drop(id),
            Self::Layer => host.layer_drop(id),
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    kind: Kind,
    /// `None`: what it meant is gone, the guest has not let go yet.
    id: Option<u64>,
}

#[derive(Debug)]
pub(crate) struct Handles {
    slots: Vec<Option<Slot>>,
    per_kind_max: usize,
}

impl Handles {
    pub fn new(per_kind_max: usize) -> Self {
        Self { slots: Vec::new(), per_kind_max }
    }

    pub fn len(&self) -> usize {
        self.slots.iter().flatten().count()
    }

    pub fn has_room(&self, kind: Kind) -> bool {
        self.slots.iter().flatten().filter(|slot| slot.kind == kind).count() < self.per_kind_max
    }

    /// A new handle; `None` at the bound. Dead handles count, as the guest holds them too.
    pub fn insert(&mut self, kind: Kind, id: Option<u64>) -> Option<u32> {
        if !self.has_room(kind) {
            return None;
        }
        let slot = Some(Slot { kind, id });
        let index = match self.slots.iter().position(Option::is_none) {
            Some(free) => {
                self.slots[free] = slot;
                free
            }
            None => {
                self.slots.push(slot);
                self.slots.len() - 1
            }
        };
        u32::try_from(index).ok()
    }

    /// The host's id behind a handle.
    pub fn live(&self, kind: Kind, handle: u32) -> Result<u64, ErrorCode> {
        match self.slot(handle) {
            Some(Slot { kind: k, id: Some(id) }) if k == kind => Ok(id),
            Some(_) | None => Err(ErrorCode::Gone),
        }
    }

    /// Takes the handle out; the id if what it meant is still there.
    pub fn remove(&mut self, kind: Kind, handle: u32) -> Option<u64> {
        let slot = self.slot(handle).filter(|slot| slot.kind == kind)?;
        self.slots[handle as usize] = None;
        slot.id
    }

    /// Whether a live handle means the host's `id`.
    pub fn holds(&self, kind: Kind, id: u64) -> bool {
        self.slots.iter().flatten().any(|slot| slot.kind == kind && slot.id == Some(id))
    }

    /// Marks everything that came with `capability` as gone.
    pub fn revoke(&mut self, capability: Capability) -> Vec<(Kind, u64)> {
        let slots = self.slots.iter_mut().flatten();
        slots
            .filter(|slot| slot.kind.capability() == capability)
            .filter_map(|slot| slot.id.take().map(|id| (slot.kind, id)))
            .collect()
    }

    /// Empties the table.
    pub fn clear(&mut self) -> Vec<(Kind, u64)> {
        let slots = std::mem::take(&mut self.slots);
        slots.into_iter().flatten().filter_map(|slot| slot.id.map(|id| (slot.kind, id))).collect()
    }

    fn slot(&self, handle: u32) -> Option<Slot> {
        self.slots.get(handle as usize).copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn a_revoked_handle_is_gone_but_still_counts_until_let_go() {
        let mut handles = Handles::new(2);
        let capture = handles.insert(Kind::Capture, Some(7)).unwrap();
        let stream = handles.insert(Kind::Stream, Some(8)).unwrap();
        assert_eq!(handles.live(Kind::Capture, capture), Ok(7));
        assert_eq!(handles.live(Kind::Stream, capture), Err(ErrorCode::Gone), "kinds do not mix");
        assert_eq!(handles.revoke(Capability::Screen), [(Kind::Capture, 7)]);
        assert_eq!(handles.live(Kind::Capture, capture), Err(ErrorCode::Gone));
        assert_eq!(handles.live(Kind::Stream, stream), Ok(8));
        handles.insert(Kind::Capture, Some(9)).unwrap();
        assert_eq!(handles.insert(Kind::Capture, Some(10)), None, "the dead one counts");
        assert_eq!(handles.remove(Kind::Capture, capture), None, "nothing left to drop");
        assert!(handles.insert(Kind::Capture, Some(10)).is_some());
        assert_eq!(handles.clear().len(), 3);
        assert_eq!(handles.len(), 0);
    }
}
