//! A Snowflake account as far as its driver can tell: the documented requests of a session, answered over HTTP.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

/// What the account answers to a statement.
pub enum Answer {
    /// Columns, each with its name and its type, and rows of text.
    Rows(&'static [(&'static str, &'static str)], &'static [&'static [Option<&'static str>]]),
    /// A number and a sentence.
    Refusal(&'static str, &'static str),
}

/// Serves one account on a port of its own until the test ends. `secret` is the only password it takes.
pub fn serve(answer: fn(&str) -> Answer) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || session(stream.unwrap(), answer));
        }
    });
    port
}

/// Requests on one connection, in order.
fn session(stream: TcpStream, answer: fn(&str) -> Answer) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut writer = stream;
    loop {
        let mut request = String::new();
        if reader.read_line(&mut request).unwrap_or(0) == 0 {
            return;
        }
        let mut length = 0;
        loop {
            let mut header = String::new();
            if reader.read_line(&mut header).unwrap_or(0) == 0 || header.trim().is_empty() {
                break;
            }
            if let Some((name, value)) = header.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        let body = String::from_utf8_lossy(&body).into_owned();
        let said = if request.contains("/login-request") {
            login(&body)
        } else if request.contains("/query-request") {
            said(&answer(&sql_text(&body)))
        } else {
            r#"{"data":null,"success":true,"code":null,"message":null}"#.to_string()
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            said.len()
        );
        if writer.write_all((head + &said).as_bytes()).is_err() {
            return;
        }
    }
}

fn login(body: &str) -> String {
    if !body.contains(r#""PASSWORD":"secret""#) {
        return r#"{"data":{"nextAction":"RETRY_LOGIN"},"success":false,"code":"390100","message":"Incorrect username or password was specified."}"#.into();
    }
    r#"{"data":{"token":"t","masterToken":"m","validityInSeconds":3600,"masterValidityInSeconds":14400,
        "sessionId":1,"parameters":[{"name":"TIMEZONE","value":"UTC"}],
        "sessionInfo":{"databaseName":"SHOP","schemaName":"RAW","warehouseName":"W","roleName":"R"}},
        "success":true,"code":null,"message":null}"#
        .into()
}

/// The statement in a request, as JSON has it, but for its escapes of quotes.
fn sql_text(body: &str) -> String {
    let (_, rest) = body.split_once(r#""sqlText":""#).unwrap();
    let end = rest.match_indices('"').find(|(at, _)| !rest[..*at].ends_with('\\')).unwrap().0;
    rest[..end].replace("\\\"", "\"")
}

fn said(answer: &Answer) -> String {
    let (columns, rows) = match answer {
        Answer::Refusal(code, message) => {
            return format!(
                r#"{{"data":{{"errorCode":"{code}","sqlState":"42S02","queryId":"q","internalError":false}},"success":false,"code":"{code}","message":"{message}"}}"#
            );
        }
        Answer::Rows(columns, rows) => (columns, rows),
    };
    let columns: Vec<String> = columns
        .iter()
        .map(|(name, ty)| {
            format!(
                r#"{{"name":"{name}","type":"{ty}","nullable":true,"precision":38,"scale":0,"length":100,"byteLength":400}}"#
            )
        })
        .collect();
    let cell = |cell: &Option<&str>| cell.map_or("null".to_string(), |text| format!("\"{text}\""));
    let row = |row: &&[Option<&str>]| format!("[{}]", row.iter().map(cell).collect::<Vec<_>>().join(","));
    let all: Vec<String> = rows.iter().map(row).collect();
    // The number says that a statement changed rows, which the first column then counts.
    let kind = if columns.iter().any(|column| column.contains("number of rows")) { 12_544 } else { 4_096 };
    format!(
        r#"{{"data":{{"parameters":[],"rowtype":[{}],"rowset":[{}],"total":{n},"returned":{n},"queryId":"q","statementTypeId":{kind},"version":1,"queryResultFormat":"json","sqlState":"00000"}},"success":true,"code":null,"message":null}}"#,
        columns.join(","),
        all.join(","),
        n = rows.len()
    )
}
