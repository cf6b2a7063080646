//! One of the account's portals: its address, how it stands at this moment, what it says, whom it leads to, and its end.

use super::confirm::ConfirmPage;
use super::frame::{Changed, Frame, account_path};
use super::overview::{drawn, look};
use super::portal_change::{change, differences};
use super::portals::Typed;
use crate::manage;
use crate::shared::Shared;
use crate::store::center::PortalSettings;
use crate::store::web::Edited;
use crate::store::{StoreError, Team};
use crate::web::access::{Member, Of, still_stands};
use crate::web::live as streams;
use crate::web::page::{Page, html, see_other};
use crate::web::problem::{self, Problem};
use crate::web::text::{Argument, t};
use crate::web::visit::{Fields, Visit};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use std::sync::Arc;

/// Longest name of a relay in an address.
const HOST_CHARS_MAX: usize = 260;

#[derive(Template)]
#[template(path = "center/portal.html")]
struct PortalPage {
    page: Page,
    frame: Frame,
    base: String,
    back: String,
    /// In full, if the browser called the relay by a name that can be one.
    address: String,
    /// Such as `/p/acme`.
    path: String,
    revision: String,
    typed: Typed,
    changed: Vec<Changed>,
    live_href: String,
    /// Drawn, and so escaped, already.
    live: String,
}

/// The part that is drawn anew.
#[derive(Template)]
#[template(path = "center/portal_live.html")]
struct PortalPart {
    page: Page,
    waiting: String,
    ready: String,
    /// Names of those who take its questions now.
    reps: String,
}

/// A portal with the teams of its account.
async fn find(shared: &Shared, of: &Of, portal: i64) -> Result<(PortalSettings, Vec<Team>), Problem> {
    let found = async {
        let portals = shared.store.portals_of(of.0.id).await?;
        Ok::<_, StoreError>((portals, shared.store.teams_of(of.0.id).await?))
    };
    let (portals, teams) = found.await.map_err(|error| Problem::of_store(shared, &error))?;
    let portal = portals.into_iter().find(|of| of.id == portal).ok_or(Problem::Missing)?;
    Ok((portal, teams))
}

fn base(of: &Of, portal: i64) -> String {
    account_path(of.0.id, &format!("/portals/{portal}"))
}

/// The portal's page in full, by what the browser called the relay. Empty: that is no name.
fn address(headers: &HeaderMap, path: &str) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    let named = !host.is_empty() && host.len() <= HOST_CHARS_MAX && host.chars().all(plain);
    if named { format!("https://{host}{path}") } else { String::new() }
}

async fn form(
    shared: &Shared,
    (visit, headers): (&Visit, &HeaderMap),
    member: &Member,
    of: &Of,
    portal: &PortalSettings,
    typed: Typed,
) -> Result<PortalPage, Problem> {
    let page = Page::titled(visit, portal.name.clone()).live();
    let (base, path) = (base(of, portal.id), format!("/p/{}", portal.slug));
    Ok(PortalPage {
        live: part(shared, &page, of, portal.id).await?,
        page,
        frame: Frame::of(visit, member, of),
        back: account_path(of.0.id, "/portals"),
        address: address(headers, &path),
        path,
        revision: portal.revision(),
        typed,
        changed: vec![],
        live_href: format!("{base}/live"),
        base,
    })
}

async fn part(shared: &Shared, page: &Page, of: &Of, portal: i64) -> Result<String, Problem> {
    let live = look(shared, of.0.id).await?;
    let standing = *shared.switchboard.status(portal).borrow();
    let mut reps: Vec<&str> =
        live.people.iter().filter(|one| one.portals.contains(&portal)).map(|one| one.name.as_str()).collect();
    // Somebody may be signed in twice.
    reps.sort_unstable();
    reps.dedup();
    drawn(&PortalPart {
        page: page.clone(),
        waiting: standing.waiting.to_string(),
        ready: standing.reps.to_string(),
        reps: reps.join(", "),
    })
}

/// `GET`: the portal.
pub async fn show(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    headers: HeaderMap,
    member: Member,
    of: Of,
    Path((_, portal)): Path<(i64, i64)>,
) -> Response {
    let shown = async {
        let (portal, teams) = find(&shared, &of, portal).await?;
        form(&shared, (&visit, &headers), &member, &of, &portal, Typed::of(&portal, &teams)).await
    };
    match shown.await {
        Ok(form) => html(StatusCode::OK, &form),
        Err(problem) => problem::page(&visit, problem),
    }
}

