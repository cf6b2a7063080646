//! Draws a help file: the part of Markdown it uses (headings, paragraphs, lists, tables, bold, code, links within).
//!
//! Reading and drawing are two steps, so that reading can be tested without a window. What is not understood is shown as
//! it stands.

use crate::tokens::{Palette, size, space};
use crate::{fonts, widgets};
use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, FontFamily, FontId, Grid, Label, Ui};

/// A piece of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Level 1 to 3.
    Heading(u8, String),
    Paragraph(String),
    /// With its mark: a bullet or `2.`.
    Item(String, String),
    /// Rows of cells, the first of them the head.
    Table(Vec<Vec<String>>),
}

/// A stretch of text in one style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Span<'a> {
    Plain(&'a str),
    Strong(&'a str),
    Code(&'a str),
}

/// Reads a document.
#[must_use]
pub fn read(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    // A line that goes on belongs to the block before it, unless an empty line stands between.
    let mut open = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            open = false;
        } else if let Some((level, title)) = heading(trimmed) {
            blocks.push(Block::Heading(level, title.to_owned()));
            open = false;
        } else if let Some(row) = trimmed.strip_prefix('|') {
            table_row(&mut blocks, row, open);
            open = true;
        } else if let Some((mark, words)) = item(trimmed) {
            blocks.push(Block::Item(mark, words.to_owned()));
            open = true;
        } else {
            match blocks.last_mut() {
                Some(Block::Paragraph(words) | Block::Item(_, words)) if open => {
                    words.push(' ');
                    words.push_str(trimmed);
                }
                Some(_) | None => blocks.push(Block::Paragraph(trimmed.to_owned())),
            }
            open = true;
        }
    }
    blocks
}

fn heading(line: &str) -> Option<(u8, &str)> {
    (1..=3_u8).rev().find_map(|level| {
        let marks = "###".get(..usize::from(level))?;
        Some((level, line.strip_prefix(marks)?.strip_prefix(' ')?))
    })
}

fn item(line: &str) -> Option<(String, &str)> {
    if let Some(words) = line.strip_prefix("- ") {
        return Some(("•".to_owned(), words));
    }
    let (number, words) = line.split_once(". ")?;
    (!number.is_empty() && number.len() <= 2 && number.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| (format!("{number}."), words))
}

fn table_row(blocks: &mut Vec<Block>, row: &str, open: bool) {
    let cells: Vec<String> = row.trim_end_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    if cells.iter().all(|cell| !cell.is_empty() && cell.bytes().all(|byte| b"-:".contains(&byte))) {
        return;
    }
    match blocks.last_mut() {
        Some(Block::Table(rows)) if open => rows.push(cells),
        Some(_) | None => blocks.push(Block::Table(vec![cells])),
    }
}

/// Bold, code, and links reduced to their words.
fn spans(text: &str) -> Vec<Span<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let at = rest.find(['*', '`', '[']).unwrap_or(rest.len());
        if at > 0 {
            found.push(Span::Plain(&rest[..at]));
            rest = &rest[at..];
            continue;
        }
        let (span, after) = marked(rest);
        found.push(span);
        rest = after;
    }
    found
}

/// The span at the beginning of `text`, which starts with a mark; the mark itself where nothing closes it.
fn marked(text: &str) -> (Span<'_>, &str) {
    let closed = |open: &str, close: &str| text.strip_prefix(open)?.split_once(close);
    if let Some((inside, after)) = closed("**", "**") {
        return (Span::Strong(inside), after);
    }
    if let Some((inside, after)) = closed("`", "`") {
        return (Span::Code(inside), after);
    }
    if let Some((inside, after)) = closed("[", "](")
        && let Some((_, after)) = after.split_once(')')
    {
        return (Span::Plain(inside), after);
    }
    if let Some((inside, after)) = closed("*", "*").filter(|(inside, _)| !inside.is_empty()) {
        return (Span::Strong(inside), after);
    }
    text.split_at_checked(1).map_or((Span::Plain(text), ""), |(mark, after)| (Span::Plain(mark), after))
}

