//! The command line, read by hand: so few flags do not justify a parser's 300 KB in a program that is waited for.

use lotse_engine::JoinLink;
use lotse_engine::view::Access;
use lotse_protocol::code::JoinCode;
use lotse_ui::events::LogFormat;
use lotse_ui::text::Language;
use lotse_ui::theme::ThemeChoice;
use std::ffi::OsString;
use std::path::PathBuf;

pub const HELP: &str = "\
Lets somebody you trust see your screen and help you.

Usage: lotse-customer [OPTIONS] [LINK]

A LINK from a page joins a session: lotse://HOST[:PORT]/join?code=…&name=…&sha256=HEX

Options:
      --relay <URL>          The relay, as https://host:port; with #sha256=HEX where its certificate is its own
      --join <CODE>          Joins with this code at once
      --name <NAME>          What to be called
      --developer            Developer mode, which both sides see
      --allow <LIST>         Allows ahead, in developer mode alone: any of view,control,clipboard,files,system
      --lang <TAG>           Language of the window: en or de
      --theme <THEME>        light, dark or system
      --data <DIR>           Where plugins are kept
      --drivers <DIR>        Where the native drivers lie, when not beside the program
      --commands             Does what JSON lines on standard input say, as clicks would; consent stays the window's, but for
                             files in developer mode
      --log-format <FORMAT>  text, or json: events as JSON lines on standard output
      --resume               Takes up the session that this computer was restarted in, or starts nothing
      --reboot-command <PROGRAM>  What restarts this computer, in developer mode alone: in place of the system's own
      --register             Links that begin with lotse:// start this program from now on
      --unregister           They start it no more
  -h, --help                 Prints this
  -V, --version              Prints the version
";

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    pub relay: Option<String>,
    pub join: Option<JoinCode>,
    /// As it was given: what is wrong with it is said in the window, since a browser shows nothing.
    pub link: Option<String>,
    pub name: String,
    pub developer: bool,
    pub allow: Vec<Access>,
    pub lang: Option<Language>,
    pub theme: ThemeChoice,
    pub data: Option<PathBuf>,
    pub drivers: Option<PathBuf>,
    pub commands: bool,
    pub log_format: LogFormat,
    /// A login has started it, after a restart that a session asked for.
    pub resume: bool,
    /// In place of the system's commands.
    pub reboot_command: Option<PathBuf>,
}

/// What the command line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    Run(Box<Options>),
    /// To say on this desktop whether links start the program.
    Register {
        on: bool,
    },
    Help,
    Version,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OptionsError {
    #[error("there is no option {0}; --help lists them")]
    Unknown(String),
    #[error("{0} needs a value")]
    NoValue(String),
    #[error("{option} cannot be {value:?}: {why}")]
    Value { option: String, value: String, why: String },
    #[error("--allow gives consent ahead, which takes --developer, too")]
    AllowWithoutDeveloper,
    #[error("--reboot-command takes --developer, too")]
    RebootCommandWithoutDeveloper,
    #[error("--join needs to know the relay: add --relay URL")]
    JoinWithoutRelay,
}

/// Reads the arguments after the program's name.
///
/// # Errors
/// What makes no sense, in words for people.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Wanted, OptionsError> {
    let mut options = Options::default();
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let argument = argument.to_string_lossy().into_owned();
        let (name, attached) = match argument.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name.to_owned(), Some(OsString::from(value))),
            Some(_) | None => (argument.clone(), None),
        };
        let mut value =
            || attached.clone().or_else(|| arguments.next()).ok_or_else(|| OptionsError::NoValue(name.clone()));
        match name.as_str() {
            "-h" | "--help" => return Ok(Wanted::Help),
            "-V" | "--version" => return Ok(Wanted::Version),
            "--register" => return Ok(Wanted::Register { on: true }),
            "--unregister" => return Ok(Wanted::Register { on: false }),
            "--commands" => options.commands = true,
            "--developer" => options.developer = true,
            "--resume" => options.resume = true,
            "--reboot-command" => options.reboot_command = Some(PathBuf::from(value()?)),
            "--relay" => options.relay = Some(text(&value()?)),
            "--name" => options.name = text(&value()?),
            "--data" => options.data = Some(PathBuf::from(value()?)),
            "--drivers" => options.drivers = Some(PathBuf::from(value()?)),
            "--join" => {
                options.join = Some(read(&name, &value()?, |text| {
                    text.parse().map_err(|error: lotse_protocol::code::CodeError| error.to_string())
                })?)
            }
            "--allow" => options.allow = read(&name, &value()?, allow)?,
            "--lang" => {
                options.lang = Some(read(&name, &value()?, |text| {
                    Language::from_tag(text).ok_or_else(|| "there are en and de".to_owned())
                })?)
            }
            "--theme" => {
                options.theme = read(&name, &value()?, |text| {
                    ThemeChoice::from_word(text).ok_or_else(|| "there are light, dark and system".to_owned())
                })?
            }
            "--log-format" => options.log_format = read(&name, &value()?, format)?,
            _ if JoinLink::is_meant(&argument) => options.link = Some(argument),
            _ => return Err(OptionsError::Unknown(argument)),
        }
    }
    match () {
        () if !options.allow.is_empty() && !options.developer => Err(OptionsError::AllowWithoutDeveloper),
        () if options.reboot_command.is_some() && !options.developer => {
            Err(OptionsError::RebootCommandWithoutDeveloper)
        }
        () if options.join.is_some() && options.relay.is_none() => Err(OptionsError::JoinWithoutRelay),
        () => Ok(Wanted::Run(Box::new(options))),
    }
}

