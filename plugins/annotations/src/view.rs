//! What people see of drawing: the bar over the picture, and a menu where their own screen is the one that is shown.

use lotse_sdk::session::text;
use lotse_sdk::ui::{self, Node, Place, Tone};

use crate::half::{Half, Trouble, troubled};
use crate::hand::Held;
use crate::ids;
use crate::stroke::{Colour, Form, Nib, Tool, Width};

pub fn render(half: &Half, place: Place) -> Option<Node> {
    let watched = half.boards().iter().any(|board| !board.here);
    let shown = half.boards().iter().any(|board| board.here);
    match place {
        Place::Viewer if watched => {
            let menu = entries(half, ui::menu(&title(half, text("Draw", "Zeichnen"))));
            Some(ui::row().child(menu).child(pointer(half)).children(status(half)))
        }
        Place::Menu if shown || watched && !half.is_rep() => {
            let name = if shown {
                text("Draw on the screen", "Auf dem Bildschirm zeichnen")
            } else {
                text("Draw", "Zeichnen")
            };
            let menu = ui::menu(&title(half, name)).child(pointer(half)).child(ui::separator());
            Some(entries(half, menu).children(status(half)))
        }
        Place::Menu | Place::Viewer | Place::Tools | Place::Chat | Place::Preferences => None,
    }
}

/// With what is drawn, so that it is seen without opening the menu; no more, for a longer name moves the picture below the bar.
fn title(half: &Half, name: &str) -> String {
    match half.hand().held {
        Some(Held::Tool(tool)) => format!("{name}: {}", tool_name(tool)),
        Some(Held::Pointer) | None => name.to_owned(),
    }
}

fn entries(half: &Half, menu: Node) -> Node {
    let hand = half.hand();
    let tool = match hand.held {
        Some(Held::Tool(tool)) => tool.name(),
        Some(Held::Pointer) | None => "",
    };
    let tools = ui::choice(ids::TOOL, text("Tool", "Werkzeug"), tool)
        .children(Tool::ALL.map(|tool| ui::item(tool.name(), tool_name(tool))));
    let colours = ui::choice(ids::COLOUR, text("Colour", "Farbe"), hand.colour.name())
        .children(Colour::ALL.map(|colour| ui::item(colour.name(), colour_name(colour))));
    let widths = ui::choice(ids::WIDTH, text("Width", "Strichstärke"), hand.width.name())
        .children(Width::ALL.map(|width| ui::item(width.name(), width_name(width))));
    let own = text("You have drawn nothing.", "Sie haben nichts gezeichnet.");
    let undo = ui::item(ids::UNDO, text("Undo", "Rückgängig"))
        .shortcut(text("Ctrl+Z", "Strg+Z"))
        .unless((!half.can_undo()).then_some(own));
    let any = text("Nothing is drawn.", "Es ist nichts gezeichnet.");
    let clear = ui::item(ids::CLEAR, text("Clear all drawings", "Alle Zeichnungen löschen"))
        .unless((!half.has_drawings()).then_some(any));
    let none = text("No tool is chosen.", "Es ist kein Werkzeug gewählt.");
    let stop = ui::item(ids::STOP_DRAWING, text("Stop drawing", "Zeichnen beenden"))
        .shortcut("Esc")
        .unless(hand.held.is_none().then_some(none));
    menu.children([tools, colours, widths]).child(ui::separator()).children([undo, clear, stop])
}

fn pointer(half: &Half) -> Node {
    let tip = text("Shows where you point, without control.", "Zeigt, wohin Sie deuten, ohne Steuerung.");
    let on = half.hand().held == Some(Held::Pointer);
    ui::toggle(ids::POINTER, text("Pointer", "Zeiger"), on).with("tooltip", tip)
}

/// Why the other side's drawings are not taken, and the way back.
fn status(half: &Half) -> Vec<Node> {
    let Some(trouble) = half.trouble() else {
        return Vec::new();
    };
    let again = ui::item(ids::TAKE_AGAIN, text("Draw together again", "Wieder gemeinsam zeichnen"));
    let again = (trouble != Trouble::OnlyLooks).then_some(again);
    std::iter::once(ui::text(troubled(trouble), Tone::Caution)).chain(again).collect()
}

fn tool_name(tool: Tool) -> &'static str {
    match tool {
        Tool::Path(Nib::Pen) => text("Pen", "Stift"),
        Tool::Path(Nib::Highlighter) => text("Highlighter", "Textmarker"),
        Tool::Span(Form::Line) => text("Line", "Linie"),
        Tool::Span(Form::Arrow) => text("Arrow", "Pfeil"),
        Tool::Span(Form::Rectangle) => text("Rectangle", "Rechteck"),
        Tool::Span(Form::Ellipse) => text("Ellipse", "Ellipse"),
        Tool::Span(Form::Spotlight) => text("Spotlight", "Scheinwerfer"),
        Tool::Words => text("Text", "Text"),
    }
}

fn colour_name(colour: Colour) -> &'static str {
    match colour {
        Colour::Red => text("Red", "Rot"),
        Colour::Orange => text("Orange", "Orange"),
        Colour::Green => text("Green", "Grün"),
        Colour::Blue => text("Blue", "Blau"),
        Colour::Violet => text("Violet", "Violett"),
        Colour::Pink => text("Pink", "Rosa"),
    }
}

fn width_name(width: Width) -> &'static str {
    match width {
        Width::Thin => text("Thin", "Dünn"),
        Width::Medium => text("Medium", "Mittel"),
        Width::Thick => text("Thick", "Dick"),
    }
}
