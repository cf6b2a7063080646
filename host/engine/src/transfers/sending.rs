//! One batch onto a stream: the sender's machine joined to the two halves. Runs on a thread of its own, since it reads disks.

use super::steer::{Over, Waits, Wish, changed, is_over};
use super::{CANCELLED_CODE, LOOK_EVERY, RESET_CODE, ended_by};
use crate::streams::Halves;
use futures_util::FutureExt;
use lotse_files::{End, Next, Outcome, Progress, Sender};
use lotse_transport::{RecvStream, StreamError};
use std::pin::pin;
use std::time::Duration;
use tokio::sync::watch;

/// The receiver says little.
const WORDS_BYTES: usize = 64 * 1024;
/// What a receiver that wants no more said before is waited for so long.
const LAST_WORDS: Duration = Duration::from_secs(5);

pub(crate) async fn send(
    mut sender: Sender,
    halves: Halves,
    mut wishes: watch::Receiver<Wish>,
    mut told: impl FnMut(&Progress, Waits),
) -> End {
    let Halves { mut send, mut recv } = halves;
    let mut words = vec![0; WORDS_BYTES];
    loop {
        let wish = *wishes.borrow_and_update();
        if let Some(over) = wish.over {
            let (code, outcome) = match over {
                Over::Cancel => (CANCELLED_CODE, Outcome::Cancelled),
                Over::LetGo => (RESET_CODE, Outcome::Broken),
            };
            send.reset(code);
            recv.stop(code);
            return End { outcome, detail: String::new() };
        }
        sender.pause(wish.stands());
        while let Some(read) = recv.read(&mut words).now_or_never() {
            if let Err(end) = hear(&mut sender, &words, read) {
                return end;
            }
        }
        let (progress, waiting) = (sender.progress().clone(), waits(&sender, wish));
        told(&progress, waiting);
        match sender.poll() {
            Next::Send(bytes) => {
                let written = {
                    let mut writing = pin!(send.write_all(bytes));
                    loop {
                        tokio::select! {
                            biased;
                            () = is_over(&mut wishes) => break None,
                            written = &mut writing => break Some(written),
                            () = tokio::time::sleep(LOOK_EVERY) => told(&progress, waiting),
                        }
                    }
                };
                if let Some(Err(problem)) = written {
                    return last_words(&mut sender, &mut recv, &mut words, &problem).await;
                }
            }
            Next::Wait => {
                tokio::select! {
                    () = changed(&mut wishes) => {}
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                    read = recv.read(&mut words) => if let Err(end) = hear(&mut sender, &words, read) {
                        return end;
                    },
                }
            }
            Next::Over(end) => {
                // Everything that was said still arrives.
                let _ = send.finish();
                return end.clone();
            }
        }
    }
}

/// Takes what the receiver said. Its end is the batch's, if that has not ended before.
fn hear(sender: &mut Sender, words: &[u8], read: Result<Option<usize>, StreamError>) -> Result<(), End> {
    let end = match read {
        Ok(Some(bytes)) => {
            sender.feed(words.get(..bytes).unwrap_or_default());
            return Ok(());
        }
        Ok(None) => End { outcome: Outcome::Broken, detail: String::new() },
        Err(problem) => ended_by(&problem),
    };
    Err(sender.end().cloned().unwrap_or(end))
}

/// The receiver takes no more: it may have said why.
async fn last_words(sender: &mut Sender, recv: &mut RecvStream, words: &mut [u8], problem: &StreamError) -> End {
    let reading = async {
        loop {
            let read = recv.read(words).await;
            if let Err(end) = hear(sender, words, read) {
                return end;
            }
        }
    };
    match tokio::time::timeout(LAST_WORDS, reading).await {
        Ok(end) if end.outcome != Outcome::Broken => end,
        Ok(_) | Err(_) => ended_by(problem),
    }
}

fn waits(sender: &Sender, wish: Wish) -> Waits {
    if wish.stands() {
        Waits::Here
    } else if sender.is_paused_there() {
        Waits::There
    } else {
        Waits::No
    }
}
