//! What nobody goes on with any more: given up while nothing runs of it, and what has arrived of it removed.

use super::steer::Over;
use super::tokens::Target;
use super::{Handle, Transfers};
use std::sync::Arc;

impl Transfers {
    /// Ends what a token of this plugin's stands for. What has no name yet is removed at once, or as soon as the thread that
    /// writes it has ended.
    pub(crate) fn discard(&self, plugin: &str, token: &str) {
        let (target, known) = {
            let mut state = self.state.lock();
            let its = state.running.values().filter(|running| running.is_of(plugin, token));
            its.for_each(|running| running.end(Over::Cancel));
            let before = state.sources.len();
            state.sources.retain(|source| source.token != token || source.plugin != plugin);
            let known = state.sources.len() < before;
            state.handles.retain(|_, handle| match handle {
                Handle::Source(source) => source.token != token || source.plugin != plugin,
                Handle::Target(_) => true,
            });
            (state.targets.iter().find(|target| target.is(plugin, token)).cloned(), known)
        };
        let spent = target.is_some_and(|target| give_up(&target));
        if known || spent {
            self.write();
        }
    }
}

/// False: it was given up before.
pub(super) fn give_up(target: &Arc<Target>) -> bool {
    // What is known to be whole has nothing left that could be removed.
    let news = target.note(|state| state.spent = true);
    if news {
        let target = target.clone();
        tokio::task::spawn_blocking(move || {
            let _turn = target.turn.blocking_lock();
            target.sweep();
        });
    }
    news
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::shared::Shared;
    use crate::transfers::tests::{come_in_part, expect_spent, picked, until_gone};
    use lotse_files::Agreed;
    use lotse_runtime::ErrorCode;

    /// Scar: what was cancelled after it had broken off lay in the person's folder until the session ended.
    #[tokio::test(flavor = "multi_thread")]
    async fn f2_what_is_cancelled_while_nothing_runs_leaves_nothing_behind_and_is_not_gone_on_with() {
        let (shared, _reports) = Shared::bare(1);
        let transfers = &shared.transfers;
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().to_path_buf();
        let id = transfers.take_target(&shared, "a.b", place, Agreed::default(), false).unwrap();
        let target = transfers.target(id).unwrap();
        let part = come_in_part(&target);
        transfers.discard("a.other", &target.token);
        assert!(transfers.reopen_target(&shared, "a.b", &target.token).is_ok(), "a token is its plugin's");
        transfers.discard("a.b", &target.token);
        until_gone(&[&part]).await;
        expect_spent(&shared, "a.b", &target, id);
    }

    #[tokio::test]
    async fn what_was_picked_and_is_discarded_is_sent_no_more() {
        let (shared, _reports) = Shared::bare(1);
        let transfers = &shared.transfers;
        let (_home, id) = picked(&shared);
        let token = transfers.token(id);
        transfers.discard("a.b", &token);
        assert_eq!(transfers.reopen_source(&shared, "a.b", &token), Err(ErrorCode::Gone));
        assert_eq!(transfers.send(&shared, 0, id, 1), Err(ErrorCode::Gone));
    }
}
