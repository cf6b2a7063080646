//! What a plugin says about itself: who it is, what it needs and why, how it fails.
//!
//! JSON in the package's `lotse:manifest` section. Read before anything is compiled, so every field has a bound.

use std::collections::BTreeMap;

use semver::{Version, VersionReq};
use serde::{Deserialize, Serialize};

use crate::{Capability, ManifestError, Texts};

/// Ten times what a talkative manifest in ten languages takes.
pub(crate) const MANIFEST_BYTES_MAX: usize = 64 * 1024;
/// Fits a menu and a prompt's title.
const NAME_CHARS_MAX: usize = 60;
/// Fits under a consent prompt without scrolling.
const REASON_CHARS_MAX: usize = 300;
const REQUIRES_MAX: usize = 16;
/// Plugins are policy; pixels and files stay in the host, so little memory is plenty.
const MEMORY_MIB_MAX: u32 = 64;
const MEMORY_MIB_DEFAULT: u32 = 16;

/// A plugin's name for machines, unique in the world by reverse DNS, such as `com.example.notes`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PluginId(String);

impl PluginId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for PluginId {
    type Err = ManifestError;

    /// The rule also makes an id safe as a file name: no slash, no leading dot, no `..`.
    fn from_str(text: &str) -> Result<Self, ManifestError> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'.' || byte == b'-';
        let part_is_named = |part: &str| !part.is_empty() && !part.starts_with('-') && !part.ends_with('-');
        let good = (3..=64).contains(&text.len())
            && text.bytes().all(plain)
            && text.contains('.')
            && text.split('.').all(part_is_named);
        if good { Ok(Self(text.to_owned())) } else { Err(ManifestError::Id(text.chars().take(80).collect())) }
    }
}

impl TryFrom<String> for PluginId {
    type Error = ManifestError;

    fn try_from(text: String) -> Result<Self, ManifestError> {
        text.parse()
    }
}

impl From<PluginId> for String {
    fn from(id: PluginId) -> Self {
        id.0
    }
}

impl std::fmt::Display for PluginId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A capability the plugin asks for, with the reason that people read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapabilityRequest {
    pub name: Capability,
    pub reason: Texts,
}

/// What the host does when the plugin crashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fails {
    /// Everything it held is closed; it starts again, without its state, and asks again.
    Closed,
    /// It is started again with the state it saved.
    Reloaded,
    /// It is started again with the state it saved. What it drew stays until then; its surfaces close.
    Open,
}

/// On whose computer the plugin runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    Rep,
    Customer,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub id: PluginId,
    /// Shown in prompts and in the plugin monitor.
    pub name: Texts,
    pub version: Version,
    /// The versions of `lotse:plugin` it runs on, such as `^0.1`.
    pub api: VersionReq,
    #[serde(default)]
    pub capabilities: Vec<CapabilityRequest>,
    /// The licence's feature without which the plugin is not started. None: no licence needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feature: Option<String>,
    /// Other plugins that must run beside it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub requires: BTreeMap<PluginId, VersionReq>,
    pub fails: Fails,
    /// Linear memory the plugin may grow to, in MiB.
    #[serde(default = "memory_mib_default")]
    pub memory_mib: u32,
    #[serde(default = "sides_default")]
    pub sides: Vec<Side>,
}

const fn memory_mib_default() -> u32 {
    MEMORY_MIB_DEFAULT
}

fn sides_default() -> Vec<Side> {
    vec![Side::Rep, Side::Customer]
}

const FIELDS: [&str; 10] =
    ["id", "name", "version", "api", "capabilities", "feature", "requires", "fails", "memory_mib", "sides"];

impl Manifest {
    /// Reads and checks a manifest. Fields this version does not know are passed over: a newer plugin may run here.
    pub fn parse(json: &[u8]) -> Result<Self, ManifestError> {
        if json.len() > MANIFEST_BYTES_MAX {
            return Err(ManifestError::TooLarge { bytes: json.len(), max: MANIFEST_BYTES_MAX });
        }
        let manifest: Self = serde_json::from_slice(json)?;
        manifest.check()?;
        Ok(manifest)
    }

    /// Like `parse`, for authors: a field with a misspelt name is an error.
    pub fn parse_strictly(json: &[u8]) -> Result<Self, ManifestError> {
        let manifest = Self::parse(json)?;
        let fields: BTreeMap<String, serde_json::Value> = serde_json::from_slice(json)?;
        match fields.into_keys().find(|field| !FIELDS.contains(&field.as_str())) {
            Some(field) => Err(ManifestError::UnknownField(field)),
            None => Ok(manifest),
        }
    }

    pub fn to_json(&self) -> Result<Vec<u8>, ManifestError> {
        Ok(serde_json::to_vec(self)?)
    }

