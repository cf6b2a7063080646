//! The command line: `serve`, `operator …`, `rep …`, `account …`, `team …`, `portal …`, `message list`, `licence …`, `plugin …`, `report …`,
//! `audit list`, `token …`, `webhook …`, `api document`, `backup`, `restore`.

pub(crate) mod accounts;
mod acme;
mod audits;
mod backups;
pub(crate) mod licences;
mod messages;
mod moments;
mod operators;
pub(crate) mod people;
mod plugin_packages;
pub(crate) mod plugin_rules;
mod plugins;
pub(crate) mod portals;
mod reports;
mod second_factor;
mod serve;
mod sign_ins;
mod teams;
mod tokens;
mod webhooks;

use crate::networks::Network;
use clap::{Parser, Subcommand, ValueEnum};
use lotse_protocol::code;
use std::net::SocketAddr;
use std::path::PathBuf;

/// A code is read aloud and typed in: less than half a minute is no time for that. A longer one than a day says nothing any
/// more about who was to have it.
const CODE_LIFETIME_S: std::ops::RangeInclusive<u64> = 30..=24 * 60 * 60;

/// A relay that drains takes nobody new: longer than a day is an outage.
const DRAIN_MAX_S: u64 = 24 * 60 * 60;

/// Lotse's relay: brings reps and customers together and forwards what they say to each other, unread.
#[derive(Debug, Parser)]
#[command(name = "lotse-relay", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the relay.
    Serve(Box<ServeOptions>),
    /// Whoever runs the relay, in the Management Center.
    #[command(subcommand)]
    Operator(operators::OperatorCommand),
    /// The people who help.
    #[command(subcommand)]
    Rep(RepCommand),
    /// The companies they work for.
    #[command(subcommand)]
    Account(AccountCommand),
    /// What they have paid for.
    #[command(subcommand)]
    Licence(licences::LicenceCommand),
    /// Reps of an account whom a portal may lead to.
    #[command(subcommand)]
    Team(teams::TeamCommand),
    /// The pages by which customers come.
    #[command(subcommand)]
    Portal(portals::PortalCommand),
    /// What customers left while nobody was there.
    #[command(subcommand)]
    Message(messages::MessageCommand),
    /// The plugins that it hands out.
    #[command(subcommand)]
    Plugin(plugins::PluginCommand),
    /// What was done in sessions, with the reps' notes.
    #[command(subcommand)]
    Report(reports::ReportCommand),
    /// The audit log.
    #[command(subcommand)]
    Audit(audits::AuditCommand),
    /// What scripts and other programs come to the HTTP API with.
    #[command(subcommand)]
    Token(tokens::TokenCommand),
    /// Addresses of other programs that are told what happens.
    #[command(subcommand)]
    Webhook(webhooks::WebhookCommand),
    /// The HTTP API.
    #[command(subcommand)]
    Api(ApiCommand),
    /// Copies database, keys and packages of a data folder into a folder of their own. Works while the relay runs.
    Backup(BackupOptions),
    /// Puts a backup into a data folder. No relay may run on it.
    Restore(RestoreOptions),
}

#[derive(Debug, clap::Args)]
struct ServeOptions {
    /// Folder for the relay's database and keys; made if it is missing.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Address for programs to connect to; port 0 takes any free one.
    #[arg(long, value_name = "ADDRESS", default_value = "0.0.0.0:443")]
    listen: SocketAddr,
    /// Address for the sessions' packets; the listening one with the same port if not given. A port that is taken is an
    /// error; only where --listen has port 0 may it be any free one.
    #[arg(long, value_name = "ADDRESS")]
    udp: Option<SocketAddr>,
    /// Address for health, readiness and Prometheus metrics over plain HTTP, such as 127.0.0.1:9464; off if not given. It is
    /// for the operator: strangers must not reach it.
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<SocketAddr>,
    /// File with the relay's certificate and those that vouch for it, in PEM. Read anew when it changes, and on SIGHUP.
    /// Without it the relay makes a certificate of its own, which programs pin.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// File with the certificate's private key, in PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    #[command(flatten)]
    acme: acme::AcmeOptions,
    /// How long sessions may go on after SIGTERM, up to a day. Meanwhile the relay is not ready and begins nothing new. A
    /// second signal ends it at once.
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    #[arg(value_parser = clap::value_parser!(u64).range(0..=DRAIN_MAX_S))]
    drain: u64,
    /// Network that operators may use the Management Center from, such as 192.0.2.0/24; given as often as there are some.
    /// Everywhere if not given. Managers of accounts may come from anywhere.
    #[arg(long, value_name = "NETWORK")]
    operators_from: Vec<Network>,
    /// Takes unsigned plugins and consent given ahead. Both sides of a session see that.
    #[arg(long)]
    developer: bool,
    /// Folder with signed plugin packages. Without it: `plugins` beside the program. `plugins` in the data folder is always read.
    #[arg(long, value_name = "DIR")]
    plugins: Vec<PathBuf>,
    /// Folder with programs for customers, such as lotse-customer-linux-x86_64, which portals offer. Without it: `programs`
    /// beside the program. `programs` in the data folder is always read.
    #[arg(long, value_name = "DIR")]
    programs: Vec<PathBuf>,
    /// File with certificates, in PEM, of authorities that webhooks may have besides the public ones.
    #[arg(long, value_name = "FILE")]
    webhook_ca: Option<PathBuf>,
    /// Webhooks may be on hosts that are not on the public Internet. Whoever may add one then reaches the relay's own network.
    #[arg(long)]
    webhooks_to_private: bool,
    /// File with the public key of a plugin publisher. `trusted/*.pub` in the data folder are always read.
    #[arg(long, value_name = "FILE")]
    trusted_key: Vec<PathBuf>,
    /// How long a join code stands unused, from 30 seconds to a day.
    #[arg(long, value_name = "SECONDS", default_value_t = code::LIFETIME_S)]
    #[arg(value_parser = clap::value_parser!(u64).range(CODE_LIFETIME_S))]
    code_lifetime: u64,
    /// Written when everything is bound: JSON with addresses and the certificate's digest.
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    Text,
    /// One JSON object a line.
    Json,
}

