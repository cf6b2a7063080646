//! How both programs look, speak and report: tokens and theme, fonts and icons, every text in English and German, the
//! widgets they share, the drawing of plugins' nodes, and events for people who automate.
//!
//! Draws engine views and hands back engine commands; holds no session state of its own.

pub mod brand;
pub mod commands;
pub mod data_dir;
pub mod document;
pub mod events;
pub mod farewell;
pub mod fonts;
pub mod icons;
pub mod lettering;
pub mod local_time;
pub mod logging;
pub mod plugin_ui;
#[cfg(any(test, feature = "samples"))]
pub mod samples;
pub mod shown;
pub mod system_fonts;
pub mod text;
pub mod theme;
pub mod tokens;
pub mod watch;
pub mod widgets;
pub mod window_error;
pub mod windows;
pub mod words;
