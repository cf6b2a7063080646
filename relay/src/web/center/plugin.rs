//! What one account gets of one plugin, for operators: the newest version, versions of a range, or none.

use super::frame::{Changed, Frame, account_path};
use super::names;
use super::plugins::{outcome, rule_words, rules_of};
use crate::manage::{self, range};
use crate::registry::{Rule, Rules};
use crate::shared::Shared;
use crate::store::StoreError;
use crate::store::center::rule_revision;
use crate::store::web::Edited;
use crate::web::access::{Member, Of};
use crate::web::page::{Field, Page, html, see_other};
use crate::web::problem::{self, Problem};
use crate::web::text::t;
use crate::web::visit::{Fields, Visit};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use lotse_package::PluginId;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "center/plugin.html")]
struct PluginPage {
    page: Page,
    frame: Frame,
    action: String,
    back: String,
    revision: String,
    id: String,
    look: &'static str,
    /// Empty: sessions get none.
    gets: String,
    why: String,
    /// Those that are here, newest first; empty: none.
    versions: String,
    /// `newest`, `range` or `off`.
    choice: &'static str,
    range: Field,
    changed: Vec<Changed>,
}

fn form(shared: &Shared, visit: &Visit, member: &Member, of: &Of, id: &str, rules: &Rules) -> PluginPage {
    let rule = rules.get(id);
    let here = shared.registry.look(rules, |plugins| {
        let plugin = plugins.iter().find(|plugin| plugin.id() == id)?;
        let versions: Vec<String> = plugin.there.iter().map(|package| package.entry.version.to_string()).collect();
        Some((outcome(visit.language, plugin), versions.join(", "), names::resolved(visit.language, plugin)))
    });
    let not_here = || {
        let outcome = ("caution", String::new(), t(visit.language, "plugin-not-here", &[]));
        (outcome, String::new(), names::plugin(visit.language, id))
    };
    let ((look, gets, why), versions, name) = here.unwrap_or_else(not_here);
    let (choice, range) = match rule {
        None => ("newest", String::new()),
        Some(Rule::Off) => ("off", String::new()),
        Some(Rule::Versions(wanted)) => ("range", wanted.to_string()),
    };
    PluginPage {
        page: Page::titled(visit, name),
        frame: Frame::of(visit, member, of),
        action: account_path(of.0.id, &format!("/plugins/{id}")),
        back: account_path(of.0.id, "/plugins"),
        revision: rule_revision(rule),
        id: id.to_owned(),
        look,
        gets,
        why,
        versions,
        choice,
        range: Field::of(range),
        changed: vec![],
    }
}

/// The id as packages have it, and the account's rules.
async fn find(shared: &Shared, of: &Of, id: &str) -> Result<(String, Rules), Problem> {
    let id: PluginId = id.parse().map_err(|_| Problem::Missing)?;
    let rules = rules_of(shared, of.0.id).await.map_err(|error| Problem::of_store(shared, &error))?;
    Ok((id.to_string(), rules))
}

/// `GET`: the form.
pub async fn show(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    member: Member,
    of: Of,
    Path((_, id)): Path<(i64, String)>,
) -> Response {
    match find(&shared, &of, &id).await {
        Ok((id, rules)) => html(StatusCode::OK, &form(&shared, &visit, &member, &of, &id, &rules)),
        Err(problem) => problem::page(&visit, problem),
    }
}

/// `POST`: another rule, if nobody changed it meanwhile. The next session has it.
pub async fn edit(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    member: Member,
    of: Of,
    Path((_, id)): Path<(i64, String)>,
    fields: Fields,
) -> Response {
    let (id, rules) = match find(&shared, &of, &id).await {
        Ok(found) => found,
        Err(problem) => return problem::page(&visit, problem),
    };
    let mut form = form(&shared, &visit, &member, &of, &id, &rules);
    let Some(rule) = read(&visit, &mut form, &fields) else {
        return html(StatusCode::UNPROCESSABLE_ENTITY, &form);
    };
    let (account, seen) = ((of.0.id, of.0.name.as_str()), fields.get("revision"));
    match manage::edit_plugin_rule(&*shared.store, account, &id, seen, rule.as_ref(), &member.who(&shared)).await {
        Ok(Edited::Done) => see_other(&format!("{}?done=saved", form.back)),
        Ok(Edited::Outdated) => match find(&shared, &of, &id).await {
            Ok((_, now)) => {
                let now = now.get(&id);
                let label = t(visit.language, "plugin-rule", &[]);
                form.changed = vec![Changed { label, theirs: rule_words(visit.language, now) }];
                form.revision = rule_revision(now);
                html(StatusCode::CONFLICT, &form)
            }
            Err(problem) => problem::page(&visit, problem),
        },
        Err(StoreError::TooManyPluginRules(_)) => {
            form.range = Field::wrong(form.range.value.clone(), t(visit.language, "plugin-too-many", &[]));
            html(StatusCode::CONFLICT, &form)
        }
        Err(error) => problem::page(&visit, Problem::of_store(&shared, &error)),
    }
}

/// The rule that was typed; the outer `None`: the range is none, and the form says so.
fn read(visit: &Visit, form: &mut PluginPage, fields: &Fields) -> Option<Option<Rule>> {
    let text = fields.get("range").trim();
    form.range = Field::of(text);
    match fields.get("rule") {
        "off" => {
            form.choice = "off";
            Some(Some(Rule::Off))
        }
        "range" => {
            form.choice = "range";
            match range(text) {
                Ok(wanted) => Some(Some(Rule::Versions(wanted))),
                Err(_) => {
                    form.range = Field::wrong(text, t(visit.language, "plugin-no-range", &[]));
                    None
                }
            }
        }
        // Nothing else is said of it.
        _ => {
            form.choice = "newest";
            Some(None)
        }
    }
}
