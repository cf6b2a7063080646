//! The smallest useful plugin: a menu item on the rep's side greets the customer; both count.
use lotse_sdk::prelude::*;

struct Hello(usize);

impl Plugin for Hello {
    fn init(_restored: Option<Vec<u8>>) -> Self {
        Self(0)
    }
}
impl Channels for Hello {
    fn datagram(&mut self, _peer: ParticipantId, greeting: Vec<u8>) {
        self.0 += 1;
        ui::notify(
            &String::from_utf8_lossy(&greeting),
            &self.0.to_string(),
            &[],
        );
    }
}
impl Ui for Hello {
    fn render(&mut self, place: Place) -> Option<Node> {
        let item = ui::item(
            "greet",
            &format!("{} ({})", text("Say hello", "Grüßen"), self.0),
        );
        (place == Place::Menu && session::is_rep()).then(|| ui::menu("Hello").child(item))
    }
    fn action(&mut self, _node: &str, _what: Settings) {
        let greet = |who: &session::Participant| channel::datagram(who.id, b"Hello!").is_ok();
        self.0 += session::others().iter().filter(|who| greet(who)).count();
        ui::invalidate();
    }
}
plugin!(Hello: Ui, Channels);
