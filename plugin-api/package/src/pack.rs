//! Makes packages: core module to component, component and manifest to package.
//!
//! With the feature `pack` only: programs that read packages carry no encoder and no validator.

use wit_component::ComponentEncoder;

use crate::package::{MANIFEST_SECTION, SIGNATURE_SECTION};
use crate::section::{COMPONENT_PREAMBLE, custom_section, sections};
use crate::{Manifest, PackError, Package};

/// Magic, version 1 and layer 0: a core module.
const MODULE_PREAMBLE: [u8; 8] = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/// Makes a component of the core module that cargo built for `wasm32-unknown-unknown`. The interfaces come from the
/// sections that `lotse-sdk` left in it; imports that the module does not call are dropped.
pub fn build_component(core: &[u8]) -> Result<Vec<u8>, PackError> {
    if !core.starts_with(&MODULE_PREAMBLE) {
        return Err(PackError::NotWasm);
    }
    // The encoder takes it for granted that its input is whole.
    wasmparser::validate(core).map_err(|error| PackError::Component(error.to_string()))?;
    let component = |core| ComponentEncoder::default().validate(true).module(core)?.encode();
    component(core).map_err(|error| PackError::Component(format!("{error:#}")))
}

/// Makes an unsigned package of a core module or component. It is read back, so what comes out will also load.
pub fn pack(module_or_component: &[u8], manifest: &Manifest) -> Result<Vec<u8>, PackError> {
    manifest.check()?;
    let mut bytes = if module_or_component.starts_with(&COMPONENT_PREAMBLE) {
        module_or_component.to_vec()
    } else {
        build_component(module_or_component)?
    };
    for section in sections(&bytes)? {
        if let Some((MANIFEST_SECTION | SIGNATURE_SECTION, _)) = section.custom()? {
            return Err(PackError::AlreadyPacked);
        }
    }
    bytes.extend(custom_section(MANIFEST_SECTION, &manifest.to_json()?));
    Package::read(&bytes)?;
    Ok(bytes)
}
