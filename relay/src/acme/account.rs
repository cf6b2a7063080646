//! The relay's account with an authority: a key and what the authority calls it, kept in the data folder, one file for each
//! authority that was ever asked.

use super::AcmeConfig;
use super::client::Https;
use super::error::AcmeError;
use crate::data::DataFolder;
use crate::token::hex;
use instant_acme::{Account, AccountCredentials, NewAccount};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Digits of the directory's digest in the file's name.
const DIGEST_DIGITS: usize = 16;

/// A file of an account. It holds its key: it is not to be printed.
#[derive(Serialize, Deserialize)]
struct Kept {
    directory: String,
    contact: String,
    /// As the library writes them.
    credentials: Value,
}

/// Takes up the account that is kept, or makes one; that is the agreement to the authority's terms, which the option says.
///
/// # Errors
/// When the authority is not reached or refuses, or the account cannot be kept.
pub async fn open(folder: &DataFolder, config: &AcmeConfig, https: &Https) -> Result<Account, AcmeError> {
    let Some(Kept { directory, contact, credentials }) = kept(folder, config)? else {
        return make(folder, config, https).await;
    };
    let read: AccountCredentials = match serde_json::from_value(credentials.clone()) {
        Ok(read) => read,
        Err(error) => {
            tracing::warn!(%error, "the account with the authority cannot be read; another one is made");
            return make(folder, config, https).await;
        }
    };
    let account = Account::builder_with_http(Box::new(https.clone())).from_credentials(read).await?;
    if contact != config.contact {
        account.update_contacts(&[&link(&config.contact)]).await?;
        keep(folder, config, &Kept { directory, contact: config.contact.clone(), credentials })?;
    }
    Ok(account)
}

/// Makes an account in place of the one that is kept, which the authority knows no more.
///
/// # Errors
/// When the authority is not reached or refuses, or the account cannot be kept.
pub async fn make(folder: &DataFolder, config: &AcmeConfig, https: &Https) -> Result<Account, AcmeError> {
    let directory = config.directory.as_str().to_owned();
    let contact = link(&config.contact);
    let new = NewAccount { contact: &[&contact], terms_of_service_agreed: true, only_return_existing: false };
    let builder = Account::builder_with_http(Box::new(https.clone()));
    let (account, credentials) = builder.create(&new, directory.clone(), None).await?;
    let credentials = serde_json::to_value(credentials).map_err(|error| AcmeError::Senseless(error.to_string()))?;
    keep(folder, config, &Kept { directory, contact: config.contact.clone(), credentials })?;
    Ok(account)
}

fn link(contact: &str) -> String {
    format!("mailto:{contact}")
}

fn file(config: &AcmeConfig) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, config.directory.as_str().as_bytes());
    let digits: String = hex(digest.as_ref()).chars().take(DIGEST_DIGITS).collect();
    format!("account-{digits}.json")
}

/// What is kept; a file that is damaged is as none, since another account does as well.
fn kept(folder: &DataFolder, config: &AcmeConfig) -> Result<Option<Kept>, AcmeError> {
    let Some(bytes) = folder.read(&file(config))? else { return Ok(None) };
    let read = serde_json::from_slice::<Kept>(&bytes).ok().filter(|kept| kept.directory == config.directory.as_str());
    if read.is_none() {
        tracing::warn!(file = %folder.join(&file(config)).display(), "the account's file is damaged; another one is made");
    }
    Ok(read)
}

fn keep(folder: &DataFolder, config: &AcmeConfig, kept: &Kept) -> Result<(), AcmeError> {
    let bytes = serde_json::to_vec(kept).map_err(|error| AcmeError::Senseless(error.to_string()))?;
    Ok(folder.write(&file(config), &bytes)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn each_authority_has_an_account_of_its_own_and_a_damaged_one_is_as_none() {
        let parent = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(parent.path()).unwrap();
        let one = AcmeConfig {
            names: vec![],
            contact: "a@b.example".into(),
            directory: "https://one.example".parse().unwrap(),
            authorities: None,
        };
        let two = AcmeConfig { directory: "https://two.example".parse().unwrap(), ..one.clone() };
        let written =
            Kept { directory: one.directory.as_str().into(), contact: "a@b.example".into(), credentials: Value::Null };
        keep(&folder, &one, &written).unwrap();
        assert_eq!(kept(&folder, &one).unwrap().unwrap().contact, "a@b.example");
        assert!(kept(&folder, &two).unwrap().is_none());
        for damage in [&b"{"[..], b"null", br#"{"directory":"https://two.example","contact":"","credentials":null}"#] {
            folder.write(&file(&one), damage).unwrap();
            assert!(kept(&folder, &one).unwrap().is_none());
        }
    }
}
