//! N2, F · What is another session's gets nobody into this one: neither its keys, nor the numbers, places and batches of its files.

use crate::bad_files::{GIVEN_UP, is_stopped, nothing_in};
use crate::files::{answer, expect};
use crate::hand_made::{self, End};
use crate::hand_made_chat::{Talk, say_and_hear};
use crate::hand_made_files::frames::{CONTENT, KEPT, STOPPED, batch, begun, data, end_of_content};
use crate::hand_made_files::{ByHand, Facts, REFUSE, last_words, stage};
use crate::other_ends::{console, runtime};
use lotse_e2e::stage::USER;
use lotse_e2e::{Display, Result, wait_for};
use lotse_protocol::peer::{self, PeerMessage};
use std::fs;

const BO: &str = "bo.lind@acme.example";
/// The first two bytes of three are there.
const TWO: &[u8] = b"ab";

#[test]
#[cfg_attr(not(all(plugin = "chat", plugin = "file-transfer")), ignore = "needs the plugins chat and file-transfer")]
fn f4_files_of_another_session_are_refused_and_both_sessions_go_on() {
    let (runtime, desk, stage) = (runtime(), Display::start(1024, 768).unwrap(), stage());
    stage.add_rep(BO, "Bo Lind").unwrap();
    let [here, there] = ["here", "there"].map(|name| stage.folder().join(name));
    fs::create_dir(&here).unwrap();
    fs::create_dir(&there).unwrap();
    let bytes = CONTENT.len() as u64;
    // Anna's file has begun to come.
    let mut anna = ByHand::start(&runtime, &stage, &desk, USER, "");
    let (annas, place) = anna.agreed(Facts::file("report.txt", bytes), &here);
    let annas_frames = [begun(batch("report.txt"), "report.txt", bytes), data(TWO)].concat();
    let (mut send, mut recv) = anna.begins(annas, &annas_frames);
    let part = || (fs::read_dir(&here).ok()?.count() == 1).then_some(());
    wait_for(20, "a part of Anna's file", part).unwrap();
    // Bo's has broken off.
    let mut bo = ByHand::start(&runtime, &stage, &desk, BO, "other");
    let (bos, _) = bo.agreed(Facts::file("list.txt", bytes), &there);
    bo.pours(bos, &[begun(batch("list.txt"), "list.txt", bytes), data(TWO)].concat()).unwrap();
    expect(&bo.program, "list.txt", "Interrupted");

    // The number of Anna's is none of Bo's, and no stream comes of it.
    assert_eq!(bo.pours(annas, &annas_frames).unwrap_err().to_string(), GIVEN_UP);
    // What stands for a place at Anna's customer's stands for none here: the person is asked.
    let mark = bo.program.mark();
    let planted = bo.offers(Facts::file("planted.txt", bytes), &place);
    let question = answer(&mut bo.program, mark, None);
    assert_eq!((&question["from"], &question["name"]), (&"Bo Lind".into(), &"planted.txt".into()));
    assert_eq!(bo.hears(REFUSE, planted), [0_u8], "declined");
    expect(&bo.program, "planted.txt", "You declined");
    // Her batch does not go on with his.
    let since = bo.program.errors().len();
    let said = bo.pours(bos, &[begun(batch("report.txt"), "list.txt", bytes), data(TWO)].concat()).unwrap();
    assert!(said.ends_with(&STOPPED), "{said:?}");
    bo.expect_nonsense("list.txt", since, &["something else than what was begun there"]);
    nothing_in(&there);
    bo.goes_on("in Bo's session");
    bo.sends_whole("honest.txt", &there);
    // Who does not leave off is listened to no more.
    assert_eq!(bo.insists_on(annas), GIVEN_UP);
    is_stopped(&mut bo);
    bo.goes_on("without files");

    runtime.block_on(send.write_all(&[data(&CONTENT[TWO.len()..]), end_of_content()].concat())).unwrap();
    send.finish().unwrap();
    let said = runtime.block_on(last_words(&mut recv)).unwrap();
    assert!(said.ends_with(&KEPT), "{said:?}");
    expect(&anna.program, "report.txt", "Received into");
    anna.goes_on("in Anna's session");
    for (folder, name) in [(&here, "report.txt"), (&there, "honest.txt")] {
        assert_eq!(fs::read(folder.join(name)).unwrap(), CONTENT);
        wait_for(20, "nothing beside it", || (fs::read_dir(folder).ok()?.count() == 1).then_some(())).unwrap();
    }
}

/// A customer by hand in a session that has begun.
async fn joined(url: &str, code: &str) -> Result<End> {
    let mut customer = hand_made::customer(url, code).await?;
    customer.greet(peer::VERSION).await?;
    customer.say(&PeerMessage::Accepted).await?;
    Ok(customer)
}

#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn n2_who_has_the_keys_of_another_session_is_not_let_in_and_both_sessions_go_on() {
    let (_office, stage, mut rep, code) = console();
    let runtime = runtime();
    let mut first = runtime.block_on(joined(&stage.url, &code)).unwrap();
    rep.expect_state("active", 30).unwrap();
    let mut firsts = runtime.block_on(Talk::called(&mut first)).unwrap();
    let (mark, code) = (rep.mark(), stage.next_code(&mut rep).unwrap());
    let mut second = runtime.block_on(joined(&stage.url, &code)).unwrap();
    rep.expect_after(mark, "session-state", 30, |event| event["state"] == "active").unwrap();
    let mut talk = runtime.block_on(Talk::called(&mut second)).unwrap();
    let refused = runtime.block_on(second.link_with_keys_of(&first)).unwrap_err();
    assert_eq!(refused.to_string(), "the other side's key is not the one that was agreed on");
    let told = || rep.errors().contains("a connection was not accepted").then_some(());
    wait_for(20, "the console to say so", told).unwrap();
    // The second one is the newest, which commands go to.
    say_and_hear(&runtime, &mut talk, &mut rep, "after the knock");
    runtime.block_on(firsts.say("and in the first session")).unwrap();
    assert_eq!(rep.state().as_deref(), Some("active"));
    assert!(!rep.events().iter().any(|event| event["event"] == "ended"), "{:?}", rep.events());
}
