//! The command line's wishes against views made by hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use lotse_engine::rep::RepSession;
use lotse_protocol::code::JoinCode;
use std::cell::RefCell;
use std::sync::Arc;

struct Fake {
    view: RefCell<RepView>,
    sent: RefCell<Vec<RepCommand>>,
}

impl Core for Fake {
    fn view(&self) -> Arc<RepView> {
        Arc::new(self.view.borrow().clone())
    }

    fn send(&self, command: RepCommand) {
        self.sent.borrow_mut().push(command);
    }
}

#[test]
fn code_file_show_and_control_come_in_their_time_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("code");
    let core = Fake { view: RefCell::default(), sent: RefCell::default() };
    let wishes =
        Wishes { new_code: true, code_file: Some(path.clone()), view: true, control: true, ..Wishes::default() };
    let mut automation = Automation::new(wishes);
    automation.look(&core);
    assert!(core.sent.borrow().is_empty(), "not signed in yet");

    core.view.borrow_mut().sign_in =
        SignIn::In { rep: "Anna".into(), account: "Acme".into(), contact: String::new(), reconnecting: false };
    automation.look(&core);
    automation.look(&core);
    assert!(matches!(core.sent.borrow_mut().drain(..).collect::<Vec<_>>()[..], [RepCommand::NewCode]));

    let id = SessionId([1; 16]);
    let (code, notes) = (Some(JoinCode::new(48_291, 35_207)), lotse_engine::rep::NotesView::default());
    let waiting = RepSession { id, code, code_expires_in_s: 900, view: Arc::default(), notes, unread: 0 };
    core.view.borrow_mut().sessions = vec![waiting];
    automation.look(&core);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "482 913 5207\n");
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);

    let mut view = lotse_ui::samples::session(true, SessionState::AwaitingConsent, false);
    core.view.borrow_mut().sessions[0].view = Arc::new(view.clone());
    automation.look(&core);
    assert!(core.sent.borrow().is_empty(), "not before the session is on");

    view.state = SessionState::Active;
    core.view.borrow_mut().sessions[0].view = Arc::new(view);
    automation.look(&core);
    automation.look(&core);
    let nodes: Vec<(String, usize)> = core
        .sent
        .borrow()
        .iter()
        .map(|command| match command {
            RepCommand::Session { command: Command::Act { plugin, node, what }, .. }
                if plugin == "lotse.screen-sharing" =>
            {
                (node.clone(), what.len())
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(nodes, [("show".to_owned(), 0), ("control".to_owned(), 1)]);
}

/// What is clicked in a session with a stranger's plugin in the place of the bundled one, which asks for these rights.
fn clicked(asks: &[Capability]) -> Vec<(String, String)> {
    let mut view = lotse_ui::samples::session(true, SessionState::Active, false);
    let stranger = "com.example.eyes";
    for plugin in view.plugins.iter_mut().filter(|plugin| plugin.id == "lotse.screen-sharing") {
        (plugin.id, plugin.asks) = (stranger.to_owned(), asks.iter().copied().collect());
    }
    for shown in view.places.values_mut().flatten().filter(|shown| shown.plugin == "lotse.screen-sharing") {
        shown.plugin = stranger.to_owned();
    }
    let (id, notes) = (SessionId([1; 16]), lotse_engine::rep::NotesView::default());
    let session = RepSession { id, code: None, code_expires_in_s: 0, view: Arc::new(view), notes, unread: 0 };
    let view = RepView { sessions: vec![session], ..RepView::default() };
    let core = Fake { view: RefCell::new(view), sent: RefCell::default() };
    Automation::new(Wishes { view: true, control: true, ..Wishes::default() }).look(&core);
    let sent = core.sent.take().into_iter();
    sent.map(|command| match command {
        RepCommand::Session { command: Command::Act { plugin, node, .. }, .. } => (plugin, node),
        other => panic!("{other:?}"),
    })
    .collect()
}

#[test]
fn show_and_control_are_asked_of_whichever_plugin_may_do_that() {
    let both = ["show", "control"].map(|node| ("com.example.eyes".to_owned(), node.to_owned()));
    assert_eq!(clicked(&[Capability::Surface, Capability::Input]), both);
    assert_eq!(clicked(&[Capability::Surface]), both[..1]);
    assert!(clicked(&[Capability::Ui]).is_empty(), "what only looks like it is not clicked");
}

/// Scar: a plugin whose node could not be clicked kept another's from being clicked.
#[test]
fn what_cannot_be_clicked_is_in_the_way_of_nothing_that_can() {
    let mut view = lotse_ui::samples::session(true, SessionState::Active, false);
    let may = [Capability::Surface].into_iter().collect();
    let sharing = view.plugins.iter().find(|plugin| plugin.id == "lotse.screen-sharing").unwrap();
    let greyed = lotse_engine::view::PluginView { id: "com.example.grey".to_owned(), asks: may, ..sharing.clone() };
    view.plugins.insert(0, greyed);
    let off = [("enabled", lotse_engine::Value::Flag(false))];
    let show = lotse_ui::samples::node("show", "item", &off, &[]);
    let first = lotse_ui::samples::contribution("com.example.grey", vec![show]);
    view.places.values_mut().for_each(|shown| shown.insert(0, first.clone()));
    let found = find(&view, SHOW).map(|(plugin, node)| (plugin, node.id.as_str()));
    assert_eq!(found, Some(("lotse.screen-sharing", "show")));
}

#[test]
fn s4_a_second_factor_and_its_recovery_codes_are_written_for_this_user_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("factor");
    let core = Fake { view: RefCell::default(), sent: RefCell::default() };
    let mut automation = Automation::new(Wishes { second_factor_file: Some(path.clone()), ..Wishes::default() });
    automation.look(&core);
    assert!(!path.exists(), "nothing is offered");
    core.view.borrow_mut().second_factor.offer = Some(Secret("otpauth://totp/x?secret=JBSWY3DP".into()));
    automation.look(&core);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "otpauth://totp/x?secret=JBSWY3DP\n");
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let codes = ["k7mp-2vqa", "9xyz-abcd"].map(|code| Secret(code.to_owned())).to_vec();
    core.view.borrow_mut().second_factor.offer = None;
    core.view.borrow_mut().second_factor.recovery_codes = codes;
    automation.look(&core);
    core.view.borrow_mut().second_factor.recovery_codes.clear();
    automation.look(&core);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "k7mp-2vqa\n9xyz-abcd\n", "what was kept stays");
}
