//! What a plugin can be allowed to do, and what a customer is asked for it.
//!
//! Both lists are closed and defined here only: manifest, runtime, engine, programs and the relay's licences use these
//! names. There is one capability for each interface of the contract that a plugin may import.

use serde::{Deserialize, Serialize};

/// One importable interface of the contract. What it lets a plugin do stands in `plugin-api/wit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capability {
    Session,
    Consent,
    Storage,
    Channel,
    Screen,
    Surface,
    Input,
    Clipboard,
    Ui,
    Showing,
    Files,
    Drawing,
    Desk,
    Directory,
    Handover,
    System,
    Restart,
    Shared,
}

impl Capability {
    pub const ALL: [Self; 18] = [
        Self::Session,
        Self::Consent,
        Self::Storage,
        Self::Channel,
        Self::Screen,
        Self::Surface,
        Self::Input,
        Self::Clipboard,
        Self::Ui,
        Self::Showing,
        Self::Files,
        Self::Drawing,
        Self::Desk,
        Self::Directory,
        Self::Handover,
        Self::System,
        Self::Restart,
        Self::Shared,
    ];

    /// The interface's name in the contract, which is also the capability's name in manifests.
    pub const fn interface_name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Consent => "consent",
            Self::Storage => "storage",
            Self::Channel => "channel",
            Self::Screen => "screen",
            Self::Surface => "surface",
            Self::Input => "input",
            Self::Clipboard => "clipboard",
            Self::Ui => "ui",
            Self::Showing => "showing",
            Self::Files => "files",
            Self::Drawing => "drawing",
            Self::Desk => "desk",
            Self::Directory => "directory",
            Self::Handover => "handover",
            Self::System => "system",
            Self::Restart => "restart",
            Self::Shared => "shared",
        }
    }

    /// The capability behind an interface's name; none for `types` and for names the contract does not have.
    pub fn from_interface_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|capability| capability.interface_name() == name)
    }

    /// Whether every plugin has it without asking.
    pub const fn always_granted(self) -> bool {
        match self {
            Self::Session | Self::Consent => true,
            Self::Storage
            | Self::Channel
            | Self::Screen
            | Self::Surface
            | Self::Input
            | Self::Clipboard
            | Self::Ui
            | Self::System
            | Self::Restart
            | Self::Shared
            | Self::Showing
            | Self::Files
            | Self::Drawing
            | Self::Desk
            | Self::Directory
            | Self::Handover => false,
        }
    }

    /// What the customer is asked before this capability works **on the customer's side**. The rep's own screen,
    /// input and clipboard are the rep's business and need no consent of the customer.
    pub const fn consent(self) -> Option<Consent> {
        match self {
            Self::Screen => Some(Consent::View),
            Self::Input => Some(Consent::Control),
            Self::Clipboard => Some(Consent::Clipboard),
            // Boards are only there while a picture is shared, which the customer allowed.
            Self::Drawing => None,
            Self::System => Some(Consent::System),
            Self::Restart => Some(Consent::Restart),
            Self::Session
            | Self::Consent
            | Self::Storage
            | Self::Channel
            | Self::Surface
            | Self::Ui
            // What is shown is chosen by the person who shows it, each time.
            | Self::Showing
            // Nothing of a disk is reached but what somebody here picks, drops, or agrees to receive.
            | Self::Files
            | Self::Desk
            | Self::Directory
            | Self::Handover
            | Self::Shared => None,
        }
    }

    /// What the customer can allow so that they are not asked each time. The capability works without it, by asking.
    pub const fn standing(self) -> Option<Consent> {
        match self {
            Self::Files => Some(Consent::Files),
            Self::Session
            | Self::Consent
            | Self::Storage
            | Self::Channel
            | Self::Screen
            | Self::Surface
            | Self::Input
            | Self::Clipboard
            | Self::Ui
            | Self::Showing
            | Self::Drawing
            | Self::Desk
            | Self::Directory
            | Self::Handover
            | Self::System
            | Self::Restart
            | Self::Shared => None,
        }
    }

    /// What a plugin asks the customer for when it asks for this capability.
    pub const fn asked(self) -> Option<Consent> {
        match self.consent() {
            Some(consent) => Some(consent),
            None => self.standing(),
        }
    }
}

impl std::fmt::Display for Capability {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.interface_name())
    }
}

/// What a customer allows or refuses, one question each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Consent {
    /// Their screen is seen.
    View,
    /// Pointer and keyboard act on their computer.
    Control,
    /// Their clipboard is read and written.
    Clipboard,
    /// Files are received into their downloads folder without a question each time.
    Files,
    /// What their computer is: system, memory, disks, displays, network.
    System,
    /// Their computer is restarted, once.
    Restart,
}

impl Consent {
    pub const ALL: [Self; 6] = [Self::View, Self::Control, Self::Clipboard, Self::Files, Self::System, Self::Restart];

    /// The word used on command lines, in the protocol and in the audit log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Control => "control",
            Self::Clipboard => "clipboard",
            Self::Files => "files",
            Self::System => "system",
            Self::Restart => "restart",
        }
    }

    /// Whether it holds until it is taken back, so that it has a switch and can be given ahead. Otherwise it is used up by
    /// one deed and asked for anew each time.
    pub const fn stands(self) -> bool {
        match self {
            Self::View | Self::Control | Self::Clipboard | Self::Files | Self::System => true,
            Self::Restart => false,
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|consent| consent.name() == name)
    }
}

impl std::fmt::Display for Consent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn serde_uses_the_interface_names() {
        for capability in Capability::ALL {
            let json = serde_json::to_string(&capability).unwrap();
            assert_eq!(json, format!("\"{}\"", capability.interface_name()));
            assert_eq!(Capability::from_interface_name(capability.interface_name()), Some(capability));
        }
        for consent in Consent::ALL {
            assert_eq!(serde_json::to_string(&consent).unwrap(), format!("\"{}\"", consent.name()));
            assert_eq!(Consent::from_name(consent.name()), Some(consent));
        }
        assert_eq!(Capability::from_interface_name("types"), None);
    }

    /// The contract and this list must not drift apart.
    #[test]
    fn every_import_of_the_contract_is_a_capability() {
        let worlds = include_str!("../../wit/worlds.wit");
        let mut imports: Vec<&str> = worlds
            .lines()
            .filter_map(|line| line.trim().strip_prefix("import ")?.strip_suffix(';'))
            .filter(|name| *name != "types")
            .collect();
        imports.sort_unstable();
        let mut names: Vec<&str> = Capability::ALL.iter().map(|capability| capability.interface_name()).collect();
        names.sort_unstable();
        assert_eq!(imports, names);
        assert!(worlds.starts_with(&format!("package {}@{};", crate::API_PACKAGE, crate::API_VERSION)));
    }
}
