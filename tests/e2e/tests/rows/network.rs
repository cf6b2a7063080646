//! N · Network, and O1.

use crate::lasting::addresses;
use crate::{ALL, Session};
use lotse_e2e::neighbour::paint;
use lotse_e2e::{CustomerOptions, wait_for};
use serde_json::json;
use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

#[test]
fn n2_both_sides_show_the_same_safety_code_and_each_session_has_its_own() {
    let code = |program: &lotse_e2e::Program| {
        program.expect("safety-code", 20, |_| true).unwrap()["code"].as_str().unwrap().to_owned()
    };
    let first = Session::start(ALL, &[]);
    let one = code(&first.rep);
    assert_eq!(one, code(&first.customer));
    drop(first);
    let second = Session::start(ALL, &[]);
    assert_ne!(one, code(&second.rep), "keys are new for every session");
}

#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn n2_the_relay_cannot_read_what_is_said() {
    let mut session = Session::start(ALL, &[]);
    let words = "the-heron-stands-in-the-reeds-at-dawn";
    session.rep.act("lotse.chat", "say", json!({ "text": words })).unwrap();
    session.customer.expect_node("chat", 20, |node| node["body"] == words).unwrap();
    // Nothing of it is in the relay's memory: every readable page of the process is looked through.
    let relay = session.stage.relay().unwrap().id();
    assert!(!memory_holds(relay, words.as_bytes()), "the relay holds what was said");
    assert!(memory_holds(session.rep.id(), words.as_bytes()), "the search itself works");
}

fn memory_holds(process: u32, wanted: &[u8]) -> bool {
    use std::os::unix::fs::FileExt;
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let memory = std::fs::File::open(format!("/proc/{process}/mem")).unwrap();
    maps.lines().filter(|line| line.contains("rw-p")).any(|line| {
        let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let (from, to) = (u64::from_str_radix(from, 16).unwrap(), u64::from_str_radix(to, 16).unwrap());
        let mut bytes = vec![0; (to - from).min(1 << 30) as usize];
        let read = memory.read_at(&mut bytes, from).unwrap_or(0);
        bytes[..read].windows(wanted.len()).any(|window| window == wanted)
    })
}

#[test]
#[cfg_attr(not(all(plugin = "chat", plugin = "screen-sharing")), ignore = "needs the plugins chat and screen-sharing")]
fn n4_a_relay_restart_under_a_session_costs_no_word_and_the_picture_goes_on() {
    let mut session = Session::bare(ALL, &[]);
    session.expect_exact("the first picture");
    say_and_hear(&mut session, "before the storm");
    session.stage.kill_relay();
    session.rep.act("lotse.chat", "say", json!({ "text": "in the storm" })).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let began = Instant::now();
    session.stage.start_relay(&["--developer"]).unwrap();
    session.customer.expect_node("chat", 20, |node| node["body"] == "in the storm").unwrap();
    println!("heard {} ms after the relay's start was begun", began.elapsed().as_millis());
    let _painted = paint(&session.desk, "#3377aa").unwrap();
    session.expect_exact("what was painted after the storm");
    say_and_hear(&mut session, "after the storm");
    assert_eq!(session.rep.state().as_deref(), Some("active"));
}

#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn n4_a_customer_who_was_cut_off_comes_back_into_the_same_session_with_its_chat() {
    let mut session = Session::start(ALL, &[]);
    say_and_hear(&mut session, "do you hear me");
    let number =
        session.rep.events().iter().find(|event| event["event"] == "session-state").unwrap()["session"].clone();
    let customer = std::mem::replace(
        &mut session.customer,
        session
            .stage
            .customer_again(&session.desk, &CustomerOptions { data: "elsewhere", ..CustomerOptions::default() })
            .unwrap(),
    );
    let mark = session.rep.mark();
    customer.kill();
    let lost = session.rep.expect_after(mark, "session-state", 30, |event| event["state"] == "lost").unwrap();
    let left = lost["seconds_left"].as_u64().unwrap();
    assert!((580..=600).contains(&left), "ten minutes are counted down: {left}");
    // The program is started again, by the person or the system, with nothing typed.
    session.customer = session.stage.customer_again(&session.desk, &CustomerOptions::default()).unwrap();
    session.rep.expect_after(mark, "session-state", 60, |event| event["state"] == "active").unwrap();
    session.customer.expect_node("chat", 20, |node| node["body"] == "do you hear me").unwrap();
    say_and_hear(&mut session, "welcome back");
    let last = session.rep.events().into_iter().rev().find(|event| event["event"] == "session-state").unwrap();
    assert_eq!(last["session"], number, "it is the same session");
}

