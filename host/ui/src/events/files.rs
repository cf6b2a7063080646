//! Events about files: what a person is asked, what is to be chosen, and what goes on.

use super::Event;
use lotse_engine::view::{Contribution, View};
use lotse_engine::{Node, Value, setting};

/// What is new between two views.
pub(super) fn diff(last: &View, view: &View, events: &mut Vec<Event>) {
    for asked in view.file_questions.iter().filter(|asked| !last.file_questions.iter().any(|old| old.id == asked.id)) {
        let event = Event::new("file-question").with("request", asked.id).with("plugin", asked.plugin.as_str());
        let event = event.with("from", asked.from.as_str()).with("name", asked.name.as_str());
        let event = event.with("files", asked.files).with("folders", asked.folders).with("bytes", asked.bytes);
        events.push(event.with("place", asked.place.display().to_string()).with("room", asked.room));
    }
    for over in last.file_questions.iter().filter(|old| !view.file_questions.iter().any(|asked| asked.id == old.id)) {
        events.push(Event::new("file-question-over").with("request", over.id));
    }
    for wish in view.file_picks.iter().filter(|wish| !last.file_picks.iter().any(|old| old.id == wish.id)) {
        let event = Event::new("file-pick").with("request", wish.id).with("plugin", wish.plugin.as_str());
        events.push(event.with("folders", wish.folders));
    }
    if view.drop_places != last.drop_places {
        events.push(Event::new("drop-places").with("places", view.drop_places.clone()));
    }
    activities(last, view, events);
}

/// What is under way, each time it is shown as something else.
fn activities(last: &View, view: &View, events: &mut Vec<Event>) {
    for (place, contributions) in &view.places {
        let before = last.places.get(place).map(Vec::as_slice).unwrap_or_default();
        for (contribution, node) in nodes(contributions) {
            let same = |(old, of): (&Contribution, &Node)| {
                old.plugin == contribution.plugin && of.id == node.id && of.properties == node.properties
            };
            if nodes(before).any(same) {
                continue;
            }
            let text = |key: &str| match setting(&node.properties, key) {
                Some(Value::Text(text)) => text.as_str(),
                Some(Value::Flag(_) | Value::Number(_) | Value::Real(_) | Value::Bytes(_)) | None => "",
            };
            let event =
                Event::new("activity").with("plugin", contribution.plugin.as_str()).with("id", node.id.as_str());
            let event = event.with("label", text("label")).with("detail", text("detail")).with("tone", text("tone"));
            events.push(match setting(&node.properties, "value") {
                Some(Value::Number(value)) => event.with("value", *value),
                Some(Value::Flag(_) | Value::Text(_) | Value::Real(_) | Value::Bytes(_)) | None => event,
            });
        }
    }
}

fn nodes(contributions: &[Contribution]) -> impl Iterator<Item = (&Contribution, &Node)> {
    contributions.iter().flat_map(|contribution| {
        contribution.nodes.iter().filter(|node| node.kind == "activity").map(move |node| (contribution, node))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::samples;
    use lotse_engine::view::SessionState;

    fn told(last: &View, view: &View) -> Vec<String> {
        let mut events = Vec::new();
        diff(last, view, &mut events);
        events.iter().map(|event| event.line(0)).collect()
    }

    #[test]
    fn f1_questions_come_and_go_and_what_moves_is_told_once() {
        let calm = samples::session(true, SessionState::Active, false);
        let mut view = calm.clone();
        view.file_questions = vec![samples::file_question("K. Weber", Some(7))];
        view.places.insert("chat", vec![samples::transfers("K. Weber", false)]);
        let lines = told(&calm, &view);
        assert!(lines[0].contains(r#""event":"file-question""#) && lines[0].contains(r#""room":7"#), "{lines:?}");
        assert_eq!(lines.iter().filter(|line| line.contains(r#""event":"activity""#)).count(), 3);
        assert!(lines.iter().any(|line| line.contains(r#""value":369"#)));
        assert!(told(&view, &view).is_empty());
        assert!(told(&view, &calm)[0].contains("file-question-over"));
    }
}
