//! What the windowing libraries say when no window can be opened, without the places in their sources.

/// The words after the last `file.rs:line: `.
#[must_use]
pub fn plain(text: &str) -> &str {
    let words = text.rsplit_once(".rs:").and_then(|(_, after)| after.split_once(": ")).map_or(text, |(_, words)| words);
    words.trim_end_matches(['.', ' '])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_not_shown_source_lines() {
        assert_eq!(
            plain("winit EventLoopError: os error at /a/b/mod.rs:788: Failed to open connection to X server"),
            "Failed to open connection to X server"
        );
        assert_eq!(plain("no GL"), "no GL");
    }
}
