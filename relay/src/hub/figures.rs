//! How much there is of what at one moment, for the relay's operator.

use super::Hub;
use super::session::Stage;
use lotse_protocol::control::Side;
use std::collections::HashSet;

/// Numbers of a hub. Counted when asked for, which takes as long as there are connections and sessions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    pub rep_connections: u64,
    pub customer_connections: u64,
    /// Sign-ins with a connection.
    pub reps_signed_in: u64,
    /// Codes that lead somewhere.
    pub codes: u64,
    pub sessions_open: u64,
    pub sessions_pairing: u64,
    pub sessions_running: u64,
    /// Questions in line, offered or not.
    pub questions_waiting: u64,
    /// Those of them that are offered to a rep.
    pub questions_offered: u64,
}

impl Hub {
    /// Counts everything.
    pub fn figures(&self) -> Figures {
        let (waiting, offered) = self.office.book.counts();
        let mut figures = Figures {
            reps_signed_in: self.sign_ins.len() as u64,
            codes: self.codes.alive() as u64,
            questions_waiting: waiting as u64,
            questions_offered: offered as u64,
            ..Figures::default()
        };
        for connection in self.connections.values() {
            match connection.side {
                Side::Rep => figures.rep_connections += 1,
                Side::Customer => figures.customer_connections += 1,
            }
        }
        for session in self.sessions.values() {
            match session.stage {
                Stage::Open { .. } => figures.sessions_open += 1,
                Stage::Pairing { .. } => figures.sessions_pairing += 1,
                Stage::Running => figures.sessions_running += 1,
            }
        }
        figures
    }

    /// Digests of the packages that sessions have in their lists, whatever new ones get.
    pub fn plugins_in_use(&self) -> HashSet<[u8; 32]> {
        let lists = self.sessions.values().flat_map(|session| session.plugins.iter());
        lists.map(|plugin| plugin.digest).collect()
    }
}
