//! What came without a question, by the customer's standing word: with that it ends, whatever the plugin makes of it.

use super::Transfers;
use super::discarding::give_up;
use super::steer::Over;
use super::tokens::Target;
use std::sync::Arc;

impl Transfers {
    /// The word is taken back. What was agreed to one by one goes on, and what is whole stays.
    pub(crate) fn take_back(&self) {
        let unasked: Vec<Arc<Target>> = {
            let state = self.state.lock();
            state.running.values().filter(|running| running.is_unasked()).for_each(|running| running.end(Over::Cancel));
            state.targets.iter().filter(|target| target.unasked).cloned().collect()
        };
        let given_up = unasked.iter().filter(|target| give_up(target)).count();
        if given_up > 0 {
            self.write();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::shared::{REP, Shared};
    use crate::streams::tests::within;
    use crate::transfers::running::Running;
    use lotse_files::{Agreed, BATCH_BYTES};
    use lotse_runtime::{ErrorCode, Settings, Value, setting};
    use std::path::{Path, PathBuf};
    use std::time::Duration;

    fn part(folder: &Path, batch: u8) -> PathBuf {
        let part = folder.join(format!(".lotse-{}", format!("{batch:02x}").repeat(BATCH_BYTES)));
        std::fs::create_dir_all(part.join("tree")).unwrap();
        std::fs::write(part.join("tree/large"), "the half of it").unwrap();
        part
    }

    /// Scar: with the switch off again, what had come in by it went on for as long as it took.
    #[tokio::test(flavor = "multi_thread")]
    async fn c5_what_came_unasked_ends_with_the_word_that_let_it_in_and_nothing_else_does() {
        let (shared, _reports) = Shared::bare(1);
        let transfers = &shared.transfers;
        let folder = tempfile::tempdir().unwrap();
        let begin = |unasked: bool, batch: u8| {
            let place = folder.path().to_path_buf();
            let id = transfers.take_target(&shared, "a.b", place, Agreed::default(), unasked).unwrap();
            let target = transfers.target(id).unwrap();
            assert!(target.note(|state| state.batch = Some([batch; BATCH_BYTES])));
            let stream = shared.streams.insert_for(0, REP);
            let running = transfers.receive(&shared, 0, id, stream).unwrap();
            (id, target.token.clone(), running, part(folder.path(), batch), stream)
        };
        let (let_in, agreed) = (begin(true, 5), begin(false, 6));
        std::fs::write(folder.path().join("whole"), "came before").unwrap();
        let says = |facts: &Settings| setting(facts, "unasked") == Some(&Value::Flag(true));
        assert!(says(&transfers.target_facts(let_in.0)) && !says(&transfers.target_facts(agreed.0)));
        transfers.take_back();
        let ends = |id: u64| transfers.state.lock().running.get(&id).is_none_or(Running::is_ending);
        assert!(ends(let_in.2) && !ends(agreed.2));
        assert_eq!(transfers.reopen_target(&shared, "a.b", &let_in.1), Err(ErrorCode::Gone));
        assert_eq!(transfers.receive(&shared, 0, let_in.0, agreed.4), Err(ErrorCode::Gone));
        assert!(transfers.reopen_target(&shared, "a.b", &agreed.1).is_ok());
        // Whoever writes there has to be through first.
        shared.streams.drop_it(let_in.4);
        within(async {
            while let_in.3.exists() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
        assert!(agreed.3.exists() && folder.path().join("whole").exists());
        shared.streams.drop_it(agreed.4);
    }
}
