//! One board: where it is seen, and the layers over it.

use super::layer::Layer;
use crate::drawing::Overlay;
use crate::pipeline::Mailbox;
use lotse_runtime::Rect;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

/// A picture that is shared.
pub(super) struct Board {
    pub(super) title: String,
    pub(super) size: (u32, u32),
    pub(super) place: Place,
    /// The participant at the other end.
    pub(super) with: u32,
    pub(super) layers: BTreeMap<u64, Layer>,
    pub(super) left_at: Option<Instant>,
}

/// Where a board is seen.
pub(super) enum Place {
    /// On this computer's own screen.
    Screen {
        pipeline: u64,
        capture: u64,
        over: Over,
        mailbox: Arc<Mailbox>,
        /// There while there are layers.
        overlay: Option<Box<dyn Overlay>>,
    },
    /// In a window of this program.
    Surface(u64),
}

/// What of this computer's screen a picture is of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Over {
    Display { id: u32, area: Rect },
    Window(u64),
}

impl Board {
    /// The plugin that has the pointer over it.
    pub(super) fn owner(&self) -> Option<usize> {
        self.layers.values().find(|layer| layer.grab.is_some()).map(|layer| layer.plugin)
    }

    /// Nobody has the pointer any more; who had it.
    pub(super) fn let_go(&mut self) -> Option<usize> {
        let plugin = self.owner();
        self.layers.values_mut().for_each(|layer| layer.grab = None);
        plugin
    }
}

impl Place {
    pub(super) fn is_here(&self) -> bool {
        match self {
            Self::Screen { .. } => true,
            Self::Surface(_) => false,
        }
    }

    pub(super) fn is_surface(&self, surface: u64) -> bool {
        match self {
            Self::Screen { .. } => false,
            Self::Surface(of) => *of == surface,
        }
    }
}
