//! Why a manifest, a package, a signature or a key was refused. Each message says what to do.

use semver::{Version, VersionReq};
use thiserror::Error;

use crate::{Capability, PublicKey};

/// What is wrong with a manifest.
#[derive(Debug, Error)]
pub enum ManifestError {
    #[error("the manifest is {bytes} bytes long; at most {max} are allowed")]
    TooLarge { bytes: usize, max: usize },
    #[error("the manifest cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the manifest has a field `{0}` that this version does not know; remove it or correct its name")]
    UnknownField(String),
    #[error(
        "`{0}` is no plugin id: use 3 to 64 of a-z, 0-9, '-' and '.', with a dot inside, such as `com.example.notes`"
    )]
    Id(String),
    #[error("`{field}` needs a text in English (`en`)")]
    EnglishMissing { field: &'static str },
    #[error("`{field}` has a language that is no BCP 47 tag such as `en` or `de`")]
    Language { field: &'static str },
    #[error("each text of `{field}` is one line of 1 to {chars_max} characters without control characters")]
    Text { field: &'static str, chars_max: usize },
    #[error("`{field}` has more than {max} entries")]
    TooMany { field: &'static str, max: usize },
    #[error("capability `{0}` is named twice")]
    CapabilityTwice(Capability),
    #[error("`feature` is 1 to 64 of a-z, 0-9 and '-'")]
    Feature,
    #[error("`memory_mib` is {asked}; allowed are 1 to {max}")]
    Memory { asked: u32, max: u32 },
    #[error("`sides` names each of `rep` and `customer` at most once, and at least one of them")]
    Sides,
    #[error("`requires` names the plugin itself")]
    RequiresItself,
}

/// Why bytes are no package that may be loaded. Says nothing about who signed it.
#[derive(Debug, Error)]
pub enum PackageError {
    #[error("the package is {bytes} bytes long; at most {max} are allowed")]
    TooLarge { bytes: usize, max: usize },
    #[error("this is no WebAssembly component; make one with `lotse-plugin pack`")]
    NotAComponent,
    #[error("the file is damaged or cut off at byte {at}; fetch it again")]
    Damaged { at: usize },
    #[error("the component has more than {max} sections")]
    TooManySections { max: usize },
    #[error("the package has no manifest; make it with `lotse-plugin pack`")]
    ManifestMissing,
    #[error("the package has more than one manifest")]
    ManifestTwice,
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error("something follows the signature, or there are two; sign the package again")]
    SignatureNotLast,
    #[error("the signature has a form that this version does not know; update Lotse or sign the package again")]
    SignatureForm,
    #[error("the component's interfaces cannot be read: {0}")]
    Interfaces(String),
    #[error("the component has more than {max} imports or exports")]
    TooManyInterfaces { max: usize },
    #[error(
        "the component imports `{0}`, which no plugin gets; build it for wasm32-unknown-unknown with lotse-sdk alone"
    )]
    ForeignImport(String),
    #[error(
        "the component imports `{interface}`, but its manifest does not name the capability `{capability}`; add it with a reason"
    )]
    Undeclared { interface: String, capability: Capability },
    #[error(
        "the component handles `{interface}`, but its manifest does not name the capability `{capability}`; add it with a reason"
    )]
    UndeclaredHandler { interface: String, capability: Capability },
    #[error("the component exports `{0}`, which is no handler of the contract")]
    ForeignExport(String),
    #[error(
        "the component does not handle `session-handler`, which starts every plugin; use the macro `lotse_sdk::plugin!`"
    )]
    NoSessionHandler,
    #[error("the component was built against lotse:plugin {built}, but its manifest asks for `{asked}`")]
    Api { built: Version, asked: VersionReq },
}

/// Why a package's signature does not let it run.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum VerifyError {
    #[error("the package is not signed; sign it with `lotse-plugin sign`, or use developer mode")]
    Unsigned,
    #[error("the package is signed by {0}, whom nobody here trusts")]
    Untrusted(PublicKey),
    #[error("the package was changed after {0} signed it; fetch it again")]
    Altered(PublicKey),
}

/// Why a package could not be made.
#[derive(Debug, Error)]
pub enum PackError {
    #[error("the input is no WebAssembly module; build the plugin with `--target wasm32-unknown-unknown`")]
    NotWasm,
    #[error("no component can be made of this module: {0}")]
    Component(String),
    #[error("this is a package already; pack the module that cargo built")]
    AlreadyPacked,
    #[error("the package is signed already; sign the file that `pack` wrote")]
    AlreadySigned,
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error(transparent)]
    Package(#[from] PackageError),
}

/// Why a key could not be read or made.
#[derive(Debug, Error)]
pub enum KeyError {
    #[error("this is no signing key; make one with `lotse-plugin keygen`")]
    NotASigningKey,
    #[error("this is no public key: it is 64 hexadecimal digits on one line, as `keygen` writes into the `.pub` file")]
    NotAPublicKey,
    #[error("the system gave no random bytes")]
    NoRandomness,
}
