//! Views made by hand, for tests and for screenshots of every window. In no program.

use lotse_engine::rep::{AskedHandOver, Offer, Question, Questions, Seat, SeatHolder, SeatsTaken};
use lotse_engine::view::{
    Access, Choosing, ConsentView, Contribution, FileQuestion, LinkCause, LinkQuality, LinkView, Notice, PluginState,
    PluginView, PresentRep, Prompt, PromptKind, SessionState, ShowOffer, ShowSource, Shown, Signer, SurfaceOptions,
    SurfaceView, Thumbnail, Tone, View,
};
use lotse_engine::{Capability, CapabilitySet, Node, Settings, Value};
use lotse_protocol::control::SessionId;
use lotse_protocol::handover::{HandOverId, Purpose};
use lotse_protocol::peer::ConsentState;
use lotse_protocol::question::{Availability, Offered, QuestionId, RunningSession};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Unix time of the first message, in milliseconds.
const TEN_O_CLOCK_MS: i64 = 1_763_805_720_000;

/// All seats are taken, by one who is in a session and one whose console is gone.
#[must_use]
pub fn seats() -> Seat {
    let holder = |seat, name: &str, in_session, connected| SeatHolder {
        seat,
        name: name.to_owned(),
        since_ms: TEN_O_CLOCK_MS,
        in_session,
        connected,
    };
    let holders = vec![holder(7, "Bo Lind", true, true), holder(8, "Cleo Park", false, false)];
    Seat::Waiting(Arc::new(SeatsTaken { seats: 2, holders, more: 0 }))
}

/// A customer who has waited for 42 seconds, and is offered to this rep.
fn question(german: bool) -> Question {
    let word = |en: &str, de: &str| if german { de.to_owned() } else { en.to_owned() };
    Question {
        id: QuestionId([3; 16]),
        name: "K. Weber".to_owned(),
        text: word("The invoice does not print.", "Die Rechnung wird nicht gedruckt."),
        portal: word("Billing", "Buchhaltung"),
        language: word("en", "de"),
        system: "Windows 11".to_owned(),
        since: waiting_for(42),
        offered: Offered::You,
        running: None,
    }
}

fn waiting_for(seconds: u64) -> Instant {
    Instant::now().checked_sub(Duration::from_secs(seconds)).unwrap_or_else(Instant::now)
}

/// That customer, one with much to say, and one who is offered to a colleague.
#[must_use]
pub fn questions(german: bool) -> Questions {
    let word = |en: &str, de: &str| if german { de.to_owned() } else { en.to_owned() };
    let first = question(german);
    let long = Question {
        id: QuestionId([4; 16]),
        name: "J. Ortiz".to_owned(),
        text: word(
            "Since the update this morning I cannot open the yearly statement. A window says that a font is missing, \
             then everything closes, and what I typed is gone. I have started the computer anew twice, and my colleague \
             next door sees the same. We have to hand it in today, so please call me if this takes longer than an hour \
             or two, and tell me whether I can go on working in the old version meanwhile. Thank you!",
            "Seit dem Update heute früh kann ich den Jahresabschluss nicht mehr öffnen. Ein Fenster sagt, dass eine \
             Schrift fehlt, dann schließt sich alles, und was ich eingegeben habe, ist weg. Ich habe den Computer schon \
             zweimal neu gestartet, und meine Kollegin nebenan sieht dasselbe. Wir müssen ihn heute abgeben; rufen Sie \
             mich also bitte an, wenn es länger als ein, zwei Stunden dauert.",
        ),
        since: waiting_for(25),
        offered: Offered::Nobody,
        ..first.clone()
    };
    let nameless = Question {
        id: QuestionId([5; 16]),
        name: String::new(),
        text: word("My second screen stays dark.", "Mein zweiter Bildschirm bleibt dunkel."),
        portal: word("Set-up", "Einrichtung"),
        since: waiting_for(8),
        offered: Offered::Other("Bo Lind".to_owned()),
        ..first.clone()
    };
    Questions {
        availability: Some(Availability::default()),
        has_portal: true,
        waiting: Arc::new(vec![first, long, nameless]),
        ..Questions::default()
    }
}

