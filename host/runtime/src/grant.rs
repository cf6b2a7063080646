//! Authority: manifest ∩ licence ∩ operator policy ∩ consent, as one pure function.
//!
//! [`grant`] decides what a plugin can ever do in a session (`possible`, which is what gets linked) and what it may do
//! right now (`active`, which is what host functions check). Every term can only take away. Consent is the one term that
//! changes while the plugin runs; the host then moves single capabilities between the two sets.

use std::collections::BTreeSet;
use std::fmt;

use lotse_package::{Capability, Manifest};

/// A set of capabilities.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct CapabilitySet(u32);

impl CapabilitySet {
    pub const EMPTY: Self = Self(0);

    #[must_use]
    pub fn all() -> Self {
        Capability::ALL.into_iter().collect()
    }

    #[must_use]
    pub fn contains(self, capability: Capability) -> bool {
        self.0 & bit(capability) != 0
    }

    #[must_use]
    pub fn with(self, capability: Capability) -> Self {
        Self(self.0 | bit(capability))
    }

    #[must_use]
    pub fn without(self, capability: Capability) -> Self {
        Self(self.0 & !bit(capability))
    }

    #[must_use]
    pub fn is_subset_of(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    pub fn iter(self) -> impl Iterator<Item = Capability> {
        Capability::ALL.into_iter().filter(move |capability| self.contains(*capability))
    }

    pub(crate) fn bits(self) -> u32 {
        self.0
    }

    pub(crate) fn from_bits(bits: u32) -> Self {
        Self(bits)
    }
}

impl FromIterator<Capability> for CapabilitySet {
    fn from_iter<I: IntoIterator<Item = Capability>>(capabilities: I) -> Self {
        capabilities.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl fmt::Debug for CapabilitySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// The bit of a capability; written out, so that a new capability does not build until somebody thought of it here.
pub(crate) fn bit(capability: Capability) -> u32 {
    match capability {
        Capability::Session => 1 << 8,
        Capability::Consent => 1,
        Capability::Storage => 1 << 1,
        Capability::Channel => 1 << 2,
        Capability::Screen => 1 << 3,
        Capability::Surface => 1 << 4,
        Capability::Input => 1 << 5,
        Capability::Clipboard => 1 << 6,
        Capability::Ui => 1 << 7,
        Capability::Showing => 1 << 11,
        Capability::Files => 1 << 9,
        Capability::Drawing => 1 << 10,
        Capability::Desk => 1 << 13,
        Capability::Directory => 1 << 12,
        Capability::Handover => 1 << 17,
        Capability::System => 1 << 14,
        Capability::Restart => 1 << 15,
        Capability::Shared => 1 << 16,
    }
}

/// What a plugin's manifest asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub plugin: String,
    /// The feature that must be licensed, if it is an add-on.
    pub feature: Option<String>,
    pub capabilities: CapabilitySet,
}

/// What the account's licence covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Licence {
    /// Developer mode without a relay's licence; both sides see that mode.
    Everything,
    Features(BTreeSet<String>),
}

/// What the operator of the relay or of this computer rules out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    pub plugins_denied: BTreeSet<String>,
    pub capabilities_denied: CapabilitySet,
}

/// What the person at this computer allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentTerm {
    /// The rep's own computer: the person started it themselves.
    NotNeeded,
    /// The customer's computer: what was said yes to so far. Capabilities that need no consent need not be in it.
    Given(CapabilitySet),
}

/// Which term took a capability away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the manifest does not declare it")]
    NotDeclared,
    #[error("the plugin's feature is not licensed")]
    NotLicensed,
    #[error("the operator's policy does not allow this plugin")]
    PluginDenied,
    #[error("the operator's policy does not allow this capability")]
    CapabilityDenied,
}

/// The verdict on one capability.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Active,
    /// Possible, but the customer has not said yes (yet).
    AwaitsConsent,
    Refused(Refusal),
}

/// What a plugin may do in one session on one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Granted {
    possible: CapabilitySet,
    active: CapabilitySet,
    standing: CapabilitySet,
    consent_needed: bool,
}

impl Granted {
    /// What can be called at all: the interfaces that get linked.
    #[must_use]
    pub fn possible(&self) -> CapabilitySet {
        self.possible
    }

    /// What may be called now; always within `possible`.
    #[must_use]
    pub fn active(&self) -> CapabilitySet {
        self.active
    }

    /// Of what works by asking, what need not be asked for each time; always within `possible`.
    #[must_use]
    pub fn standing(&self) -> CapabilitySet {
        self.standing
    }

