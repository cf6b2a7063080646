//! How a test that uses the kit wrongly, or whose plugin cannot run, ends.

/// Ends the test with a sentence that says what to do.
#[track_caller]
#[expect(clippy::panic, reason = "a test that cannot go on says why")]
pub(crate) fn fail(words: &str) -> ! {
    panic!("{words}")
}
