//! One order with an authority, from the names to the certificate: the proof of each name stands ready on the relay's own
//! port, only while the authority checks.

use super::error::AcmeError;
use super::names::AcmeName;
use crate::tls::Named;
use instant_acme::{
    Account, AuthorizationStatus, ChallengeType, Error, Identifier, KeyAuthorization, NewOrder, Order, OrderStatus,
    Problem, RetryPolicy,
};
use rcgen::{CertificateParams, CustomExtension, DistinguishedName, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use std::time::Duration;

/// How long one step may take at the authority: checking is a matter of seconds, now and then of a minute.
const STEP: RetryPolicy = RetryPolicy::new().timeout(Duration::from_secs(120));
/// SHA-256, as the proof holds it.
const DIGEST_BYTES: usize = 32;

/// Proofs that stand ready as long as the value lives.
struct Proofs<'a>(&'a Named);

impl Drop for Proofs<'_> {
    fn drop(&mut self) {
        self.0.forget_proofs();
    }
}

/// Orders a certificate with a key of its own. Returns both in PEM, the key first.
///
/// # Errors
/// When the authority is not reached, refuses, or talks nonsense.
pub async fn order(account: &Account, names: &[AcmeName], shown: &Named) -> Result<String, AcmeError> {
    let identifiers: Vec<Identifier> = names.iter().map(|name| Identifier::Dns(name.as_str().to_owned())).collect();
    let mut order = account.new_order(&NewOrder::new(&identifiers)).await?;
    let proofs = Proofs(shown);
    prove(&mut order, names, &proofs).await?;
    match order.poll_ready(&STEP).await {
        Ok(OrderStatus::Ready) => {}
        Ok(OrderStatus::Invalid) => return Err(why_invalid(&mut order, None).await?),
        Ok(status @ (OrderStatus::Pending | OrderStatus::Processing | OrderStatus::Valid)) => {
            return Err(AcmeError::Senseless(format!("an order is {status:?} though all is checked")));
        }
        // Of the order as a whole, which says no name.
        Err(Error::Api(problem)) => return Err(why_invalid(&mut order, Some(problem)).await?),
        Err(error) => return Err(error.into()),
    }
    drop(proofs);
    let (key, request) = request(names)?;
    order.finalize_csr(&request).await?;
    let chain = order.poll_certificate(&STEP).await?;
    Ok(format!("{key}{chain}"))
}

/// Has the proofs ready and tells the authority.
async fn prove(order: &mut Order, names: &[AcmeName], proofs: &Proofs<'_>) -> Result<(), AcmeError> {
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization?;
        let asked = authorization.identifier().to_string();
        let Some(name) = names.iter().find(|name| name.as_str() == asked) else {
            return Err(AcmeError::Senseless("it asks for a name that nobody named".into()));
        };
        match authorization.status {
            // Checked not long ago.
            AuthorizationStatus::Valid => continue,
            AuthorizationStatus::Pending => {}
            AuthorizationStatus::Invalid
            | AuthorizationStatus::Revoked
            | AuthorizationStatus::Expired
            | AuthorizationStatus::Deactivated => return Err(AcmeError::check(name.as_str(), None)),
        }
        let challenge = authorization.challenge(ChallengeType::TlsAlpn01);
        let mut challenge = challenge.ok_or_else(|| AcmeError::NoCheck(name.to_string()))?;
        let proof = proof(name, &challenge.key_authorization())?;
        proofs.0.prove(name.as_str(), proof);
        challenge.set_ready().await?;
    }
    Ok(())
}

/// Which name could not be checked, and why. `problem`: what the authority says of the order.
async fn why_invalid(order: &mut Order, problem: Option<Problem>) -> Result<AcmeError, AcmeError> {
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization?;
        let state = authorization.refresh().await?;
        if state.status != AuthorizationStatus::Valid {
            let of_name = state.challenges.iter().find_map(|challenge| challenge.error.as_ref());
            return Ok(AcmeError::check(&state.identifier().to_string(), of_name.or(problem.as_ref())));
        }
    }
    Ok(problem.map_or_else(
        || AcmeError::Refused("it does not say why".into()),
        |problem| AcmeError::from(Error::Api(problem)),
    ))
}

/// The certificate that proves a name (RFC 8737, section 3).
fn proof(name: &AcmeName, authorization: &KeyAuthorization) -> Result<CertifiedKey, AcmeError> {
    let digest = authorization.digest();
    let digest = digest.as_ref();
    if digest.len() != DIGEST_BYTES {
        return Err(AcmeError::Senseless("a digest has not its length".into()));
    }
    let mut parameters = CertificateParams::new(vec![name.as_str().to_owned()]).map_err(AcmeError::Keys)?;
    parameters.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    let key = KeyPair::generate().map_err(AcmeError::Keys)?;
    let certificate = parameters.self_signed(&key).map_err(AcmeError::Keys)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    // Whether both belong together would be looked at by a parser that takes no certificate with such an extension.
    let key = rustls::crypto::ring::sign::any_supported_type(&key);
    let key = key.map_err(|error| AcmeError::Senseless(error.to_string()))?;
    Ok(CertifiedKey::new(vec![certificate.der().clone()], key))
}

/// A new key in PEM, and the request for a certificate of it in DER.
fn request(names: &[AcmeName]) -> Result<(String, Vec<u8>), AcmeError> {
    let names: Vec<String> = names.iter().map(|name| name.as_str().to_owned()).collect();
    let mut parameters = CertificateParams::new(names).map_err(AcmeError::Keys)?;
    parameters.distinguished_name = DistinguishedName::new();
    let key = KeyPair::generate().map_err(AcmeError::Keys)?;
    let request = parameters.serialize_request(&key).map_err(AcmeError::Keys)?;
    Ok((key.serialize_pem(), request.der().to_vec()))
}
