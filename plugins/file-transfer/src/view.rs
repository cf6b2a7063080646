//! The menu and the rows of a half.

use lotse_sdk::session::{Role, only_looking, text};
use lotse_sdk::ui::{self, Node, Tone};

use crate::item::{End, Item, State, Way};
use crate::protocol::Allowed;
use crate::transfers::Transfers;
use crate::words;

/// Ids of nodes that act; scripts use them too. Those of a row end in its number.
pub const SEND_FILES: &str = "send-files";
pub const SEND_FOLDER: &str = "send-folder";
pub const ALLOW: &str = "allow";
pub const MORE: &str = "more";
const ROW: &str = "transfer-";
pub const PAUSE: &str = "pause-";
pub const RESUME: &str = "resume-";
pub const CANCEL: &str = "cancel-";
pub const AGAIN: &str = "again-";
pub const REVEAL: &str = "reveal-";
pub const DISMISS: &str = "dismiss-";
/// Where several could be meant: these end in the participant's number.
pub const SEND_FILES_TO: &str = "send-files-";
pub const SEND_FOLDER_TO: &str = "send-folder-";
/// Of what waits for who gets it: its number, and for whom; or its number alone, for nobody.
const TO: &str = "to-";
pub const TO_NOBODY: &str = "to-nobody-";
/// Rows that are over and shown without being asked for: the talk keeps the room.
const OVER_SHOWN: usize = 3;

/// The number behind a prefix: `pause-3` is 3 after `pause-`.
pub fn number_after(node: &str, prefix: &str) -> Option<u32> {
    node.strip_prefix(prefix)?.parse().ok()
}

/// What waits for who gets it, and who does: 4 and 3 of `to-4-3`.
pub fn decided(node: &str) -> Option<(u32, u32)> {
    let (number, to) = node.strip_prefix(TO)?.split_once('-')?;
    Some((number.parse().ok()?, to.parse().ok()?))
}

/// The transfers with one other side.
pub struct Side<'a> {
    /// The participant's number.
    pub id: u32,
    pub there: bool,
    pub transfers: &'a Transfers,
    pub who: &'a str,
}

/// Why nothing can be sent to that side.
fn why_not(transfers: &Transfers) -> Option<&'static str> {
    let nobody = text("Nobody is connected at the moment.", "Zurzeit ist niemand verbunden.");
    let unheard = text(
        "The other side takes no files from here. Whoever only looks on sends none.",
        "Die Gegenseite nimmt von hier keine Dateien an. Wer nur zusieht, sendet keine.",
    );
    match (transfers.is_connected(), transfers.unheard()) {
        _ if transfers.only_looks() => Some(only_looking()),
        (true, _) => None,
        (false, 0 | 1) => Some(nobody),
        (false, _) => Some(unheard),
    }
}

