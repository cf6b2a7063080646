//! Wishes from a script: with `--commands`, JSON lines on standard input do what a person's click would.
//!
//! ```text
//! {"do":"act","plugin":"lotse.chat","node":"say","text":"Hello"}   a plugin's node; also "on" and "choice"
//! {"do":"look","place":"chat"}                                     prints an event `place` with what plugins show there
//! {"do":"pause","on":true}   {"do":"end"}   {"do":"stop-everything"}
//! {"do":"allow","access":"view","on":false}                        the customer's switches, to take back alone
//! {"do":"choose-showing","request":3,"source":"display-1"}         the rep's chooser, as the event `showing-choice` names them; no
//!                                                                  source: nothing is shown. {"do":"stop-showing"} ends it
//! {"do":"new-code"}   {"do":"sign-out"}   {"do":"take-seat","seat":7}   of a rep's console; seats are named by the event `seat`
//! {"do":"drop","place":"chat","paths":["/tmp/a"]}                  as if these were dropped on the window
//! {"do":"pick","request":3,"paths":["/tmp/a"]}                     answers the event `file-pick`; no paths: nothing
//! {"do":"answer-files","request":4,"place":"/tmp"}                 answers the event `file-question`; null: not now
//! {"do":"ready"}   {"do":"away"}                                   whether questions are offered to the rep
//! {"do":"answer-question","question":"…"}   {"do":"pass-question","question":"…"}   as the event `questions` names them;
//!                                                                   of a running session the first opens it to be read
//! {"do":"answer-hand-over","offer":"…","on":true}                  yes or no to a colleague, as the event `hand-over` names it
//! {"do":"read-hand-over"}                                          prints an event `hand-over-read`: what the rep is shown of it
//! {"do":"choose-password","password":"…"}                          where a sign-in asks for one
//! {"do":"second-factor-code","code":"123456"}                      where a sign-in asks for one, or one is being set up
//! {"do":"set-up-second-factor","password":"…"}   {"do":"recovery-codes-kept"}
//! {"do":"remove-second-factor","password":"…","code":"123456"}   {"do":"renew-recovery-codes","password":"…","code":"123456"}
//! ```
//!
//! Prompts are never answered this way: a person does that at the window, or ahead in developer mode. Of a customer's consents a line
//! gives the one for files alone, by `drop`, `pick` and `answer-files`, and in developer mode alone ([`gives_files`]). Of a rep's it
//! gives that one always, what of their screen is shown (`choose-showing`), and that a colleague's session is theirs
//! (`answer-hand-over`): whoever may write these lines is at that rep's computer, as that user.

use crate::events::{Event, LogFormat, hand_over_read, print, questions};
use lotse_engine::rep::{AskedHandOver, RepCommand};
use lotse_engine::view::{Access, Command, ShowSource, View};
use lotse_engine::{Node, Value};
use lotse_protocol::control::Secret;
use lotse_protocol::handover::HandOverId;
use serde_json::{Map, Value as Json, json};
use std::io::{BufRead, Read};
use std::path::PathBuf;
use std::sync::Arc;

/// Longest line, in bytes.
const LINE_BYTES_MAX: u64 = 64 * 1024;

/// One understood line.
#[derive(Debug)]
pub enum Wish {
    Command(Command),
    /// Of the program and not of a session; only a rep's has such.
    Program(RepCommand),
    Look {
        place: String,
    },
    /// What a colleague asks is to be read. Events of it say no more than that there is something.
    ReadHandOver,
}

/// Reads standard input on a thread of its own until it ends. `newest` gives the session's view that is looked at, `wished`
/// takes what is asked of a session, `asked` what is asked of the program (false: it does no such thing), and `offered` gives what
/// a colleague asks the rep at this moment.
///
/// # Errors
/// When the system gives no thread.
pub fn follow(
    newest: impl Fn() -> Option<Arc<View>> + Send + 'static,
    wished: impl Fn(Command) + Send + 'static,
    asked: impl Fn(RepCommand) -> bool + Send + 'static,
    offered: impl Fn() -> Option<Arc<AskedHandOver>> + Send + 'static,
) -> std::io::Result<()> {
    std::thread::Builder::new().name("lotse-commands".into()).spawn(move || {
        let mut input = std::io::stdin().lock();
        loop {
            let mut line = String::new();
            match input.by_ref().take(LINE_BYTES_MAX).read_line(&mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) if line.trim().is_empty() => {}
                Ok(_) => match parse(&line) {
                    Ok(Wish::Command(command)) => wished(command),
                    Ok(Wish::Program(command)) => {
                        if !asked(command) {
                            refused("only a rep's console does that");
                        }
                    }
                    Ok(Wish::Look { place }) => print(LogFormat::Json, &look(newest().as_deref(), &place)),
                    Ok(Wish::ReadHandOver) => match offered() {
                        Some(asked) => print(LogFormat::Json, &[hand_over_read(&asked)]),
                        None => refused("no colleague asks for anything now"),
                    },
                    Err(why) => refused(&why),
                },
            }
        }
    })?;
    Ok(())
}