    /// Whether a change of the customer's consent changes this grant.
    #[must_use]
    pub fn consent_needed(&self) -> bool {
        self.consent_needed
    }
}

impl From<&Manifest> for Request {
    fn from(manifest: &Manifest) -> Self {
        Self {
            plugin: manifest.id.to_string(),
            feature: manifest.feature.clone(),
            capabilities: manifest.capabilities.iter().map(|declared| declared.name).collect(),
        }
    }
}

/// The intersection of all terms.
#[must_use]
pub fn grant(request: &Request, licence: &Licence, policy: &Policy, consent: ConsentTerm) -> Granted {
    let mut possible = CapabilitySet::EMPTY;
    let mut active = CapabilitySet::EMPTY;
    for capability in Capability::ALL {
        match verdict(capability, request, licence, policy, consent) {
            Verdict::Active => {
                possible = possible.with(capability);
                active = active.with(capability);
            }
            Verdict::AwaitsConsent => possible = possible.with(capability),
            Verdict::Refused(
                Refusal::NotDeclared | Refusal::NotLicensed | Refusal::PluginDenied | Refusal::CapabilityDenied,
            ) => {}
        }
    }
    let (consent_needed, given) = match consent {
        ConsentTerm::NotNeeded => (false, possible),
        ConsentTerm::Given(given) => (true, given),
    };
    let stands = |capability: &Capability| capability.standing().is_some() && given.contains(*capability);
    let standing = possible.iter().filter(stands).collect();
    Granted { possible, active, standing, consent_needed }
}

