//! The crate's one `unsafe` place: turning signed bytes back into code that runs.
//!
//! wasmtime does not check native code it is given, so forged bytes would be arbitrary code in this process. The only way
//! in is a [`Trusted`] envelope, which exists only after its signature was checked.

use wasmtime::Engine;
use wasmtime::component::Component;

use crate::signed::{CodeError, Trusted, engine_version};

/// Loads code that a trusted key signed for this engine and target.
#[allow(unsafe_code)]
pub(crate) fn load(engine: &Engine, target: &str, trusted: &Trusted<'_>) -> Result<Component, CodeError> {
    let Trusted { header, code } = trusted;
    if header.engine != engine_version() || header.target != target {
        return Err(CodeError::OtherVersion { engine: header.engine.clone(), target: header.target.clone() });
    }
    // SAFETY: the bytes are exactly what a trusted key's holder got from `Engine::precompile_component` and signed:
    // `Trusted` is made only by `SignedCode::verify`. wasmtime itself refuses other versions, targets and settings.
    let component = unsafe { Component::deserialize(engine, code) };
    component.map_err(|error| CodeError::Unloadable(format!("{error:#}").chars().take(300).collect()))
}
