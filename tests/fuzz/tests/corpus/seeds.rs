//! Valid inputs, made by the encoders of today. What people type, files in JSON and what nobody here encodes is in the
//! corpus alone.

use crate::{packages, pictures, plugins, talk};

/// Inputs with a name each.
pub type Seeds = Vec<(&'static str, Vec<u8>)>;

pub fn of(target: &str) -> Seeds {
    match target {
        #[cfg(plugin = "annotations")]
        "annotations_messages" => plugins::annotations_messages(),
        #[cfg(plugin = "annotations")]
        "annotations_state" => plugins::annotations_state(),
        "bind_messages" => talk::bind_messages(),
        #[cfg(plugin = "chat")]
        "chat_messages" => plugins::chat_messages(),
        #[cfg(plugin = "chat")]
        "chat_state" => plugins::chat_state(),
        "clipboard_image" => pictures::clipboard_image(),
        #[cfg(plugin = "clipboard")]
        "clipboard_messages" => plugins::clipboard_messages(),
        #[cfg(plugin = "file-transfer")]
        "file_transfer_messages" => plugins::file_transfer_messages(),
        "control_from_relay" => talk::control_from_relay(),
        "control_to_relay" => talk::control_to_relay(),
        "file_frames" => {
            vec![("sender", lotse_files::fuzzing::example(true)), ("receiver", lotse_files::fuzzing::example(false))]
        }
        #[cfg(plugin = "diagnostics")]
        "diagnostics_messages" => plugins::diagnostics_messages(),
        "forwarder_packets" => talk::forwarder_packets(),
        "key_text" => packages::key_text(),
        "leg_token" => talk::leg_token(),
        "licence_document" => talk::licence_documents(),
        "manifest" => packages::manifest(),
        "package" => packages::package(),
        "peer_messages" => talk::peer_messages(),
        "picture" => pictures::picture(),
        "plugin_messages" => plugins::plugin_messages(),
        "pointer" => pictures::pointer(),
        #[cfg(plugin = "remote-reboot")]
        "remote_reboot_messages" => plugins::remote_reboot_messages(),
        #[cfg(plugin = "screen-sharing")]
        "screen_sharing_messages" => plugins::screen_sharing_messages(),
        "screen_stream" => pictures::screen_stream(),
        #[cfg(plugin = "share-my-screen")]
        "share_my_screen_messages" => plugins::share_my_screen_messages(),
        "signed_code" => packages::signed_code(),
        "stream_header" => talk::stream_header(),
        _ => Vec::new(),
    }
}

/// Pieces for a target that takes several things in turn: each behind its length in two bytes, least first.
pub fn joined(pieces: &[Vec<u8>]) -> Vec<u8> {
    pieces.iter().flat_map(|piece| [&(piece.len() as u16).to_le_bytes()[..], &piece[..]].concat()).collect()
}
