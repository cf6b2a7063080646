//! What was changed of a portal, and what somebody else changed of it meanwhile.

use super::frame::Changed;
use super::portals::Typed;
use crate::store::PortalChange;
use crate::store::center::PortalSettings;
use crate::web::language::Language;
use crate::web::text::t;
use crate::web::visit::Visit;

/// What was changed of a portal.
pub fn change(portal: &PortalSettings, typed: &Typed) -> PortalChange {
    let (language, team) = (typed.own_language(), typed.own_team());
    PortalChange {
        name: (portal.name != typed.name.value).then(|| typed.name.value.clone()),
        greeting: (portal.greeting != typed.greeting).then(|| typed.greeting.clone()),
        language: (portal.language.as_deref() != language).then_some(language),
        team: (portal.team != team).then_some(team),
    }
}

/// What stands there now, where it is not what was typed.
pub fn differences(visit: &Visit, typed: &Typed, now: &PortalSettings) -> Vec<Changed> {
    let say = |id: &str| t(visit.language, id, &[]);
    let PortalChange { name, greeting, language, team } = change(now, typed);
    let of_language = now.language.as_deref().and_then(Language::from_tag).map(|of| of.name().to_owned());
    let of_team = now.team.clone().unwrap_or_else(|| say("portals-everybody"));
    let rows = [
        (name.is_some(), "field-name", now.name.clone()),
        (greeting.is_some(), "portal-greeting", now.greeting.clone()),
        (language.is_some(), "field-language", of_language.unwrap_or_else(|| say("portal-accounts-language"))),
        (team.is_some(), "portal-team", of_team),
    ];
    let changed = rows.into_iter().filter(|(differs, _, _)| *differs);
    changed.map(|(_, label, theirs)| Changed { label: say(label), theirs }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manage::portal_changes as changes;
    use crate::web::page::Field;

    fn words(typed: &Typed) -> String {
        changes(&change(&portal(), typed)).join(", ")
    }

    fn portal() -> PortalSettings {
        PortalSettings {
            id: 1,
            slug: "acme".into(),
            name: "Acme".into(),
            greeting: "Hello".into(),
            language: Some("de".into()),
            team: None,
        }
    }

    #[test]
    fn what_changes_at_a_portal_is_told_and_what_does_not_is_let_be() {
        let mut typed = Typed::of(&portal(), &[]);
        assert_eq!(words(&typed), "");
        typed.name = Field::of("Help");
        typed.language = "";
        typed.team = "Billing".into();
        assert_eq!(words(&typed), "name Help, language the account's, team Billing");
        typed.greeting.clear();
        assert!(words(&typed).contains("greeting changed"));
    }
}
