//! The ways to customers' pages: a channel for each question whose page is there, and one for each portal that is looked at.
//!
//! Each holds the newest alone, so that no page that reads slowly costs anything. That a page is gone is seen by its channel,
//! which nobody holds any more.

use crate::hub::{PortalStatus, QuestionNews};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use lotse_protocol::question::QuestionId;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::pin::Pin;
use tokio::sync::watch;

/// Portals whose status is kept. Beyond, a page sees nobody there; the accounts' own bounds are reached long before.
const STATUSES_MAX: usize = 50_000;

/// How each portal stands. Pages read it without waiting for the switchboard.
#[derive(Default)]
pub(super) struct Statuses(Mutex<HashMap<i64, watch::Sender<PortalStatus>>>);

impl Statuses {
    /// How a portal stands, and every change. One that is not known has nobody.
    pub fn of(&self, portal: i64) -> watch::Receiver<PortalStatus> {
        let mut statuses = self.0.lock();
        if !statuses.contains_key(&portal) && statuses.len() >= STATUSES_MAX {
            return watch::channel(PortalStatus::default()).1;
        }
        statuses.entry(portal).or_default().subscribe()
    }

    pub fn tell(&self, portal: i64, status: PortalStatus) {
        let mut statuses = self.0.lock();
        let known = statuses.get(&portal).map(watch::Sender::receiver_count);
        let nothing = status == PortalStatus::default();
        if nothing && known == Some(0) {
            statuses.remove(&portal);
        } else if known.is_some() || (!nothing && statuses.len() < STATUSES_MAX) {
            let _ = statuses.entry(portal).or_default().send_replace(status);
        }
    }
}

struct Page {
    news: watch::Sender<QuestionNews>,
    /// Whether it is noticed when nobody holds it any more.
    watched: bool,
}

type Gone = Pin<Box<dyn Future<Output = QuestionId> + Send>>;

/// The channels of questions whose pages are there.
#[derive(Default)]
pub(super) struct Pages {
    pages: HashMap<QuestionId, Page>,
    watching: FuturesUnordered<Gone>,
}

impl Pages {
    /// News for a page, if it is there. With the last its channel is over.
    pub fn tell(&mut self, question: QuestionId, news: QuestionNews) {
        let over = matches!(news, QuestionNews::Ended(_));
        if let Some(page) = self.pages.get(&question) {
            let _ = page.news.send_replace(news);
        }
        if over {
            self.pages.remove(&question);
        }
    }

    /// A page is there; `news` is how its question stands. Of one that is over nothing follows, and nothing is kept.
    pub fn follow(&mut self, question: QuestionId, news: QuestionNews) -> watch::Receiver<QuestionNews> {
        if matches!(news, QuestionNews::Ended(_)) {
            return watch::channel(news).1;
        }
        let page = self
            .pages
            .entry(question)
            .or_insert_with(|| Page { news: watch::Sender::new(news.clone()), watched: false });
        let _ = page.news.send_replace(news);
        let receiver = page.news.subscribe();
        self.watch(question);
        receiver
    }

    /// The next question whose page may be gone. `None`: no page is there.
    pub async fn next_gone(&mut self) -> Option<QuestionId> {
        self.watching.next().await
    }

    /// Whether the page is really gone, and not back meanwhile.
    pub fn is_gone(&mut self, question: QuestionId) -> bool {
        let Some(page) = self.pages.get_mut(&question) else { return false };
        page.watched = false;
        if page.news.receiver_count() > 0 {
            self.watch(question);
            return false;
        }
        self.pages.remove(&question);
        true
    }

    fn watch(&mut self, question: QuestionId) {
        let Some(page) = self.pages.get_mut(&question).filter(|page| !page.watched) else { return };
        page.watched = true;
        let news = page.news.clone();
        self.watching.push(Box::pin(async move {
            news.closed().await;
            question
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::Over;

    const QUESTION: QuestionId = QuestionId([1; 16]);

    fn taken(rep: &str) -> QuestionNews {
        QuestionNews::Taken { rep: rep.into() }
    }

    #[tokio::test]
    async fn a_page_is_gone_when_nobody_holds_it_and_not_while_another_does() {
        let mut pages = Pages::default();
        let first = pages.follow(QUESTION, taken("Anna"));
        let second = pages.follow(QUESTION, taken("Bo"));
        assert_eq!((&*first.borrow(), pages.watching.len()), (&taken("Bo"), 1), "one channel, looked at once");
        drop((first, second));
        assert_eq!(pages.next_gone().await, Some(QUESTION));
        let back = pages.follow(QUESTION, taken("Cy"));
        assert!(!pages.is_gone(QUESTION), "it came back in between");
        drop(back);
        assert_eq!(pages.next_gone().await, Some(QUESTION));
        assert!(pages.is_gone(QUESTION) && pages.pages.is_empty());
        assert_eq!(pages.next_gone().await, None);
    }

    #[tokio::test]
    async fn the_last_news_stand_there_and_the_channel_is_over() {
        let mut pages = Pages::default();
        let page = pages.follow(QUESTION, taken("Anna"));
        pages.tell(QUESTION, QuestionNews::Ended(Over::Left));
        assert_eq!(*page.borrow(), QuestionNews::Ended(Over::Left));
        assert!(pages.pages.is_empty());
        drop(page);
        assert_eq!(pages.next_gone().await, Some(QUESTION));
        assert!(!pages.is_gone(QUESTION));
    }

    #[test]
    fn a_page_that_comes_back_to_an_end_is_told_it_and_takes_no_room() {
        let mut pages = Pages::default();
        let page = pages.follow(QUESTION, QuestionNews::Ended(Over::Closed));
        assert_eq!(*page.borrow(), QuestionNews::Ended(Over::Closed));
        assert!(pages.pages.is_empty() && pages.watching.is_empty());
    }

    #[test]
    fn a_portal_that_nobody_looks_at_and_nobody_serves_takes_no_room() {
        let statuses = Statuses::default();
        let page = statuses.of(7);
        let status = PortalStatus { reps: 2, waiting: 1 };
        statuses.tell(7, status);
        assert_eq!(*page.borrow(), status);
        drop(page);
        statuses.tell(7, PortalStatus::default());
        statuses.tell(8, PortalStatus::default());
        assert!(statuses.0.lock().is_empty());
        statuses.tell(7, status);
        assert_eq!(*statuses.of(7).borrow(), status);
    }
}
