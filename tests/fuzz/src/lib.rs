//! One total function for each parser of bytes from outside, with what holds whatever the bytes are.
//!
//! [`TARGETS`] is the list. Each target has a folder of examples in `corpus`, which `tests/corpus.rs` replays and
//! mutates in every test run, and a program for cargo-fuzz in `fuzz`, which looks for more. A property that does not
//! hold panics: that is the finding. No program of Lotse links this crate.

pub mod files;
pub mod forwarder;
pub mod ink;
pub mod media;
pub mod packages;
pub mod plugins;
pub mod protocol;
pub mod transport;
pub mod typed;

// What the plugins' own files know as `crate::log` and `crate::stroke`.
include!(concat!(env!("OUT_DIR"), "/root.rs"));

/// Takes any bytes and returns, or panics because something does not hold that should.
pub type Target = fn(&[u8]);

/// Every target by its name, which is also that of its corpus and of its program for cargo-fuzz.
pub const TARGETS: &[(&str, Target)] = &[
    #[cfg(plugin = "annotations")]
    ("annotations_messages", plugins::annotations_messages),
    #[cfg(plugin = "annotations")]
    ("annotations_state", plugins::annotations_state),
    ("bind_messages", transport::bind_messages),
    #[cfg(plugin = "chat")]
    ("chat_messages", plugins::chat_messages),
    #[cfg(plugin = "chat")]
    ("chat_state", plugins::chat_state),
    ("clipboard_image", files::clipboard_image),
    #[cfg(plugin = "clipboard")]
    ("clipboard_messages", plugins::clipboard_messages),
    ("command_lines", typed::command_lines),
    ("control_from_relay", protocol::control_from_relay),
    ("control_to_relay", protocol::control_to_relay),
    ("file_frames", files::file_frames),
    #[cfg(plugin = "file-transfer")]
    ("file_transfer_messages", plugins::file_transfer_messages),
    #[cfg(plugin = "diagnostics")]
    ("diagnostics_messages", plugins::diagnostics_messages),
    ("forwarder_packets", forwarder::forwarder_packets),
    ("identity", transport::identity),
    ("join_code", typed::join_code),
    ("join_link", typed::join_link),
    ("key_text", packages::key_text),
    ("leg_token", transport::leg_token),
    ("licence_document", protocol::licence_document),
    ("manifest", packages::manifest),
    ("package", packages::package),
    ("pairing", transport::pairing),
    ("peer_messages", protocol::peer_messages),
    ("picture", media::picture),
    ("plugin_messages", plugins::plugin_messages),
    ("pointer", media::pointer),
    ("relay_url", typed::relay_url),
    #[cfg(plugin = "remote-reboot")]
    ("remote_reboot_messages", plugins::remote_reboot_messages),
    ("resume_note", files::resume_note),
    #[cfg(plugin = "screen-sharing")]
    ("screen_sharing_messages", plugins::screen_sharing_messages),
    ("screen_stream", media::screen_stream),
    #[cfg(plugin = "share-my-screen")]
    ("share_my_screen_messages", plugins::share_my_screen_messages),
    ("signed_code", packages::signed_code),
    ("stored_values", files::stored_values),
    ("stream_header", protocol::stream_header),
    ("strokes", ink::strokes),
];

/// Targets of plugins whose folders are not there. Their corpora and programs for cargo-fuzz wait for them.
pub const ABSENT: &[&str] = &[
    #[cfg(not(plugin = "annotations"))]
    "annotations_messages",
    #[cfg(not(plugin = "annotations"))]
    "annotations_state",
    #[cfg(not(plugin = "chat"))]
    "chat_messages",
    #[cfg(not(plugin = "chat"))]
    "chat_state",
    #[cfg(not(plugin = "clipboard"))]
    "clipboard_messages",
    #[cfg(not(plugin = "diagnostics"))]
    "diagnostics_messages",
    #[cfg(not(plugin = "file-transfer"))]
    "file_transfer_messages",
    #[cfg(not(plugin = "remote-reboot"))]
    "remote_reboot_messages",
    #[cfg(not(plugin = "screen-sharing"))]
    "screen_sharing_messages",
    #[cfg(not(plugin = "share-my-screen"))]
    "share_my_screen_messages",
];

/// Gives `bytes` to the target of that name.
///
/// # Panics
/// When a property does not hold, or there is no such target.
pub fn run(target: &str, bytes: &[u8]) {
    let found = TARGETS.iter().find(|(name, _)| *name == target);
    assert!(found.is_some(), "there is no target {target}");
    if let Some((_, parse)) = found {
        parse(bytes);
    }
}

/// Cuts an input for a parser that is given several things in turn: each piece stands behind its length in two bytes,
/// least first. The last piece is what is left, so that a mutated length does not spoil the whole input.
pub(crate) fn pieces(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (length, after) = rest.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_le_bytes(*length)).min(after.len());
        let (piece, left) = after.split_at(length);
        rest = left;
        Some(piece)
    })
}