fn text(value: &OsString) -> String {
    value.to_string_lossy().into_owned()
}

fn read<T>(option: &str, value: &OsString, parse: impl FnOnce(&str) -> Result<T, String>) -> Result<T, OptionsError> {
    let value = text(value);
    parse(&value).map_err(|why| OptionsError::Value {
        option: option.to_owned(),
        value: value.chars().take(64).collect(),
        why,
    })
}

fn allow(text: &str) -> Result<Vec<Access>, String> {
    let mut allowed = Vec::new();
    for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let access = standing().find(|access| access.name() == word).ok_or_else(|| {
            let names: Vec<&str> = standing().map(Access::name).collect();
            format!("there are {}, not {word}", names.join(", "))
        })?;
        if !allowed.contains(&access) {
            allowed.push(access);
        }
    }
    Ok(allowed)
}

/// What can be allowed ahead: not what is asked for anew each time.
fn standing() -> impl Iterator<Item = Access> {
    Access::ALL.into_iter().filter(|access| access.stands())
}

fn format(text: &str) -> Result<LogFormat, String> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("there are text and json".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    fn parse_line(line: &str) -> Result<Wanted, OptionsError> {
        parse(line.split(' ').filter(|word| !word.is_empty()).map(OsString::from))
    }

    #[test]
    fn the_documented_line_is_understood() {
        let line = "--relay https://r.example#sha256=00 --join 482-913-5207 --developer --allow view,control,clipboard,files,system --lang=de --log-format json";
        let Wanted::Run(options) = parse_line(line).unwrap() else { panic!("not run") };
        assert_eq!(options.relay.as_deref(), Some("https://r.example#sha256=00"));
        assert_eq!(options.join, Some("4829135207".parse().unwrap()));
        assert_eq!(options.allow, standing().collect::<Vec<_>>());
        assert_eq!((options.lang, options.log_format), (Some(Language::German), LogFormat::Json));
        assert_eq!(parse_line("--help"), Ok(Wanted::Help));
        assert!(HELP.contains("--allow"));
    }

    #[test]
    fn c3_a_link_stands_alone_and_is_read_later() {
        let link = "lotse://help.example.com/join?code=4829135207&name=K.%20Weber";
        let Wanted::Run(options) = parse_line(&format!("{link} --theme dark")).unwrap() else { panic!("not run") };
        assert_eq!((options.link.as_deref(), options.relay), (Some(link), None));
        let Wanted::Run(options) = parse_line("lotse://nonsense").unwrap() else { panic!("not run") };
        assert!(options.link.is_some(), "the window says what is wrong with it");
        for (line, on) in [("--register", true), ("--unregister", false)] {
            assert_eq!(parse_line(line), Ok(Wanted::Register { on }));
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        assert_eq!(parse_line("--allow view"), Err(OptionsError::AllowWithoutDeveloper));
        assert_eq!(parse_line("--join 4829135207"), Err(OptionsError::JoinWithoutRelay));
        for line in [
            "--join",
            "--join 12 --relay x",
            "--allow all --developer",
            "--allow restart --developer",
            "--reboot-command /bin/true",
            "--lang fr",
            "--theme pink",
            "--log-format xml",
            "--nonsense",
            "482",
        ] {
            assert!(parse_line(line).is_err(), "{line}");
        }
    }

    #[test]
    fn fuzz_arguments_never_panic() {
        let words = [
            "--relay",
            "--join",
            "=",
            "--allow=view,,",
            "--developer",
            "\u{202e}",
            "",
            "--",
            "-h=",
            "--lang=",
            "ü",
            "--join=\u{0}",
        ];
        let mut seed = 7_u64;
        for _ in 0..5_000 {
            let mut line = Vec::new();
            for _ in 0..4 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                line.push(OsString::from(words[(seed >> 33) as usize % words.len()]));
            }
            let _ = parse(line);
        }
    }
}
