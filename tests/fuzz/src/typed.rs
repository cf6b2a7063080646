//! What people type or pass on, and lines from scripts.

use lotse_engine::view::Command;
use lotse_engine::{JoinLink, LINK_BYTES_MAX, RelayUrl};
use lotse_protocol::code::JoinCode;
use lotse_ui::commands::{Wish, parse};

/// Longest host name, in bytes (RFC 1035, 2.3.4).
const HOST_BYTES_MAX: usize = 253;

/// A code that is taken comes back from how people see it, and from its halves.
pub fn join_code(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(code) = text.parse::<JoinCode>() else { return };
    assert_eq!(code.to_string().parse::<JoinCode>().as_ref(), Ok(&code), "a code does not come back");
    let halves = code.secret().parse::<u64>().map(|secret| JoinCode::new(code.nameplate(), secret));
    assert_eq!(halves.as_ref(), Ok(&code), "a code is not its two halves");
}

/// A relay's address, which must mean the same when it is put together again.
pub fn relay_url(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(url) = text.parse::<RelayUrl>() else { return };
    let RelayUrl { host, port, certificate } = &url;
    assert!(!host.is_empty() && host.len() <= HOST_BYTES_MAX && *port > 0, "{url:?} is no address");
    // No way of writing a host keeps this apart from the brackets round an IPv6 address. The resolver refuses it.
    if host.contains(']') {
        return;
    }
    let bracketed = host.contains(':') || host.starts_with('[');
    let host = if bracketed { format!("[{host}]") } else { host.clone() };
    let digits = |bytes: &[u8; 32]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let fragment = certificate.as_ref().map(|bytes| format!("#sha256={}", digits(bytes))).unwrap_or_default();
    let again = format!("https://{host}:{port}{fragment}").parse::<RelayUrl>();
    assert_eq!(again, Ok(url), "an address does not come back");
}

/// A link from a page, which must mean the same when it is written anew.
pub fn join_link(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(link) = text.parse::<JoinLink>() else { return };
    assert!(JoinLink::is_meant(text), "{text} is a link and not meant to be one");
    let host = &link.relay.host;
    assert!(!host.is_empty() && host.len() <= HOST_BYTES_MAX && host.is_ascii(), "{link:?} leads nowhere");
    let again = link.to_string();
    assert!(again.len() <= LINK_BYTES_MAX, "{link:?} is written longer than it may be");
    assert_eq!(again.parse::<JoinLink>(), Ok(link), "a link does not come back");
}

/// Lines for `--commands`: none may give consent.
pub fn command_lines(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for line in text.lines() {
        match parse(line) {
            Ok(Wish::Command(command)) => assert!(may_be_scripted(&command), "{line} gives {command:?}"),
            // What these ask for, a click in the console's window does too.
            Ok(Wish::Program(_)) => {}
            Ok(Wish::Look { place: _ } | Wish::ReadHandOver) => {}
            Err(why) => assert!(!why.is_empty(), "{line} is refused without a reason"),
        }
    }
}

fn may_be_scripted(command: &Command) -> bool {
    match command {
        Command::SetAccess { access: _, allow } => !allow,
        Command::StopEverything
        | Command::Pause { .. }
        | Command::End
        | Command::Act { .. }
        | Command::ChooseShowing { .. }
        | Command::StopShowing => true,
        // A customer's program takes these in developer mode alone.
        Command::AnswerFiles { .. } | Command::Picked { .. } | Command::Dropped { .. } => true,
        // What the customer alone does, at the window.
        Command::CancelRestart => false,
        Command::Answer { .. } | Command::Surface { .. } | Command::DismissNotice { .. } => false,
    }
}
