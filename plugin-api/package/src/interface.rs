//! What a component imports and exports, read from its outermost import and export sections.
//!
//! Imports are rights and exports are interests, so this is where a manifest that lies is caught: the binary shows what
//! it can call, whatever it says about itself.

use semver::Version;
use wasmparser::{BinaryReader, ComponentExportSectionReader, ComponentExternalKind, ComponentImportSectionReader};

use crate::section::{ID_EXPORT, ID_IMPORT, Section};
use crate::{API_PACKAGE, Capability, Manifest, PackageError};

/// The contract has fewer than twenty interfaces.
const INTERFACES_MAX: usize = 64;

/// `lotse:plugin/<name>@<version>`, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterfaceName {
    pub name: String,
    pub version: Version,
}

impl InterfaceName {
    /// None for anything that is no versioned interface of the contract's package.
    pub fn parse(full: &str) -> Option<Self> {
        let rest = full.strip_prefix(API_PACKAGE)?.strip_prefix('/')?;
        let (name, version) = rest.split_once('@')?;
        Some(Self { name: name.to_owned(), version: Version::parse(version).ok()? })
    }
}

impl std::fmt::Display for InterfaceName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{API_PACKAGE}/{}@{}", self.name, self.version)
    }
}

/// Something the component imports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Interface {
    /// Types only: no right in it.
    Types(Version),
    Capability(Capability, Version),
}

impl Interface {
    pub fn version(&self) -> &Version {
        match self {
            Self::Types(version) | Self::Capability(_, version) => version,
        }
    }
}

/// Events the plugin wants, by the interface it exports. Closed, like the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Handler {
    Session,
    Consent,
    Channel,
    Screen,
    Surface,
    Clipboard,
    Ui,
    Directory,
    Showing,
    Files,
    Drawing,
    Desk,
    System,
    Restart,
    Shared,
}

impl Handler {
    pub const ALL: [Self; 15] = [
        Self::Session,
        Self::Consent,
        Self::Channel,
        Self::Screen,
        Self::Surface,
        Self::Clipboard,
        Self::Ui,
        Self::Directory,
        Self::Showing,
        Self::Files,
        Self::Drawing,
        Self::Desk,
        Self::System,
        Self::Restart,
        Self::Shared,
    ];

    pub const fn interface_name(self) -> &'static str {
        match self {
            Self::Session => "session-handler",
            Self::Consent => "consent-handler",
            Self::Channel => "channel-handler",
            Self::Screen => "screen-handler",
            Self::Surface => "surface-handler",
            Self::Clipboard => "clipboard-handler",
            Self::Ui => "ui-handler",
            Self::Directory => "directory-handler",
            Self::Showing => "showing-handler",
            Self::Files => "files-handler",
            Self::Drawing => "drawing-handler",
            Self::Desk => "desk-handler",
            Self::System => "system-handler",
            Self::Restart => "restart-handler",
            Self::Shared => "shared-handler",
        }
    }

    /// Whose events these are: who wants to hear them must have declared it. None for those that every plugin gets.
    pub const fn capability(self) -> Option<Capability> {
        match self {
            Self::Session | Self::Consent => None,
            Self::Channel => Some(Capability::Channel),
            Self::Screen => Some(Capability::Screen),
            Self::Surface => Some(Capability::Surface),
            Self::Clipboard => Some(Capability::Clipboard),
            Self::Ui => Some(Capability::Ui),
            Self::Directory => Some(Capability::Directory),
            Self::Showing => Some(Capability::Showing),
            Self::Files => Some(Capability::Files),
            Self::Drawing => Some(Capability::Drawing),
            Self::Desk => Some(Capability::Desk),
            Self::System => Some(Capability::System),
            Self::Restart => Some(Capability::Restart),
            Self::Shared => Some(Capability::Shared),
        }
    }

    pub fn from_interface_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|handler| handler.interface_name() == name)
    }
}

/// Imports and exports of a component.
pub(crate) struct Interfaces {
    pub imports: Vec<Interface>,
    pub exports: Vec<(Handler, Version)>,
}