#[derive(Debug, Subcommand)]
enum RepCommand {
    /// Adds a rep, and the account if it is not there yet. Works while the relay runs.
    Add(RepAddOptions),
    /// Changes a rep. Acts on a running relay within two seconds.
    Set(people::RepSetOptions),
    /// Sets a password anew: the old one and the rep's sign-ins are over, and the rep chooses another at the next sign-in.
    Password(people::RepPasswordOptions),
    /// Shows whether a rep has a second factor, or takes a lost one away. Acts on a running relay within two seconds.
    SecondFactor(second_factor::SecondFactorOptions),
    /// Lets a rep sign in again who is locked after too many wrong attempts. Acts on a running relay at once.
    Unlock(second_factor::UnlockOptions),
    /// Lists a rep's sign-ins.
    SignIns(sign_ins::SignInsOptions),
    /// Ends a rep's sign-ins, or one of them. Acts on a running relay within two seconds.
    SignOut(sign_ins::SignOutOptions),
    /// Lists reps.
    List(ListOptions),
}

#[derive(Debug, Subcommand)]
enum ApiCommand {
    /// Prints the API's document, in OpenAPI 3.1.
    Document,
}

#[derive(Debug, Subcommand)]
enum AccountCommand {
    /// Adds an account.
    Add(accounts::AccountAddOptions),
    /// Changes an account. Acts on a running relay within two seconds.
    Set(accounts::AccountSetOptions),
    /// Lists accounts.
    List(ListOptions),
}