/// Draws a document as wide as there is room.
pub fn show(ui: &mut Ui, blocks: &[Block]) {
    for (index, block) in blocks.iter().enumerate() {
        match block {
            Block::Heading(1, title) => drop(widgets::heading(ui, title)),
            Block::Heading(_, title) => {
                ui.add_space(space::S);
                widgets::section(ui, title);
            }
            Block::Paragraph(words) => drop(ui.add(Label::new(job(ui, words)).wrap().selectable(true))),
            Block::Item(mark, words) => {
                ui.horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing.x = space::S;
                    ui.add_sized([18.0, 18.0], Label::new(mark));
                    ui.add(Label::new(job(ui, words)).wrap().selectable(true));
                });
            }
            Block::Table(rows) => table(ui, index, rows),
        }
    }
}

fn table(ui: &mut Ui, index: usize, rows: &[Vec<String>]) {
    let width = ui.available_width();
    Grid::new(("table", index)).num_columns(2).spacing([space::L, space::XS]).max_col_width(width / 2.0).show(
        ui,
        |ui| {
            for (row, cells) in rows.iter().enumerate() {
                for cell in cells {
                    let job = if row == 0 { head(ui, cell) } else { job(ui, cell) };
                    ui.add(Label::new(job).wrap().selectable(true));
                }
                ui.end_row();
            }
        },
    );
}

fn head(ui: &Ui, cell: &str) -> LayoutJob {
    LayoutJob::simple(
        cell.to_owned(),
        FontId::new(size::SMALL, FontFamily::Proportional),
        Palette::of(ui).muted_ink,
        f32::INFINITY,
    )
}

fn job(ui: &Ui, text: &str) -> LayoutJob {
    let palette = Palette::of(ui);
    let format = |family, colour: Color32| TextFormat::simple(FontId::new(size::BODY, family), colour);
    let mut job = LayoutJob::default();
    for span in spans(text) {
        match span {
            Span::Plain(words) => job.append(words, 0.0, format(FontFamily::Proportional, palette.ink)),
            Span::Strong(words) => job.append(words, 0.0, format(fonts::strong_family(), palette.ink)),
            Span::Code(words) => job.append(words, 0.0, format(FontFamily::Monospace, palette.ink)),
        }
    }
    job
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_help_uses() {
        let text = "# A\n\none\ntwo\n\n- **b**: x\n  y\n1. first\n\n| k | v |\n| --- | --- |\n| F1 | help |\n";
        let cell = |row: [&str; 2]| row.map(str::to_owned).to_vec();
        assert_eq!(
            read(text),
            [
                Block::Heading(1, "A".into()),
                Block::Paragraph("one two".into()),
                Block::Item("•".into(), "**b**: x y".into()),
                Block::Item("1.".into(), "first".into()),
                Block::Table(vec![cell(["k", "v"]), cell(["F1", "help"])]),
            ]
        );
        let found = spans("a **b** `c` [d](#d) *e* f*");
        let wanted = [
            Span::Plain("a "),
            Span::Strong("b"),
            Span::Plain(" "),
            Span::Code("c"),
            Span::Plain(" "),
            Span::Plain("d"),
            Span::Plain(" "),
            Span::Strong("e"),
            Span::Plain(" f"),
            Span::Plain("*"),
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn fuzz_any_text_is_read_and_ends() {
        let pieces = ["**", "*", "`", "[", "](", ")", "|", "---", "# ", "- ", "1. ", "\n", "ü", "😀", " ", "x"];
        let mut seed = 5_u64;
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..14 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text.push_str(pieces[(seed >> 33) as usize % pieces.len()]);
            }
            let _ = read(&text);
            let shown: usize = spans(&text)
                .iter()
                .map(|span| match span {
                    Span::Plain(words) | Span::Strong(words) | Span::Code(words) => words.len(),
                })
                .sum();
            assert!(shown <= text.len(), "{text:?}");
        }
    }
}
