//! The system calls that `std` does not have: `recvmmsg` and `sendmmsg` with UDP_GRO and UDP_SEGMENT (see udp(7)).
//!
//! All unsafe code of this crate is here. Everything handed to the kernel lives on the stack or in a buffer of the
//! caller's for the whole call, and what the kernel gives back is checked before it is used.
#![allow(unsafe_code)]

use std::io;
use std::mem::{self, size_of};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6, UdpSocket};
use std::os::fd::AsRawFd;
use std::ptr;

/// Messages a call; with trains of 64 packets that is more than a socket holds.
const BATCH: usize = 32;
/// The longest train.
const TRAIN_BYTES_MAX: usize = 65_536;
/// Trains are coupled up to these: a little less than a datagram holds, and than every kernel with trains takes.
const COUPLED_BYTES_MAX: usize = 60_000;
const COUPLED_PACKETS_MAX: usize = 63;
/// For bursts of many sessions at once; the system may allow less.
const SOCKET_BUFFER_BYTES: libc::c_int = 8 << 20;

/// Room for one control message with an int, aligned as `cmsghdr` must be.
#[repr(C, align(8))]
#[derive(Clone, Copy)]
struct Control([u8; 64]);

/// Sets what makes forwarding fast and honest: trains kept whole, large buffers, no fragments. Whether there are trains.
pub(crate) fn prepare(socket: &UdpSocket) -> bool {
    let set = |level, option, value: libc::c_int| {
        // SAFETY: the descriptor is open while `socket` lives, and the value is an int of the length given.
        let result = unsafe {
            libc::setsockopt(
                socket.as_raw_fd(),
                level,
                option,
                ptr::from_ref(&value).cast(),
                size_of::<libc::c_int>() as libc::socklen_t,
            )
        };
        result == 0
    };
    // All of it is optional: without, the forwarder is slower, not wrong.
    let trains = set(libc::SOL_UDP, libc::UDP_GRO, 1);
    for (forced, polite) in [(libc::SO_RCVBUFFORCE, libc::SO_RCVBUF), (libc::SO_SNDBUFFORCE, libc::SO_SNDBUF)] {
        if !set(libc::SOL_SOCKET, forced, SOCKET_BUFFER_BYTES) {
            set(libc::SOL_SOCKET, polite, SOCKET_BUFFER_BYTES);
        }
    }
    // The ends probe for the largest packet; they have to see theirs fail rather than arrive in pieces.
    set(libc::IPPROTO_IP, libc::IP_MTU_DISCOVER, libc::IP_PMTUDISC_PROBE);
    set(libc::IPPROTO_IPV6, libc::IPV6_MTU_DISCOVER, libc::IPV6_PMTUDISC_PROBE);
    trains
}

/// One received train: whose, how long, and how long its packets are.
type Received = Option<(SocketAddr, usize, usize)>;

/// The buffer that batches are received into.
pub(crate) struct Receiver {
    buffer: Vec<u8>,
    received: [Received; BATCH],
}

impl Receiver {
    pub(crate) fn new() -> Self {
        Self { buffer: vec![0; BATCH * TRAIN_BYTES_MAX], received: [None; BATCH] }
    }

    /// Waits for packets as long as the socket's timeout says, then takes all there are, up to a batch.
    pub(crate) fn receive(&mut self, socket: &UdpSocket) -> io::Result<usize> {
        // SAFETY: all three are plain C structures for which zeros are valid.
        let (mut names, mut headers, mut iovecs) = unsafe {
            (
                mem::zeroed::<[libc::sockaddr_storage; BATCH]>(),
                mem::zeroed::<[libc::mmsghdr; BATCH]>(),
                mem::zeroed::<[libc::iovec; BATCH]>(),
            )
        };
        let mut controls = [Control([0; 64]); BATCH];
        for (index, chunk) in self.buffer.chunks_exact_mut(TRAIN_BYTES_MAX).enumerate().take(BATCH) {
            iovecs[index] = libc::iovec { iov_base: chunk.as_mut_ptr().cast(), iov_len: chunk.len() };
            let header = &mut headers[index].msg_hdr;
            header.msg_name = ptr::from_mut(&mut names[index]).cast();
            header.msg_namelen = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
            header.msg_iov = &mut iovecs[index];
            header.msg_iovlen = 1;
            header.msg_control = ptr::from_mut(&mut controls[index]).cast();
            header.msg_controllen = size_of::<Control>() as _;
        }
        // SAFETY: each header points to a name, a control buffer and one iovec over its own part of `buffer`, all of
        // which outlive the call, with their true lengths.
        let count = unsafe {
            libc::recvmmsg(
                socket.as_raw_fd(),
                headers.as_mut_ptr(),
                BATCH as libc::c_uint,
                libc::MSG_WAITFORONE as _,
                ptr::null_mut(),
            )
        };
        let Ok(count) = usize::try_from(count) else {
            return Err(io::Error::last_os_error());
        };
        let count = count.min(BATCH);
        for index in 0..count {
            let length = (headers[index].msg_len as usize).min(TRAIN_BYTES_MAX);
            let stride = train_stride(&headers[index].msg_hdr).unwrap_or(length);
            self.received[index] = address(&names[index]).map(|from| (from, length, stride));
        }
        Ok(count)
    }

