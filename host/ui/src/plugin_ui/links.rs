//! Links in messages: found, shown in full, and opened only when they are plain links of the web.

/// A stretch of text, or a link in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    Link(&'a str),
}

/// Longest link that is recognised as one, in bytes.
const LINK_BYTES_MAX: usize = 2048;

/// Cuts a message into text and links. Every byte of `body` is in exactly one piece, in order.
pub(super) fn pieces(body: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut text_from = 0;
    let mut at = 0;
    while let Some(offset) = body.get(at..).and_then(|rest| rest.find("http")) {
        let start = at + offset;
        let length = body.get(start..).map_or(0, link_length);
        if length == 0 {
            at = start + 4;
            continue;
        }
        if start > text_from {
            found.push(Piece::Text(&body[text_from..start]));
        }
        found.push(Piece::Link(&body[start..start + length]));
        at = start + length;
        text_from = at;
    }
    if text_from < body.len() {
        found.push(Piece::Text(&body[text_from..]));
    }
    found
}

/// Bytes of the link that `text` begins with, or 0.
fn link_length(text: &str) -> usize {
    let end = text.find(|c: char| c.is_whitespace() || "<>\"'`{}|\\^".contains(c)).unwrap_or(text.len());
    // What ends a sentence does not belong to the link in it.
    let link = text[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '…']);
    if is_web_link(link) { link.len() } else { 0 }
}

/// Only `http` and `https`, with a host, without characters that hide or turn round what is read.
pub(super) fn is_web_link(link: &str) -> bool {
    let rest = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"));
    let has_host = rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '['));
    // A user name before an @ is how a link pretends to lead elsewhere.
    let host_is_plain = rest.is_some_and(|rest| !rest.split(['/', '?', '#']).next().unwrap_or_default().contains('@'));
    let visible = link.chars().all(|c| !c.is_control() && !c.is_whitespace() && !is_invisible(c));
    has_host && host_is_plain && visible && link.len() <= LINK_BYTES_MAX
}

/// Zero-width and direction-changing characters.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}')
}

/// Opens a link in the person's browser. Does nothing for what is not a link of the web.
pub fn open_link(link: &str) {
    if !is_web_link(link) {
        return;
    }
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let command = std::process::Command::new(opener)
        .arg(link)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn();
    match command {
        // Waited for on a thread of its own, so that no zombie stays.
        Ok(mut child) => drop(std::thread::spawn(move || child.wait())),
        Err(error) => tracing::warn!(%error, "no program opens links here"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_links_and_leaves_the_sentence() {
        assert_eq!(
            pieces("see https://acme.example/a?b=1."),
            [Piece::Text("see "), Piece::Link("https://acme.example/a?b=1"), Piece::Text(".")]
        );
        assert_eq!(pieces("(http://x.example)"), [Piece::Text("("), Piece::Link("http://x.example"), Piece::Text(")")]);
        assert_eq!(pieces("plain"), [Piece::Text("plain")]);
        assert_eq!(pieces(""), []);
    }

    #[test]
    fn opens_nothing_but_the_web() {
        let bad = [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "http://",
            "https:// x",
            "https://bank.example@evil.example/",
            "https://a\u{202e}b.example",
            "httpx://a",
            "-h",
        ];
        for link in bad {
            assert!(!is_web_link(link), "{link}");
        }
        assert!(is_web_link("https://bank.example/a@b"));
    }

    #[test]
    fn fuzz_pieces_lose_nothing() {
        let alphabet = ["http", "https://", "a", "ü", " ", ".", "@", "/", "\u{202e}", "\n", "😀", "<", "://"];
        let mut seed = 1_u64;
        for _ in 0..20_000 {
            let mut body = String::new();
            for _ in 0..12 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                body.push_str(alphabet[(seed >> 33) as usize % alphabet.len()]);
            }
            let joined: String = pieces(&body)
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) | Piece::Link(text) => *text,
                })
                .collect();
            assert_eq!(joined, body, "seed {seed}");
        }
    }
}
