//! With what this program is started again once its computer was restarted at a rep's wish.

use crate::options::Options;
use lotse_engine::customer::RestartConfig;
use lotse_ui::events::LogFormat;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Where there is a way back: on desktops that start what lies in the user's own folder of such entries.
pub(crate) fn restart_config(options: &Options, data_dir: &Path) -> Option<RestartConfig> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let program = std::env::current_exe().ok()?;
    let autostart = config_folder()?.join("autostart");
    let command = options.reboot_command.clone().filter(|_| options.developer);
    Some(RestartConfig { program: arguments(&program, options, data_dir)?, autostart, command })
}

fn config_folder() -> Option<PathBuf> {
    let named = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    named.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config")))
}

/// The program's place and the options that it has now, but for those of its first session. A login starts it in another
/// folder, so all places are whole. What developer mode allows the resume note knows.
fn arguments(program: &Path, options: &Options, data_dir: &Path) -> Option<Vec<OsString>> {
    let Options {
        relay,
        join: _,
        link: _,
        name,
        developer: _,
        allow: _,
        lang,
        theme,
        data: _,
        drivers,
        commands,
        log_format,
        resume: _,
        reboot_command: _,
    } = options;
    let mut arguments: Vec<OsString> = vec![program.into(), "--resume".into()];
    let mut add = |option: &str, value: OsString| arguments.extend([option.into(), value]);
    add("--data", std::path::absolute(data_dir).ok()?.into());
    add("--theme", theme.word().into());
    if let Some(drivers) = drivers {
        add("--drivers", std::path::absolute(drivers).ok()?.into());
    }
    if let Some(lang) = lang {
        add("--lang", lang.tag().into());
    }
    if let Some(relay) = relay {
        add("--relay", relay.into());
    }
    if !name.is_empty() {
        add("--name", name.into());
    }
    match log_format {
        LogFormat::Text => {}
        LogFormat::Json => add("--log-format", "json".into()),
    }
    if *commands {
        arguments.push("--commands".into());
    }
    Some(arguments)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use crate::options::{Wanted, parse};

    /// What a login starts must be understood by the very program that it starts.
    #[test]
    fn n4_the_program_comes_back_with_the_options_it_had() {
        let line = "--relay https://r.example --join 4829135207 --developer --allow view --lang de --theme dark \
                    --name Karla --drivers d --log-format json --commands --reboot-command /bin/true";
        let Wanted::Run(options) = parse(line.split_whitespace().map(OsString::from)).unwrap() else { panic!() };
        let arguments = arguments(Path::new("/opt/lotse customer"), &options, Path::new("/var/my data")).unwrap();
        assert_eq!(arguments.first().unwrap(), "/opt/lotse customer");
        let Wanted::Run(again) = parse(arguments.into_iter().skip(1)).unwrap() else { panic!() };
        let whole = std::path::absolute("d").unwrap();
        let wanted = Options {
            join: None,
            developer: false,
            allow: Vec::new(),
            data: Some("/var/my data".into()),
            drivers: Some(whole),
            resume: true,
            reboot_command: None,
            ..*options
        };
        assert_eq!(*again, wanted);
    }
}
