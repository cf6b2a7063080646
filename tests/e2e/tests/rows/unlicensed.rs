//! L2 · Of every add-on that is not licensed a changed console meets no half at the customer's.

use crate::ALL;
use crate::hand_made::{End, Rep};
use crate::licences::{add_ons, ever, is, license};
use crate::other_ends::runtime;
use lotse_e2e::{CustomerOptions, Display, Result, Stage};
use lotse_protocol::peer::{self, PeerMessage};
use lotse_transport::{RecvStream, SendStream};
use std::time::Duration;

const CHAT: &str = "lotse.chat";
/// What the halves of our plugins call their streams, as far as their other halves wait for them.
const LABELS: [&str; 5] = ["annotations", "clipboard", "control", "diagnostics", "remote-reboot"];

/// Says that everything runs here, and speaks to each plugin of the session but the chat, by stream and by datagram.
async fn speak_to_all(rep: Rep) -> Result<(End, Vec<(SendStream, RecvStream)>)> {
    let mut end = rep.meet().await?;
    end.greet(peer::VERSION).await?;
    end.hear(|message| (message == PeerMessage::Accepted).then_some(())).await?;
    end.say(&PeerMessage::Running { plugins: (0..=u8::MAX).collect() }).await?;
    let chat = end.number_of(CHAT)?;
    let mut streams = Vec::new();
    for plugin in (0..u8::try_from(end.offer.plugins.len())?).filter(|plugin| *plugin != chat) {
        for label in LABELS {
            let (mut stream, answers) = end.open(plugin, label).await?;
            // The customer's host may refuse the stream before all of it is written.
            let _ = stream.write_all(b"\0\0\0\x02\0\x01").await;
            streams.push((stream, answers));
        }
        let _ = end.link.send_datagram(vec![plugin, 0, 1].into());
    }
    Ok((end, streams))
}

#[test]
#[cfg_attr(not(plugin = "chat"), ignore = "needs the plugin chat")]
fn l2_a_changed_console_meets_no_half_of_an_add_on_that_is_not_licensed() {
    let desk = Display::start(1024, 768).unwrap();
    let stage = Stage::start().unwrap();
    let add_ons = add_ons();
    add_ons.iter().for_each(|(_, feature, _)| license(&stage, feature, &["--off"]));
    let runtime = runtime();
    let rep = runtime.block_on(Rep::with_code(&stage.url)).unwrap();
    let options = CustomerOptions { allow: ALL, ..CustomerOptions::default() };
    let customer = stage.customer(&desk, &rep.code(), &options).unwrap();
    let (_end, _streams) = runtime.block_on(speak_to_all(rep)).unwrap();
    customer.expect("plugin", 20, |event| is(event, CHAT, "running")).unwrap();
    std::thread::sleep(Duration::from_secs(3));
    for (id, _, customers) in add_ons {
        assert!(!ever(&customer, &id, "running"), "{id}");
        assert!(!customers || ever(&customer, &id, "not-licensed"), "{id}: {:#?}", customer.events());
    }
    assert_eq!(customer.state().as_deref(), Some("active"), "and goes on with what there is");
    let asked = customer.events().iter().any(|event| event["event"] == "prompt" && event["access"].is_string());
    assert!(!asked, "nothing that is not licensed asks the customer for anything");
}