/// `GET`: how it stands, again and again.
pub async fn live(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    member: Member,
    of: Of,
    Path((_, portal)): Path<(i64, i64)>,
) -> Response {
    if let Err(problem) = find(&shared, &of, portal).await {
        return problem::page(&visit, problem);
    }
    let page = Page::new(&visit, "center-portals");
    let at = shared.clone();
    streams::stream(&shared, &visit, move || {
        let (shared, member, of, page) = (at.clone(), member.clone(), of.clone(), page.clone());
        async move {
            if !still_stands(&shared, &member).await {
                return None;
            }
            part(&shared, &page, &of, portal).await.ok()
        }
    })
}

/// `POST`: what it says and whom it leads to, if nobody changed that meanwhile.
pub async fn edit(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    headers: HeaderMap,
    member: Member,
    of: Of,
    Path((_, portal)): Path<(i64, i64)>,
    fields: Fields,
) -> Response {
    let begun = async {
        let (portal, teams) = find(&shared, &of, portal).await?;
        let typed = Typed::read(&visit, &fields, &teams);
        let form = form(&shared, (&visit, &headers), &member, &of, &portal, typed).await?;
        Ok::<_, Problem>((portal, form))
    };
    let (portal, mut form) = match begun.await {
        Ok(begun) => begun,
        Err(problem) => return problem::page(&visit, problem),
    };
    if !form.typed.name.is_right() {
        return html(StatusCode::UNPROCESSABLE_ENTITY, &form);
    }
    let change = change(&portal, &form.typed);
    let (account, seen) = (of.0.id, fields.get("revision"));
    match manage::edit_portal(&*shared.store, account, &portal, seen, change, &member.who(&shared)).await {
        Ok(Edited::Done) => see_other(&format!("{}?done=saved", form.base)),
        Ok(Edited::Outdated) => match find(&shared, &of, portal.id).await {
            Ok((now, _)) => {
                form.changed = differences(&visit, &form.typed, &now);
                form.revision = now.revision();
                html(StatusCode::CONFLICT, &form)
            }
            Err(problem) => problem::page(&visit, problem),
        },
        Err(error) => problem::page(&visit, Problem::of_store(&shared, &error)),
    }
}

/// `GET`: whether it is meant.
pub async fn ask_removal(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    member: Member,
    of: Of,
    Path((_, portal)): Path<(i64, i64)>,
) -> Response {
    match find(&shared, &of, portal).await {
        Ok((portal, _)) => confirm(&visit, &member, &of, &portal, StatusCode::OK, String::new()),
        Err(problem) => problem::page(&visit, problem),
    }
}

fn confirm(
    visit: &Visit,
    member: &Member,
    of: &Of,
    portal: &PortalSettings,
    status: StatusCode,
    wrong: String,
) -> Response {
    let word = |id: &str| t(visit.language, id, &[("portal", Argument::Word(&portal.name))]);
    let base = base(of, portal.id);
    let page = ConfirmPage {
        page: Page::titled(visit, word("portal-remove-title")),
        frame: Frame::of(visit, member, of),
        wrong,
        lead: word("portal-remove-lead"),
        asks_password: false,
        action: format!("{base}/remove"),
        revision: portal.revision(),
        button: word("portal-remove"),
        back: base,
    };
    html(status, &page)
}

/// `POST`: the portal is gone, with the questions that wait there. What somebody else changed meanwhile is shown first.
pub async fn remove(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    member: Member,
    of: Of,
    Path((_, portal)): Path<(i64, i64)>,
    fields: Fields,
) -> Response {
    let portal = match find(&shared, &of, portal).await {
        Ok((portal, _)) => portal,
        Err(problem) => return problem::page(&visit, problem),
    };
    let (account, seen) = (of.0.id, fields.get("revision"));
    match manage::remove_portal_seen(&*shared.store, account, &portal, seen, &member.who(&shared)).await {
        Ok(Edited::Done) => see_other(&account_path(account, "/portals?done=removed")),
        Ok(Edited::Outdated) => match find(&shared, &of, portal.id).await {
            Ok((now, _)) => {
                let wrong = t(visit.language, "remove-changed", &[]);
                confirm(&visit, &member, &of, &now, StatusCode::CONFLICT, wrong)
            }
            Err(problem) => problem::page(&visit, problem),
        },
        Err(error) => problem::page(&visit, Problem::of_store(&shared, &error)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_address_is_by_the_name_that_the_relay_was_called_by() {
        let of = |host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            address(&headers, "/p/acme")
        };
        assert_eq!(of("help.acme.example:8443"), "https://help.acme.example:8443/p/acme");
        assert_eq!(of("[::1]:8443"), "https://[::1]:8443/p/acme");
        for odd in ["", "a b", "x\"><script>"] {
            assert_eq!(of(odd), "", "{odd}");
        }
        assert_eq!(address(&HeaderMap::new(), "/p/acme"), "");
    }
}
