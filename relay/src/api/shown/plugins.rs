//! Plugins.

use crate::api::shape::shape;
use crate::registry::{Resolved, Rules, StoredPackage};
use crate::token::hex;

shape! {
    /// A feature as a sandboxed component, in the versions that are here.
    pub struct Plugin {
        id: String = "Its id.", "com.example.notes";
        gets: Option<String> = "The version that the account's next sessions get; null: none.", "1.4.2";
        why: String = "Why that one, in words.", "the newest";
        rule: Option<String> = "What was said of it for the account: a range of versions, or off.", "^1.2";
        versions: Vec<PluginVersion> = "Newest first.", [];
    }
}

shape! {
    /// One signed package.
    pub struct PluginVersion {
        version: String = "Its version.", "1.4.2";
        sha256: String = "Digest of the package, in hexadecimal digits.",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
        bytes: u64 = "Its length.", 48213;
        signer: Option<String> = "Key that signed it.", null;
        publisher: Option<String> = "What the operator calls the owner of that key.", "Example Ltd";
        feature: Option<String> = "What it needs a licence for.", null;
    }
}

impl Plugin {
    /// As the registry has it.
    pub fn of(plugin: &Resolved<'_>, rules: &Rules) -> Self {
        let version = |package: &&StoredPackage| PluginVersion {
            version: package.entry.version.to_string(),
            sha256: hex(&package.entry.digest),
            bytes: package.bytes.len() as u64,
            signer: package.signer.map(|key| key.to_string()),
            publisher: package.entry.publisher.clone(),
            feature: package.entry.feature.clone(),
        };
        Self {
            id: plugin.id().to_owned(),
            gets: plugin.chosen.map(|package| package.entry.version.to_string()),
            why: plugin.why.to_string(),
            rule: rules.get(plugin.id()).map(ToString::to_string),
            versions: plugin.there.iter().map(version).collect(),
        }
    }
}

shape! {
    /// What an account gets of a plugin.
    pub struct PluginRule {
        plugin: String = "The plugin's id.", "com.example.notes";
        rule: Option<String> = "A range of versions, or off; null: there is no rule, and the newest version is given.", "^1.2";
    }
}
