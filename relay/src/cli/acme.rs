//! Options of `lotse-relay serve` for a certificate that an authority gives out to the relay itself.

use crate::acme::{AcmeConfig, AcmeName, DirectoryUrl, contact};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct AcmeOptions {
    /// Name that the relay is reached by and gets a certificate for by ACME, such as relay.example.com; given as often as there
    /// are some. Each must lead to this relay, and port 443 there to the relay's own port. Naming one agrees to the
    /// authority's terms of service: read them first, those of Let's Encrypt at https://letsencrypt.org/repository. The
    /// certificate is renewed in time, without a restart.
    #[arg(long, value_name = "NAME", requires = "acme_contact", conflicts_with = "tls_cert")]
    acme_domain: Vec<AcmeName>,
    /// Address that the authority may write to about the certificate.
    #[arg(long, value_name = "EMAIL", requires = "acme_domain", value_parser = contact)]
    acme_contact: Option<String>,
    /// Directory of another authority than Let's Encrypt. One that wants an account opened beforehand cannot be used.
    #[arg(long, value_name = "URL", requires = "acme_domain")]
    acme_directory: Option<DirectoryUrl>,
    /// File with certificates, in PEM, of authorities that the directory itself may have besides the public ones.
    #[arg(long, value_name = "FILE", requires = "acme_domain")]
    acme_ca: Option<PathBuf>,
}

impl AcmeOptions {
    /// What certificate is wanted, if one is.
    pub(super) fn config(self) -> Option<AcmeConfig> {
        let Self { acme_domain, acme_contact, acme_directory, acme_ca: authorities } = self;
        let mut names: Vec<AcmeName> = vec![];
        for name in acme_domain {
            // In their order: by the first one the relay is called.
            if !names.contains(&name) {
                names.push(name);
            }
        }
        // Neither is given without the other.
        let contact = acme_contact.filter(|_| !names.is_empty())?;
        Some(AcmeConfig { names, contact, directory: acme_directory.unwrap_or_default(), authorities })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::super::{Cli, Command};
    use super::*;
    use clap::Parser;

    fn config(more: &[&str]) -> Result<Option<AcmeConfig>, String> {
        let line = ["lotse-relay", "serve", "--data", "d"];
        let cli = Cli::try_parse_from(line.iter().chain(more)).map_err(|error| error.to_string())?;
        match cli.command {
            Command::Serve(options) => Ok(options.acme.config()),
            other => panic!("this does not serve: {other:?}"),
        }
    }

    #[test]
    fn a_certificate_is_asked_for_with_names_and_a_contact_and_not_beside_files() {
        assert!(config(&[]).unwrap().is_none());
        let usual = ["--acme-domain", "B.example", "--acme-domain", "a.example", "--acme-domain", "b.example"];
        let with_contact = [&usual[..], &["--acme-contact", "otto@relay.example"]].concat();
        let config_of = config(&with_contact).unwrap().unwrap();
        let names: Vec<&str> = config_of.names.iter().map(AcmeName::as_str).collect();
        assert_eq!((names, config_of.contact.as_str()), (vec!["b.example", "a.example"], "otto@relay.example"));
        assert!(config_of.directory.as_str().contains("letsencrypt"), "{}", config_of.directory);
        let own = ["--acme-directory", "https://ca.example/dir", "--acme-ca", "ca.pem"];
        let own = config(&[&with_contact[..], &own].concat()).unwrap().unwrap();
        assert_eq!(own.directory.as_str(), "https://ca.example/dir");
        assert_eq!(own.authorities, Some(PathBuf::from("ca.pem")));
        for bad in [
            &usual[..],
            &["--acme-contact", "otto@relay.example"],
            &["--acme-ca", "ca.pem"],
            &[&with_contact[..], &["--tls-cert", "c", "--tls-key", "k"]].concat(),
            &[&with_contact[..], &["--acme-domain", "*.example"]].concat(),
            &[&with_contact[..], &["--acme-directory", "http://ca.example"]].concat(),
            &["--acme-domain", "a.example", "--acme-contact", "nobody"],
        ] {
            assert!(config(bad).is_err(), "{bad:?}");
        }
        let words = config(&["--acme-domain", "192.0.2.1", "--acme-contact", "a@b.example"]).unwrap_err();
        assert!(words.contains("relay.example.com"), "{words}");
    }
}
