//! Lines for spreadsheets (RFC 4180). A cell that a spreadsheet would take for a formula is marked as text: names and
//! details come from strangers, too.

/// One line.
pub fn line(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    format!("{}\r\n", cells.join(","))
}

fn cell(text: &str) -> String {
    // Spreadsheets look past spaces.
    let formula = text.trim_start().starts_with(['=', '+', '-', '@']) || text.starts_with(['\t', '\r', '\n']);
    let mark = if formula { "'" } else { "" };
    format!("\"{mark}{}\"", text.replace('"', "\"\"").replace('\u{0}', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_none_leaves_its_place() {
        assert_eq!(line(&["a", "b, \"c\"\n", ""]), "\"a\",\"b, \"\"c\"\"\n\",\"\"\r\n");
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =HYPERLINK(\"http://x\")"] {
            assert!(cell(formula).starts_with("\"'"), "{formula}");
        }
        for text in ["a=1", "anna@acme.example", "1-2"] {
            assert_eq!(cell(text), format!("\"{text}\""));
        }
    }
}
