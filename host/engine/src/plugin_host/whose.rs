//! On whose word a plugin acts.

use super::PluginHost;
use lotse_runtime::Event;

impl PluginHost {
    /// On whose word a plugin acts when it handles this: a participant's who sent it, or this computer's person's.
    pub(super) fn whose(&self, event: &Event) -> Option<u32> {
        match event {
            Event::StreamOpened { peer, .. } | Event::Datagram { peer, .. } => Some(*peer),
            Event::StreamData { stream, .. } => self.shared.streams.peer_of(*stream),
            Event::SurfacePointer { .. }
            | Event::SurfaceKey { .. }
            | Event::SurfaceText { .. }
            | Event::SurfaceChanged { .. }
            | Event::SurfaceClosed(_)
            | Event::Chosen { .. }
            | Event::DrawingPointer { .. }
            | Event::DrawingText { .. }
            | Event::DrawingLeft(_)
            | Event::ClipboardChanged(_)
            | Event::ClipboardContent { .. }
            | Event::FilesPicked { .. }
            | Event::FilesDropped { .. }
            | Event::FilesAnswered { .. }
            | Event::Action { .. } => Some(self.shared.me.id),
            Event::Joined(_)
            | Event::Left(_)
            | Event::Link { .. }
            | Event::Ending(_)
            | Event::Granted(_)
            | Event::Revoked(_)
            | Event::StreamWritable(_)
            | Event::StreamClosed { .. }
            | Event::DisplaysChanged
            | Event::CaptureStalled { .. }
            | Event::SurfaceSnapshot { .. }
            | Event::CaptureHidden { .. }
            | Event::BoardsChanged
            | Event::TransferMoved(_)
            | Event::TransferEnded { .. }
            | Event::DeskChanged
            | Event::DirectoryChanged
            | Event::DirectoryAnswered { .. }
            | Event::SystemFacts(_)
            | Event::RestartBack { .. }
            | Event::RestartFailed(_)
            | Event::SharedReady
            | Event::SharedChanged(_)
            | Event::SharedAnswered { .. }
            | Event::Render { .. } => None,
        }
    }
}
