//! The loop on Linux: a batch of trains in, decisions, a batch of trains out.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::thread;
use std::time::Duration;

use crate::engine::{Now, Verdict};
use crate::metrics::add;
use crate::server::Service;
use crate::sys::{self, Outgoing, Receiver, Sender};

/// Rest after an error that is not ours to mend, so that it cannot spin.
const PAUSE: Duration = Duration::from_millis(10);

pub(crate) fn serve(socket: &UdpSocket, mut service: Service) {
    let (mut receiver, mut sender) = (Receiver::new(), Sender::new(sys::prepare(socket)));
    while !service.is_stopped() {
        let count = match receiver.receive(socket) {
            Ok(count) => count,
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => 0,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                tracing::warn!(%error, "receiving failed");
                thread::sleep(PAUSE);
                0
            }
        };
        let now = service.tick();
        let mut outgoing = Vec::with_capacity(count);
        for index in 0..count {
            let Some((from, batch, stride)) = receiver.received(index) else {
                continue;
            };
            decide(socket, &mut service, now, from, batch, stride, &mut outgoing);
        }
        let dropped = sender.send(socket, &outgoing);
        add(&service.metrics.dropped_unsent, dropped);
    }
}

fn decide<'a>(
    socket: &UdpSocket,
    service: &mut Service,
    now: Now,
    from: SocketAddr,
    batch: &'a [u8],
    stride: usize,
    outgoing: &mut Vec<Outgoing<'a>>,
) {
    match service.engine.handle_batch(now, from, batch, stride) {
        Verdict::Forward(to) => outgoing.push(Outgoing { to, contents: batch, stride }),
        Verdict::Answer(packet) => {
            if socket.send_to(&packet, from).is_err() {
                add(&service.metrics.dropped_unsent, 1);
            }
        }
        Verdict::Drop => {}
        // Seldom: an end's keepalive left in the same moment as its data.
        Verdict::Split => {
            for packet in batch.chunks(stride) {
                decide(socket, service, now, from, packet, packet.len(), outgoing);
            }
        }
    }
}
