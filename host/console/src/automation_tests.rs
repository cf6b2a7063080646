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
        Wishes { new_code: true, code_file: Some(path.clone()), view: true, control: true, format: LogFormat::Text };
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
    let waiting = RepSession { id, code, code_expires_in_s: 900, view: Arc::default(), notes };
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
            RepCommand::Session { command: Command::Act { plugin, node, what }, .. } if plugin == SCREEN_SHARING => {
                (node.clone(), what.len())
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(nodes, [("show".to_owned(), 0), ("control".to_owned(), 1)]);
}
