//! Plugins, for operators: which version of each an account's sessions get and why, and what is here for all.

use super::frame::{Frame, account_path};
use super::names;
use crate::registry::{Resolved, Rule, Rules, StoredPackage, Why};
use crate::shared::Shared;
use crate::store::StoreError;
use crate::web::access::{Member, Of};
use crate::web::language::Language;
use crate::web::page::{Page, html};
use crate::web::problem::{self, Problem};
use crate::web::text::{Argument, t};
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;

struct Row {
    href: String,
    name: String,
    id: String,
    /// Such as `1.4.2`; empty: sessions get none.
    gets: String,
    look: &'static str,
    why: String,
    rule: String,
}

#[derive(Template)]
#[template(path = "center/plugins.html")]
struct PluginsPage {
    page: Page,
    frame: Frame,
    rows: Vec<Row>,
}

/// One package.
struct PackageRow {
    name: String,
    id: String,
    version: String,
    /// Sessions of accounts without a rule get it.
    current: bool,
    /// It does not run on this relay's contract.
    unfit: bool,
    signer: String,
    feature: String,
    size: String,
}

#[derive(Template)]
#[template(path = "center/relay_plugins.html")]
struct PackagesPage {
    page: Page,
    frame: Frame,
    rows: Vec<PackageRow>,
}

/// An account's rules.
pub async fn rules_of(shared: &Shared, account: i64) -> Result<Rules, StoreError> {
    let (_, mut rules) = shared.store.plugin_rules().await?;
    Ok(rules.remove(&account).unwrap_or_default())
}

/// `GET`: what an account's next sessions get.
pub async fn of_account(State(shared): State<Arc<Shared>>, visit: Visit, member: Member, of: Of) -> Response {
    let rules = match rules_of(&shared, of.0.id).await {
        Ok(rules) => rules,
        Err(error) => return problem::page(&visit, Problem::of_store(&shared, &error)),
    };
    let language = visit.language;
    let mut rows = shared.registry.look(&rules, |plugins| -> Vec<Row> {
        plugins.iter().map(|plugin| row(language, &of, plugin, rules.get(plugin.id()))).collect()
    });
    // Of what a rule names no package may be here yet.
    let absent = rules.iter().filter(|(id, _)| rows.iter().all(|row| row.id != **id));
    let absent: Vec<Row> =
        absent.map(|(id, rule)| row_of(language, &of, id, rule_words(language, Some(rule)))).collect();
    rows.extend(absent);
    let (page, frame) = (Page::new(&visit, "center-plugins"), Frame::of(&visit, &member, &of));
    html(StatusCode::OK, &PluginsPage { page, frame, rows })
}

fn row(language: Language, of: &Of, plugin: &Resolved<'_>, rule: Option<&Rule>) -> Row {
    let (look, gets, why) = outcome(language, plugin);
    let name = names::resolved(language, plugin);
    Row { name, look, gets, why, ..row_of(language, of, plugin.id(), rule_words(language, rule)) }
}

/// Of a plugin that is not here.
fn row_of(language: Language, of: &Of, id: &str, rule: String) -> Row {
    Row {
        href: account_path(of.0.id, &format!("/plugins/{id}")),
        name: names::plugin(language, id),
        id: id.to_owned(),
        gets: String::new(),
        look: "caution",
        why: t(language, "plugin-not-here", &[]),
        rule,
    }
}

/// What the dot beside it is like, the version that sessions get, empty if none, and why, in words.
pub fn outcome(language: Language, plugin: &Resolved<'_>) -> (&'static str, String, String) {
    let gets = plugin.chosen.map(|package| package.entry.version.to_string()).unwrap_or_default();
    let (look, why) = why(language, &plugin.why);
    (look, gets, why)
}

fn why(language: Language, why: &Why) -> (&'static str, String) {
    let plain = |id: &str| t(language, id, &[]);
    let wanted =
        |id: &str, range: &semver::VersionReq| t(language, id, &[("range", Argument::Word(&range.to_string()))]);
    match why {
        Why::Newest => ("good", plain("why-newest")),
        Why::Rule(range) => ("good", wanted("why-rule", range)),
        Why::Contract => ("caution", plain("why-contract")),
        Why::Requires => ("caution", plain("why-requires")),
        Why::Unmet => ("danger", plain("why-unmet")),
        Why::Off => ("", plain("why-off")),
        Why::NoVersion(range) => ("danger", wanted("why-no-version", range)),
    }
}

/// A rule in words.
pub fn rule_words(language: Language, rule: Option<&Rule>) -> String {
    match rule {
        None => t(language, "rule-none", &[]),
        Some(Rule::Off) => t(language, "rule-off", &[]),
        Some(Rule::Versions(range)) => range.to_string(),
    }
}

