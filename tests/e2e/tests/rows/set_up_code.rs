//! L3 · The code for the first operator: whoever reads the relay's log is not it.

use lotse_e2e::Stage;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

#[test]
fn l3_the_set_up_code_is_in_no_log_and_its_file_is_the_relays_alone_and_ends_with_it() {
    let mut stage = Stage::start().unwrap();
    let relay = stage.relay_mut().unwrap();
    let shown = relay.expect("set-up", 20, |_| true).unwrap();
    let file = Path::new(shown["file"].as_str().unwrap());
    let code = std::fs::read_to_string(file).unwrap();
    assert_eq!(code.trim().len(), 19, "four groups of four");
    assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    let logged = format!("{:?} {}", relay.events(), relay.errors());
    assert!(!logged.contains(code.trim()) && logged.contains("set-up"), "{logged}");
    relay.terminate();
    relay.wait_end(30).unwrap();
    assert!(!file.exists(), "the next start has another code");
}
