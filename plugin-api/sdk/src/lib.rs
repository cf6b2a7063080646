//! What a plugin for Lotse is written with.
//!
//! A plugin is a type that implements [`Plugin`] and, for each kind of event it wants, one more trait; [`plugin!`] makes a
//! component of it. The modules [`session`], [`consent`], [`storage`], [`channel`], [`screen`], [`showing`], [`surface`],
//! [`input`], [`clipboard`], [`files`], [`drawing`], [`desk`], [`directory`], [`handover`], [`system`], [`restart`], [`shared`] and [`ui`] are the host's services: what a plugin calls is what it imports, and its manifest must name it
//! with a reason. Nothing blocks; what takes time is answered by a handler. A plugin that panics is stopped, its message is
//! logged, and the manifest's `fails` says what happens next.
//!
//! Outside a host there are no services: plugins build and test natively, but calls into these modules end the test.
//! Keep what is worth testing in types that take events and return actions.

#[doc(hidden)]
pub mod bindings;
#[doc(hidden)]
pub mod glue;
mod line;
mod messages;
mod plugin;
pub mod session;
mod settings;
pub mod ui;
pub mod wire;

pub use bindings::rights::lotse::plugin::types::{Error, ParticipantId, Point, Rect, Settings, Value};
pub use bindings::rights::lotse::plugin::{
    channel, clipboard, consent, desk, directory, drawing, files, handover, input, restart, screen, shared, showing,
    storage, surface, system,
};
pub use line::{Broken, Line};
pub use messages::{MessageReader, Messages, Outbox, SendError, TooLong, answer};
pub use plugin::{
    Channels, Clipboards, Consents, Desks, Directories, Drawings, Files, Plugin, Restarts, Screens, SharedValues,
    Showings, Surfaces, Systems, Ui,
};
pub use session::text;
pub use settings::{ReadSettings, settings};

/// What most plugins need, in one line.
pub mod prelude {
    pub use crate::channel::{Class, Stream};
    pub use crate::session::{Level, Participant, Role, text};
    pub use crate::ui::{Node, Place};
    pub use crate::{
        Channels, Clipboards, Consents, Desks, Directories, Drawings, Error, Files, Messages, ParticipantId, Plugin,
        Point, ReadSettings, Restarts, Screens, Settings, SharedValues, Showings, Surfaces, Systems, Ui, Value,
        channel, plugin, session, settings, ui,
    };
}
