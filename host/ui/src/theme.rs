//! Turns the tokens into egui's style, light and dark, and follows the desktop's preference.

use crate::tokens::{CONTROL_HEIGHT, DARK, FOCUS_RING, LIGHT, Palette, RADIUS, mix, size, space};
use crate::{fonts, system_fonts};
use egui::style::{Selection, WidgetVisuals, Widgets};
use egui::{CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle, Theme, Visuals, vec2};
use std::path::PathBuf;

/// What a person chose in the preferences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ThemeChoice {
    /// As the desktop has it.
    #[default]
    System,
    Light,
    Dark,
}

impl ThemeChoice {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The word used on the command line and in settings.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.word() == word)
    }
}

/// UI scales offered, in percent.
pub const SCALES_PERCENT: [u32; 5] = [100, 125, 150, 175, 200];

/// Installs our fonts, the system's behind them, and both styles. Once a context.
pub fn install(context: &egui::Context) {
    context.set_fonts(fonts::definitions());
    system_fonts::install(context);
    context.set_style_of(Theme::Light, style(&LIGHT, Visuals::light()));
    context.set_style_of(Theme::Dark, style(&DARK, Visuals::dark()));
    // Scale is a preference of ours and has its own keys.
    context.options_mut(|options| options.zoom_with_keyboard = false);
}

/// Applies a person's choices. `scale_percent` is kept within 100 to 200.
pub fn choose(context: &egui::Context, theme: ThemeChoice, scale_percent: u32) {
    let theme = match theme {
        ThemeChoice::Light => Theme::Light,
        ThemeChoice::Dark => Theme::Dark,
        ThemeChoice::System => context.system_theme().unwrap_or_else(desktop_theme),
    };
    context.set_theme(theme);
    context.set_zoom_factor(scale_percent.clamp(100, 200) as f32 / 100.0);
}

/// X11 has no common word for this: what GTK programs go by is what people set.
fn desktop_theme() -> Theme {
    static FOUND: std::sync::OnceLock<Theme> = std::sync::OnceLock::new();
    *FOUND.get_or_init(|| {
        if std::env::var("GTK_THEME").is_ok_and(|name| name.to_lowercase().contains("dark")) {
            return Theme::Dark;
        }
        let home = std::env::var_os("XDG_CONFIG_HOME")
            .map(PathBuf::from)
            .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config")));
        let settings = ["gtk-4.0", "gtk-3.0"].iter().filter_map(|version| {
            let path = home.as_ref()?.join(version).join("settings.ini");
            std::fs::read_to_string(path).ok()
        });
        if settings.into_iter().any(|text| prefers_dark(&text)) { Theme::Dark } else { Theme::Light }
    })
}

fn prefers_dark(settings_ini: &str) -> bool {
    settings_ini.lines().filter_map(|line| line.split_once('=')).any(|(key, value)| match key.trim() {
        "gtk-application-prefer-dark-theme" => matches!(value.trim(), "1" | "true"),
        "gtk-theme-name" => value.to_lowercase().contains("dark"),
        _ => false,
    })
}

fn style(palette: &Palette, visuals: Visuals) -> Style {
    let mut style = Style { visuals: colours(palette, visuals), animation_time: 0.1, ..Style::default() };
    style.text_styles = [
        (TextStyle::Heading, FontId::new(size::HEADING, fonts::strong_family())),
        (TextStyle::Body, FontId::new(size::BODY, FontFamily::Proportional)),
        (TextStyle::Button, FontId::new(size::BODY, FontFamily::Proportional)),
        (TextStyle::Small, FontId::new(size::SMALL, FontFamily::Proportional)),
        (TextStyle::Monospace, FontId::new(size::BODY, FontFamily::Monospace)),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(space::S, space::S);
    spacing.button_padding = vec2(space::M, 6.0);
    spacing.interact_size = vec2(40.0, CONTROL_HEIGHT);
    spacing.window_margin = Margin::same(space::L as i8);
    spacing.menu_margin = Margin::same(space::XS as i8);
    spacing.icon_width = 18.0;
    spacing.icon_width_inner = 10.0;
    spacing.icon_spacing = space::S;
    spacing.combo_width = 160.0;
    spacing.text_edit_width = 280.0;
    spacing.menu_width = 420.0;
    spacing.tooltip_width = 300.0;
    spacing.scroll.floating = true;
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.4;
    style
}

fn colours(palette: &Palette, mut visuals: Visuals) -> Visuals {
    let radius = CornerRadius::same(RADIUS);
    let control = |ground, edge: Stroke, text| WidgetVisuals {
        bg_fill: ground,
        weak_bg_fill: ground,
        bg_stroke: edge,
        corner_radius: radius,
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    };
    visuals.widgets = Widgets {
        noninteractive: control(palette.surface, Stroke::new(1.0, palette.line), palette.ink),
        inactive: control(palette.surface, Stroke::new(1.0, palette.control_line), palette.ink),
        hovered: control(palette.hover(), Stroke::new(1.0, palette.control_line), palette.ink),
        active: control(palette.hover(), Stroke::new(FOCUS_RING, palette.accent), palette.ink),
        open: control(palette.pressed(), Stroke::new(1.0, palette.control_line), palette.ink),
    };
    visuals.selection = Selection {
        bg_fill: mix(palette.surface, palette.accent, 0.16),
        stroke: Stroke::new(FOCUS_RING, palette.accent),
    };
    visuals.hyperlink_color = palette.accent;
    visuals.weak_text_color = Some(palette.muted_ink);
    visuals.faint_bg_color = palette.hover();
    visuals.extreme_bg_color = palette.surface;
    visuals.text_edit_bg_color = Some(palette.surface);
    visuals.code_bg_color = palette.hover();
    visuals.warn_fg_color = palette.caution;
    visuals.error_fg_color = palette.danger;
    visuals.window_corner_radius = CornerRadius::same(RADIUS + 2);
    visuals.menu_corner_radius = radius;
    visuals.window_fill = palette.surface;
    visuals.panel_fill = palette.canvas;
    visuals.window_stroke = Stroke::new(1.0, palette.line);
    let shadow = Shadow {
        offset: [0, 4],
        blur: 16,
        spread: 0,
        color: egui::Color32::from_black_alpha(if visuals.dark_mode { 120 } else { 38 }),
    };
    visuals.window_shadow = shadow;
    visuals.popup_shadow = shadow;
    visuals.text_cursor.stroke = Stroke::new(2.0, palette.accent);
    // Nothing blinks, and a window at rest is not drawn.
    visuals.text_cursor.blink = false;
    visuals.disabled_alpha = 0.6;
    visuals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_gtk_programs_go_by() {
        assert!(prefers_dark("[Settings]\ngtk-application-prefer-dark-theme = 1\n"));
        assert!(prefers_dark("gtk-theme-name=Adwaita-dark"));
        assert!(!prefers_dark("gtk-application-prefer-dark-theme=0\ngtk-theme-name=Adwaita"));
        assert!(!prefers_dark("\u{0}=\n==\n"));
    }

    #[test]
    fn words_of_themes_read_back() {
        for choice in ThemeChoice::ALL {
            assert_eq!(ThemeChoice::from_word(choice.word()), Some(choice));
        }
        assert_eq!(ThemeChoice::from_word("purple"), None);
    }
}