/// Whether a command lets files in or out, which is a customer's own word.
pub fn gives_files(command: &Command) -> bool {
    match command {
        Command::AnswerFiles { place, .. } => place.is_some(),
        Command::Picked { paths, .. } | Command::Dropped { paths, .. } => !paths.is_empty(),
        _ => false,
    }
}

/// Says that a line was not carried out.
pub fn refused(why: &str) {
    print(LogFormat::Json, &[Event::new("command-refused").with("why", why)]);
}

/// Understands one line.
///
/// # Errors
/// Why it makes no sense.
pub fn parse(line: &str) -> Result<Wish, String> {
    let wish: Json = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let text =
        |name: &str| wish[name].as_str().map(str::to_owned).ok_or_else(|| format!("\u{201c}{name}\u{201d} is missing"));
    let on = || wish["on"].as_bool().ok_or_else(|| "\u{201c}on\u{201d} is missing".to_owned());
    let request =
        || wish["request"].as_u64().ok_or_else(|| "\u{201c}request\u{201d} is missing, or is no number".to_owned());
    let question = || questions::from_hex(&text("question")?).ok_or_else(|| "that names no question".to_owned());
    Ok(Wish::Command(match wish["do"].as_str() {
        Some("act") => Command::Act { plugin: text("plugin")?, node: text("node")?, what: settings(&wish) },
        Some("look") => return Ok(Wish::Look { place: text("place")? }),
        Some("read-hand-over") => return Ok(Wish::ReadHandOver),
        Some("new-code") => return Ok(Wish::Program(RepCommand::NewCode)),
        Some("sign-out") => return Ok(Wish::Program(RepCommand::SignOut)),
        Some("take-seat") => {
            let seat = wish["seat"].as_u64().ok_or("\u{201c}seat\u{201d} is missing, or is no number")?;
            return Ok(Wish::Program(RepCommand::TakeSeat { seat }));
        }
        Some("choose-password") => {
            return Ok(Wish::Program(RepCommand::ChoosePassword { password: text("password")? }));
        }
        Some("second-factor-code") => {
            return Ok(Wish::Program(RepCommand::SecondFactorCode { code: Secret(text("code")?) }));
        }
        Some("set-up-second-factor") => {
            return Ok(Wish::Program(RepCommand::SetUpSecondFactor { password: Secret(text("password")?) }));
        }
        Some("remove-second-factor") => {
            let (password, code) = (Secret(text("password")?), Secret(text("code")?));
            return Ok(Wish::Program(RepCommand::RemoveSecondFactor { password, code }));
        }
        Some("renew-recovery-codes") => {
            let (password, code) = (Secret(text("password")?), Secret(text("code")?));
            return Ok(Wish::Program(RepCommand::RenewRecoveryCodes { password, code }));
        }
        Some("recovery-codes-kept") => return Ok(Wish::Program(RepCommand::RecoveryCodesKept)),
        Some("ready") => return Ok(Wish::Program(RepCommand::Ready { on: true })),
        Some("away") => return Ok(Wish::Program(RepCommand::Ready { on: false })),
        Some("answer-question") => return Ok(Wish::Program(RepCommand::AnswerQuestion { question: question()? })),
        Some("pass-question") => return Ok(Wish::Program(RepCommand::PassQuestion { question: question()? })),
        Some("close-question") => return Ok(Wish::Program(RepCommand::CloseQuestion { question: question()? })),
        Some("drop") => Command::Dropped { place: text("place")?, paths: paths(&wish)? },
        Some("pick") => Command::Picked { request: request()?, paths: paths(&wish)? },
        Some("answer-files") => {
            let place = if wish["place"].is_null() { None } else { Some(absolute(&text("place")?)?) };
            Command::AnswerFiles { request: request()?, place }
        }
        Some("answer-hand-over") => {
            let offer = questions::from_hex(&text("offer")?).ok_or("that names no offer")?;
            let accept = on()?;
            return Ok(Wish::Program(RepCommand::AnswerHandOver { offer: HandOverId(offer.0), accept }));
        }
        Some("pause") => Command::Pause { on: on()? },
        Some("end") => Command::End,
        Some("choose-showing") => choose_showing(&wish)?,
        Some("stop-showing") => Command::StopShowing,
        Some("stop-everything") => Command::StopEverything,
        Some("allow") => {
            let access = Access::from_name(&text("access")?).ok_or_else(|| {
                format!("there are {}", Access::ALL.map(Access::name).join(", "))
            })?;
            if on()? {
                return Err("consent is given by a person at the window".to_owned());
            }
            Command::SetAccess { access, allow: false }
        }
        _ => return Err("\u{201c}do\u{201d} is one of act, look, drop, pick, answer-files, pause, end, stop-everything, allow, choose-showing, stop-showing, new-code, sign-out, take-seat, choose-password, second-factor-code, set-up-second-factor, remove-second-factor, renew-recovery-codes, recovery-codes-kept, ready, away, answer-question, pass-question, close-question, answer-hand-over, read-hand-over".to_owned()),
    }))
}

