//! What a session can be in, what can happen to it, and what it wants done.

use lotse_protocol::peer::EndReason;

/// Where a session is in its life. Times are milliseconds of the caller's monotonic clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// The code is out; no customer has typed it.
    Waiting,
    Connecting(Step),
    /// Both ends hold a link; the customer has not said yes yet.
    AwaitingConsent,
    Active,
    /// The other side is gone or silent, and is waited for until then.
    Lost {
        until_ms: u64,
    },
    Ended(EndReason),
    /// It could not be begun.
    Failed(Failure),
}

/// What is being done before there is a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Keys,
    Plugins,
    Link,
}

/// Why a session could not be begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The secret half of the code is wrong. The customer may type it again while attempts are left.
    WrongCode {
        attempts_left: u8,
    },
    /// The relay's view of the keys is not the other end's: somebody is in between.
    KeysDiffer,
    /// Rep's side: the relay no longer knows the code that was read out.
    CodeVoid,
    Plugins(String),
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The relay brought both sides together. `resumed`: this side held the other's key already.
    Met {
        resumed: bool,
    },
    Paired,
    PairingFailed(Failure),
    PluginsReady,
    PluginsFailed(String),
    /// A link to the other side's program stands. Replaces an earlier one.
    LinkUp,
    LinkDown,
    /// Nothing has been heard for some seconds; the link may come back by itself.
    LinkSilent,
    LinkHeard,
    /// The other side's greeting; the first on a link counts. `compatible`: it speaks a version this side does.
    Greeted {
        compatible: bool,
    },
    /// Customer's side: the customer answered whether to begin.
    Answered {
        begin: bool,
    },
    /// Rep's side: the relay says that whoever came with the code is gone again.
    CustomerLeft,
    /// Rep's side: the relay says that the customer's program is there again.
    CustomerBack,
    /// Rep's side: the customer's program says that its customer said yes.
    PeerAccepted,
    /// This side ends it.
    End(EndReason),
    /// The other side said so.
    PeerEnded(EndReason),
    /// The relay says that the session is over and cannot be taken up again, and why, if it knows. It ends when the other
    /// side is not heard either, then or later.
    RelayEnded(Option<EndReason>),
}

/// What to do now. Carried out in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    StartPairing,
    FetchPlugins,
    /// Rep: listen. Customer: connect, until it works or another action says otherwise.
    OpenLink,
    SendHello,
    /// Show the customer the question whether to begin.
    AskCustomer,
    SendAccepted,
    StartPlugins,
    /// Plugins can talk to the other side.
    PeerJoined,
    /// They cannot any more; streams are gone.
    PeerLeft,
    /// Tell the other side over the link, if there is one.
    SendEnd(EndReason),
    /// Close everything, forget keys, tell plugins and the relay.
    Close(EndReason),
}