/// The same, and before them a running session that a colleague hands over.
#[must_use]
pub fn questions_and_session(german: bool) -> Questions {
    let mut all = questions(german);
    let handed = hand_over(german);
    let row = Question {
        id: handed.id.row(),
        name: "M. Sato".to_owned(),
        text: handed.question,
        since: waiting_for(15),
        offered: Offered::Nobody,
        running: Some(RunningSession {
            from: handed.from,
            purpose: handed.purpose,
            note: handed.note,
            yours: false,
            no_place: None,
        }),
        ..question(german)
    };
    let rest = all.waiting.iter().cloned();
    all.waiting = Arc::new(std::iter::once(row).chain(rest).collect());
    all
}

/// The first of them as it is offered.
#[must_use]
pub fn offer(german: bool) -> Offer {
    Offer { question: Arc::new(question(german)), until: Instant::now() + Duration::from_secs(21), for_s: 30 }
}

/// A session that began with the first of them.
#[must_use]
pub fn asked(state: SessionState, german: bool) -> View {
    let offer = offer(german);
    let view = View {
        session: Some(SessionId([7; 16])),
        peer: offer.question.name.clone(),
        peer_system: offer.question.system.clone(),
        ..View::default()
    };
    let view = if state == SessionState::Waiting { view } else { session(true, state, german) };
    View { question: offer.question.text.clone(), portal: offer.question.portal.clone(), ..view }
}

/// A node with text and flag properties.
#[must_use]
pub fn node(id: &str, kind: &str, properties: &[(&str, Value)], children: &[u32]) -> Node {
    let properties: Settings = properties.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    Node { id: id.to_owned(), kind: kind.to_owned(), properties, children: children.to_vec() }
}

#[must_use]
pub fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

#[must_use]
pub fn contribution(plugin: &str, nodes: Vec<Node>) -> Contribution {
    Contribution { plugin: plugin.to_owned(), nodes: Arc::new(nodes) }
}

/// What the chat plugin shows after a few messages; `me` writes the second and fourth.
#[must_use]
pub fn chat(me: &str, peer: &str, german: bool) -> Contribution {
    let lines: [(&str, bool, &str); 4] = if german {
        [
            (peer, false, "Der Drucker bleibt still, seit heute früh."),
            (me, true, "Das sehe ich mir an. Einen Augenblick, bitte."),
            (
                peer,
                false,
                "Ich habe diese Seite hier probiert: https://hilfe.acme.example/drucker/papierstau?modell=2200 – ohne Erfolg.",
            ),
            (me, true, "Danke! Ich schaue nach."),
        ]
    } else {
        [
            (peer, false, "The printer stays silent since this morning."),
            (me, true, "Let me have a look. One moment, please."),
            (
                peer,
                false,
                "I tried this page: https://help.acme.example/printers/paper-jam?model=2200 – without success.",
            ),
            (me, true, "Thank you! I am looking into it."),
        ]
    };
    let states = ["delivered", "delivered", "delivered", "sent"];
    let mut nodes = vec![node("", "panel", &[], &[1, 6, 7]), node("messages", "list", &[], &[2, 3, 4, 5])];
    for (index, (author, mine, body)) in lines.into_iter().enumerate() {
        let at = TEN_O_CLOCK_MS + index as i64 * 60_000;
        let mut properties = vec![
            ("author", text(author)),
            ("body", text(body)),
            ("mine", Value::Flag(mine)),
            ("at-ms", Value::Number(at)),
        ];
        if mine {
            properties.push(("state", text(states[index])));
        }
        nodes.push(node(&format!("m{index}"), "message", &properties, &[]));
    }
    let typing = if german { format!("{peer} schreibt …") } else { format!("{peer} is typing …") };
    nodes.push(node("typing", "text", &[("label", text(&typing)), ("tone", text("muted"))], &[]));
    let placeholder = if german { "Nachricht schreiben" } else { "Write a message" };
    nodes.push(node(
        "write",
        "field",
        &[("placeholder", text(placeholder)), ("submit", Value::Flag(true)), ("max-chars", Value::Number(2000))],
        &[],
    ));
    contribution("lotse.chat", nodes)
}