/// `GET`: every package.
pub async fn of_relay(State(shared): State<Arc<Shared>>, visit: Visit, member: Member) -> Response {
    let rows = shared.registry.look(&Rules::new(), |plugins| -> Vec<PackageRow> {
        plugins.iter().flat_map(|plugin| packages(visit.language, plugin)).collect()
    });
    let (page, frame) = (Page::new(&visit, "center-relay-plugins"), Frame::new(&visit, &member));
    html(StatusCode::OK, &PackagesPage { page, frame, rows })
}

fn packages(language: Language, plugin: &Resolved<'_>) -> Vec<PackageRow> {
    let chosen = plugin.chosen.map(|package| package.entry.digest);
    let row = |package: &&StoredPackage| {
        let entry = &package.entry;
        PackageRow {
            name: names::package(language, package),
            id: entry.id.clone(),
            version: entry.version.to_string(),
            current: chosen == Some(entry.digest),
            unfit: !package.fits_contract,
            signer: signer(language, package),
            feature: entry.feature.as_ref().map(|name| names::feature(language, name).0).unwrap_or_default(),
            size: format!("{} KB", package.bytes.len().div_ceil(1000)),
        }
    };
    plugin.there.iter().map(row).collect()
}

/// What the operator calls whoever signed it, and the key's first digits.
fn signer(language: Language, package: &StoredPackage) -> String {
    let Some(key) = package.signer else { return t(language, "plugin-unsigned", &[]) };
    let digits: String = key.to_string().chars().take(12).collect();
    match &package.entry.publisher {
        Some(name) => format!("{name} · {digits}…"),
        None => format!("{digits}…"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::registry::CatalogueEntry;
    use std::collections::BTreeMap;

    fn stored(version: &str, publisher: Option<&str>) -> StoredPackage {
        let entry = CatalogueEntry {
            id: "lotse.chat".into(),
            version: version.parse().unwrap(),
            digest: [version.len() as u8; 32],
            feature: Some("chat".into()),
            capabilities: Default::default(),
            publisher: publisher.map(str::to_owned),
        };
        let signer = publisher.map(|_| lotse_package::PublicKey::from_bytes([0xab; 32]));
        let name = lotse_package::Texts::new([("en", "Talk"), ("de", "Plaudern")]);
        let requires = BTreeMap::new();
        StoredPackage { entry, name, signer, requires, fits_contract: true, bytes: Arc::new([0; 1001]) }
    }

    #[test]
    fn a_version_and_why_it_is_that_one_are_told_in_words() {
        let (old, new) = (stored("1.9.0", Some("Acme")), stored("1.10.0", None));
        let plugin =
            Resolved { there: vec![&new, &old], chosen: Some(&old), why: Why::Rule("^1.9, <1.10".parse().unwrap()) };
        let (look, gets, why) = outcome(Language::English, &plugin);
        assert!(look == "good" && gets == "1.9.0" && why.contains("<1.10"), "{gets}: {why}");
        let rows = packages(Language::English, &plugin);
        let told: Vec<_> = rows.iter().map(|row| (row.version.as_str(), row.current, row.size.as_str())).collect();
        assert_eq!(told, [("1.10.0", false, "2 KB"), ("1.9.0", true, "2 KB")]);
        assert!(rows.iter().all(|row| row.feature == "Chat"));
        assert_eq!(rows.last().map(|row| row.signer.as_str()), Some("Acme · abababababab…"));
    }

    #[test]
    fn a_strangers_plugin_is_called_as_its_package_says_and_known_ones_by_the_words_here() {
        let mut package = stored("1.9.0", None);
        assert_eq!(names::package(Language::German, &package), "Chat");
        package.entry.id = "com.example.talk".into();
        assert_eq!(names::package(Language::German, &package), "Plaudern");
        let there = Resolved { there: vec![&package], chosen: None, why: Why::Off };
        assert_eq!(names::resolved(Language::English, &there), "Talk");
    }

    #[test]
    fn a_plugin_that_is_off_has_no_version_and_a_rule_has_words() {
        let package = stored("1.9.0", None);
        let off = Resolved { there: vec![&package], chosen: None, why: Why::Off };
        assert_eq!(outcome(Language::German, &off).1, "");
        assert_eq!(rule_words(Language::English, Some(&Rule::Versions("^1.2".parse().unwrap()))), "^1.2");
        assert_ne!(rule_words(Language::English, None), rule_words(Language::English, Some(&Rule::Off)));
    }
}
