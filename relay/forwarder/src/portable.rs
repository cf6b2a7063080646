//! The loop where there are no batched calls: a packet a call.

use std::io;
use std::net::UdpSocket;
use std::thread;
use std::time::Duration;

use crate::engine::Verdict;
use crate::metrics::add;
use crate::server::Service;

const PACKET_BYTES_MAX: usize = 65_536;
/// Rest after an error that is not ours to mend, so that it cannot spin.
const PAUSE: Duration = Duration::from_millis(10);

pub(crate) fn serve(socket: &UdpSocket, mut service: Service) {
    let mut buffer = vec![0; PACKET_BYTES_MAX];
    while !service.is_stopped() {
        let received = socket.recv_from(&mut buffer);
        let now = service.tick();
        let (length, from) = match received {
            Ok(received) => received,
            Err(error) => {
                let waited = matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut);
                // Some systems report here that an earlier packet found nobody.
                if !waited && error.kind() != io::ErrorKind::ConnectionReset {
                    tracing::warn!(%error, "receiving failed");
                    thread::sleep(PAUSE);
                }
                continue;
            }
        };
        let packet = &buffer[..length];
        let sent = match service.engine.handle_batch(now, from, packet, length) {
            Verdict::Forward(to) => socket.send_to(packet, to).is_ok(),
            Verdict::Answer(answer) => socket.send_to(&answer, from).is_ok(),
            // A single packet is never split.
            Verdict::Drop | Verdict::Split => true,
        };
        add(&service.metrics.dropped_unsent, usize::from(!sent));
    }
}
