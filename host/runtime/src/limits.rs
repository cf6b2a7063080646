//! Every bound an instance lives under, in one place.
//!
//! A limit counts only when a test shows it biting: `tests/it/hostile.rs` has one case for each that a plugin can reach.

use std::time::Duration;

/// More memory than this is never given, whatever a manifest asks for.
pub const MEMORY_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Given when a manifest asks for nothing: a Rust guest starts with about 1.1 MiB, most of it stack.
pub const MEMORY_BYTES_DEFAULT: u64 = 16 * 1024 * 1024;

/// Bounds of one instance. The defaults are what the programs use; tests set tighter ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Linear memory, all of the plugin's memories together. The lower of this and the manifest's wish counts.
    pub memory_bytes: u64,
    /// Processor time of one handler call. Measured, so a loaded machine does not make it shorter.
    pub call_cpu: Duration,
    /// `init` also sets the guest up, and its first call may have to page its code in.
    pub init_cpu: Duration,
    /// Handles of each kind: streams, captures, pipelines, surfaces, sources, targets, transfers, layers.
    pub handles: usize,
    /// Events waiting. Lifecycle events (joined, left, granted, revoked, closed, ending) may go over it by a quarter.
    pub queue_events: usize,
    /// Bytes in waiting events.
    pub queue_bytes: usize,
    /// Lines a second; what is over is counted and dropped.
    pub log_lines_per_s: u32,
    /// Longer lines are cut.
    pub log_line_bytes: usize,
    pub timers: usize,
    /// Calls to the host within one handler call.
    pub host_calls: u32,
    /// Bytes handed to the host in one call: the largest clipboard image.
    pub host_call_bytes: usize,
    /// Bytes written to streams within one handler call: what the host takes is bounded by its windows, but offering
    /// without end costs a copy each time.
    pub stream_bytes_per_call: u64,
    /// Datagrams a second: twice what a pointer sends that moves as fast as any mouse reports. The link sends datagrams
    /// before streams, so without a bound one plugin would keep all streams of the session from going out.
    pub datagrams_per_s: u32,
    /// Bytes in them: a small part of a line that carries a picture.
    pub datagram_bytes_per_s: u64,
    /// Strokes put onto layers a second: a pen that is put anew with each move of any mouse, and as much again.
    pub strokes_per_s: u32,
    /// Points in them: drawing costs as much as they are many.
    pub stroke_points_per_s: u64,
    /// State kept for a restart.
    pub saved_bytes: usize,
    /// Shortest time between two `save` calls.
    pub save_interval: Duration,
    /// Faults within `restart_window` that are answered with a new instance; the next one evicts.
    pub restarts: u32,
    pub restart_window: Duration,
    pub ui: UiLimits,
}

/// Levels of a rendered tree, the root counted. The programs draw as many: what passes is shown whole.
pub const UI_DEPTH_MAX: usize = 32;

/// Bounds of a rendered tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UiLimits {
    /// A long chat has some hundred rows of a few nodes.
    pub nodes: usize,
    pub depth: usize,
    pub properties_per_node: usize,
    /// All texts and bytes of the tree together.
    pub bytes: usize,
}

impl Default for UiLimits {
    fn default() -> Self {
        Self { nodes: 4_096, depth: UI_DEPTH_MAX, properties_per_node: 32, bytes: 1024 * 1024 }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_bytes: MEMORY_BYTES_MAX,
            call_cpu: Duration::from_millis(100),
            init_cpu: Duration::from_millis(500),
            handles: 64,
            queue_events: 256,
            queue_bytes: 12 * 1024 * 1024,
            log_lines_per_s: 50,
            log_line_bytes: 2_048,
            timers: 64,
            host_calls: 10_000,
            host_call_bytes: 16 * 1024 * 1024,
            stream_bytes_per_call: 64 * 1024 * 1024,
            datagrams_per_s: 2_000,
            datagram_bytes_per_s: 256 * 1024,
            strokes_per_s: 4_000,
            stroke_points_per_s: 1_000_000,
            saved_bytes: 1024 * 1024,
            save_interval: Duration::from_secs(1),
            restarts: 3,
            restart_window: Duration::from_secs(60),
            ui: UiLimits::default(),
        }
    }
}

/// Sizes that the contract itself names; they are no policy and never change within API 0.1.
pub mod contract {
    pub const RANDOM_BYTES_MAX: u32 = 1_024;
    pub const DATAGRAM_BYTES_MAX: usize = 1_000;
    /// Entries of a source in one answer.
    pub const FILE_ENTRIES_MAX: usize = 1_024;
    pub const STORAGE_VALUE_BYTES_MAX: usize = 64 * 1024;
    /// Not named by the contract; long enough for any path-like key.
    pub const STORAGE_KEY_BYTES_MAX: usize = 256;
    pub const SHARED_VALUE_BYTES_MAX: usize = 60 * 1024;
    pub const SHARED_KEY_BYTES_MAX: usize = 256;
}

/// Bounds of what a plugin hands over in `settings`, titles and labels. Over them a call answers `invalid`.
pub mod argument {
    pub const SETTINGS_MAX: usize = 64;
    pub const SETTING_BYTES_MAX: usize = 64 * 1024;
    pub const LABEL_BYTES_MAX: usize = 256;
    pub const TITLE_BYTES_MAX: usize = 512;
    pub const NOTIFY_BODY_BYTES_MAX: usize = 4_096;
    /// What stands for a source or a target; the host's own are shorter.
    pub const TOKEN_BYTES_MAX: usize = 128;
    /// Things for the person that one call says to have arrived: more than a chat keeps.
    pub const ARRIVED_MAX: u32 = 1_000;
    /// One call's worth of typing or pasting.
    pub const INPUT_TEXT_BYTES_MAX: usize = 16 * 1024;
    /// Strokes of one `put`.
    pub const STROKES_MAX: usize = 256;
    /// A pen that is not lifted for half a minute.
    pub const STROKE_POINTS_MAX: usize = 8_192;
    /// Words on a picture, not a letter.
    pub const STROKE_WORDS_BYTES_MAX: usize = 2_048;
    pub const STROKE_WIDTH_MAX: u32 = 512;
    /// Farther out than any desk of displays reaches.
    pub const STROKE_COORDINATE_MAX: i32 = 65_536;
    /// Ids taken away in one call: as many strokes as a layer holds.
    pub const STROKE_IDS_MAX: usize = 1_024;
    /// The name of whom to ask; the relay gives out none half as long.
    pub const TARGET_BYTES_MAX: usize = 64;
    /// A few lines in any script.
    pub const NOTE_BYTES_MAX: usize = 2_048;
    /// What a colleague is shown of one plugin; the contract names it.
    pub const SUMMARY_BYTES_MAX: usize = 12_000;
    /// What is put into the chat's field for a person to read before they send it.
    pub const COMPOSE_BYTES_MAX: usize = 16 * 1024;
}