#[derive(Debug, clap::Args)]
struct RepAddOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Name of the account.
    #[arg(long, value_name = "NAME")]
    account: String,
    /// The rep's user ID, in the form of an e-mail address.
    #[arg(long, value_name = "EMAIL")]
    user: String,
    /// File with the password on its first line.
    #[arg(long, value_name = "FILE")]
    password_file: PathBuf,
    /// What customers see; the part of the user ID before the @ if not given.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Whom the account's reps ask about features that are not licensed.
    #[arg(long, value_name = "TEXT")]
    contact: Option<String>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct BackupOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Folder for the backup, which is made. It holds keys: keep it as private as the data folder.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Replaces a backup that is there.
    #[arg(long)]
    force: bool,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct RestoreOptions {
    /// The relay's data folder; made if it is missing.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Folder that `lotse-relay backup` made.
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// Replaces what the data folder holds.
    #[arg(long)]
    force: bool,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct ListOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// A failure as the user sees it: what happened and what to do.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    #[error(transparent)]
    Start(#[from] crate::relay::StartError),
    #[error(transparent)]
    Data(#[from] crate::data::DataError),
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
    #[error(transparent)]
    Backup(#[from] crate::backup::BackupError),
    #[error(transparent)]
    Password(#[from] crate::password::PasswordError),
    #[error("{0} has not the form of an e-mail address: give one such as anna@example.com to --user")]
    NotAnEmail(String),
    #[error("a name has 1 to 80 characters: give another to {0}")]
    Name(&'static str),
    #[error("{0:?} is no time zone: give its name in the IANA list, such as Europe/Berlin, to --time-zone")]
    TimeZone(String),
    #[error("{0:?} is no address of a portal: give 1 to 40 lower-case letters, digits and dashes to --slug")]
    Slug(String),
    #[error("nothing to change was named: `lotse-relay {0} --help` lists what can be")]
    NothingToChange(&'static str),
    #[error(transparent)]
    Licence(lotse_protocol::licence::LicenceError),
    #[error("a feature has at most {0} limits: name fewer with --limit")]
    Limits(usize),
    #[error("{0} asks for no feature: add it without --feature-off")]
    NoFeatureOff(String),
    #[error("no owner of {0:?} is known: give the id of a plugin, as the relay's log has it, to --id")]
    NoOwner(String),
    #[error(transparent)]
    Registry(#[from] crate::registry::RegistryError),
    #[error(transparent)]
    AddPlugin(#[from] crate::registry::AddError),
    #[error("{id} {version} is not among the packages in {folder}: `lotse-relay plugin list` has what is there")]
    NoPackage { id: String, version: semver::Version, folder: PathBuf },
    #[error(
        "{id} {version} lies in a folder that was given to `lotse-relay serve --plugins`: take it out there, and start the relay again"
    )]
    PackageElsewhere { id: String, version: semver::Version },
    #[error(
        "{sessions} running sessions have {id} {version}: wait for their end, or give --force; a running relay keeps it for them even so, until it is started again"
    )]
    PackageInUse { id: String, version: semver::Version, sessions: usize },
    #[error("{path} cannot be removed ({error}): give this user the right to")]
    Remove { path: PathBuf, error: std::io::Error },
    #[error("{0} has no second factor: there is nothing to remove")]
    NoSecondFactor(String),
    #[error("there is no sign-in {0} of {1}: `lotse-relay rep sign-ins` has their numbers")]
    NoSignIn(i64, String),
    #[error("there is no browser {0} of {1}: `lotse-relay rep sign-ins` has their numbers")]
    NoBrowser(i64, String),
    #[error("{0} is an operator already: choose another --user")]
    OperatorTaken(String),
    #[error("there is no operator {0}: `lotse-relay operator list` has their user IDs")]
    NoOperator(String),
    #[error("the scope {0} is for tokens of the whole relay: leave --account out, or the scope")]
    ScopeOfRelay(&'static str),
    #[error("there are {0} tokens, as many as can be: revoke those that nobody needs with `lotse-relay token revoke`")]
    TooManyTokens(i64),
    #[error("the account has {0} webhooks, as many as can be: remove one with `lotse-relay webhook remove`")]
    TooManyWebhooks(i64),
    #[error("there is no webhook {0}: `lotse-relay webhook list` has their numbers")]
    NoWebhook(i64),
    #[error(transparent)]
    WebhookCa(#[from] crate::tls::CaError),
    #[error("the webhook did not answer: {0}")]
    Ping(String),
    #[error("there is no token {0}: `lotse-relay token list` has their numbers")]
    NoToken(i64),
    #[error("there is no data folder at {0}: give the one that the relay uses to --data")]
    NoData(PathBuf),
    #[error("{path} cannot be read ({error}): give a readable file to {option}")]
    Read { path: PathBuf, option: &'static str, error: std::io::Error },
    #[error("{path} cannot be written ({error}): give another place to --ready-file")]
    Ready { path: PathBuf, error: std::io::Error },
    #[error("the system refuses what the program needs to run: {0}")]
    System(std::io::Error),
}

/// Runs a command to its end.
pub async fn run(cli: Cli) -> Result<(), CliError> {
    if !matches!(cli.command, Command::Serve(_)) {
        serve::start_logging(LogFormat::Text, "warn");
    }
    match cli.command {
        Command::Serve(options) => serve::run(*options).await,
        Command::Operator(command) => operators::run(command).await,
        Command::Rep(RepCommand::Add(options)) => people::add(options).await,
        Command::Rep(RepCommand::Set(options)) => people::set(options).await,
        Command::Rep(RepCommand::Password(options)) => people::set_password(options).await,
        Command::Rep(RepCommand::SecondFactor(options)) => second_factor::second_factor(options).await,
        Command::Rep(RepCommand::Unlock(options)) => second_factor::unlock(options).await,
        Command::Rep(RepCommand::SignIns(options)) => sign_ins::list(options).await,
        Command::Rep(RepCommand::SignOut(options)) => sign_ins::sign_out(options).await,
        Command::Rep(RepCommand::List(options)) => people::list_reps(options).await,
        Command::Account(AccountCommand::Add(options)) => accounts::add(options).await,
        Command::Account(AccountCommand::Set(options)) => accounts::set(options).await,
        Command::Account(AccountCommand::List(options)) => accounts::list(options).await,
        Command::Plugin(command) => plugins::run(command).await,
        Command::Licence(command) => licences::run(command).await,
        Command::Report(command) => reports::run(command).await,
        Command::Audit(command) => audits::run(command).await,
        Command::Team(command) => teams::run(command).await,
        Command::Portal(command) => portals::run(command).await,
        Command::Message(command) => messages::run(command).await,
        Command::Token(command) => tokens::run(command).await,
        Command::Webhook(command) => webhooks::run(command).await,
        Command::Api(ApiCommand::Document) => {
            println!("{:#}", crate::api::document());
            Ok(())
        }
        Command::Backup(options) => backups::backup(options).await,
        Command::Restore(options) => backups::restore(options).await,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    fn lifetime(more: &[&str]) -> Option<u64> {
        let line = ["lotse-relay", "serve", "--data", "d"];
        match Cli::try_parse_from(line.iter().chain(more)).ok()?.command {
            Command::Serve(options) => Some(options.code_lifetime),
            _ => None,
        }
    }

    #[test]
    fn a_codes_lifetime_has_bounds() {
        assert_eq!(lifetime(&[]), Some(code::LIFETIME_S));
        assert_eq!(lifetime(&["--code-lifetime", "3600"]), Some(3600));
        for bad in ["0", "29", "86401", "soon"] {
            assert_eq!(lifetime(&["--code-lifetime", bad]), None, "{bad}");
        }
    }

    fn serves(line: &[&str]) -> ServeOptions {
        match Cli::try_parse_from(line).unwrap().command {
            Command::Serve(options) => *options,
            other => panic!("this does not serve: {other:?}"),
        }
    }

    #[test]
    fn a_certificate_comes_with_its_key() {
        let serve = ["lotse-relay", "serve", "--data", "d"];
        let with = |more: &[&str]| Cli::try_parse_from(serve.iter().chain(more)).is_ok();
        assert!(with(&["--tls-cert", "c", "--tls-key", "k"]));
        assert!(!with(&["--tls-cert", "c"]) && !with(&["--tls-key", "k"]));
        assert!(with(&["--drain", "86400"]) && !with(&["--drain", "86401"]));
        assert!(with(&["--operators-from", "10.0.0.0/8", "--operators-from", "::1"]));
        assert!(!with(&["--operators-from", "10.0.0.1/8"]) && !with(&["--operators-from", "office"]));
    }

    /// What is packaged must start with the options that there are.
    #[test]
    fn the_unit_and_the_container_start_this_program() {
        let unit = include_str!("../packaging/lotse-relay.service");
        let setting = |name: &str| unit.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        let line: Vec<&str> =
            setting("ExecStart=/usr/bin/").split(' ').filter(|word| *word != "$LOTSE_RELAY_OPTIONS").collect();
        let options = serves(&line);
        assert!(options.metrics.is_some_and(|address| address.ip().is_loopback()), "strangers reach no metrics");
        let stop_s: u64 = setting("TimeoutStopSec=").parse().unwrap();
        assert!(options.drain + 20 <= stop_s, "the service manager must not kill a relay that drains");

        assert!(unit.contains("EnvironmentFile=-/etc/lotse/relay.env") && unit.contains("-HUP"));
        let examples = include_str!("../packaging/relay.env");
        let examples: Vec<&str> =
            examples.lines().filter_map(|line| line.strip_prefix("#LOTSE_RELAY_OPTIONS=")).collect();
        let with = |more: &&str| serves(&line.iter().copied().chain(more.split(' ')).collect::<Vec<_>>());
        let of: Vec<(bool, bool)> = examples
            .iter()
            .map(with)
            .map(|options| (options.acme.config().is_some(), options.tls_cert.is_some()))
            .collect();
        assert_eq!(of, [(true, false), (false, true)], "one for each certificate");

        let container = include_str!("../packaging/Containerfile");
        let words = container.lines().find_map(|line| line.strip_prefix("CMD ")).unwrap();
        let words: Vec<String> = serde_json::from_str(words).unwrap();
        let line: Vec<&str> = ["lotse-relay"].into_iter().chain(words.iter().map(String::as_str)).collect();
        let options = serves(&line);
        assert_eq!((options.data, options.listen.port()), (PathBuf::from("/data"), 8443));
        let metrics = options.metrics.unwrap();
        assert!(metrics.ip().is_loopback(), "strangers reach no metrics");
        let check = container.lines().find(|line| line.contains("/health")).unwrap();
        assert!(check.contains(&format!("/dev/tcp/{}/{}", metrics.ip(), metrics.port())), "{check}");
        for port in ["EXPOSE 8443/tcp 8443/udp", "VOLUME /data", "USER 10001:10001"] {
            assert!(container.lines().any(|line| line == port), "{port}");
        }
    }
}
