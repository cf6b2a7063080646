//! Lines of comma-separated values (RFC 4180), such that no spreadsheet takes anything in them for a formula.
//!
//! Names and words in the audit log come from outside: a customer who calls themself `=HYPERLINK(…)` must not act on the
//! computer of whoever opens the export. A spreadsheet divides lines as its country does: with `;` in a German Excel, to which
//! a comma and the quotes behind it are plain text. So a formula must not begin behind any of these either. Files begin with
//! their first heading, and nothing else that some programs understand and others show.

/// One line with its end. What a spreadsheet would calculate, wherever it divides the line, gets an apostrophe before it,
/// which it shows as text.
pub fn line<T: AsRef<str>>(cells: &[T]) -> String {
    let mut line = String::new();
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            line.push(',');
        }
        push(&mut line, cell.as_ref());
    }
    line.push_str("\r\n");
    line
}

fn push(line: &mut String, cell: &str) {
    let plain = harmless(cell);
    if plain == cell && !cell.contains(['"', ',', ';', '\r', '\n', '\t']) {
        return line.push_str(cell);
    }
    line.push('"');
    line.push_str(&plain.replace('"', "\"\""));
    line.push('"');
}

/// With an apostrophe before every sign that begins a formula, at the cell's beginning or behind what may divide cells.
/// Spreadsheets look past spaces and quotes there. Without NUL, at which some end.
fn harmless(cell: &str) -> String {
    let mut plain = String::with_capacity(cell.len());
    let mut begins = true;
    for sign in cell.chars().filter(|sign| *sign != '\0') {
        if begins && matches!(sign, '=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠') {
            plain.push('\'');
        }
        begins = match sign {
            ';' | ',' | '\t' | '\r' | '\n' => true,
            '"' | '\'' => begins,
            other => begins && other.is_whitespace(),
        };
        plain.push(sign);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        assert_eq!(line(&["plain", "", "two words"]), "plain,,two words\r\n");
        assert_eq!(line(&["a,b", "say \"x\"", "two\nlines"]), "\"a,b\",\"say \"\"x\"\"\",\"two\nlines\"\r\n");
        assert_eq!(line(&["a", "b, \"c\"\n", ""]), "a,\"b, \"\"c\"\"\n\",\r\n");
        assert_eq!(line(&["a;b", "nu\0l"]), "\"a;b\",\"nul\"\r\n");
        assert_eq!(line::<&str>(&[]), "\r\n");
    }

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=1+1", "+49 30", "-2", "@SUM(A1)", "\t=1", "\r=1", "=\"a\",b", "＝1+1", "＋1", "－1", "＠SUM(A1)"]
        {
            let line = line(&[cell]);
            assert!(line.starts_with("\"'"), "{line:?}");
            assert!(line.ends_with("\"\r\n"), "{line:?}");
        }
        assert_eq!(line(&["  =HYPERLINK(\"http://x\")"]), "\"  '=HYPERLINK(\"\"http://x\"\")\"\r\n");
        assert_eq!(line(&["a=b", "1-2", "anna@acme.example"]), "a=b,1-2,anna@acme.example\r\n", "only what begins so");
    }

    /// Scar: a German Excel divides by `;`, and the second half of such a name was a formula.
    #[test]
    fn nothing_is_a_formula_however_the_line_is_divided() {
        assert_eq!(line(&["x;=1+1;y@b"]), "\"x;'=1+1;y@b\"\r\n");
        for (cell, plain) in [
            ("x,@SUM(A1)", "x,'@SUM(A1)"),
            ("x; =1", "x; '=1"),
            ("x\n-1", "x\n'-1"),
            ("x\t+1", "x\t'+1"),
            ("x;＝1", "x;'＝1"),
            ("x;\"=1\"", "x;\"'=1\""),
            ("'=1", "''=1"),
        ] {
            assert_eq!(harmless(cell), plain);
            // Divided at any of them, no piece begins with what a spreadsheet calculates.
            for piece in line(&[cell]).split([';', ',', '\t', '\r', '\n']) {
                let begin = piece.trim_start_matches([' ', '"']);
                assert!(!begin.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']), "{piece:?} of {cell:?}");
            }
        }
    }
}
