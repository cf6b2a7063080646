//! The account's licence: checked, kept for windows, and handed on to every session.

use super::Core;
use crate::rep_view::{FeatureView, LicenceView, SignIn};
use crate::session::ToSession;
use lotse_protocol::licence::{SignedLicence, WARNING_S};
use lotse_protocol::tidy;
use std::sync::Arc;

/// Longest contact that is shown, in characters: as long as a relay lets one be.
const CONTACT_CHARS_MAX: usize = 200;

impl Core {
    /// The relay says what the licence is now. Each session checks it for itself.
    pub(super) async fn on_licence(&mut self, licence: SignedLicence, now_s: i64) {
        let Some(licences) = self.licences.map(|licences| licences.told(now_s)) else { return };
        self.licences = Some(licences);
        let SignIn::In { account, .. } = &self.sign_in else { return };
        match licences.check(&licence, account) {
            Ok(good) => self.licence = (Some(good), None),
            Err(why) => {
                tracing::warn!(%why, "the account's licence is not taken");
                self.licence.1 = Some(why);
            }
        }
        let licence = Arc::new(licence);
        for entry in &self.sessions {
            let _ = entry.handle.inbox.send(ToSession::Licence { licence: licence.clone(), licences }).await;
        }
    }

    /// As windows show it.
    pub(super) fn licence_view(&self) -> Arc<LicenceView> {
        let (good, refused) = &self.licence;
        let (Some(good), Some(licences)) = (good, self.licences) else {
            return Arc::new(LicenceView { refused: refused.clone(), ..LicenceView::default() });
        };
        let now_s = licences.now_s();
        let feature = |(name, term): (&String, &lotse_protocol::licence::Term)| FeatureView {
            name: name.clone(),
            licensed: good.covers(name, now_s),
            ends_s: term.ends_within(now_s, WARNING_S),
        };
        Arc::new(LicenceView {
            contact: tidy(&good.contact, CONTACT_CHARS_MAX),
            features: good.features.iter().map(feature).collect(),
            refused: refused.clone(),
        })
    }
}
