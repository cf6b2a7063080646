//! HTTP/1.1 over TLS by hand: a request, and its answer as it comes or as a whole.

use crate::dial::{Tls, address, tls};
use lotse_e2e::Result;
use std::io::ErrorKind;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Pages and events are far smaller.
const BYTES_MAX: usize = 1 << 20;

/// A request, and its answer as it comes.
pub struct Exchange {
    stream: Tls,
    pub status: u16,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    /// Came and is not taken apart yet.
    raw: Vec<u8>,
    body: Vec<u8>,
    over: bool,
}

impl Exchange {
    /// Sends it, and reads the answer's head. `line`: such as `GET /p/acme`; `headers`: whole lines, each with its end.
    pub async fn begin(url: &str, line: &str, headers: &str, body: &str) -> Result<Self> {
        let mut stream = tls(url).await?;
        let host = address(url)?;
        stream.write_all(format!("{line} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n{body}").as_bytes()).await?;
        stream.flush().await?;
        let mut raw = Vec::new();
        let end = loop {
            if let Some(at) = raw.windows(4).position(|four| four == b"\r\n\r\n") {
                break at;
            }
            if !read(&mut stream, &mut raw).await? {
                return Err(format!("{line}: no answer").into());
            }
        };
        let head = String::from_utf8(raw.drain(..end + 4).collect())?;
        let mut lines = head.lines();
        let status: u16 = lines.next().and_then(|line| line.split(' ').nth(1)).ok_or("no status")?.parse()?;
        let header = |line: &str| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_lowercase(), value.trim().to_owned()))
        };
        let headers = lines.filter_map(header).collect();
        Ok(Self { stream, status, headers, raw, body: Vec::new(), over: false })
    }

    /// The values of every header of this name, which is in lower case.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(of, _)| of == name).map(|(_, value)| value.as_str())
    }

    /// What has come of the body and was not taken out.
    pub fn body(&mut self) -> Result<&mut Vec<u8>> {
        if self.all("transfer-encoding").next() != Some("chunked") {
            self.body.append(&mut self.raw);
            return Ok(&mut self.body);
        }
        while let Some(at) = self.raw.windows(2).position(|two| two == b"\r\n") {
            let size = usize::from_str_radix(std::str::from_utf8(&self.raw[..at])?.trim(), 16)?;
            if self.raw.len() < at + 2 + size + 2 {
                break;
            }
            self.body.extend_from_slice(&self.raw[at + 2..at + 2 + size]);
            self.raw.drain(..at + 2 + size + 2);
            self.over |= size == 0;
        }
        Ok(&mut self.body)
    }

    /// Waits for more of it. False: there is none.
    pub async fn more(&mut self) -> Result<bool> {
        Ok(!self.over && read(&mut self.stream, &mut self.raw).await?)
    }

    /// The whole body of an answer that ends.
    pub async fn whole(&mut self) -> Result<String> {
        let length: Option<usize> = self.all("content-length").next().and_then(|length| length.parse().ok());
        loop {
            let came = self.body()?.len();
            let is_whole = length.is_some_and(|length| came >= length);
            if is_whole || !self.more().await? {
                if length.is_some() && !is_whole {
                    return Err("the relay has hung up within its answer".into());
                }
                return Ok(String::from_utf8(std::mem::take(&mut self.body))?);
            }
        }
    }
}

/// False: the relay has hung up, which is how some answers end.
async fn read(stream: &mut Tls, into: &mut Vec<u8>) -> Result<bool> {
    let mut piece = [0; 4096];
    let count = match stream.read(&mut piece).await {
        Ok(count) => count,
        // A relay that ends the connection without a word more has said everything.
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => 0,
        Err(error) => return Err(error.into()),
    };
    if into.len() > BYTES_MAX {
        return Err("the relay says too much".into());
    }
    into.extend_from_slice(&piece[..count]);
    Ok(count > 0)
}