/// What file transfer shows beside the chat: one that was received, one under way, one that lacks room.
#[must_use]
pub fn transfers(peer: &str, german: bool) -> Contribution {
    let word = |en: &str, de: &str| text(if german { de } else { en });
    let button = |id: &str, label: Value, icon: &str| {
        let mut properties = vec![("label", label)];
        if !icon.is_empty() {
            properties.push(("icon", text(icon)));
        }
        node(id, "button", &properties, &[])
    };
    let row = |id: &str, icon: &str, label: Value, detail: Value, tone: &str, value: Option<i64>, children: &[u32]| {
        let mut properties = vec![("icon", text(icon)), ("label", label), ("detail", detail), ("tone", text(tone))];
        properties.extend(value.map(|value| ("value", Value::Number(value))));
        node(id, "activity", &properties, children)
    };
    let dismiss = || word("Remove from the list", "Aus der Liste entfernen");
    let done = word("Received into Downloads · 1.2 MB · 12 files", "Empfangen in Downloads · 1,2 MB · 12 Dateien");
    let moving = word("3.1 of 8.4 MB · 4 s left · 2.1 MB/s", "3,1 von 8,4 MB · noch 4 s · 2,1 MB/s");
    let declined = if german { format!("{peer} hat abgelehnt") } else { format!("{peer} declined") };
    contribution(
        "lotse.file-transfer",
        vec![
            node("", "panel", &[], &[1, 4, 7]),
            row("transfer-1", "folder", word("logs · 12 files", "logs · 12 Dateien"), done, "good", None, &[2, 3]),
            button("reveal-1", word("Open folder", "Ordner öffnen"), ""),
            button("dismiss-1", dismiss(), "x"),
            row("transfer-2", "file", text("scan.pdf"), moving, "muted", Some(369), &[5, 6]),
            button("pause-2", word("Pause", "Pausieren"), "pause"),
            button("cancel-2", word("Cancel", "Abbrechen"), "x"),
            row("transfer-3", "file", text("setup.exe"), text(&declined), "muted", None, &[8]),
            button("dismiss-3", dismiss(), "x"),
        ],
    )
}

/// What is asked when the other side sends something; `room` is what is free at the suggested place.
#[must_use]
pub fn file_question(from: &str, room: Option<u64>) -> FileQuestion {
    FileQuestion {
        id: 4,
        plugin: "File Transfer".to_owned(),
        from: from.to_owned(),
        name: "scan.pdf".to_owned(),
        files: 1,
        folders: 0,
        bytes: 8_400_000,
        place: PathBuf::from("/home/anna/Downloads"),
        room,
    }
}

/// What screen sharing contributes to the menu bar.
#[must_use]
pub fn screen_menu(german: bool) -> Contribution {
    let word = |en: &str, de: &str| text(if german { de } else { en });
    contribution(
        "lotse.screen-sharing",
        vec![
            node("", "menu", &[("label", word("Screen Sharing", "Bildschirmfreigabe"))], &[1, 2, 3]),
            node("show", "item", &[("label", word("Show Customer's Screen", "Kundenbildschirm anzeigen"))], &[]),
            node("control", "toggle", &[("label", word("Control", "Steuern")), ("on", Value::Flag(true))], &[]),
            node(
                "stop",
                "item",
                &[
                    ("label", word("Stop Screen Sharing", "Bildschirmfreigabe beenden")),
                    ("enabled", Value::Flag(false)),
                    ("why", word("Nothing is shown at the moment.", "Zurzeit wird nichts gezeigt.")),
                ],
                &[],
            ),
        ],
    )
}

