//! The relay's pages as a browser without a script gets them: cookies, forms, redirects, over TLS.

use crate::http::Exchange;
use lotse_e2e::Result;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Longer than the relay keeps anybody waiting.
const WITHIN: Duration = Duration::from_secs(60);

/// What the relay answered.
pub struct Answer {
    pub status: u16,
    pub location: String,
    pub body: String,
}

impl Answer {
    /// What stands between two pieces of the page.
    pub fn between(&self, before: &str, after: &str) -> String {
        let rest = self.body.split(before).nth(1);
        let found = rest.and_then(|rest| rest.split(after).next());
        found.unwrap_or_else(|| panic!("no {before} on the page, status {}:\n{}", self.status, self.body)).to_owned()
    }
}

/// One person's browser.
pub struct Pages {
    url: String,
    language: &'static str,
    cookies: BTreeMap<String, String>,
    form_token: String,
    runtime: Runtime,
}

impl Pages {
    /// `url` is what goes into `--relay`.
    pub fn new(url: &str, language: &'static str) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { url: url.to_owned(), language, cookies: BTreeMap::new(), form_token: String::new(), runtime })
    }

    /// Loads a page, and what it leads to.
    pub fn get(&mut self, path: &str) -> Result<Answer> {
        let mut answer = self.request("GET", path, "")?;
        while answer.status == 303 {
            let to = answer.location.clone();
            answer = self.request("GET", &to, "")?;
        }
        Ok(answer)
    }

    /// Sends a form of the page that was loaded last, and goes where that leads.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        let mut body = format!("form-token={}", self.form_token);
        for (name, value) in fields {
            body += &format!("&{name}={}", encoded(value));
        }
        let answer = self.request("POST", path, &body)?;
        if answer.status == 303 { self.get(&answer.location.clone()) } else { Ok(answer) }
    }

    fn request(&mut self, method: &str, path: &str, body: &str) -> Result<Answer> {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let headers = format!(
            "Connection: close\r\nAccept: text/html\r\nAccept-Language: {}\r\nCookie: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n",
            self.language,
            cookies.join("; "),
            body.len()
        );
        let line = format!("{method} {path}");
        let asked = async { tokio::time::timeout(WITHIN, ask(&self.url, &line, &headers, body)).await };
        let (answer, body) = self.runtime.block_on(asked).map_err(|_| format!("{path}: no answer"))??;
        for cookie in answer.all("set-cookie") {
            let pair = cookie.split(';').next().and_then(|pair| pair.split_once('='));
            let (name, value) = pair.ok_or("a cookie without a value")?;
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        if let Some(token) = body.split("name=\"form-token\" value=\"").nth(1) {
            self.form_token = token.split('"').next().unwrap_or_default().to_owned();
        }
        let location = answer.all("location").next().unwrap_or_default().to_owned();
        Ok(Answer { status: answer.status, location, body })
    }
}

async fn ask(url: &str, line: &str, headers: &str, body: &str) -> Result<(Exchange, String)> {
    let mut answer = Exchange::begin(url, line, headers, body).await?;
    let body = answer.whole().await?;
    Ok((answer, body))
}

fn encoded(text: &str) -> String {
    let byte =
        |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(byte).collect()
}
