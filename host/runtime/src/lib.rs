//! Runs plugins: verify, grant, compile, limit, supervise.
//!
//! The only crate that names wasmtime. It knows the contract (`plugin-api/wit`) and the package format, and nothing of
//! user interfaces, sockets or sessions: what a plugin may reach is behind [`Host`], what happens to it is an [`Event`].
//! A plugin that misbehaves loses its instance, by name; the program and the other plugins go on.
//!
//! The order of things: [`Runtime`] (one a program) makes [`Compiled`] code from a verified package or from code that a
//! relay compiled and signed; [`grant()`] says what it may do; [`Instance::spawn`] runs it for one session.

mod actor;
mod bindings;
#[cfg(feature = "compiler")]
mod cache;
mod code;
mod convert;
mod event;
mod farewell;
mod fault;
mod grant;
mod handlers;
mod handles;
mod host;
mod instance;
mod limits;
mod meter;
mod queue;
mod rights;
mod runtime;
mod signed;
mod state;
mod stats;
mod tree;

pub use event::{Event, SendError};
pub use fault::{AuditEvent, AuditKind, Fault, FaultKind};
pub use grant::{CapabilitySet, ConsentTerm, Granted, Licence, Policy, Refusal, Request, Verdict, grant, verdict};
pub use host::{
    Arrangement, Beside, Board, Class, ConsentAnswer, Display, ErrorCode, FileEntry, Host, Level, Node, Participant,
    Point, Rect, Role, Settings, Shape, Stroke, Target, Value, setting,
};
pub use instance::{Instance, InstanceConfig, InstanceHandle, StartError};
pub use limits::{Limits, MEMORY_BYTES_DEFAULT, MEMORY_BYTES_MAX, UI_DEPTH_MAX, UiLimits, argument, contract};
pub use lotse_package::{Capability, Manifest};
#[cfg(feature = "compiler")]
pub use runtime::{CompileError, Trust};
pub use runtime::{Compiled, Runtime, RuntimeError, RuntimeOptions};
pub use signed::{CodeError, CodeHeader, SignedCode, engine_version};
pub use stats::{State, Stats};