/// What several sessions contribute to the menu bar.
#[must_use]
pub fn desk_menu(german: bool) -> Contribution {
    let word = |en: &str, de: &str| text(if german { de } else { en });
    let how = |id: &str, en: &str, de: &str| node(id, "item", &[("label", word(en, de))], &[]);
    let session =
        |id: &str, label: &str, on: bool| node(id, "toggle", &[("label", text(label)), ("on", Value::Flag(on))], &[]);
    contribution(
        "lotse.multi-chat",
        vec![
            node("", "panel", &[], &[1, 7]),
            node("", "menu", &[("label", word("Arrange", "Anordnen"))], &[2]),
            node(
                "arrange",
                "choice",
                &[("label", word("Session windows", "Sitzungsfenster")), ("choice", text("stack"))],
                &[3, 4, 5, 6],
            ),
            how("cascade", "Cascade", "Überlappend"),
            how("tile", "Tile", "Nebeneinander"),
            how("stack", "Stack: one window with tabs", "Stapeln: ein Fenster mit Reitern"),
            how("apart", "Windows of their own", "Eigene Fenster"),
            node("", "menu", &[("label", word("Sessions (99+)", "Sitzungen (99+)"))], &[8, 9]),
            session("session-1", "K. Weber", true),
            session("session-2", "J. Ortiz", false),
        ],
    )
}

/// A plugin that the account's licence does not cover, and what it asks for.
#[must_use]
pub fn unlicensed(id: &str, name: &str, asks: &[Capability]) -> PluginView {
    PluginView {
        id: id.to_owned(),
        name: name.to_owned(),
        version: "0.1.0".to_owned(),
        signer: Some(signer()),
        feature: None,
        asks: asks.iter().copied().collect(),
        state: PluginState::NotLicensed { contact: "licences@acme.example".to_owned() },
        calls: 0,
        cpu_us: 0,
        memory_bytes: 0,
        sent_bytes: 0,
        received_bytes: 0,
        restarts: 0,
    }
}

/// What screen sharing contributes to the bar over the picture.
#[must_use]
pub fn viewer_bar(german: bool) -> Contribution {
    let word = |en: &str, de: &str| text(if german { de } else { en });
    contribution(
        "lotse.screen-sharing",
        vec![
            node("", "row", &[], &[1, 2, 5, 6]),
            node("control", "toggle", &[("label", word("Control", "Steuern")), ("on", Value::Flag(true))], &[]),
            node("scale", "choice", &[("label", word("Size", "Größe")), ("choice", text("fit"))], &[3, 4]),
            node("fit", "item", &[("label", word("Fit", "Anpassen"))], &[]),
            node("actual", "item", &[("label", text("1:1"))], &[]),
            node(
                "snapshot",
                "button",
                &[("label", word("Screenshot", "Bildschirmfoto")), ("icon", text("camera"))],
                &[],
            ),
            node("pause", "button", &[("label", word("Pause", "Pause")), ("icon", text("pause"))], &[]),
        ],
    )
}

/// Preferences of screen sharing.
#[must_use]
pub fn preferences(german: bool) -> Contribution {
    let word = |en: &str, de: &str| text(if german { de } else { en });
    contribution(
        "lotse.screen-sharing",
        vec![
            node("", "panel", &[], &[1, 2]),
            node(
                "system-keys",
                "toggle",
                &[
                    (
                        "label",
                        word(
                            "Pass system keys to the remote computer",
                            "Systemtasten an den Kundencomputer übermitteln",
                        ),
                    ),
                    ("on", Value::Flag(true)),
                ],
                &[],
            ),
            node(
                "hotkeys",
                "toggle",
                &[
                    ("label", word("Viewer hotkeys (F9 to F12)", "Viewer-Tastenkürzel (F9 bis F12)")),
                    ("on", Value::Flag(false)),
                ],
                &[],
            ),
        ],
    )
}

#[must_use]
pub fn signer() -> Signer {
    Signer { key: "2eca8a71".repeat(8), publisher: Some("Lotse".to_owned()) }
}