pub(crate) fn read(sections: &[Section<'_>]) -> Result<Interfaces, PackageError> {
    let mut interfaces = Interfaces { imports: Vec::new(), exports: Vec::new() };
    for section in sections {
        let reader = BinaryReader::new(section.content, section.content_start as u64);
        match section.id {
            ID_IMPORT => read_imports(reader, &mut interfaces.imports)?,
            ID_EXPORT => read_exports(reader, &mut interfaces.exports)?,
            // Everything else stays closed here; the compiler validates it.
            _ => {}
        }
        if interfaces.imports.len().max(interfaces.exports.len()) > INTERFACES_MAX {
            return Err(PackageError::TooManyInterfaces { max: INTERFACES_MAX });
        }
    }
    Ok(interfaces)
}

fn read_imports(reader: BinaryReader<'_>, imports: &mut Vec<Interface>) -> Result<(), PackageError> {
    let section = ComponentImportSectionReader::new(reader).map_err(unreadable)?;
    for import in section.into_iter().take(INTERFACES_MAX + 1) {
        let import = import.map_err(unreadable)?;
        let full = import.name.full_name();
        let foreign = || PackageError::ForeignImport(shown(&full));
        if import.ty.kind() != ComponentExternalKind::Instance {
            return Err(foreign());
        }
        let InterfaceName { name, version } = InterfaceName::parse(&full).ok_or_else(foreign)?;
        imports.push(match Capability::from_interface_name(&name) {
            Some(capability) => Interface::Capability(capability, version),
            None if name == "types" => Interface::Types(version),
            None => return Err(foreign()),
        });
    }
    Ok(())
}

fn read_exports(reader: BinaryReader<'_>, exports: &mut Vec<(Handler, Version)>) -> Result<(), PackageError> {
    let section = ComponentExportSectionReader::new(reader).map_err(unreadable)?;
    for export in section.into_iter().take(INTERFACES_MAX + 1) {
        let export = export.map_err(unreadable)?;
        let full = export.name.full_name();
        let foreign = || PackageError::ForeignExport(shown(&full));
        let InterfaceName { name, version } = InterfaceName::parse(&full).ok_or_else(foreign)?;
        exports.push((Handler::from_interface_name(&name).ok_or_else(foreign)?, version));
    }
    Ok(())
}

/// What the binary does must be what the manifest says.
pub(crate) fn compare(interfaces: &Interfaces, manifest: &Manifest) -> Result<(), PackageError> {
    let versions = interfaces.imports.iter().map(Interface::version);
    for version in versions.chain(interfaces.exports.iter().map(|(_, version)| version)) {
        if !manifest.api.matches(version) {
            return Err(PackageError::Api { built: version.clone(), asked: manifest.api.clone() });
        }
    }
    for import in &interfaces.imports {
        match import {
            Interface::Types(_) => {}
            Interface::Capability(capability, version) => {
                if !manifest.declares(*capability) {
                    let interface = format!("{API_PACKAGE}/{capability}@{version}");
                    return Err(PackageError::Undeclared { interface, capability: *capability });
                }
            }
        }
    }
    // Hearing is a right, too: what a handler is told is what its capability lets a plugin ask for.
    for (handler, version) in &interfaces.exports {
        if let Some(capability) = handler.capability().filter(|capability| !manifest.declares(*capability)) {
            let interface = format!("{API_PACKAGE}/{}@{version}", handler.interface_name());
            return Err(PackageError::UndeclaredHandler { interface, capability });
        }
    }
    if !interfaces.exports.iter().any(|(handler, _)| *handler == Handler::Session) {
        return Err(PackageError::NoSessionHandler);
    }
    Ok(())
}

fn unreadable(error: wasmparser::BinaryReaderError) -> PackageError {
    PackageError::Interfaces(shown(&error.to_string()))
}

/// Names come from outside and go into messages: short, and on one line.
fn shown(text: &str) -> String {
    text.chars().take(120).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn takes_names_apart() {
        let name = InterfaceName::parse("lotse:plugin/channel@0.1.0").unwrap();
        assert_eq!((name.name.as_str(), name.to_string().as_str()), ("channel", "lotse:plugin/channel@0.1.0"));
        for foreign in
            ["wasi:io/streams@0.2.0", "lotse:plugin/channel", "lotse:plugins/channel@0.1.0", "lotse:plugin@0.1.0", ""]
        {
            assert_eq!(InterfaceName::parse(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn each_handler_but_those_of_every_plugin_has_the_capability_of_its_name() {
        for handler in Handler::ALL {
            let name = handler.interface_name().trim_end_matches("-handler");
            let capability = Capability::from_interface_name(name).unwrap();
            assert_eq!(handler.capability(), Some(capability).filter(|capability| !capability.always_granted()));
        }
    }

    /// The contract and this list must not drift apart.
    #[test]
    fn every_export_of_the_contract_is_a_handler() {
        let mut exports: Vec<&str> = include_str!("../../wit/worlds.wit")
            .lines()
            .filter_map(|line| line.split_once("export ")?.1.split_once(';').map(|(name, _)| name))
            .collect();
        exports.sort_unstable();
        let mut names: Vec<&str> = Handler::ALL.iter().map(|handler| handler.interface_name()).collect();
        names.sort_unstable();
        assert_eq!(exports, names);
    }
}
