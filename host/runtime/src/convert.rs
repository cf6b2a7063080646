//! Between the contract's types, which wasmtime's bindings make, and the host's own.
//!
//! What comes from a guest is bounded here before anybody else sees it.

use crate::bindings::contract::{channel, consent, desk, directory, files, screen, session, types, ui};
use crate::host::{
    Beside, Class, ConsentAnswer, Display, ErrorCode, FileEntry, Level, Node, Participant, Point, Rect, Role, Settings,
    Target, Value,
};
use crate::limits::argument;

pub(crate) type WireSettings = Vec<(String, types::Value)>;

impl From<ErrorCode> for types::Error {
    fn from(error: ErrorCode) -> Self {
        match error {
            ErrorCode::Denied => Self::Denied,
            ErrorCode::Gone => Self::Gone,
            ErrorCode::Limit => Self::Limit,
            ErrorCode::Busy => Self::Busy,
            ErrorCode::Unsupported => Self::Unsupported,
            ErrorCode::Invalid => Self::Invalid,
        }
    }
}

impl From<Value> for types::Value {
    fn from(value: Value) -> Self {
        match value {
            Value::Flag(on) => Self::Flag(on),
            Value::Number(number) => Self::Number(number),
            Value::Real(real) => Self::Real(real),
            Value::Text(text) => Self::Text(text),
            Value::Bytes(bytes) => Self::Bytes(bytes),
        }
    }
}

impl From<types::Value> for Value {
    fn from(value: types::Value) -> Self {
        match value {
            types::Value::Flag(on) => Self::Flag(on),
            types::Value::Number(number) => Self::Number(number),
            types::Value::Real(real) => Self::Real(real),
            types::Value::Text(text) => Self::Text(text),
            types::Value::Bytes(bytes) => Self::Bytes(bytes),
        }
    }
}

pub(crate) fn settings_out(settings: Settings) -> WireSettings {
    settings.into_iter().map(|(key, value)| (key, value.into())).collect()
}

/// Settings a guest gave, if they are within bounds.
pub(crate) fn settings_in(settings: WireSettings) -> Result<Settings, ErrorCode> {
    if settings.len() > argument::SETTINGS_MAX {
        return Err(ErrorCode::Invalid);
    }
    let settings: Settings = settings.into_iter().map(|(key, value)| (key, value.into())).collect();
    let fits = |value: &Value| match value {
        Value::Flag(_) | Value::Number(_) | Value::Real(_) => true,
        Value::Text(text) => text.len() <= argument::SETTING_BYTES_MAX,
        Value::Bytes(bytes) => bytes.len() <= argument::SETTING_BYTES_MAX,
    };
    let good = settings.iter().all(|(key, value)| key.len() <= argument::LABEL_BYTES_MAX && fits(value));
    if good { Ok(settings) } else { Err(ErrorCode::Invalid) }
}

impl From<Point> for types::Point {
    fn from(Point { x, y }: Point) -> Self {
        Self { x, y }
    }
}

impl From<types::Point> for Point {
    fn from(types::Point { x, y }: types::Point) -> Self {
        Self { x, y }
    }
}

impl From<Rect> for types::Rect {
    fn from(Rect { x, y, width, height }: Rect) -> Self {
        Self { x, y, width, height }
    }
}

impl From<Participant> for session::Participant {
    fn from(Participant { id, role, name }: Participant) -> Self {
        let role = match role {
            Role::Rep => session::Role::Rep,
            Role::Customer => session::Role::Customer,
        };
        Self { id, role, name }
    }
}

impl From<session::Level> for Level {
    fn from(level: session::Level) -> Self {
        match level {
            session::Level::Debug => Self::Debug,
            session::Level::Info => Self::Info,
            session::Level::Warn => Self::Warn,
            session::Level::Error => Self::Error,
        }
    }
}

impl From<ConsentAnswer> for consent::Answer {
    fn from(answer: ConsentAnswer) -> Self {
        match answer {
            ConsentAnswer::Granted => Self::Granted,
            ConsentAnswer::Asked => Self::Asked,
            ConsentAnswer::Refused => Self::Refused,
        }
    }
}

impl From<channel::Class> for Class {
    fn from(class: channel::Class) -> Self {
        match class {
            channel::Class::Control => Self::Control,
            channel::Class::Interactive => Self::Interactive,
            channel::Class::Screen => Self::Screen,
            channel::Class::Bulk => Self::Bulk,
        }
    }
}

impl From<Display> for screen::Display {
    fn from(Display { id, name, area, scale_percent, primary }: Display) -> Self {
        Self { id, name, area: area.into(), scale_percent, primary }
    }
}

impl From<FileEntry> for files::Entry {
    fn from(FileEntry { path, bytes, folder }: FileEntry) -> Self {
        Self { path, bytes, folder }
    }
}

impl From<Beside> for desk::Beside {
    fn from(Beside { number, customer, unread, state, this }: Beside) -> Self {
        Self { number, customer, unread, state: state.to_owned(), this }
    }
}

impl From<Target> for directory::Target {
    fn from(Target { id, kind, name, available }: Target) -> Self {
        Self { id, kind, name, available }
    }
}

impl From<ui::Node> for Node {
    fn from(ui::Node { id, kind, properties, children }: ui::Node) -> Self {
        let properties = properties.into_iter().map(|(key, value)| (key, value.into())).collect();
        Self { id, kind, properties, children }
    }
}
