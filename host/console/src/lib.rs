//! The rep's console: windows over [`lotse_engine::rep::Rep`], which holds every truth there is.
//!
//! The windows draw the newest view and send commands. What the command line asks for is carried out beside them by
//! [`automation`], and pictures stand in native windows by [`lotse_viewer`].

pub mod app;
pub mod automation;
pub mod bare;
pub mod core;
pub mod options;
pub mod settings;
pub mod start;
pub mod start_error;

mod alert;
mod arrange;
mod asked;
mod at_rest;
mod availability;
mod centred;
mod chime;
mod chooser;
mod code_card;
mod corner;
mod desk;
mod expired;
mod factor_offer;
mod factor_preferences;
mod hand_over;
mod help;
mod jump_keys;
mod leaving;
mod licence;
mod list;
mod menu;
mod monitor;
mod new_password;
mod notes;
mod parts;
mod plugin_windows;
mod popup;
mod preferences;
mod qr;
mod question_keys;
mod question_list;
mod question_preferences;
mod questions;
mod recovery_codes;
mod running_session;
mod seats;
mod second_factor;
mod secret_copies;
mod session;
mod session_action;
mod session_body;
mod session_window;
mod shortcuts;
mod showing_bar;
mod showing_frame;
mod sign_in;
mod stack_window;
mod unread_preferences;
mod viewer_bar;
mod viewer_window;
mod window_size;
