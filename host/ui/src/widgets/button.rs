//! Push buttons: one primary a screen, secondary for the rest, quiet within bars, danger for what cannot be undone.

use crate::fonts;
use crate::tokens::{CONTROL_HEIGHT, FOCUS_RING, Palette, RADIUS, mix, size, space};
use egui::{Color32, CornerRadius, Response, Stroke, StrokeKind, Ui, vec2};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Primary,
    Secondary,
    /// No outline until the pointer is over it.
    Quiet,
    Danger,
}

/// A button with a text and, if wanted, an icon before it.
#[must_use = "a button is shown by `show`"]
pub struct Button {
    kind: Kind,
    label: String,
    icon: Option<char>,
    shortcut: Option<String>,
    width: f32,
    height: f32,
    enabled: bool,
}

impl Button {
    pub fn new(kind: Kind, label: impl Into<String>) -> Self {
        Self {
            kind,
            label: label.into(),
            icon: None,
            shortcut: None,
            width: 0.0,
            height: CONTROL_HEIGHT,
            enabled: true,
        }
    }

    pub fn primary(label: impl Into<String>) -> Self {
        Self::new(Kind::Primary, label)
    }

    pub fn secondary(label: impl Into<String>) -> Self {
        Self::new(Kind::Secondary, label)
    }

    pub fn quiet(label: impl Into<String>) -> Self {
        Self::new(Kind::Quiet, label)
    }

    pub fn danger(label: impl Into<String>) -> Self {
        Self::new(Kind::Danger, label)
    }

    pub fn icon(mut self, icon: char) -> Self {
        self.icon = Some(icon);
        self
    }

    /// Shown at the right; the key itself is bound elsewhere.
    pub fn shortcut(mut self, shortcut: impl Into<String>) -> Self {
        self.shortcut = Some(shortcut.into());
        self
    }

    /// At least so many points wide.
    pub fn width(mut self, width: f32) -> Self {
        self.width = width;
        self
    }

    pub fn height(mut self, height: f32) -> Self {
        self.height = height;
        self
    }

    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    pub fn show(self, ui: &mut Ui) -> Response {
        let palette = Palette::of(ui);
        let (text, ground, hover, edge) = match self.kind {
            Kind::Primary => {
                (palette.on_colour, palette.accent, mix(palette.accent, palette.ink, 0.12), Color32::TRANSPARENT)
            }
            Kind::Secondary => (palette.ink, palette.surface, palette.hover(), palette.control_line),
            Kind::Quiet => (palette.ink, Color32::TRANSPARENT, palette.hover(), Color32::TRANSPARENT),
            Kind::Danger => {
                (palette.on_colour, palette.danger, mix(palette.danger, palette.ink, 0.12), Color32::TRANSPARENT)
            }
        };
        // Not in a scope: a scope would keep a row from breaking before the button.
        let style = ui.style().clone();
        let widgets = &mut ui.visuals_mut().widgets;
        for (visuals, ground) in [
            (&mut widgets.inactive, ground),
            (&mut widgets.hovered, hover),
            (&mut widgets.active, hover),
            (&mut widgets.noninteractive, ground),
        ] {
            visuals.weak_bg_fill = ground;
            visuals.bg_stroke = Stroke::new(1.0, edge);
            visuals.fg_stroke.color = text;
        }
        let strong = matches!(self.kind, Kind::Primary | Kind::Danger);
        let family = if strong { fonts::strong_family() } else { egui::FontFamily::Proportional };
        let label = egui::RichText::new(&self.label).color(text).font(egui::FontId::new(size::BODY, family));
        let mut atoms = egui::Atoms::default();
        if let Some(icon) = self.icon {
            atoms.push_right(fonts::icon(icon, 16.0).color(text));
        }
        if !self.label.is_empty() {
            atoms.push_right(label);
        }
        // In the middle of a wide button, unless a shortcut stands at its right.
        let button = match self.shortcut {
            Some(shortcut) => egui::Button::new(atoms).right_text(fonts::mono(shortcut, size::SMALL).color(text)),
            None if self.width <= self.height => egui::Button::new(atoms),
            None => {
                atoms.push_left(egui::Atom::grow());
                atoms.push_right(egui::Atom::grow());
                egui::Button::new(atoms).gap(if self.icon.is_some() && !self.label.is_empty() { space::S } else { 0.0 })
            }
        };
        let response = ui.add_enabled(self.enabled, button.min_size(vec2(self.width, self.height)));
        ui.set_style(style);
        focus_ring(ui, &response);
        response.accessible_name(self.label)
    }
}

/// An icon alone; its name is said by screen readers and shown when the pointer rests on it.
pub fn icon_button(ui: &mut Ui, icon: char, name: &str) -> Response {
    Button::quiet("").icon(icon).width(CONTROL_HEIGHT).show(ui).accessible_name(name).on_hover_text(name)
}

/// Two points of accent round what the keyboard is on.
pub fn focus_ring(ui: &Ui, response: &Response) {
    if response.has_focus() {
        let stroke = Stroke::new(FOCUS_RING, Palette::of(ui).accent);
        ui.painter().rect_stroke(
            response.rect.expand(FOCUS_RING),
            CornerRadius::same(RADIUS + 2),
            stroke,
            StrokeKind::Outside,
        );
    }
}