#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn n5_a_session_that_nobody_uses_stays() {
    let mut session = Session::start(ALL, &[]);
    let (rep, customer) = (session.rep.cpu_seconds(), session.customer.cpu_seconds());
    std::thread::sleep(Duration::from_secs(20));
    println!(
        "20 s of rest: rep {:.2} s CPU, customer {:.2} s CPU",
        session.rep.cpu_seconds() - rep,
        session.customer.cpu_seconds() - customer
    );
    assert_eq!(session.rep.state().as_deref(), Some("active"));
    say_and_hear(&mut session, "still here");
}

#[test]
fn o1_one_relay_needs_nothing_beside_it() {
    let session = Session::start(ALL, &[]);
    let data = session.stage.folder().join("relay");
    assert!(
        std::fs::read_dir(&data)
            .unwrap()
            .flatten()
            .any(|entry| { std::fs::read(entry.path()).is_ok_and(|bytes| bytes.starts_with(b"SQLite format 3\0")) }),
        "what it stores is in SQLite"
    );
    // Its only sockets are its own two, and who is connected to them.
    let relay = session.stage.relay().unwrap().id();
    let (control, packets) = addresses(&session.stage);
    let own = sockets_of(relay);
    let listening: Vec<u16> = own.iter().filter(|of| of.kind == "tcp" && of.listens).map(|of| of.port).collect();
    assert_eq!(listening, [control.port()], "{own:?}");
    let datagrams: Vec<&Socket> = own.iter().filter(|of| of.kind == "udp").collect();
    assert!(matches!(datagrams.as_slice(), [Socket { port, peer: 0, .. }] if *port == packets.port()), "{own:?}");
    let connections: Vec<&Socket> = own.iter().filter(|of| of.kind == "tcp" && !of.listens).collect();
    assert!(!connections.is_empty(), "both programs are connected: {own:?}");
    assert!(connections.iter().all(|of| of.port == control.port()), "it called somebody: {own:?}");
    let children = std::fs::read_to_string(format!("/proc/{relay}/task/{relay}/children")).unwrap_or_default();
    assert_eq!(children.trim(), "", "it starts no other program");
}

/// A socket of a program on the network.
#[derive(Debug)]
struct Socket {
    kind: &'static str,
    port: u16,
    /// The other end's port; 0: none.
    peer: u16,
    listens: bool,
}

/// All network sockets that a process holds: its descriptors, looked up in the system's tables.
fn sockets_of(process: u32) -> Vec<Socket> {
    let held: HashSet<String> = std::fs::read_dir(format!("/proc/{process}/fd"))
        .unwrap()
        .flatten()
        .filter_map(|fd| std::fs::read_link(fd.path()).ok())
        .filter_map(|to| Some(to.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    assert!(!held.is_empty(), "its descriptors can be read");
    let port = |address: &str| u16::from_str_radix(address.rsplit(':').next().unwrap(), 16).unwrap();
    let mut found = Vec::new();
    for (kind, table) in [("tcp", "tcp"), ("tcp", "tcp6"), ("udp", "udp"), ("udp", "udp6")] {
        let table = std::fs::read_to_string(format!("/proc/{process}/net/{table}")).unwrap_or_default();
        for line in table.lines().skip(1) {
            // Number, own address, the other end's, state (0A: listens), five fields, inode.
            let fields: Vec<&str> = line.split_whitespace().collect();
            if held.contains(fields[9]) {
                let listens = kind == "tcp" && fields[3] == "0A";
                found.push(Socket { kind, port: port(fields[1]), peer: port(fields[2]), listens });
            }
        }
    }
    found
}

/// A stranger who talks nonsense to the relay's port changes nothing for anybody.
#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn n2_noise_on_the_relays_ports_is_no_matter() {
    let mut session = Session::start(ALL, &[]);
    let address = session.stage.url.split("//").nth(1).unwrap().split(['#', '/']).next().unwrap().to_owned();
    for turn in 0..20_u8 {
        if let Ok(mut stream) = TcpStream::connect(&address) {
            let _ = stream.set_read_timeout(Some(Duration::from_millis(20)));
            let noise: Vec<u8> = (0..2000_u32).map(|at| (at as u8).wrapping_mul(turn ^ 0x5b)).collect();
            let _ = stream.write_all(&noise);
            let _ = stream.read(&mut [0; 64]);
        }
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let _ = socket.send_to(&[turn; 900], &address);
    }
    say_and_hear(&mut session, "calm");
    drop(TcpListener::bind("127.0.0.1:0"));
    wait_for(5, "the session to be active", || (session.rep.state().as_deref() == Some("active")).then_some(()))
        .unwrap();
}

/// From the rep to the customer and back.
pub fn say_and_hear(session: &mut Session, words: &str) {
    session.rep.act("lotse.chat", "say", json!({ "text": words })).unwrap();
    session.customer.expect_node("chat", 20, |node| node["body"] == words).unwrap();
    let answer = format!("{words}, too");
    session.customer.act("lotse.chat", "say", json!({ "text": answer })).unwrap();
    session.rep.expect_node("chat", 20, |node| node["body"] == answer.as_str()).unwrap();
}
