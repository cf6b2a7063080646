//! The command line. One definition: parsing, help and checks come from here.

use clap::Parser;
use lotse_ui::text::Language;
use lotse_ui::theme::ThemeChoice;
use lotse_viewer::Geometry;
use std::path::PathBuf;

/// See and steer a customer's screen, talk, and help.
#[derive(Debug, Clone, Parser)]
#[command(name = "lotse", version)]
pub struct Options {
    /// The relay, as https://host:port; with #sha256=HEX where its certificate is its own
    #[arg(long, value_name = "URL")]
    pub relay: Option<String>,
    /// User ID, in e-mail form
    #[arg(long, value_name = "EMAIL")]
    pub user: Option<String>,
    /// Signs in with the password in this file (its first line)
    #[arg(long, value_name = "FILE", requires_all = ["relay", "user"])]
    pub password_file: Option<PathBuf>,
    /// Makes a join code as soon as you are signed in
    #[arg(long)]
    pub new_code: bool,
    /// Writes that code here when it exists, and each later one in its place, readable by you alone
    #[arg(long, value_name = "FILE", requires = "new_code")]
    pub code_file: Option<PathBuf>,
    /// Writes a second factor that is to be set up here, as a URI, and then its recovery codes, readable by you alone
    #[arg(long, value_name = "FILE")]
    pub second_factor_file: Option<PathBuf>,
    /// Asks to see the customer's screen as soon as the session is there
    #[arg(long)]
    pub view: bool,
    /// Asks to control it as well
    #[arg(long)]
    pub control: bool,
    /// Where the picture stands on the screen
    #[arg(long, value_name = "WxH+X+Y", requires = "viewer_bare")]
    pub viewer_geometry: Option<Geometry>,
    /// The picture alone, unscaled from its corner: no other window is opened
    #[arg(long, requires_all = ["password_file", "viewer_geometry"])]
    pub viewer_bare: bool,
    /// Size of the windows' contents: 1 to 2
    #[arg(long, value_name = "FACTOR", value_parser = scale)]
    pub scale: Option<f32>,
    /// Language of the windows: en or de
    #[arg(long, value_name = "TAG", value_parser = language)]
    pub lang: Option<Language>,
    /// light, dark or system
    #[arg(long, value_name = "THEME", value_parser = theme)]
    pub theme: Option<ThemeChoice>,
    /// Where settings and plugins are kept
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Where the native drivers lie, when not beside the program
    #[arg(long, value_name = "DIR")]
    pub drivers: Option<PathBuf>,
    /// Does what JSON lines on standard input say, as clicks would
    #[arg(long)]
    pub commands: bool,
    /// json: events as JSON lines on standard output
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub log_format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    Text,
    Json,
}

impl From<Format> for lotse_ui::events::LogFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Text => Self::Text,
            Format::Json => Self::Json,
        }
    }
}

fn scale(text: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(factor) if (1.0..=2.0).contains(&factor) => Ok(factor),
        Ok(_) | Err(_) => Err("a number from 1 to 2, such as 1.25".to_owned()),
    }
}

fn language(text: &str) -> Result<Language, String> {
    Language::from_tag(text).ok_or_else(|| "there are en and de".to_owned())
}

fn theme(text: &str) -> Result<ThemeChoice, String> {
    ThemeChoice::from_word(text).ok_or_else(|| "there are light, dark and system".to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn parse(words: &[&str]) -> Result<Options, clap::Error> {
        Options::try_parse_from(std::iter::once(&"lotse").chain(words))
    }

    #[test]
    fn the_documented_line_is_understood() {
        let line = "--relay https://relay.example:8200#sha256=00 --user a@b.example --password-file p --new-code --code-file c --view --viewer-geometry 1920x1080+0+0 --viewer-bare --scale 1 --lang de --log-format json";
        let options = parse(&line.split(' ').collect::<Vec<_>>()).unwrap();
        assert_eq!(options.viewer_geometry, Some(Geometry { width: 1920, height: 1080, x: 0, y: 0 }));
        assert_eq!((options.lang, options.log_format), (Some(Language::German), Format::Json));
        assert!(parse(&[]).is_ok());
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for line in [
            "--scale 9",
            "--lang fr",
            "--theme pink",
            "--code-file c",
            "--password-file p",
            "--viewer-bare",
            "--viewer-geometry 1x1",
            "--log-format xml",
            "--nonsense",
        ] {
            assert!(parse(&line.split(' ').collect::<Vec<_>>()).is_err(), "{line}");
        }
    }
}
