//! The pages' storage in SQLite, handed on by noun.

use super::{SqliteStore, accounts, operators, web_people, web_sessions};
use crate::store::web::{
    AccountEdit, Edited, Holder, NewOperator, NewPerson, NewWebSession, Operator, Person, PersonEdit, Web, WebPerson,
    WebSession,
};
use crate::store::{Account, StoreError};
use crate::token::TokenHash;

#[async_trait::async_trait]
impl Web for SqliteStore {
    async fn operators(&self) -> Result<Vec<Operator>, StoreError> {
        operators::all(self).await
    }

    async fn operator_by_user(&self, user: &str) -> Result<Option<Operator>, StoreError> {
        operators::by_user(self, user).await
    }

    async fn add_operator(&self, operator: NewOperator, first: bool, now_s: i64) -> Result<bool, StoreError> {
        operators::add(self, operator, first, now_s).await
    }

    async fn remove_operator(&self, user: &str) -> Result<bool, StoreError> {
        operators::remove(self, user).await
    }

    async fn set_operator_password(&self, user: &str, password_hash: String) -> Result<bool, StoreError> {
        operators::set_password(self, user, password_hash).await
    }

    async fn add_web_session(&self, session: NewWebSession, now_s: i64) -> Result<bool, StoreError> {
        web_sessions::add(self, session, now_s).await
    }

    async fn use_web_session(
        &self,
        token: TokenHash,
        noted: bool,
        now_s: i64,
    ) -> Result<Option<WebPerson>, StoreError> {
        web_sessions::take(self, token, noted, now_s).await
    }

    async fn web_sessions(&self, of: Holder, now_s: i64) -> Result<Vec<WebSession>, StoreError> {
        web_sessions::all(self, of, now_s).await
    }

    async fn end_web_session(&self, of: Holder, session: i64) -> Result<bool, StoreError> {
        web_sessions::end(self, of, session).await
    }

    async fn account_by_id(&self, account: i64) -> Result<Option<Account>, StoreError> {
        accounts::by_id(self, account).await
    }

    async fn edit_account(&self, account: i64, seen: &str, edit: AccountEdit) -> Result<Edited, StoreError> {
        accounts::edit(self, account, seen, edit).await
    }

    async fn people_of(&self, account: i64) -> Result<Vec<Person>, StoreError> {
        web_people::all(self, account).await
    }

    async fn person(&self, account: i64, rep: i64) -> Result<Option<Person>, StoreError> {
        web_people::one(self, account, rep).await
    }

    async fn add_person(&self, account: i64, person: NewPerson, now_s: i64) -> Result<Option<i64>, StoreError> {
        web_people::add(self, account, person, now_s).await
    }

    async fn edit_person(&self, rep: i64, seen: &str, edit: PersonEdit) -> Result<Edited, StoreError> {
        web_people::edit(self, rep, seen, edit).await
    }

    async fn end_all_sign_ins(&self, rep: i64) -> Result<(), StoreError> {
        web_people::end_all_sign_ins(self, rep).await
    }

    async fn running_since(&self, account: i64) -> Result<Vec<(String, i64)>, StoreError> {
        web_sessions::running_since(self, account).await
    }
}
