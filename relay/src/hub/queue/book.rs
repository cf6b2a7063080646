//! The book of questions: every line in order, and what is due. Decides nothing.

use super::question::{Due, Place, Question, State};
use super::routes::{Group, Route};
use lotse_protocol::control::SessionId;
use lotse_protocol::question::QuestionId;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;

/// Questions looked at for one rep. Those before were passed by that rep and come again soon, or were refused many times: nobody
/// passes so many in that time who reads them.
const SEARCH_MAX: usize = 256;

/// What waits for one group of reps.
#[derive(Debug, Default)]
struct Line {
    waiting: BTreeMap<Place, QuestionId>,
    /// Those of them that may be offered, and are to nobody.
    open: BTreeMap<Place, QuestionId>,
}

/// Every question.
#[derive(Debug)]
pub(in crate::hub) struct Book {
    questions: HashMap<QuestionId, Question>,
    of_sessions: HashMap<SessionId, QuestionId>,
    routes: BTreeMap<i64, Route>,
    /// They were said, if only that there are none.
    routes_known: bool,
    portals_of: BTreeMap<Group, Vec<i64>>,
    portals_of_accounts: HashMap<i64, Vec<i64>>,
    by_portal: HashMap<i64, BTreeMap<Place, QuestionId>>,
    lines: BTreeMap<Group, Line>,
    due: BTreeSet<(u64, QuestionId)>,
    /// Became open since a rep was last looked for.
    opened: BTreeSet<(Place, QuestionId)>,
    page_keep_ms: u64,
    last: u64,
    in_line: usize,
    offered: usize,
}

impl Book {
    /// An empty one. `page_keep_ms`: how long a question waits for its page.
    pub fn new(page_keep_ms: u64) -> Self {
        Self {
            questions: HashMap::new(),
            of_sessions: HashMap::new(),
            routes: BTreeMap::new(),
            routes_known: false,
            portals_of: BTreeMap::new(),
            portals_of_accounts: HashMap::new(),
            by_portal: HashMap::new(),
            lines: BTreeMap::new(),
            due: BTreeSet::new(),
            opened: BTreeSet::new(),
            page_keep_ms,
            last: 0,
            in_line: 0,
            offered: 0,
        }
    }

    /// The number of whoever asks now.
    pub fn next_number(&mut self) -> u64 {
        self.last = self.last.saturating_add(1);
        self.last
    }

    pub fn insert(&mut self, question: Question) {
        self.list(&question);
        self.questions.insert(question.id, question);
    }

    pub fn get(&self, id: QuestionId) -> Option<&Question> {
        self.questions.get(&id)
    }

    /// Changes a question and puts it where it belongs then. `None`: it is not known.
    pub fn change<R>(&mut self, id: QuestionId, change: impl FnOnce(&mut Question) -> R) -> Option<R> {
        let mut question = self.questions.remove(&id)?;
        self.unlist(&question);
        let result = change(&mut question);
        self.insert(question);
        Some(result)
    }

    pub fn remove(&mut self, id: QuestionId) -> Option<Question> {
        let question = self.questions.remove(&id)?;
        self.unlist(&question);
        Some(question)
    }

    /// The question that this session began with.
    pub fn of_session(&self, session: SessionId) -> Option<QuestionId> {
        self.of_sessions.get(&session).copied()
    }

    /// Notes what a page was told, which moves nothing.
    pub fn note_told(&mut self, id: QuestionId, told: (u32, u32)) {
        if let Some(question) = self.questions.get_mut(&id) {
            question.told = told;
        }
    }

    /// Questions of any state.
    pub fn len(&self) -> usize {
        self.questions.len()
    }

    /// Those that wait, and those of them that are offered.
    pub fn counts(&self) -> (usize, usize) {
        (self.in_line, self.offered)
    }

    pub fn route(&self, portal: i64) -> Option<&Route> {
        self.routes.get(&portal)
    }

    pub fn group_of(&self, portal: i64) -> Option<Group> {
        self.routes.get(&portal).map(Group::of)
    }

    pub fn portals(&self) -> Vec<i64> {
        self.routes.keys().copied().collect()
    }

    pub fn portals_of(&self, group: Group) -> &[i64] {
        self.portals_of.get(&group).map(Vec::as_slice).unwrap_or_default()
    }

    pub fn portals_of_account(&self, account: i64) -> &[i64] {
        self.portals_of_accounts.get(&account).map(Vec::as_slice).unwrap_or_default()
    }

    /// Takes in which portals there are, if they are others than before. Those waiting at one that is none any more; `None`:
    /// nothing changed.
    pub fn set_routes(&mut self, portals: Vec<Route>) -> Option<Vec<QuestionId>> {
        let same = |route: &Route| self.routes.get(&route.portal) == Some(route);
        if self.routes_known && portals.len() == self.routes.len() && portals.iter().all(same) {
            return None;
        }
        self.routes_known = true;
        let questions = std::mem::take(&mut self.questions);
        for question in questions.values() {
            self.unlist(question);
        }
        self.portals_of.clear();
        self.portals_of_accounts.clear();
        for route in &portals {
            self.portals_of_accounts.entry(route.account).or_default().push(route.portal);
            self.portals_of.entry(Group::of(route)).or_default().push(route.portal);
        }
        self.routes = portals.into_iter().map(|route| (route.portal, route)).collect();
        let mut gone = vec![];
        for question in questions.into_values() {
            if question.is_in_line() && !self.routes.contains_key(&question.portal) {
                gone.push(question.id);
            }
            self.insert(question);
        }
        gone.sort_unstable();
        Some(gone)
    }

