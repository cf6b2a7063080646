//! What runs beside a link for as long as it lasts.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use quinn::{Connection, VarInt};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time;

use super::{HEADER_BYTES_MAX, Incoming, PREFACE_BYTES, round_trip_min};
use crate::class::Class;
use crate::flow::{Flow, REPORT_BYTES};
use crate::stream::{RecvStream, SendStream};

/// Closes the connection of a peer that does not follow the protocol.
const CODE_PROTOCOL: u32 = 2;
/// How long a stream's header may be on its way once the stream is known; several lost packets in a row.
const PREFACE_PATIENCE: Duration = Duration::from_secs(60);
/// The shortest round trip is asked for at most that often, since asking clones the controller.
const ROUND_TRIP_EVERY: u32 = 64;

pub(super) async fn send_reports(mut stream: quinn::SendStream, flow: Arc<Flow>) {
    loop {
        let reports = flow.next_reports().await;
        if stream.write_all(&reports).await.is_err() {
            return;
        }
    }
}

pub(super) async fn read_reports(mut stream: quinn::RecvStream, connection: Connection, flow: Arc<Flow>) {
    let mut report = [0; REPORT_BYTES];
    let mut round_trip = round_trip_min(&connection);
    let mut age = 0;
    while stream.read_exact(&mut report).await.is_ok() {
        age += 1;
        if age == ROUND_TRIP_EVERY {
            age = 0;
            round_trip = round_trip_min(&connection);
        }
        flow.handle_report(report, round_trip);
    }
    // Without reports no credit comes back, so a peer that ends them ends the link. Where the link has ended already,
    // closing it would hide why.
    if connection.close_reason().is_none() {
        connection.close(VarInt::from_u32(CODE_PROTOCOL), b"reports ended");
    }
    flow.close();
}

/// Reads the headers of new streams side by side; QUIC's limit of open streams bounds how many.
pub(super) async fn accept_streams(connection: Connection, flow: Arc<Flow>, sender: mpsc::Sender<Incoming>) {
    let mut reading = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = connection.accept_bi() => accepted,
            Some(read) = reading.join_next() => {
                if matches!(read, Ok(false)) {
                    connection.close(VarInt::from_u32(CODE_PROTOCOL), b"bad stream header");
                }
                continue;
            }
        };
        let Ok((send, recv)) = accepted else {
            flow.close();
            return;
        };
        let (flow, sender) = (Arc::clone(&flow), sender.clone());
        reading.spawn(async move { read_preface(send, recv, flow, sender).await });
    }
}

/// Returns whether the peer kept to the protocol.
async fn read_preface(
    send: quinn::SendStream,
    mut recv: quinn::RecvStream,
    flow: Arc<Flow>,
    sender: mpsc::Sender<Incoming>,
) -> bool {
    let read = time::timeout(PREFACE_PATIENCE, async {
        let mut preface = [0; PREFACE_BYTES];
        recv.read_exact(&mut preface).await.ok()?;
        let [class, high, low] = preface;
        let length = usize::from(u16::from_be_bytes([high, low]));
        let (Some(class), true) = (Class::from_byte(class), length <= HEADER_BYTES_MAX) else {
            return Some(None);
        };
        let mut header = vec![0; length];
        recv.read_exact(&mut header).await.ok()?;
        Some(Some((class, Bytes::from(header))))
    });
    match read.await {
        // Reset or slow to death: the opener's own affair.
        Err(_) | Ok(None) => true,
        Ok(Some(None)) => false,
        Ok(Some(Some((class, header)))) => {
            let send = SendStream::new(send, class, Arc::clone(&flow));
            let recv = RecvStream::new(recv, class, flow);
            // Nobody accepts any longer: dropping both halves tells the opener.
            let _ = sender.send(Incoming { class, header, send, recv }).await;
            true
        }
    }
}
