//! Doors to both ends of a file transfer, for `examples/files.rs` and nobody else: what the programs run, on any stream.

use crate::streams::Halves;
use crate::transfers::steer::Wish;
use crate::transfers::{receiving, sending};
use lotse_files::{BATCH_BYTES, End, Halt, Receiver, Sender, Walked};
use lotse_transport::{RecvStream, SendStream};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::watch;

/// Sends everything; nobody wishes anything else meanwhile.
pub async fn send(walked: Arc<Walked>, batch: [u8; BATCH_BYTES], send: SendStream, recv: RecvStream) -> End {
    let wish = watch::Sender::new(Wish::default());
    let sender = Sender::new(walked, batch, Halt::default());
    sending::send(sender, Halves { send, recv }, wish.subscribe(), |_, _| ()).await
}

/// Receives everything into a folder.
pub async fn receive(place: PathBuf, send: SendStream, recv: RecvStream) -> End {
    let wish = watch::Sender::new(Wish::default());
    let receiver = Receiver::new(place, Halt::default());
    receiving::receive(receiver, Halves { send, recv }, wish.subscribe(), |_, _| (), |_| ()).await
}