/// The same towards several: each has their own.
pub fn menu_of_several(sides: &[&Side<'_>]) -> Node {
    let mut menu = ui::menu(text("Files", "Dateien"));
    for (nth, side) in sides.iter().enumerate() {
        let (id, why) = (side.id, why_not(side.transfers));
        let to = ui::text(&format!("{} {}", text("To", "An"), side.who), Tone::Muted);
        let files = ui::item(&format!("{SEND_FILES_TO}{id}"), text("Send files…", "Dateien senden…")).unless(why);
        let folder = ui::item(&format!("{SEND_FOLDER_TO}{id}"), text("Send folder…", "Ordner senden…")).unless(why);
        menu = menu.children((nth > 0).then(ui::separator)).child(to).child(files).child(folder);
    }
    menu
}

/// `several`: more than one could be meant.
pub fn menu(transfers: &Transfers, role: Role, who: &str, several: bool) -> Node {
    let why = why_not(transfers);
    // A rep has several customers, and a customer can have several reps: which one gets it is said first.
    let to = ui::text(&format!("{} {who}", text("To", "An")), Tone::Muted);
    let menu = ui::menu(text("Files", "Dateien"))
        .children((role == Role::Rep || several).then_some(to))
        .child(ui::item(SEND_FILES, text("Send files…", "Dateien senden…")).unless(why))
        .child(ui::item(SEND_FOLDER, text("Send folder…", "Ordner senden…")).unless(why));
    match role {
        Role::Customer => menu,
        Role::Rep => menu.child(ui::separator()).children(standing(transfers, why)),
    }
}

/// The rep's way to the customer's standing permission, and how it stands.
fn standing(transfers: &Transfers, why: Option<&str>) -> Vec<Node> {
    let ask = ui::item(ALLOW, text("Send without asking each time…", "Senden, ohne jedes Mal zu fragen…"));
    let asked = text("The customer is being asked.", "Der Kunde wird gerade gefragt.");
    let allowed = text(
        "The customer's computer takes your files without a question.",
        "Der Kundencomputer nimmt Ihre Dateien ohne Rückfrage an.",
    );
    let refused = text("The customer would like to be asked each time.", "Der Kunde möchte jedes Mal gefragt werden.");
    match transfers.allowed() {
        Allowed::No => vec![ask.unless(why)],
        Allowed::Asked => vec![ask.unless(Some(asked))],
        Allowed::Refused => vec![ask.unless(why), ui::text(refused, Tone::Caution)],
        Allowed::Yes => vec![ui::text(allowed, Tone::Good)],
    }
}

/// What is under way with all of them, the newest of what is over, and what waits for who gets it. `all`: everything that is over.
pub fn rows(sides: &[Side<'_>], undecided: &[(u32, &str)], all: bool) -> Option<Node> {
    let items = || sides.iter().flat_map(|side| side.transfers.items().iter().map(move |item| (side, item)));
    let is_shut_out = sides.iter().any(|side| side.transfers.is_shut_out());
    if items().next().is_none() && undecided.is_empty() && !is_shut_out {
        return None;
    }
    let over = items().filter(|(_, item)| item.is_over()).count();
    let mut hidden = if all { 0 } else { over.saturating_sub(OVER_SHOWN) };
    let left_away = hidden;
    let shown = items().filter(|(_, item)| {
        let hides = item.is_over() && hidden > 0;
        hidden -= usize::from(hides);
        !hides
    });
    let more = match (left_away, all && over > OVER_SHOWN) {
        (0, false) => None,
        (0, true) => Some(ui::button(MORE, text("Show fewer", "Weniger anzeigen"))),
        (count, _) => Some(ui::button(MORE, &format!("{} ({count})", text("Show earlier ones", "Frühere anzeigen")))),
    };
    let several = sides.len() > 1;
    let rows: Vec<Node> = shown.map(|(side, item)| row(item, side, several)).collect();
    let another_version = sides.iter().any(|side| side.transfers.is_another_version());
    let shut_out = is_shut_out.then(|| ui::text(stopped(another_version), Tone::Danger));
    let questions = undecided.iter().map(|(number, name)| question(*number, name, sides));
    Some(ui::panel("").children(more).children(rows).children(questions).children(shut_out))
}

/// Why the other side's half is listened to no more.
fn stopped(another_version: bool) -> &'static str {
    if another_version {
        text(
            "File transfer was stopped: the other side's program has another version of it. Start both programs again.",
            "Die Dateiübertragung wurde angehalten: Das Programm der anderen Seite hat eine andere Version davon. Starten Sie beide Programme neu.",
        )
    } else {
        text(
            "File transfer was stopped: what the other side's program sends makes no sense.",
            "Die Dateiübertragung wurde angehalten: Was das Programm der anderen Seite schickt, ergibt keinen Sinn.",
        )
    }
}

/// Who gets what was dropped while several are there.
fn question(number: u32, name: &str, sides: &[Side<'_>]) -> Node {
    let to = |side: &Side<'_>| {
        ui::button(&format!("{TO}{number}-{}", side.id), &format!("{} {}", text("To", "An"), side.who))
    };
    let who = text("Who is to get it?", "Wer soll es bekommen?");
    let row = ui::activity(&format!("{ROW}{TO}{number}"), "file", name, who, Tone::Caution);
    let nobody = ui::button(&format!("{TO_NOBODY}{number}"), text("Cancel", "Abbrechen")).icon("x");
    row.children(sides.iter().filter(|side| side.there).map(to)).child(nobody)
}

/// `several`: it is said with whom.
fn row(item: &Item, side: &Side<'_>, several: bool) -> Node {
    let Side { id: _, there: _, transfers, who } = *side;
    let connected = transfers.is_connected();
    let single = item.facts.files == 1 && item.facts.folders == 0;
    let icon = if single { "file" } else { "folder" };
    let (detail, tone) = detail(item, transfers, who);
    let with = match item.way {
        Way::Out => text("To", "An"),
        Way::In => text("From", "Von"),
    };
    let detail = if several { format!("{with} {who} · {detail}") } else { detail };
    let label = match words::count(&item.facts) {
        Some(count) => format!("{} · {count}", item.facts.name),
        None => item.facts.name.clone(),
    };
    let row = ui::activity(&format!("{ROW}{}", item.number), icon, &label, &detail, tone);
    let row = match part(item) {
        Some(part) => row.with("value", i64::from(part)),
        None => row,
    };
    row.children(buttons(item, connected))
}

/// How much of 1,000; none for what has not begun or is over.
fn part(item: &Item) -> Option<u16> {
    if !item.is_accepted() {
        return None;
    }
    let (done, all) = (u128::from(item.progress.bytes), u128::from(item.facts.bytes));
    let part = done.saturating_mul(1000).checked_div(all).unwrap_or(0).min(1000);
    u16::try_from(part).ok()
}

fn detail(item: &Item, transfers: &Transfers, who: &str) -> (String, Tone) {
    let plain = |line: &str| (line.to_owned(), Tone::Muted);
    match item.state {
        State::Ended(end) => (words::end(item, end, who), tone(end)),
        State::Waiting | State::Asked(_) if item.way == Way::In => {
            plain(text("Waits for your answer", "Wartet auf Ihre Antwort"))
        }
        State::Waiting | State::Asked(_) if transfers.is_connected() => {
            let waits = format!(
                "{} · {}",
                words::size(item.facts.bytes),
                text("waits for an answer", "wartet auf eine Antwort")
            );
            (with_left_out(waits, item), Tone::Muted)
        }
        State::Waiting | State::Asked(_) => plain(text(
            "Is offered as soon as the connection is back",
            "Wird angeboten, sobald die Verbindung wieder steht",
        )),
        State::Queued | State::Running(_) | State::Broken if item.is_paused() => (paused(item, who), Tone::Caution),
        State::Queued if item.way == Way::Out => plain(text("Waits for its turn", "Wartet, bis es an der Reihe ist")),
        State::Queued => plain(text("Waits for the other side to begin", "Wartet, bis die andere Seite beginnt")),
        State::Broken => interrupted(item),
        State::Running(_) if transfers.is_silent() => interrupted(item),
        State::Running(_) if item.progress.waits == "disk-full" || item.missing > 0 => {
            (words::full(item), Tone::Danger)
        }
        State::Running(_) if held(item) != (false, false) => (paused(item, who), Tone::Caution),
        State::Running(_) => (running(item), Tone::Muted),
    }
}

fn interrupted(item: &Item) -> (String, Tone) {
    let line = text("Interrupted; goes on by itself", "Unterbrochen; geht von selbst weiter");
    (format!("{} · {line}", words::so_far(item.progress.bytes, item.facts.bytes)), Tone::Caution)
}

fn with_left_out(line: String, item: &Item) -> String {
    match words::left_out(item) {
        Some(left_out) => format!("{line} · {left_out}"),
        None => line,
    }
}

/// Whether it stands by somebody's wish, here and there. What was paused of it by itself counts before a pause of the session, of
/// which only the host knows.
fn held(item: &Item) -> (bool, bool) {
    let waits = item.progress.waits.as_str();
    if item.is_paused() { (item.paused_here, item.paused_there) } else { (waits == "here", waits == "there") }
}

fn paused(item: &Item, who: &str) -> String {
    let so_far = words::so_far(item.progress.bytes, item.facts.bytes);
    let by = match held(item) {
        (_, false) => text("paused", "pausiert").to_owned(),
        (false, true) => format!("{} {who}", text("paused by", "pausiert von")),
        (true, true) => text("paused on both sides", "auf beiden Seiten pausiert").to_owned(),
    };
    format!("{so_far} · {by}")
}

/// `3.1 of 8.4 MB · 4 s left · 2.1 MB/s`
fn running(item: &Item) -> String {
    let mut parts = vec![words::so_far(item.progress.bytes, item.facts.bytes)];
    parts.extend(item.seconds_left().map(words::left));
    let rate = item.progress.rate_bytes_s;
    parts.extend((rate > 0).then(|| format!("{}/s", words::size(rate))));
    parts.join(" · ")
}

fn tone(end: End) -> Tone {
    match end {
        End::Whole => Tone::Good,
        End::Cancelled | End::CancelledThere | End::Refused(_) => Tone::Muted,
        End::Broken | End::Gone | End::Changed | End::Denied | End::Left | End::TakenBack => Tone::Caution,
        End::DiskFull | End::Wrong => Tone::Danger,
    }
}

fn buttons(item: &Item, connected: bool) -> Vec<Node> {
    let id = |prefix: &str| format!("{prefix}{}", item.number);
    let cancel = || ui::button(&id(CANCEL), text("Cancel", "Abbrechen")).icon("x");
    match item.state {
        State::Waiting | State::Asked(_) => vec![cancel()],
        State::Queued | State::Running(_) | State::Broken => {
            let pause = if item.paused_here {
                ui::button(&id(RESUME), text("Go on", "Fortsetzen")).icon("play")
            } else {
                ui::button(&id(PAUSE), text("Pause", "Pausieren")).icon("pause")
            };
            vec![pause, cancel()]
        }
        State::Ended(end) => {
            let nobody = text("Nobody is connected at the moment.", "Zurzeit ist niemand verbunden.");
            let again = ui::button(&id(AGAIN), text("Try again", "Noch einmal versuchen")).icon("refresh-cw");
            let again = again.unless((!connected).then_some(nobody));
            let reveal = ui::button(&id(REVEAL), text("Open folder", "Ordner öffnen"));
            let dismiss = ui::button(&id(DISMISS), text("Remove from the list", "Aus der Liste entfernen")).icon("x");
            let mut buttons = Vec::new();
            buttons.extend(end.may_try_again().then_some(again));
            buttons.extend((end == End::Whole && item.way == Way::In).then_some(reveal));
            buttons.push(dismiss);
            buttons
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::item::Progress;
    use crate::protocol::Facts;
    use lotse_sdk::ReadSettings;

    fn item(number: u32, state: State) -> Item {
        let facts = Facts { name: "scan.pdf".to_owned(), files: 1, folders: 0, bytes: 8_400_000 };
        let mut item = Item::new(Way::In, u64::from(number), number, facts);
        item.state = state;
        item
    }

    fn shown(items: Vec<Item>, all: bool) -> Node {
        let mut transfers = Transfers::new(true);
        transfers.items = items;
        let side = Side { id: 1, there: true, transfers: &transfers, who: "Anna Berg" };
        rows(&[side], &[], all).unwrap()
    }

    #[test]
    fn f2_a_row_says_how_far_how_fast_and_how_long() {
        let mut running = item(4, State::Running(1));
        running.progress = Progress { bytes: 3_100_000, rate_bytes_s: 2_100_000, waits: String::new() };
        let rows = shown(vec![running], false);
        let row = rows.find("transfer-4").unwrap();
        assert_eq!(row.properties().text("detail"), Some("3.1 of 8.4 MB · 3 s left · 2.1 MB/s"));
        assert_eq!((row.properties().text("label"), row.properties().number("value")), (Some("scan.pdf"), Some(369)));
        assert_eq!(rows.ids(), ["transfer-4", "pause-4", "cancel-4"]);
        assert_eq!(number_after("pause-4", PAUSE), Some(4));
    }

    /// Scar: what a customer's pause of the session held was said to wait for a computer.
    #[test]
    fn f2_what_a_pause_of_the_session_holds_is_shown_as_paused_and_by_whom() {
        let detail = |waits: &str, paused_here: bool| {
            let mut held = item(4, State::Running(1));
            held.progress = Progress { bytes: 3_100_000, rate_bytes_s: 0, waits: waits.to_owned() };
            held.paused_here = paused_here;
            let rows = shown(vec![held], false);
            let detail = rows.find("transfer-4").unwrap().properties().text("detail").map(str::to_owned);
            (detail.unwrap_or_default(), rows.find("resume-4").is_some())
        };
        assert_eq!(detail("here", false), ("3.1 of 8.4 MB · paused".to_owned(), false), "it goes on with the session");
        assert_eq!(detail("there", false), ("3.1 of 8.4 MB · paused by Anna Berg".to_owned(), false));
        assert_eq!(detail("here", true), ("3.1 of 8.4 MB · paused".to_owned(), true));
        assert_eq!(detail("", false).0, "3.1 of 8.4 MB");
    }

    #[test]
    fn what_is_over_takes_little_room_until_it_is_asked_for() {
        let mut items: Vec<Item> = (1..=9).map(|number| item(number, State::Ended(End::Whole))).collect();
        items.insert(0, item(0, State::Asked(3)));
        let rows = |all| shown(items.clone(), all);
        let count = |node: &Node| node.ids().iter().filter(|id| id.starts_with(ROW)).count();
        assert_eq!((count(&rows(false)), count(&rows(true))), (1 + OVER_SHOWN, 10));
        assert!(rows(false).find("transfer-9").is_some() && rows(false).find("transfer-0").is_some());
        assert!(rows(false).find(MORE).is_some() && rows(true).find(MORE).is_some());
        assert!(rows(false).find("reveal-9").is_some(), "what was received can be looked at");
    }

    #[test]
    fn f1_of_several_it_is_said_who_gets_it_and_with_whom_a_row_is() {
        let (mut anna, bo) = (Transfers::new(true), Transfers::new(true));
        anna.items.push(item(4, State::Queued));
        let side = |id, transfers, who| Side { id, there: true, transfers, who };
        let sides = [side(1, &anna, "Anna Berg"), side(3, &bo, "Bo Lind")];
        let menu = menu_of_several(&[&sides[0], &sides[1]]);
        assert_eq!(menu.ids(), ["send-files-1", "send-folder-1", "send-files-3", "send-folder-3"]);
        let rows = rows(&sides, &[(2, "plans.pdf")], false).unwrap();
        let detail = rows.find("transfer-4").unwrap().properties().text("detail").unwrap_or_default().to_owned();
        assert!(detail.starts_with("From Anna Berg · "), "{detail}");
        let asks: Vec<&str> = rows.ids().into_iter().filter(|id| id.contains("to-")).collect();
        assert_eq!(asks, ["transfer-to-2", "to-2-1", "to-2-3", "to-nobody-2"]);
        assert_eq!((decided("to-2-3"), decided("to-nobody-2"), decided("to-2")), (Some((2, 3)), None, None));
        assert_eq!(number_after("to-nobody-2", TO_NOBODY), Some(2));
    }

    #[test]
    fn without_anybody_there_the_menu_says_why() {
        let menu = menu(&Transfers::new(false), Role::Rep, "K. Weber", false);
        assert_eq!(menu.find(SEND_FILES).unwrap().properties().flag("enabled"), Some(false));
        assert_eq!(menu.ids(), [SEND_FILES, SEND_FOLDER, ALLOW]);
        let customers = super::menu(&Transfers::new(true), Role::Customer, "Anna Berg", false);
        assert_eq!(customers.ids(), [SEND_FILES, SEND_FOLDER], "short enough to lie open");
        let says = |several| format!("{:?}", super::menu(&Transfers::new(true), Role::Customer, "Bo Lind", several));
        assert!(says(true).contains("Bo Lind") && !says(false).contains("Bo Lind"), "of several, who gets it");
    }
}