#[must_use]
pub fn plugins() -> Vec<PluginView> {
    let plugin = |id: &str, name: &str, state, calls, cpu_us, memory_bytes| PluginView {
        id: id.to_owned(),
        name: name.to_owned(),
        version: "0.1.0".to_owned(),
        signer: Some(signer()),
        feature: None,
        asks: CapabilitySet::EMPTY,
        state,
        calls,
        cpu_us,
        memory_bytes,
        sent_bytes: calls * 118,
        received_bytes: calls * 40,
        restarts: 0,
    };
    let mut all = vec![
        plugin("lotse.chat", "Chat", PluginState::Running, 412, 9_800, 1_310_720),
        plugin("lotse.screen-sharing", "Screen Sharing", PluginState::Running, 18_204, 212_000, 2_424_832),
        plugin(
            "lotse.clipboard",
            "Clipboard",
            PluginState::NotLicensed { contact: "licences@acme.example".to_owned() },
            0,
            0,
            0,
        ),
        plugin(
            "acme.inventory",
            "Inventory",
            PluginState::Restarting { why: "used more than 16 MB of memory".to_owned() },
            77,
            402_000,
            16_777_216,
        ),
    ];
    for sharing in all.iter_mut().filter(|plugin| plugin.id == "lotse.screen-sharing") {
        sharing.asks = [Capability::Surface, Capability::Input].into_iter().collect();
    }
    if let Some(last) = all.last_mut() {
        last.signer = None;
        last.restarts = 2;
    }
    all
}

#[must_use]
pub fn consents() -> Vec<ConsentView> {
    let states = [ConsentState::Granted, ConsentState::Asked, ConsentState::NotAsked, ConsentState::NotAsked];
    Access::ALL.into_iter().zip(states).map(|(access, state)| ConsentView { access, state }).collect()
}

/// A running session; `rep` tells whose side.
#[must_use]
pub fn session(rep: bool, state: SessionState, german: bool) -> View {
    let (me, peer) = if rep { ("Anna Berg", "K. Weber") } else { ("K. Weber", "Anna Berg") };
    let mut view = View {
        revision: 1,
        session: Some(SessionId([7; 16])),
        state,
        me: me.to_owned(),
        peer: peer.to_owned(),
        account: "Acme".to_owned(),
        peer_system: if rep { "Debian 12".to_owned() } else { String::new() },
        safety_code: "tulip · 47 · 12".to_owned(),
        link: LinkView {
            quality: LinkQuality::Good,
            cause: LinkCause::None,
            round_trip_us: 38_000,
            bytes_per_s: 184_000,
        },
        consents: consents(),
        plugins: plugins(),
        ..View::default()
    };
    view.places.insert("chat", vec![chat(me, peer, german)]);
    view.places.insert("menu", vec![screen_menu(german)]);
    if rep {
        view.places.insert("viewer", vec![viewer_bar(german)]);
        view.places.insert("preferences", vec![preferences(german)]);
    }
    view
}

#[must_use]
pub fn notice() -> Notice {
    Notice {
        id: 1,
        tone: Tone::Good,
        from: Some("Screen Sharing".to_owned()),
        title: "Screenshot saved".to_owned(),
        body: "Pictures/2026-11-22 10.04.png".to_owned(),
        host: None,
    }
}

#[must_use]
pub fn surface() -> SurfaceView {
    let options =
        SurfaceOptions { fit: true, full_screen: false, pass_system_keys: false, hotkeys: true, interactive: true };
    SurfaceView {
        id: 1,
        plugin: "lotse.screen-sharing".to_owned(),
        title: "Screen 1".to_owned(),
        from: String::new(),
        silent: false,
        width: 0,
        height: 0,
        options,
    }
}

/// A rep is to choose among two screens and three windows, of which one has no small picture.
#[must_use]
pub fn choosing(german: bool) -> Choosing {
    let word = |en: &str, de: &str| if german { de.to_owned() } else { en.to_owned() };
    let screen = |id, name: &str, x| show_offer(ShowSource::Display(id), name, "", (x, 0, 1920, 1080), id);
    let mut offers = vec![
        screen(70, "DP-1", 0),
        screen(71, "HDMI-1", 1920),
        show_offer(ShowSource::Window(7), &word("Invoice 4711", "Rechnung 4711"), "LibreOffice", (40, 60, 900, 700), 3),
        show_offer(
            ShowSource::Window(8),
            &word("How to clear a paper jam in ten steps – Help", "Papierstau beheben in zehn Schritten – Hilfe"),
            "Firefox",
            (300, 200, 1200, 500),
            4,
        ),
        show_offer(ShowSource::Window(9), &word("Printer", "Drucker"), "", (500, 300, 400, 600), 5),
    ];
    if let Some(last) = offers.last_mut() {
        last.thumbnail = None;
    }
    let plugin = word("Share My Screen", "Meinen Bildschirm freigeben");
    Choosing { request: 3, plugin, offers: Arc::new(offers), complete: true }
}

