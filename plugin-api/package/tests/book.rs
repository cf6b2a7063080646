//! The smallest plugin is as small as the book says, and the book shows it as it is.

const HELLO: &str = include_str!("../../../plugins/hello/src/lib.rs");
const MANIFEST: &str = include_str!("../../../plugins/hello/plugin.json");
const BOOK: &str = include_str!("../../../sdk-docs/getting-started.md");

#[test]
fn the_smallest_plugin_is_under_thirty_lines_and_stands_in_the_book() {
    assert!(HELLO.lines().count() < 30, "{} lines", HELLO.lines().count());
    assert!(HELLO.lines().all(|line| line.len() <= 120), "no line is two");
    for (language, text) in [("rust", HELLO), ("json", MANIFEST)] {
        assert!(
            BOOK.contains(&format!("```{language}\n{}\n```\n", text.trim_end())),
            "the book's copy is another: {text}"
        );
    }
}
