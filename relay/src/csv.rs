//! Lines of comma-separated values (RFC 4180), such that no spreadsheet takes a cell for a formula.
//!
//! Names and words in the audit log come from outside: a customer who calls themself `=HYPERLINK(…)` must not act on the
//! computer of whoever opens the export.

/// One line with its end. Cells that a spreadsheet would calculate get an apostrophe before them, which it shows as text.
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
    let calculates = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let quoted = calculates || cell.contains(['"', ',', '\r', '\n', '\t']);
    if !quoted {
        return line.push_str(cell);
    }
    line.push('"');
    if calculates {
        line.push('\'');
    }
    line.push_str(&cell.replace('"', "\"\""));
    line.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        assert_eq!(line(&["plain", "", "two words"]), "plain,,two words\r\n");
        assert_eq!(line(&["a,b", "say \"x\"", "two\nlines"]), "\"a,b\",\"say \"\"x\"\"\",\"two\nlines\"\r\n");
        assert_eq!(line::<&str>(&[]), "\r\n");
    }

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=1+1", "+49 30", "-2", "@SUM(A1)", "\t=1", "\r=1", "=\"a\",b"] {
            let line = line(&[cell]);
            assert!(line.starts_with("\"'"), "{line:?}");
            assert!(line.ends_with("\"\r\n"), "{line:?}");
        }
        assert_eq!(line(&["a=b", "1-2"]), "a=b,1-2\r\n", "only what begins so");
    }
}