    /// One of the trains just received; `None` when its sender's address is of no known kind.
    pub(crate) fn received(&self, index: usize) -> Option<(SocketAddr, &[u8], usize)> {
        let (from, length, stride) = (*self.received.get(index)?)?;
        let start = index * TRAIN_BYTES_MAX;
        Some((from, self.buffer.get(start..start + length)?, stride))
    }
}

/// A train to send: packets of `stride` bytes, the last of which may be shorter.
pub(crate) struct Outgoing<'a> {
    pub(crate) to: SocketAddr,
    pub(crate) contents: &'a [u8],
    pub(crate) stride: usize,
}

impl Outgoing<'_> {
    fn is_train(&self) -> bool {
        self.stride > 0 && self.contents.len() > self.stride
    }

    fn packets(&self) -> usize {
        if self.is_train() { self.contents.len().div_ceil(self.stride) } else { 1 }
    }
}

/// How many of the first ones go as one train: to the same address, each of whole packets of one length but for the last.
/// An end's socket takes ten packets at a time, a train may be six times as long, and each costs the system about the same.
fn coupled(outgoing: &[Outgoing<'_>]) -> usize {
    let Some((first, rest)) = outgoing.split_first() else { return 0 };
    let (mut bytes, mut packets, mut count) = (first.contents.len(), first.packets(), 1);
    let mut whole = first.stride > 0 && bytes > 0 && bytes.is_multiple_of(first.stride);
    for next in rest {
        let length = next.contents.len();
        bytes += length;
        packets += next.packets();
        // A single packet may be shorter, and is the last one then.
        let fits = next.stride == first.stride || (!next.is_train() && length < first.stride);
        let goes = whole && fits && length > 0 && next.to == first.to;
        if !goes || bytes > COUPLED_BYTES_MAX || packets > COUPLED_PACKETS_MAX {
            break;
        }
        count += 1;
        whole = length.is_multiple_of(first.stride);
    }
    count
}

/// Sends batches of trains.
pub(crate) struct Sender {
    /// Those of one kind go as one.
    couples: bool,
}

impl Sender {
    /// `trains`: the system has them, as [`prepare`] says.
    pub(crate) fn new(trains: bool) -> Self {
        Self { couples: trains }
    }

    /// Sends all of them and returns how many packets the system did not take.
    pub(crate) fn send(&mut self, socket: &UdpSocket, outgoing: &[Outgoing<'_>]) -> usize {
        let mut dropped = 0;
        let mut rest = outgoing;
        while !rest.is_empty() {
            let batch = &rest[..rest.len().min(BATCH)];
            match send_batch(socket, batch, self.couples) {
                Ok(count) => rest = &rest[count.clamp(1, rest.len())..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // The error is the first message's.
                Err(error) => {
                    let failed = if self.couples { coupled(batch).max(1) } else { 1 };
                    // A device that takes none will take none the next time.
                    self.couples &= failed == 1 || error.raw_os_error() != Some(libc::EIO);
                    dropped += match &batch[..failed] {
                        [train] => send_singly(socket, train, &error),
                        trains => trains.iter().map(|train| send_alone(socket, train)).sum(),
                    };
                    rest = &rest[failed..];
                }
            }
        }
        dropped
    }
}

/// One that could not be sent together with others.
fn send_alone(socket: &UdpSocket, train: &Outgoing<'_>) -> usize {
    loop {
        match send_batch(socket, std::slice::from_ref(train), false) {
            Ok(_) => return 0,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return send_singly(socket, train, &error),
        }
    }
}

/// After an error: packet by packet, where the device takes no trains or none as long.
fn send_singly(socket: &UdpSocket, train: &Outgoing<'_>, error: &io::Error) -> usize {
    let no_trains = matches!(error.raw_os_error(), Some(libc::EIO | libc::EINVAL | libc::EMSGSIZE));
    if !train.is_train() || !no_trains {
        return train.packets();
    }
    train.contents.chunks(train.stride).filter(|packet| socket.send_to(packet, train.to).is_err()).count()
}

/// Sends some of the first ones, and says how many.
fn send_batch(socket: &UdpSocket, outgoing: &[Outgoing<'_>], couples: bool) -> io::Result<usize> {
    // SAFETY: all three are plain C structures for which zeros are valid.
    let (mut names, mut headers, mut iovecs) = unsafe {
        (
            mem::zeroed::<[libc::sockaddr_storage; BATCH]>(),
            mem::zeroed::<[libc::mmsghdr; BATCH]>(),
            mem::zeroed::<[libc::iovec; BATCH]>(),
        )
    };
    let mut controls = [Control([0; 64]); BATCH];
    let outgoing = &outgoing[..outgoing.len().min(BATCH)];
    for (iovec, out) in iovecs.iter_mut().zip(outgoing) {
        // The kernel only reads through this pointer.
        *iovec = libc::iovec { iov_base: out.contents.as_ptr().cast_mut().cast(), iov_len: out.contents.len() };
    }
    // Where the trains of each message end.
    let mut ends = [0; BATCH];
    let (mut count, mut start) = (0, 0);
    while let Some(first) = outgoing.get(start) {
        let trains = if couples { coupled(&outgoing[start..]) } else { 1 };
        let name_length = put_address(first.to, &mut names[count]);
        let header = &mut headers[count].msg_hdr;
        header.msg_name = ptr::from_mut(&mut names[count]).cast();
        header.msg_namelen = name_length;
        header.msg_iov = iovecs[start..].as_mut_ptr();
        header.msg_iovlen = trains as _;
        if let (true, Ok(stride)) = (first.is_train() || trains > 1, u16::try_from(first.stride)) {
            header.msg_control = ptr::from_mut(&mut controls[count]).cast();
            header.msg_controllen = size_of::<Control>() as _;
            put_stride(header, stride);
        }
        start += trains;
        ends[count] = start;
        count += 1;
    }
    // SAFETY: `count` headers are filled in; each points to a name, perhaps a control buffer, and as many iovecs as it says, over
    // bytes borrowed by `outgoing`, all of which outlive the call, with their true lengths.
    let sent = unsafe { libc::sendmmsg(socket.as_raw_fd(), headers.as_mut_ptr(), count as libc::c_uint, 0) };
    let sent = usize::try_from(sent).map_err(|_| io::Error::last_os_error())?;
    Ok(sent.checked_sub(1).and_then(|last| ends.get(last)).copied().unwrap_or(0))
}

/// The length of a received train's packets, if it is a train.
fn train_stride(header: &libc::msghdr) -> Option<usize> {
    // SAFETY: the kernel has filled in control buffer and length, and the macros walk within that length.
    let mut control = unsafe { libc::CMSG_FIRSTHDR(header) };
    while !control.is_null() {
        // SAFETY: not null, so the macros vouch for a whole header inside the control buffer, which is aligned for it.
        let (level, kind, length) = unsafe { ((*control).cmsg_level, (*control).cmsg_type, (*control).cmsg_len) };
        // SAFETY: only computes a length.
        let int_length = unsafe { libc::CMSG_LEN(size_of::<libc::c_int>() as libc::c_uint) };
        if level == libc::SOL_UDP && kind == libc::UDP_GRO && length >= int_length as _ {
            // SAFETY: the message is long enough for an int, as just checked; it may be unaligned.
            let stride = unsafe { ptr::read_unaligned(libc::CMSG_DATA(control).cast::<libc::c_int>()) };
            return usize::try_from(stride).ok().filter(|stride| *stride > 0);
        }
        // SAFETY: `control` is a message of this header's, as above.
        control = unsafe { libc::CMSG_NXTHDR(header, control) };
    }
    None
}

/// Puts UDP_SEGMENT into the control buffer that `header` points to, and shortens the buffer to it.
fn put_stride(header: &mut libc::msghdr, stride: u16) {
    // SAFETY: the header has a zeroed control buffer of 64 aligned bytes, enough for one message with two bytes of data
    // (CMSG_SPACE(2) is 24), so FIRSTHDR is its start and all writes stay inside.
    unsafe {
        let control = libc::CMSG_FIRSTHDR(header);
        if control.is_null() {
            return;
        }
        (*control).cmsg_level = libc::SOL_UDP;
        (*control).cmsg_type = libc::UDP_SEGMENT;
        (*control).cmsg_len = libc::CMSG_LEN(size_of::<u16>() as libc::c_uint) as _;
        ptr::write_unaligned(libc::CMSG_DATA(control).cast::<u16>(), stride);
        header.msg_controllen = libc::CMSG_SPACE(size_of::<u16>() as libc::c_uint) as _;
    }
}

fn address(name: &libc::sockaddr_storage) -> Option<SocketAddr> {
    match libc::c_int::from(name.ss_family) {
        libc::AF_INET => {
            // SAFETY: the family says what the kernel wrote; `sockaddr_storage` is large and aligned enough for it.
            let v4 = unsafe { &*ptr::from_ref(name).cast::<libc::sockaddr_in>() };
            let ip = Ipv4Addr::from(u32::from_be(v4.sin_addr.s_addr));
            Some(SocketAddrV4::new(ip, u16::from_be(v4.sin_port)).into())
        }
        libc::AF_INET6 => {
            // SAFETY: as above.
            let v6 = unsafe { &*ptr::from_ref(name).cast::<libc::sockaddr_in6>() };
            let ip = Ipv6Addr::from(v6.sin6_addr.s6_addr);
            Some(SocketAddrV6::new(ip, u16::from_be(v6.sin6_port), v6.sin6_flowinfo, v6.sin6_scope_id).into())
        }
        _ => None,
    }
}

fn put_address(address: SocketAddr, name: &mut libc::sockaddr_storage) -> libc::socklen_t {
    match address {
        SocketAddr::V4(address) => {
            // SAFETY: `sockaddr_storage` is large and aligned enough for every address, and its bytes are initialised.
            let v4 = unsafe { &mut *ptr::from_mut(name).cast::<libc::sockaddr_in>() };
            v4.sin_family = libc::AF_INET as libc::sa_family_t;
            v4.sin_port = address.port().to_be();
            v4.sin_addr.s_addr = u32::from(*address.ip()).to_be();
            size_of::<libc::sockaddr_in>() as libc::socklen_t
        }
        SocketAddr::V6(address) => {
            // SAFETY: as above.
            let v6 = unsafe { &mut *ptr::from_mut(name).cast::<libc::sockaddr_in6>() };
            v6.sin6_family = libc::AF_INET6 as libc::sa_family_t;
            v6.sin6_port = address.port().to_be();
            v6.sin6_flowinfo = address.flowinfo();
            v6.sin6_addr.s6_addr = address.ip().octets();
            v6.sin6_scope_id = address.scope_id();
            size_of::<libc::sockaddr_in6>() as libc::socklen_t
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::time::Duration;

    #[test]
    fn addresses_survive_the_kernels_form() {
        for text in ["192.0.2.9:4711", "[2001:db8::7%3]:65535", "[::ffff:192.0.2.9]:1"] {
            let before: SocketAddr = text.parse().unwrap();
            // SAFETY: zeros are a valid value of this C structure.
            let mut name = unsafe { mem::zeroed() };
            put_address(before, &mut name);
            assert_eq!(address(&name), Some(before));
        }
    }

    #[test]
    fn a_train_arrives_as_its_packets() {
        for local in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(from) = UdpSocket::bind(local) else { continue };
            let to = UdpSocket::bind(local).unwrap();
            to.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            prepare(&to);
            let contents: Vec<u8> = (0..3500u32).map(|byte| byte as u8).collect();
            let train = Outgoing { to: to.local_addr().unwrap(), contents: &contents, stride: 1000 };
            assert_eq!(Sender::new(true).send(&from, &[train]), 0);
            let mut receiver = Receiver::new();
            let mut arrived = Vec::new();
            while arrived.len() < contents.len() {
                for index in 0..receiver.receive(&to).unwrap() {
                    let (address, batch, stride) = receiver.received(index).unwrap();
                    assert_eq!(address, from.local_addr().unwrap());
                    assert!(stride == 1000 || batch.len() == 500);
                    arrived.extend_from_slice(batch);
                }
            }
            assert_eq!(arrived, contents);
        }
    }

    #[test]
    fn trains_are_coupled_as_far_as_they_are_of_one_kind_and_end_with_the_first_shorter_packet() {
        let (one, other) = ("192.0.2.1:9".parse().unwrap(), "192.0.2.2:9".parse().unwrap());
        let bytes = vec![0x40; 60_000];
        let train = |to, length: usize, stride| Outgoing { to, contents: &bytes[..length], stride };
        let of = |trains: &[(SocketAddr, usize, usize)]| {
            coupled(&trains.iter().map(|(to, length, stride)| train(*to, *length, *stride)).collect::<Vec<_>>())
        };
        assert_eq!(of(&[]), 0);
        assert_eq!(
            of(&[(one, 14_520, 1452), (one, 14_520, 1452), (one, 1452, 1452), (one, 700, 700), (one, 1452, 1452)]),
            4
        );
        assert_eq!(of(&[(one, 14_520, 1452), (one, 3_000, 1452), (one, 1452, 1452)]), 2, "its last packet is shorter");
        assert_eq!(of(&[(one, 14_520, 1452), (other, 14_520, 1452)]), 1);
        assert_eq!(of(&[(one, 14_520, 1452), (one, 12_000, 1200)]), 1);
        assert_eq!(of(&[(one, 700, 700), (one, 1452, 1452)]), 1);
        assert_eq!(of(&[(one, 0, 0), (one, 1452, 1452)]), 1);
        assert_eq!(of(&[(one, 1452, 1452), (one, 0, 0)]), 1);
        assert_eq!(of(&[(one, 14_520, 1452); 6]), 4, "no longer than the system takes");
        assert_eq!(of(&[(one, 60, 60); 80]), COUPLED_PACKETS_MAX);
    }

    #[test]
    fn coupled_trains_arrive_as_their_packets_in_order() {
        let from = UdpSocket::bind("127.0.0.1:0").unwrap();
        let to = UdpSocket::bind("127.0.0.1:0").unwrap();
        to.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let contents: Vec<u8> = (0..40_000u32).map(|byte| (byte / 1000) as u8).collect();
        let to_address = to.local_addr().unwrap();
        let pieces = [0..10_000, 10_000..20_000, 20_000..21_000, 21_000..31_000, 31_000..39_500];
        let trains: Vec<Outgoing<'_>> = pieces
            .into_iter()
            .map(|piece| Outgoing { to: to_address, contents: &contents[piece], stride: 1000 })
            .collect();
        assert_eq!((coupled(&trains), Sender::new(true).send(&from, &trains)), (5, 0));
        let mut packet = [0; 2000];
        for number in 0..40 {
            let bytes = to.recv(&mut packet).unwrap();
            assert_eq!((bytes, packet[0]), (if number == 39 { 500 } else { 1000 }, number));
        }
    }

    #[test]
    fn what_cannot_be_sent_is_counted_and_the_rest_still_goes() {
        let from = UdpSocket::bind("127.0.0.1:0").unwrap();
        let to = UdpSocket::bind("127.0.0.1:0").unwrap();
        to.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let nowhere: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let outgoing = [
            Outgoing { to: nowhere, contents: &[0x40; 10], stride: 10 },
            Outgoing { to: to.local_addr().unwrap(), contents: &[0x41; 10], stride: 10 },
        ];
        assert_eq!(Sender::new(true).send(&from, &outgoing), 1);
        let mut buffer = [0; 20];
        assert_eq!(to.recv(&mut buffer).unwrap(), 10);
    }
}
