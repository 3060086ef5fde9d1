//! A live page of all e-mails, as each customer would get them.
//!
//! A [`Server`] listens on this machine alone, for one reader. What it shows comes from [`persona_run::Preview`]: the
//! messages are made as a run makes them. When a file of the project changes, the program is read again and the page shows
//! what became of it, or what is wrong with it.

mod answer;
mod project;

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use persona_model::Model;
use persona_run::{Preview, Progress};
use tiny_http::Request;

use answer::{Known, answer};

/// How often it is looked whether files have changed, while nobody asks.
const LOOK: Duration = Duration::from_millis(500);

/// Where a page is asked for.
pub struct Server {
    http: tiny_http::Server,
    address: SocketAddr,
}

/// What is shown, and of when.
pub struct Asked<'a> {
    /// The project's folder.
    pub folder: &'a Path,
    /// A target of `persona.toml`; without one the embedded one.
    pub target: Option<&'a str>,
    /// The instant; without one the present at each reading.
    pub at: Option<Timestamp>,
}

impl Server {
    /// Listens on a port of this machine; 0 is any that is free. An error says why it cannot.
    pub fn listen(port: u16) -> Result<Server, String> {
        let refused =
            |e: &dyn std::fmt::Display| format!("cannot listen on port {port} of this machine: {e}");
        let http = tiny_http::Server::http(("127.0.0.1", port)).map_err(|e| refused(&e))?;
        let address = http.server_addr().to_ip().ok_or_else(|| refused(&"it has no address"))?;
        Ok(Server { http, address })
    }

    /// Where the page is.
    pub fn address(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Answers until `stop` says so. `read` reads the program: an error is what is wrong with it, for people.
    pub fn serve(
        &self,
        asked: &Asked,
        read: &dyn Fn() -> Result<Model, String>,
        progress: &mut dyn Progress,
        stop: &dyn Fn() -> bool,
    ) {
        let mut readings = 0u64;
        while !stop() {
            readings += 1;
            let files = project::files(asked.folder);
            let model = read();
            let at = asked.at.unwrap_or_else(Timestamp::now);
            let opened = match &model {
                Ok(model) => Preview::open(model, asked.folder, asked.target, at, progress)
                    .map(|preview| (model, preview))
                    .map_err(|why| why.to_string()),
                Err(why) => Err(why.clone()),
            };
            let mut known = Known { reading: readings, opened };
            while !stop() && project::files(asked.folder) == files {
                if let Ok(Some(request)) = self.http.recv_timeout(LOOK) {
                    // The page asks for what is there now, even where the last look was a moment ago.
                    let changed = project::files(asked.folder) != files;
                    self.respond(request, &mut known, changed);
                }
            }
        }
    }

    fn respond(&self, request: Request, known: &mut Known, changed: bool) {
        let host = request.headers().iter().find(|header| header.field.equiv("Host"));
        let port = self.address.port();
        let ours = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
        // Another site's page cannot ask through a name of its own that leads here.
        let allowed = host.is_some_and(|host| ours.iter().any(|o| o == host.value.as_str()));
        let response = match allowed {
            true => answer(request.url(), known, changed),
            false => answer::refused(),
        };
        // Whoever asked may have gone.
        let _ = request.respond(response);
    }
}
