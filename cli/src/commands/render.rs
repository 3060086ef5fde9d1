//! `persona render`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use persona_message::Mailbox;
use persona_run::{Asked, Error, Preview, Shown};

use super::{Failure, Outcome, instant, load, print};
use crate::progress::Shown as Progress;
use crate::{Format, output};

/// Which e-mail, or which template.
#[derive(Args)]
pub struct What {
    /// An e-mail of the program.
    #[arg(required_unless_present = "template", conflicts_with = "template")]
    email: Option<String>,
    /// The id of the customer to render it for.
    #[arg(long, required_unless_present = "template", conflicts_with = "template")]
    customer: Option<String>,
    /// The instant to render it for, by the project's clock: 2011-12-01T09:00. Default: now.
    #[arg(long, conflicts_with = "template")]
    at: Option<String>,
    /// A target of `persona.toml`; by default the embedded one.
    #[arg(long, conflicts_with = "template")]
    target: Option<String>,
    /// The project's folder.
    #[arg(long, default_value = ".", conflicts_with = "template")]
    project: PathBuf,
    /// What of it is printed.
    #[arg(long, value_enum, default_value = "read", conflicts_with = "template")]
    part: Part,
    /// Instead: a file of plain Liquid, rendered without a program; partials are read from its folder.
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    /// The values for it, a JSON object.
    #[arg(long, value_name = "FILE", requires = "template")]
    data: Option<PathBuf>,
}

/// What of a message is printed.
#[derive(Clone, Copy, ValueEnum)]
enum Part {
    /// Who, what and the text for readers without HTML.
    Read,
    /// The HTML.
    Html,
    /// The text for readers without HTML.
    Text,
    /// The whole message, as it is sent.
    Message,
}

/// Prints one message as a customer would get it, and sends nothing.
pub fn render(what: &What) -> Outcome {
    if let Some(template) = &what.template {
        return untyped(template, what.data.as_deref());
    }
    let (Some(email), Some(customer)) = (&what.email, &what.customer) else {
        return Err(Failure::usage("say which e-mail, and `--customer` whose"));
    };
    let (loaded, model) = load(&what.project, Asked::Run)?;
    let at = instant(what.at.as_deref(), &model)?.unwrap_or_else(jiff::Timestamp::now);
    if model.email(email).is_none() {
        let nearest = persona_diagnostics::suggest(email, model.emails.iter().map(|e| &*e.name));
        let hint = nearest.map_or_else(String::new, |name| format!(": did you mean `{name}`?"));
        return Err(Failure::usage(format!("there is no e-mail `{email}`{hint}")));
    }
    let preview = Preview::open(&model, &what.project, what.target.as_deref(), at, &mut Progress::new());
    let mut preview = match preview {
        Ok(preview) => preview,
        Err(Error::Program(problems)) => {
            output::problems(&problems, &loaded.sources, &what.project, Format::Human, output::Stream::Err);
            return Err(Failure::program());
        }
        Err(error @ Error::NoTarget(_)) => return Err(Failure::usage(error.to_string())),
        Err(error) => return Err(Failure::world(error.to_string())),
    };
    let shown = preview.show(email, customer).map_err(|why| Failure::usage(why.to_string()))?;
    if let Some(why) = &shown.withheld {
        output::say(&format!("it would be withheld now: {why}"));
    }
    if let Some((happened, id)) = &shown.event {
        let happened = model.project.zone.to_datetime(*happened).strftime("%Y-%m-%d %H:%M");
        output::say(&format!("it is about event {id} of {happened}"));
    }
    match what.part {
        Part::Read => print(&read(&shown)),
        Part::Text => print(shown.text()),
        Part::Html => match shown.html() {
            Some(html) => print(html),
            None => Err(Failure::usage(format!("`{email}` is text alone: it has no HTML"))),
        },
        Part::Message => print(&String::from_utf8_lossy(&shown.bytes)),
    }
}

/// What an inbox shows, and the text.
fn read(shown: &Shown) -> String {
    let draft = &shown.draft;
    let mailbox = |m: &Mailbox| match &*m.name {
        "" => m.address.clone(),
        name => format!("{name} <{}>", m.address),
    };
    let mut page = format!("from        {}\n", mailbox(&draft.from));
    if let Some(reply_to) = &draft.reply_to {
        page.push_str(&format!("answers to  {}\n", mailbox(reply_to)));
    }
    page.push_str(&format!("to          {}\nsubject     {}\n", mailbox(&draft.to), draft.subject));
    if let Some(preheader) = &draft.preheader {
        page.push_str(&format!("preheader   {preheader}\n"));
    }
    let bytes = super::table::thousands(shown.bytes.len());
    page.push_str(&format!("size        {bytes} bytes\n\n{}\n", shown.text().trim_end()));
    page
}

/// Liquid without types, as it is elsewhere.
fn untyped(template: &Path, data: Option<&Path>) -> Outcome {
    let text = |path: &Path| {
        std::fs::read_to_string(path)
            .map_err(|e| Failure::usage(format!("cannot read {}: {e}", path.display())))
    };
    let source = text(template)?;
    let data = match data {
        None => serde_json::Value::Object(serde_json::Map::new()),
        Some(path) => serde_json::from_str(&text(path)?)
            .map_err(|e| Failure::usage(format!("{} is no JSON: {e}", path.display())))?,
    };
    if !data.is_object() {
        return Err(Failure::usage("the data must be a JSON object: each of its fields is a name"));
    }
    let partials = mentioned(&source, partials(template)?);
    match persona_template::render_untyped(&source, &partials, &data) {
        Ok(rendered) => print(&rendered),
        Err(why) => Err(Failure { code: 1, message: Some(format!("{}: {why}", template.display())) }),
    }
}

/// The templates beside a template, by file name, and by file name without what is behind its dot.
fn partials(template: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let folder = template.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let unread = |e: std::io::Error| Failure::usage(format!("cannot read {}: {e}", folder.display()));
    let mut partials = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(unread)? {
        let path = entry.map_err(unread)?.path();
        let known = ["liquid", "html", "txt", "mjml"];
        let is_template = path.extension().is_some_and(|e| known.iter().any(|k| e == *k));
        if !is_template || path.file_name() == template.file_name() || !path.is_file() {
            continue;
        }
        // What cannot be read is not there; whoever names it is told so.
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let name = |part: Option<&std::ffi::OsStr>| part.map(|p| p.to_string_lossy().into_owned());
        for name in [name(path.file_name()), name(path.file_stem())].into_iter().flatten() {
            partials.entry(name).or_insert_with(|| text.clone());
        }
    }
    Ok(partials)
}

/// Those that a template mentions, or one of those that are mentioned: what else is wrong in the folder is not asked.
fn mentioned(source: &str, mut partials: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut texts = vec![source.to_string()];
    while let Some(text) = texts.pop() {
        let quoted =
            |name: &String| text.contains(&format!("'{name}'")) || text.contains(&format!("\"{name}\""));
        let named: Vec<String> = partials.keys().filter(|name| quoted(name)).cloned().collect();
        for name in named {
            let Some(partial) = partials.remove(&name) else { continue };
            texts.push(partial.clone());
            found.insert(name, partial);
        }
    }
    found
}