/// What a rep chose to show, or that it is nothing.
fn choose_showing(wish: &Json) -> Result<Command, String> {
    let request = wish["request"].as_u64().ok_or("\u{201c}request\u{201d} is missing, or is no number")?;
    let source = match &wish["source"] {
        Json::Null => None,
        Json::String(name) => Some(ShowSource::from_name(name).ok_or("there is no such source")?),
        Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => {
            return Err("\u{201c}source\u{201d} is no text".to_owned());
        }
    };
    Ok(Command::ChooseShowing { request, source })
}

fn absolute(path: &str) -> Result<PathBuf, String> {
    Some(PathBuf::from(path)).filter(|path| path.is_absolute()).ok_or_else(|| format!("{path} is no absolute path"))
}

fn paths(wish: &Json) -> Result<Vec<PathBuf>, String> {
    let paths = wish["paths"].as_array().ok_or("\u{201c}paths\u{201d} is missing, or is no list")?;
    paths.iter().map(|path| absolute(path.as_str().ok_or("a path is no text")?)).collect()
}

/// What goes with an action.
fn settings(wish: &Json) -> lotse_engine::Settings {
    let text = |name: &str| Some((name.to_owned(), Value::Text(wish[name].as_str()?.to_owned())));
    let flag = |name: &str| Some((name.to_owned(), Value::Flag(wish[name].as_bool()?)));
    [text("text"), text("choice"), flag("on")].into_iter().flatten().collect()
}

fn look(view: Option<&View>, place: &str) -> Vec<Event> {
    let contributions = view.and_then(|view| view.places.get(place)).map(Vec::as_slice).unwrap_or_default();
    let shown = |contribution: &lotse_engine::view::Contribution| {
        let nodes: Vec<Json> = contribution.nodes.iter().map(node).collect();
        json!({ "plugin": contribution.plugin, "nodes": nodes })
    };
    let shown: Vec<Json> = contributions.iter().map(shown).collect();
    vec![Event::new("place").with("place", place).with("shown", shown)]
}

