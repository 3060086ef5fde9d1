//! Messages in and out, each behind a header that tells its length.
//!
//! A message that is none is told to the client and does not end the conversation: after a bad header reading goes
//! on at the next good one.

use std::io::{BufRead, ErrorKind, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use lsp_server::Message;
use persona_ide::{Analysis, Judgement};

/// The longest message that is taken. No file of a program is near it.
const LIMIT: usize = 256 * 1024 * 1024;
/// The longest line of a header.
const LINE: u64 = 4096;

/// What came in.
#[derive(Debug)]
pub enum Incoming {
    /// A message.
    Message(Message),
    /// Something else, and why it is no message.
    Bad(String),
    /// Nothing more comes.
    Ended,
    /// Nothing of the client's: the project in this folder was looked at as a whole, if it could be.
    Judged(PathBuf, Option<Judged>),
}

/// What was looked at, and what was found.
pub type Judged = (Arc<Analysis>, Judgement);

/// Reads until the input ends or nobody listens any more.
pub fn read(input: &mut impl BufRead, to: &Sender<Incoming>) {
    read_all(input, to);
    // Where nobody listens, nobody has to be told.
    let _ = to.send(Incoming::Ended);
}

fn read_all(input: &mut impl BufRead, to: &Sender<Incoming>) {
    // One complaint a stretch of rubbish: its lines are not complained of one by one.
    let mut complained = false;
    loop {
        let incoming = match message(input) {
            Ok(Some(message)) => {
                complained = false;
                Incoming::Message(message)
            }
            Ok(None) => return,
            Err(Fault::Rubbish(_)) if complained => continue,
            Err(Fault::Rubbish(why)) => {
                complained = true;
                Incoming::Bad(why)
            }
            Err(Fault::Body(why)) => Incoming::Bad(why),
            Err(Fault::Ended) => return,
        };
        if to.send(incoming).is_err() {
            return;
        }
    }
}

enum Fault {
    /// Not a header.
    Rubbish(String),
    /// A header with a body that is no message.
    Body(String),
    /// The input cannot be read any more.
    Ended,
}

fn message(input: &mut impl BufRead) -> Result<Option<Message>, Fault> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        match input.take(LINE).read_until(b'\n', &mut line) {
            Ok(0) => return Ok(None),
            Ok(_) => {}
            Err(e) if e.kind() == ErrorKind::Interrupted => continue,
            Err(_) => return Err(Fault::Ended),
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end_matches(['\r', '\n']);
        if line.is_empty() {
            if length.is_some() {
                break;
            }
            continue;
        }
        let Some((name, value)) = line.split_once(':') else {
            return Err(Fault::Rubbish("a header is written `Content-Length: 123`".into()));
        };
        if name.trim().eq_ignore_ascii_case("content-length") {
            let number = value.trim().parse::<usize>().ok().filter(|n| *n <= LIMIT);
            let why = "the length of a message is a number of bytes, at most 256 MiB";
            length = Some(number.ok_or_else(|| Fault::Rubbish(why.into()))?);
        } else if !name.trim().eq_ignore_ascii_case("content-type") {
            return Err(Fault::Rubbish("this is no header of a message".into()));
        }
    }
    let mut body = Vec::new();
    let length = length.unwrap_or(0);
    match input.take(length as u64).read_to_end(&mut body) {
        Ok(read) if read == length => {}
        _ => return Err(Fault::Ended),
    }
    match serde_json::from_slice(&body) {
        Ok(message) => Ok(Some(message)),
        Err(e) => Err(Fault::Body(format!("this is no message: {e}"))),
    }
}

/// Writes a message.
pub fn write(message: &Message, output: &mut impl Write) -> std::io::Result<()> {
    message.write(output)
}

/// Tells the client that something was no message: nobody knows to which question that is the answer.
pub fn complain(why: &str, output: &mut impl Write) -> std::io::Result<()> {
    let code = lsp_server::ErrorCode::ParseError as i32;
    let body = serde_json::json!({"jsonrpc": "2.0", "id": null, "error": {"code": code, "message": why}});
    let body = body.to_string();
    write!(output, "Content-Length: {}\r\n\r\n{body}", body.len())?;
    output.flush()
}
