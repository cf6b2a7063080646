//! Plugins' trees as people meet them: by name, by keyboard, and whatever a hostile plugin sends.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::samples;
use crate::text::{Language, set_language};
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use lotse_engine::{Node, UI_DEPTH_MAX, Value, setting};

struct State {
    contributions: Vec<Contribution>,
    acts: Acts,
    place: fn(&mut egui::Ui, &[Contribution], &mut Acts),
    installed: bool,
}

fn harness(
    contributions: Vec<Contribution>,
    place: fn(&mut egui::Ui, &[Contribution], &mut Acts),
) -> Harness<'static, State> {
    set_language(Language::English);
    let state = State { contributions, acts: Acts::of(None), place, installed: false };
    let mut harness = Harness::builder().with_size(egui::vec2(480.0, 520.0)).build_ui_state(
        |ui, state: &mut State| {
            if !std::mem::replace(&mut state.installed, true) {
                crate::theme::install(ui.ctx());
                ui.ctx().request_discard("fonts come with the next pass");
                return;
            }
            (state.place)(ui, &state.contributions, &mut state.acts);
        },
        state,
    );
    harness.run();
    harness
}

/// The acts so far, as `plugin/node` with a value.
fn acts(harness: &Harness<'_, State>) -> Vec<(String, String, Settings)> {
    let commands = harness.state().acts.commands.iter();
    commands
        .map(|command| match command {
            Command::Act { plugin, node, what } => (plugin.clone(), node.clone(), what.clone()),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn a_tree_as_deep_as_the_runtime_lets_pass_is_drawn_whole() {
    let last = UI_DEPTH_MAX - 1;
    let panel = |level: usize| samples::node(&format!("level {level}"), "panel", &[], &[level as u32 + 1]);
    let mut nodes: Vec<Node> = (0..last).map(panel).collect();
    nodes.push(samples::node("leaf", "text", &[("label", samples::text("the deepest"))], &[]));
    harness(vec![samples::contribution("deep", nodes)], panels).get_by_label("the deepest");
}

#[test]
fn a_message_is_written_and_sent_by_keyboard_alone() {
    let mut harness = harness(vec![samples::chat("Anna", "K. Weber", false)], panels);
    let field = harness.get_by_label("Write a message");
    field.focus();
    harness.run();
    harness.get_by_label("Write a message").type_text("Hello");
    harness.run();
    harness.key_press_modifiers(Modifiers::SHIFT, Key::Enter);
    harness.run();
    harness.get_by_label("Write a message").type_text("there");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    let acts = acts(&harness);
    assert_eq!(setting(&acts[0].2, "typing"), Some(&Value::Flag(true)));
    let (plugin, node, what) = acts.last().unwrap();
    assert_eq!((plugin.as_str(), node.as_str()), ("lotse.chat", "write"));
    assert_eq!(setting(what, "text"), Some(&Value::Text("Hello\nthere".into())));
    assert_eq!(
        harness.get_by_label("Write a message").value().unwrap_or_default(),
        "",
        "the field is empty for the next one"
    );
}

/// Scar: the button that adds a team reply said "Send".
#[test]
fn t1_a_fields_button_says_what_the_plugin_does_with_the_words_and_does_what_enter_does() {
    let said = "Add it to everybody's replies";
    let properties = [
        ("placeholder", samples::text("Write a new reply")),
        ("submit", Value::Flag(true)),
        ("text", samples::text("One moment")),
        ("button", samples::text(said)),
    ];
    let nodes = vec![samples::node("add", "field", &properties, &[])];
    let mut harness = harness(vec![samples::contribution("lotse.canned-replies", nodes)], panels);
    assert!(harness.query_by_label("Send").is_none());
    // Scar: cut in the middle of a word, it did not say that there was more.
    harness.get_by_label("Add it to everybody's r…").click();
    harness.run();
    let acts = acts(&harness);
    let (plugin, node, what) = acts.last().unwrap();
    assert_eq!((plugin.as_str(), node.as_str()), ("lotse.canned-replies", "add"));
    assert_eq!(setting(what, "text"), Some(&Value::Text("One moment".into())));
}

#[test]
fn messages_say_who_when_what_and_how_far() {
    let harness = harness(vec![samples::chat("Anna", "K. Weber", false)], panels);
    harness.get_by_label_contains("Let me have a look");
    let said: Vec<_> =
        harness.get_all_by_label_contains("Anna, ").filter_map(|node| node.accesskit_node().value()).collect();
    assert!(said.len() == 2 && said[0].ends_with(", delivered") && said[1].ends_with(", sent"), "{said:?}");
    harness.get_by_label("https://help.acme.example/printers/paper-jam?model=2200");
}

#[test]
fn f2_transfers_lie_between_the_talk_and_its_field_and_leave_the_talk_its_room() {
    let contributions = vec![samples::transfers("Anna Berg", false), samples::chat("Anna", "K. Weber", false)];
    let mut harness = harness(contributions, panels);
    let row = harness.get_by_label("scan.pdf").rect();
    let field = harness.get_by_label("Write a message").rect();
    let said = harness.get_by_label_contains("Let me have a look").rect();
    assert!(said.top() < row.top() && row.bottom() <= field.top(), "{said:?} {row:?} {field:?}");
    harness.get_by_label("3.1 of 8.4 MB · 4 s left · 2.1 MB/s");
    harness.get_by_label("Pause, scan.pdf").focus();
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(acts(&harness), [("lotse.file-transfer".into(), "pause-2".into(), vec![])]);
    // However much is shown beside it.
    let rows = |count: u32| {
        let label = |number| [("label", samples::text(&format!("file {number}")))];
        let mut nodes = vec![samples::node("", "panel", &[], &(1..=count).collect::<Vec<u32>>())];
        nodes.extend((1..=count).map(|number| samples::node("", "activity", &label(number), &[])));
        samples::contribution("acme.many", nodes)
    };
    let harness = self::harness(vec![rows(60), samples::chat("Anna", "K. Weber", false)], panels);
    let field = harness.get_by_label("Write a message").rect();
    let last = harness.get_by_label("file 60").rect();
    assert!(last.bottom() <= field.top(), "scrolled to the newest: {last:?} {field:?}");
    assert!(harness.get_by_label_contains("Thank you!").rect().bottom() < 520.0 * 0.6, "the talk keeps its room");
}

#[test]
fn a_menu_opens_by_key_and_greyed_items_say_why() {
    let mut harness = harness(vec![samples::screen_menu(false)], |ui, contributions, acts| {
        egui::MenuBar::new().ui(ui, |ui| menu_bar(ui, contributions, acts));
    });
    harness.get_by_label("Screen Sharing").focus();
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    harness.get_by_label("Nothing is shown at the moment.");
    harness.get_by_label("Show Customer's Screen").click();
    harness.run();
    assert_eq!(acts(&harness), [("lotse.screen-sharing".into(), "show".into(), vec![])]);
}

/// The direction of the picture is switched from one menu, though two plugins carry it.
#[test]
fn m2_menus_of_one_name_are_one_menu_whoever_they_are_of() {
    let other = vec![
        samples::node("", "menu", &[("label", samples::text("Screen Sharing"))], &[1]),
        samples::node("share", "item", &[("label", samples::text("Share My Screen"))], &[]),
    ];
    let contributions = vec![samples::screen_menu(false), samples::contribution("lotse.share-my-screen", other)];
    let mut harness = harness(contributions, |ui, contributions, acts| {
        egui::MenuBar::new().ui(ui, |ui| menu_bar(ui, contributions, acts));
    });
    assert_eq!(harness.get_all_by_label("Screen Sharing").count(), 1);
    harness.get_by_label("Screen Sharing").focus();
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    harness.get_by_label("Show Customer's Screen");
    harness.get_by_label("Share My Screen").click();
    harness.run();
    assert_eq!(acts(&harness), [("lotse.share-my-screen".into(), "share".into(), vec![])], "each to its own plugin");
}

#[test]
fn a_toggle_asks_for_the_other_state() {
    let mut harness = harness(vec![samples::viewer_bar(false)], |ui, contributions, acts| {
        ui.horizontal(|ui| toolbar(ui, contributions, acts));
    });
    harness.get_by_label("Control").click();
    harness.run();
    let acts = acts(&harness);
    assert_eq!(setting(&acts[0].2, "on"), Some(&Value::Flag(false)));
}

/// Scar: why a control of the bar was grey could only be read under the pointer.
#[test]
fn a_greyed_control_of_a_bar_is_reached_by_keyboard_and_says_why() {
    let why = "No screen is shown.";
    let properties =
        [("label", samples::text("Control")), ("enabled", Value::Flag(false)), ("why", samples::text(why))];
    let nodes = vec![samples::node("", "row", &[], &[1]), samples::node("control", "toggle", &properties, &[])];
    let mut harness = harness(vec![samples::contribution("p", nodes)], |ui, contributions, acts| {
        ui.horizontal(|ui| toolbar(ui, contributions, acts));
    });
    assert!(harness.query_by_label(why).is_none());
    harness.key_press(Key::Tab);
    harness.run();
    assert!(harness.get_by_label("Control, No screen is shown.").is_focused());
    harness.get_by_label(why);
    assert!(acts(&harness).is_empty());
}

#[test]
fn an_unknown_kind_is_shown_by_its_label() {
    let nodes = vec![samples::node("x", "hologram", &[("label", samples::text("From the future"))], &[])];
    let harness = harness(vec![samples::contribution("acme.new", nodes)], panels);
    harness.get_by_label("From the future");
}

/// Cycles, indexes beyond the end, thousands of levels, absurd numbers: drawn or passed over, and no panic.
#[test]
fn fuzz_hostile_trees_are_survived() {
    let kinds = [
        "menu",
        "item",
        "toggle",
        "choice",
        "separator",
        "button",
        "panel",
        "list",
        "row",
        "text",
        "message",
        "field",
        "progress",
        "activity",
        "badge",
        "link",
        "copy",
        "window",
        "?",
        "",
    ];
    let texts = ["", "\u{0}", "\u{202e}abc", "https://a.example", "javascript:x", "ü€😀", "a\nb\nc"];
    let mut seed = 3_u64;
    let mut random = |bound: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % bound
    };
    for _ in 0..60 {
        let count = 1 + random(24);
        let mut nodes: Vec<Node> = Vec::new();
        for index in 0..count {
            let keys = [
                "label",
                "button",
                "author",
                "body",
                "state",
                "url",
                "tone",
                "why",
                "shortcut",
                "tooltip",
                "placeholder",
                "choice",
            ];
            let mut properties: Vec<(&str, Value)> =
                keys.iter().map(|key| (*key, samples::text(texts[random(texts.len())]))).collect();
            for key in ["at-ms", "value", "max-chars"] {
                properties.push((key, Value::Number([i64::MIN, -1, 0, 7, i64::MAX][random(5)])));
            }
            properties.push(("enabled", Value::Flag(random(2) == 0)));
            // Two children at most, backwards and forwards, so that cycles arise and depth alone bounds the work.
            let children: Vec<u32> =
                (0..random(2)).map(|_| if random(9) == 0 { u32::MAX } else { random(count) as u32 }).collect();
            nodes.push(samples::node(&format!("n{index}"), kinds[random(kinds.len())], &properties, &children));
        }
        let hostile = vec![samples::contribution("evil", nodes)];
        set_language(Language::English);
        let mut harness =
            Harness::builder().with_size(egui::vec2(300.0, 300.0)).allow_missing_glyphs().build_ui(move |ui| {
                let mut acts = Acts::of(None);
                egui::MenuBar::new().ui(ui, |ui| menu_bar(ui, &hostile, &mut acts));
                panels(ui, &hostile, &mut acts);
            });
        harness.run_steps(2);
    }
}

#[test]
fn a_window_is_no_part_of_its_menu_and_what_it_copies_is_told() {
    let label = |words: &str| [("label", samples::text(words))];
    let nodes = vec![
        samples::node("", "panel", &[], &[1, 2]),
        samples::node("look", "item", &label("Look"), &[]),
        samples::node("facts", "window", &label("Facts"), &[3, 4]),
        samples::node("", "copy", &[("text", samples::text("a: 1"))], &[]),
        samples::node("", "text", &label("Memory: 16 GB"), &[]),
    ];
    let contribution = samples::contribution("lotse.diagnostics", nodes);
    let menu = harness(vec![contribution.clone()], items);
    menu.get_by_label("Look");
    assert!(menu.query_by_label("Memory: 16 GB").is_none() && menu.query_by_label("Facts").is_none());

    let mut open = harness(vec![contribution], |ui, contributions, acts| {
        let windows = windows(contributions, acts);
        assert_eq!(windows.iter().map(PluginWindow::title).collect::<Vec<_>>(), ["Facts"]);
        windows.iter().for_each(|window| window.show(ui, acts));
    });
    open.get_by_label("Memory: 16 GB");
    open.get_by_label("Copy as text").click();
    open.run_steps(2);
    open.get_by_label("Copied");
}

#[test]
fn t1_a_plugins_words_go_in_once_where_the_person_is_writing() {
    let mut harness = harness(vec![samples::chat("Anna", "K. Weber", false)], panels);
    harness.get_by_label("Write a message").focus();
    harness.run();
    harness.get_by_label("Write a message").type_text("Hello ");
    harness.run();
    // The same words are in every frame's view.
    for _ in 0..2 {
        harness.state_mut().acts.composed = Some(Composed { id: 1, text: "one moment".to_owned() });
        harness.run();
    }
    let written = |harness: &Harness<'_, State>| harness.get_by_label("Write a message").value().unwrap_or_default();
    assert_eq!(written(&harness), "Hello one moment");
    harness.state_mut().acts.composed = Some(Composed { id: 2, text: "x".repeat(100_000) });
    harness.run();
    let most = written(&harness).chars().count();
    assert!(most > 100 && most <= 4_000, "{most}: no more than may be sent");
}

/// Scar: a session that had been handed over still asked whether to take that back.
#[test]
fn what_waits_for_a_press_is_not_shown_once_nobody_can_press_it() {
    let label = |words: &str| vec![("label", samples::text(words))];
    let chat = vec![samples::node("", "panel", &[], &[1]), samples::node("messages", "list", &[], &[])];
    let wish = vec![
        samples::node("", "row", &[], &[1, 2]),
        samples::node("", "text", &label("Bo Lind is being asked"), &[]),
        samples::node("cancel", "button", &label("Take back"), &[]),
    ];
    let sent = vec![samples::node("", "activity", &label("paper-jam.pdf"), &[])];
    let shown = vec![
        samples::contribution("chat", chat),
        samples::contribution("handoff", wish),
        samples::contribution("files", sent),
    ];
    let mut harness = harness(shown, panels);
    harness.get_by_label("Bo Lind is being asked");
    harness.state_mut().acts = Acts::of(None).read_only();
    harness.run();
    assert!(harness.query_by_label("Bo Lind is being asked").is_none());
    harness.get_by_label("paper-jam.pdf");
}