/// `tint` tells small pictures apart.
fn show_offer(
    source: ShowSource,
    title: &str,
    program: &str,
    (x, y, width, height): (i32, i32, u32, u32),
    tint: u32,
) -> ShowOffer {
    let part = f64::min(320.0 / f64::from(width), 200.0 / f64::from(height));
    let side = |pixels: u32| (f64::from(pixels) * part) as u32;
    let (small_width, small_height) = (side(width), side(height));
    let shade = |at: u32, all: u32| u8::try_from(120 + at * 100 / all.max(1)).unwrap_or(u8::MAX);
    let mut rgba = Vec::new();
    for y in 0..small_height {
        for x in 0..small_width {
            rgba.extend([shade(x, small_width), shade(y, small_height), shade(tint % 7, 7), u8::MAX]);
        }
    }
    let thumbnail = Some(Arc::new(Thumbnail { width: small_width, height: small_height, rgba }));
    let (title, program) = (title.to_owned(), program.to_owned());
    ShowOffer { source, title, program, process: 0, x, y, width, height, thumbnail }
}

/// What the customer can see of a rep's computer.
#[must_use]
pub fn shown(german: bool) -> Shown {
    let title = if german { "Rechnung 4711" } else { "Invoice 4711" }.to_owned();
    Shown { source: ShowSource::Window(7), title, x: 40, y: 60, width: 900, height: 700, hidden: false }
}

/// A colleague hands a session over, and what was said in it has come.
#[must_use]
pub fn hand_over(german: bool) -> AskedHandOver {
    let word = |en: &str, de: &str| if german { de.to_owned() } else { en.to_owned() };
    AskedHandOver {
        id: HandOverId([6; 16]),
        from: "Bo Lind".to_owned(),
        purpose: Purpose::TakeOver,
        customer: "K. Weber".to_owned(),
        system: "Windows 11".to_owned(),
        question: word("The invoice does not print.", "Die Rechnung wird nicht gedruckt."),
        portal: word("Billing", "Buchhaltung"),
        note: word("You know this printer; I do not.", "Du kennst diesen Drucker, ich nicht."),
        notes: word("Feed roller worn.\nSpare part ordered.", "Einzugsrolle abgenutzt.\nErsatz bestellt."),
        summary: Some(word(
            "K. Weber: It is still silent.\nBo Lind: I ask a colleague.",
            "K. Weber: Er bleibt stumm.\nBo Lind: Ich frage einen Kollegen.",
        )),
        until: Some(Instant::now() + Duration::from_secs(41)),
        for_s: 60,
        accepting: false,
    }
}

/// The rep who leads, and a colleague who looks on.
#[must_use]
pub fn reps(of_rep: bool) -> Arc<Vec<PresentRep>> {
    let rep = |name: &str, observing, you| PresentRep {
        name: name.to_owned(),
        observing,
        you: of_rep && you,
        safety_code: String::new(),
    };
    Arc::new(vec![rep("Anna Berg", false, true), rep("Bo Lind", true, false)])
}

/// Another rep is to come.
#[must_use]
pub fn prompt_beside(purpose: Purpose) -> Prompt {
    let (rep, account, from) = ("Bo Lind".to_owned(), "Acme".to_owned(), "Anna Berg".to_owned());
    Prompt { id: 3, kind: PromptKind::Beside { rep, account, from, purpose } }
}

#[must_use]
pub fn prompt_to_begin() -> Prompt {
    Prompt { id: 1, kind: PromptKind::Begin { rep: "Anna Berg".to_owned(), account: "Acme".to_owned() } }
}

#[must_use]
pub fn prompt_to(access: Access, german: bool) -> Prompt {
    let reason = if german {
        "Um zu sehen, was Sie sehen, und Ihnen Schritt für Schritt zu helfen."
    } else {
        "To see what you see and to help you step by step."
    };
    let kind = PromptKind::Access {
        access,
        plugin: "Screen Sharing".to_owned(),
        signer: Some(signer()),
        reason: reason.to_owned(),
    };
    Prompt { id: 2, kind }
}