    /// Whether the manifest names the capability, or every plugin has it.
    pub fn declares(&self, capability: Capability) -> bool {
        capability.always_granted() || self.capabilities.iter().any(|request| request.name == capability)
    }

    /// Why the plugin wants the capability, in the words of the manifest.
    pub fn reason(&self, capability: Capability) -> Option<&Texts> {
        self.capabilities.iter().find(|request| request.name == capability).map(|request| &request.reason)
    }

    /// Whether the plugin runs on a host that offers this version of `lotse:plugin`.
    pub fn runs_on(&self, api: &Version) -> bool {
        self.api.matches(api)
    }

    pub fn check(&self) -> Result<(), ManifestError> {
        let Self { id, name, version: _, api: _, capabilities, feature, requires, fails: _, memory_mib, sides } = self;
        name.check("name", NAME_CHARS_MAX)?;
        for (index, request) in capabilities.iter().enumerate() {
            request.reason.check("reason", REASON_CHARS_MAX)?;
            // Also what bounds the list: there are no more names than capabilities.
            if capabilities.iter().take(index).any(|earlier| earlier.name == request.name) {
                return Err(ManifestError::CapabilityTwice(request.name));
            }
        }
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if feature.as_ref().is_some_and(|name| !(1..=64).contains(&name.len()) || !name.bytes().all(plain)) {
            return Err(ManifestError::Feature);
        }
        if requires.len() > REQUIRES_MAX {
            return Err(ManifestError::TooMany { field: "requires", max: REQUIRES_MAX });
        }
        if requires.contains_key(id) {
            return Err(ManifestError::RequiresItself);
        }
        if !(1..=MEMORY_MIB_MAX).contains(memory_mib) {
            return Err(ManifestError::Memory { asked: *memory_mib, max: MEMORY_MIB_MAX });
        }
        match sides.as_slice() {
            [_] => Ok(()),
            [first, second] if first != second => Ok(()),
            _ => Err(ManifestError::Sides),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    const GOOD: &str = r#"{
        "id": "com.example.notes", "name": {"en": "Notes"}, "version": "1.2.3", "api": "^0.1",
        "capabilities": [{"name": "ui", "reason": {"en": "Shows the notes."}}],
        "requires": {"lotse.chat": ">=0.1"}, "fails": "reloaded"
    }"#;

    #[test]
    fn reads_a_manifest_and_its_defaults() {
        let manifest = Manifest::parse_strictly(GOOD.as_bytes()).unwrap();
        assert_eq!((manifest.memory_mib, manifest.sides.len(), manifest.feature.is_none()), (16, 2, true));
        assert!(manifest.declares(Capability::Ui) && manifest.declares(Capability::Session));
        assert!(!manifest.declares(Capability::Input));
        assert_eq!(Manifest::parse(&manifest.to_json().unwrap()).unwrap(), manifest);
        assert!(manifest.runs_on(&Version::new(0, 1, 4)) && !manifest.runs_on(&Version::new(0, 2, 0)));
    }

    #[test]
    fn refuses_each_kind_of_nonsense() {
        let cases = [
            (r#""com.example.notes""#, r#""notes""#),
            (r#""com.example.notes""#, r#""com..notes""#),
            (r#""com.example.notes""#, r#""../etc.passwd""#),
            (r#""com.example.notes""#, r#""lotse.chat""#),
            (r#"{"en": "Notes"}"#, r#"{"de": "Notizen"}"#),
            (r#""1.2.3""#, r#""one""#),
            (r#""^0.1""#, r#""newest""#),
            (r#""ui""#, r#""teleport""#),
            (r#"[{"name": "ui""#, r#"[{"name":"ui","reason":{"en":"a"}},{"name": "ui""#),
            (r#""reloaded""#, r#""never""#),
            (r#""reloaded""#, r#""reloaded", "memory_mib": 65"#),
            (r#""reloaded""#, r#""reloaded", "memory_mib": 0"#),
            (r#""reloaded""#, r#""reloaded", "sides": []"#),
            (r#""reloaded""#, r#""reloaded", "sides": ["rep", "rep"]"#),
            (r#""reloaded""#, r#""reloaded", "feature": "Chat!""#),
        ];
        for (from, to) in cases {
            let json = GOOD.replacen(from, to, 1);
            assert_ne!(json, GOOD);
            assert!(Manifest::parse(json.as_bytes()).is_err(), "{to}");
        }
        assert!(Manifest::parse(&vec![b' '; MANIFEST_BYTES_MAX + 1]).is_err());
    }

    #[test]
    fn an_unknown_field_is_an_error_for_authors_only() {
        let json = GOOD.replacen("\"fails\"", "\"colour\": 3, \"fails\"", 1);
        assert!(Manifest::parse(json.as_bytes()).is_ok());
        let error = Manifest::parse_strictly(json.as_bytes()).unwrap_err().to_string();
        assert!(error.contains("`colour`"), "{error}");
    }
}