    /// Who stands in a portal's line, in order.
    pub fn line(&self, portal: i64) -> impl Iterator<Item = &Question> {
        self.by_portal.get(&portal).into_iter().flatten().filter_map(|(_, id)| self.questions.get(id))
    }

    /// Who stands there behind a place, in order.
    pub fn line_behind(&self, portal: i64, after: Option<Place>) -> impl Iterator<Item = &Question> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let line = self.by_portal.get(&portal).into_iter();
        let behind = line.flat_map(move |line| line.range((from, Bound::Unbounded)));
        behind.filter_map(|(_, id)| self.questions.get(id))
    }

    /// How many stand there.
    pub fn line_len(&self, portal: i64) -> usize {
        self.by_portal.get(&portal).map_or(0, BTreeMap::len)
    }

    /// The first question for these groups that is offered to nobody and `may` be.
    pub fn first_open(&self, groups: &[Group], may: impl Fn(&Question) -> bool) -> Option<QuestionId> {
        let of_group = |group: &Group| {
            let open = self.lines.get(group)?.open.iter().take(SEARCH_MAX);
            open.filter_map(|(place, id)| Some((*place, self.questions.get(id)?)))
                .find(|&(_, question)| may(question))
                .map(|(place, question)| (place, question.id))
        };
        groups.iter().filter_map(of_group).min().map(|(_, id)| id)
    }

    /// What waits for these groups, in order: at most `max`, and the number of the rest.
    pub fn listed(&self, groups: &[Group], max: usize) -> (Vec<&Question>, usize) {
        let lines: Vec<&Line> = groups.iter().filter_map(|group| self.lines.get(group)).collect();
        let mut first: Vec<(Place, QuestionId)> =
            lines.iter().flat_map(|line| line.waiting.iter().take(max)).map(|(place, id)| (*place, *id)).collect();
        first.sort_unstable();
        first.truncate(max);
        let all: usize = lines.iter().map(|line| line.waiting.len()).sum();
        let more = all.saturating_sub(first.len());
        (first.into_iter().filter_map(|(_, id)| self.questions.get(&id)).collect(), more)
    }

    /// The next question that became open, each once.
    pub fn next_opened(&mut self) -> Option<QuestionId> {
        self.opened.pop_first().map(|(_, id)| id)
    }

    pub fn first_due(&self) -> Option<u64> {
        self.due.first().map(|(due_ms, _)| *due_ms)
    }

    /// A question of which something is due now. It stays due until it is changed.
    pub fn next_due(&self, now_ms: u64) -> Option<(QuestionId, Due)> {
        let (_, id) = self.due.first().filter(|(due_ms, _)| *due_ms <= now_ms)?;
        let (_, due) = self.questions.get(id)?.due(self.page_keep_ms)?;
        Some((*id, due))
    }

    fn list(&mut self, question: &Question) {
        let (id, place) = (question.id, question.place);
        if let Some((due_ms, _)) = question.due(self.page_keep_ms) {
            self.due.insert((due_ms, id));
        }
        let open = match &question.state {
            State::Taken { session, .. } | State::Running { session, .. } => {
                self.of_sessions.insert(*session, id);
                return;
            }
            State::Waiting => question.is_open(),
            State::Offered { .. } => false,
        };
        self.in_line += 1;
        self.offered += usize::from(question.state != State::Waiting);
        self.by_portal.entry(question.portal).or_default().insert(place, id);
        let Some(group) = self.group_of(question.portal) else { return };
        let line = self.lines.entry(group).or_default();
        line.waiting.insert(place, id);
        if open {
            line.open.insert(place, id);
            self.opened.insert((place, id));
        }
    }

    fn unlist(&mut self, question: &Question) {
        let (id, place) = (question.id, question.place);
        if let Some((due_ms, _)) = question.due(self.page_keep_ms) {
            self.due.remove(&(due_ms, id));
        }
        match &question.state {
            State::Taken { session, .. } | State::Running { session, .. } => {
                self.of_sessions.remove(session);
                return;
            }
            State::Waiting => {}
            State::Offered { .. } => self.offered = self.offered.saturating_sub(1),
        }
        self.in_line = self.in_line.saturating_sub(1);
        self.opened.remove(&(place, id));
        if let Some(line) = self.by_portal.get_mut(&question.portal) {
            line.remove(&place);
            if line.is_empty() {
                self.by_portal.remove(&question.portal);
            }
        }
        let Some(group) = self.group_of(question.portal) else { return };
        if let Some(line) = self.lines.get_mut(&group) {
            line.open.remove(&place);
            line.waiting.remove(&place);
            if line.waiting.is_empty() {
                self.lines.remove(&group);
            }
        }
    }
}

#[cfg(test)]
impl Book {
    /// Every question; and the lines agree with them.
    pub fn check(&self) -> impl Iterator<Item = &Question> {
        let in_line = self.questions.values().filter(|question| question.is_in_line()).count();
        let offered = |question: &&Question| matches!(question.state, State::Offered { .. });
        assert_eq!(self.counts(), (in_line, self.questions.values().filter(offered).count()));
        assert_eq!(self.by_portal.values().map(BTreeMap::len).sum::<usize>(), in_line);
        assert_eq!(self.lines.values().map(|line| line.waiting.len()).sum::<usize>(), in_line);
        let open = self.questions.values().filter(|question| question.is_open()).count();
        assert_eq!(self.lines.values().map(|line| line.open.len()).sum::<usize>(), open);
        assert_eq!(self.of_sessions.len(), self.questions.len() - in_line);
        let due = self.questions.values().filter(|question| question.due(self.page_keep_ms).is_some()).count();
        assert_eq!(self.due.len(), due);
        self.questions.values()
    }
}