fn node(node: &Node) -> Json {
    let value = |value: &Value| match value {
        Value::Flag(on) => json!(on),
        Value::Number(number) => json!(number),
        Value::Real(number) => json!(number),
        Value::Text(text) => json!(text),
        Value::Bytes(bytes) => json!(bytes.len()),
    };
    let mut object: Map<String, Json> = node.properties.iter().map(|(name, of)| (name.clone(), value(of))).collect();
    object.insert("id".to_owned(), json!(node.id));
    object.insert("kind".to_owned(), json!(node.kind));
    Json::Object(object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_understood_or_refused_with_a_reason() {
        let act = parse(r#"{"do":"act","plugin":"p","node":"n","text":"t","on":true}"#);
        assert!(matches!(act, Ok(Wish::Command(Command::Act { what, .. })) if what.len() == 2));
        assert!(matches!(parse(r#"{"do":"pause","on":false}"#), Ok(Wish::Command(Command::Pause { on: false }))));
        for line in
            ["", "{", "{}", r#"{"do":"act"}"#, r#"{"do":"dance"}"#, r#"{"do":"answer","prompt":1,"allow":true}"#]
        {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn f1_files_are_dropped_picked_and_answered_by_lines() {
        let drop = parse(r#"{"do":"drop","place":"chat","paths":["/a","/b"]}"#);
        assert!(matches!(drop, Ok(Wish::Command(Command::Dropped { paths, .. })) if paths.len() == 2));
        let pick = parse(r#"{"do":"pick","request":3,"paths":[]}"#);
        assert!(matches!(pick, Ok(Wish::Command(Command::Picked { request: 3, paths })) if paths.is_empty()));
        let refused = parse(r#"{"do":"answer-files","request":4,"place":null}"#);
        assert!(matches!(refused, Ok(Wish::Command(Command::AnswerFiles { request: 4, place: None }))));
        for line in [
            r#"{"do":"drop","place":"chat","paths":["relative"]}"#,
            r#"{"do":"pick","paths":[]}"#,
            r#"{"do":"pick","request":3,"paths":[7]}"#,
            r#"{"do":"answer-files","request":4,"place":"relative"}"#,
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn s3_a_reps_console_is_told_by_lines_too() {
        let seat = parse(r#"{"do":"take-seat","seat":7}"#);
        assert!(matches!(seat, Ok(Wish::Program(RepCommand::TakeSeat { seat: 7 }))));
        assert!(matches!(parse(r#"{"do":"sign-out"}"#), Ok(Wish::Program(RepCommand::SignOut))));
        assert!(parse(r#"{"do":"take-seat","seat":"Bo"}"#).is_err());
    }

    #[test]
    fn s4_a_code_is_given_by_a_line_and_never_printed() {
        let code = parse(r#"{"do":"second-factor-code","code":"287082"}"#);
        assert!(matches!(&code, Ok(Wish::Program(RepCommand::SecondFactorCode { code })) if code.0 == "287082"));
        assert!(!format!("{code:?}").contains("287082"));
        let renewed = parse(r#"{"do":"renew-recovery-codes","password":"p","code":"287082"}"#);
        assert!(matches!(renewed, Ok(Wish::Program(RepCommand::RenewRecoveryCodes { .. }))));
        for line in ["second-factor-code", "set-up-second-factor", "remove-second-factor", "renew-recovery-codes"] {
            assert!(parse(&format!(r#"{{"do":"{line}"}}"#)).is_err(), "{line}");
        }
        for line in ["remove-second-factor", "renew-recovery-codes"] {
            assert!(parse(&format!(r#"{{"do":"{line}","password":"p"}}"#)).is_err(), "{line}: the code, too");
        }
    }

    #[test]
    fn q1_questions_are_answered_by_lines_too() {
        let id = "a7".repeat(16);
        let line = |what: &str| format!(r#"{{"do":"{what}","question":"{id}"}}"#);
        let answer = parse(&line("answer-question"));
        assert!(
            matches!(answer, Ok(Wish::Program(RepCommand::AnswerQuestion { question })) if question.0 == [0xa7; 16])
        );
        assert!(matches!(parse(&line("pass-question")), Ok(Wish::Program(RepCommand::PassQuestion { .. }))));
        assert!(matches!(parse(&line("close-question")), Ok(Wish::Program(RepCommand::CloseQuestion { .. }))));
        assert!(matches!(parse(r#"{"do":"away"}"#), Ok(Wish::Program(RepCommand::Ready { on: false }))));
        assert!(parse(r#"{"do":"answer-question","question":"a7"}"#).is_err());
    }

    #[test]
    fn m1_what_a_rep_shows_is_chosen_by_lines_too() {
        let chosen = parse(r#"{"do":"choose-showing","request":3,"source":"window-4194311"}"#);
        let window = Some(ShowSource::Window(4_194_311));
        assert!(matches!(chosen, Ok(Wish::Command(Command::ChooseShowing { request: 3, source })) if source == window));
        let nothing = parse(r#"{"do":"choose-showing","request":3}"#);
        assert!(matches!(nothing, Ok(Wish::Command(Command::ChooseShowing { source: None, .. }))));
        assert!(matches!(parse(r#"{"do":"stop-showing"}"#), Ok(Wish::Command(Command::StopShowing))));
        for line in [
            r#"{"do":"choose-showing","source":"display-1"}"#,
            r#"{"do":"choose-showing","request":3,"source":"everything"}"#,
            r#"{"do":"choose-showing","request":3,"source":1}"#,
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn h1_what_a_colleague_asks_is_read_by_a_line() {
        assert!(matches!(parse(r#"{"do":"read-hand-over"}"#), Ok(Wish::ReadHandOver)));
    }

    #[test]
    fn consent_is_taken_back_but_never_given() {
        let take_back = parse(r#"{"do":"allow","access":"control","on":false}"#);
        assert!(matches!(take_back, Ok(Wish::Command(Command::SetAccess { allow: false, .. }))));
        assert!(parse(r#"{"do":"allow","access":"control","on":true}"#).is_err());
    }
}