/// The verdict on one capability, with the first term that refused it.
#[must_use]
pub fn verdict(
    capability: Capability,
    request: &Request,
    licence: &Licence,
    policy: &Policy,
    consent: ConsentTerm,
) -> Verdict {
    let Request { plugin, feature, capabilities } = request;
    let Policy { plugins_denied, capabilities_denied } = policy;
    if !capability.always_granted() && !capabilities.contains(capability) {
        return Verdict::Refused(Refusal::NotDeclared);
    }
    let licensed = match (feature, licence) {
        (None, Licence::Everything | Licence::Features(_)) | (Some(_), Licence::Everything) => true,
        (Some(feature), Licence::Features(features)) => features.contains(feature),
    };
    if !licensed {
        return Verdict::Refused(Refusal::NotLicensed);
    }
    if plugins_denied.contains(plugin) {
        return Verdict::Refused(Refusal::PluginDenied);
    }
    if capabilities_denied.contains(capability) {
        return Verdict::Refused(Refusal::CapabilityDenied);
    }
    let consented = match (capability.consent(), consent) {
        (None, ConsentTerm::NotNeeded | ConsentTerm::Given(_)) | (Some(_), ConsentTerm::NotNeeded) => true,
        (Some(_), ConsentTerm::Given(given)) => given.contains(capability),
    };
    if consented { Verdict::Active } else { Verdict::AwaitsConsent }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use proptest::prelude::*;

    const FEATURES: [&str; 3] = ["screen-sharing", "files", "chat"];

    fn set() -> impl Strategy<Value = CapabilitySet> {
        // Every bit of a capability, and those between them that have none yet.
        (0u32..1 << 18).prop_map(CapabilitySet::from_bits)
    }

    prop_compose! {
        fn request()(feature in proptest::option::of(0usize..3), capabilities in set(), plugin in 0usize..3) -> Request {
            Request {
                plugin: FEATURES[plugin].into(),
                feature: feature.map(|at| FEATURES[at].into()),
                capabilities,
            }
        }
    }

    fn licence() -> impl Strategy<Value = Licence> {
        prop_oneof![
            Just(Licence::Everything),
            proptest::collection::btree_set(0usize..3, 0..3)
                .prop_map(|set| Licence::Features(set.into_iter().map(|at| FEATURES[at].to_owned()).collect())),
        ]
    }

    prop_compose! {
        fn policy()(plugins in proptest::collection::btree_set(0usize..3, 0..3), capabilities_denied in set()) -> Policy {
            Policy { plugins_denied: plugins.into_iter().map(|at| FEATURES[at].to_owned()).collect(), capabilities_denied }
        }
    }

    fn consent() -> impl Strategy<Value = ConsentTerm> {
        prop_oneof![Just(ConsentTerm::NotNeeded), set().prop_map(ConsentTerm::Given)]
    }

    fn within(inner: &Granted, outer: &Granted) -> bool {
        inner.possible.is_subset_of(outer.possible) && inner.active.is_subset_of(outer.active)
    }

    proptest! {
        #[test]
        fn a_grant_lies_within_each_of_its_terms(
            request in request(), licence in licence(), policy in policy(), consent in consent(),
        ) {
            let granted = grant(&request, &licence, &policy, consent);
            prop_assert!(granted.active.is_subset_of(granted.possible));
            for capability in granted.possible.iter().filter(|c| !c.always_granted()) {
                prop_assert!(request.capabilities.contains(capability));
            }
            prop_assert_eq!(granted.possible.bits() & policy.capabilities_denied.bits(), 0);
            if let ConsentTerm::Given(given) = consent {
                for capability in granted.active.iter().filter(|c| c.consent().is_some()) {
                    prop_assert!(given.contains(capability));
                }
            }
        }

        #[test]
        fn adding_a_term_never_enlarges_a_grant(
            request in request(), licence in licence(), policy in policy(), consent in consent(),
            fewer in set(), denied in set(), no_plugin in 0usize..3, lost_feature in 0usize..3,
        ) {
            let before = grant(&request, &licence, &policy, consent);
            let asked_less = Request {
                capabilities: CapabilitySet::from_bits(request.capabilities.bits() & fewer.bits()),
                ..request.clone()
            };
            prop_assert!(within(&grant(&asked_less, &licence, &policy, consent), &before));

            let licensed_less = match &licence {
                Licence::Everything => Licence::Features(FEATURES.iter().map(|f| (*f).to_owned()).collect()),
                Licence::Features(features) => {
                    Licence::Features(features.iter().filter(|f| *f != FEATURES[lost_feature]).cloned().collect())
                }
            };
            prop_assert!(within(&grant(&request, &licensed_less, &policy, consent), &before));

            let mut stricter = policy.clone();
            stricter.capabilities_denied = CapabilitySet::from_bits(policy.capabilities_denied.bits() | denied.bits());
            stricter.plugins_denied.insert(FEATURES[no_plugin].to_owned());
            prop_assert!(within(&grant(&request, &licence, &stricter, consent), &before));

            let consented_less = match consent {
                ConsentTerm::NotNeeded => ConsentTerm::Given(fewer),
                ConsentTerm::Given(given) => ConsentTerm::Given(CapabilitySet::from_bits(given.bits() & fewer.bits())),
            };
            prop_assert!(within(&grant(&request, &licence, &policy, consented_less), &before));
        }
    }

    proptest! {
        /// The intersection itself, said once more for one capability at a time.
        #[test]
        fn a_grant_is_just_what_manifest_licence_policy_and_consent_have_in_common(
            request in request(), licence in licence(), policy in policy(), consent in consent(),
        ) {
            let granted = grant(&request, &licence, &policy, consent);
            let licensed = match (&request.feature, &licence) {
                (None, _) | (Some(_), Licence::Everything) => true,
                (Some(feature), Licence::Features(features)) => features.contains(feature),
            };
            let allowed = !policy.plugins_denied.contains(&request.plugin);
            for capability in Capability::ALL {
                let declared = capability.always_granted() || request.capabilities.contains(capability);
                let possible = declared && licensed && allowed && !policy.capabilities_denied.contains(capability);
                let consented = match consent {
                    ConsentTerm::NotNeeded => true,
                    ConsentTerm::Given(given) => capability.consent().is_none() || given.contains(capability),
                };
                prop_assert_eq!(granted.possible.contains(capability), possible, "{}", capability);
                prop_assert_eq!(granted.active.contains(capability), possible && consented, "{}", capability);
                let unasked = match consent {
                    ConsentTerm::NotNeeded => true,
                    ConsentTerm::Given(given) => given.contains(capability),
                };
                let stands = possible && capability.standing().is_some() && unasked;
                prop_assert_eq!(granted.standing.contains(capability), stands, "{}", capability);
            }
        }
    }

    #[test]
    fn the_screen_waits_for_the_customer_and_not_for_the_rep() {
        let request = Request { plugin: "a".into(), feature: None, capabilities: CapabilitySet::all() };
        let customer = ConsentTerm::Given(CapabilitySet::EMPTY);
        let verdict_of =
            |consent| verdict(Capability::Screen, &request, &Licence::Everything, &Policy::default(), consent);
        assert_eq!(verdict_of(customer), Verdict::AwaitsConsent);
        assert_eq!(verdict_of(ConsentTerm::NotNeeded), Verdict::Active);
        assert_eq!(verdict_of(ConsentTerm::Given(CapabilitySet::all())), Verdict::Active);
    }
}
