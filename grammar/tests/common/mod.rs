//! The grammar as a writer of programs, and ways to damage them.
#![allow(dead_code)] // each test file uses a part
#![allow(clippy::unwrap_used, clippy::panic)] // of tests

use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

use persona_diagnostics::{Problems, Sources};
use pest_meta::ast::Expr;

/// The grammar's rules as expressions, by name.
pub fn expressions() -> HashMap<String, Expr> {
    let pairs =
        pest_meta::parser::parse(pest_meta::parser::Rule::grammar_rules, persona_grammar::GRAMMAR).unwrap();
    let rules = pest_meta::parser::consume_rules(pairs).unwrap();
    rules.into_iter().map(|rule| (rule.name, rule.expr)).collect()
}

/// Whether the compiler's parser takes a text, and what it says if not.
pub fn parser_verdict(text: &str) -> Result<(), String> {
    let mut sources = Sources::default();
    let file = sources.add("a.persona", text);
    let mut problems = Problems::default();
    persona_syntax::parse(file, text, &mut problems);
    match problems.sorted(&sources).first() {
        None => Ok(()),
        Some(told) => Err(persona_diagnostics::render::concise(told, &sources)),
    }
}

/// Every file below a folder whose name ends so, in order.
pub fn files(folder: &Path, ending: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The checkout's root.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Names programs are written with: ordinary ones, and words that mean something elsewhere in the language.
const NAMES: &[&str] = &[
    "tier",
    "purchase",
    "total",
    "sku",
    "first_name",
    "x1",
    "vip",
    "größe",
    "at",
    "stage",
    "send",
    "file",
    "event",
    "segment",
    "email",
    "consent",
    "layout",
    "last",
    "list",
    "count",
    "lower",
    "GBP",
    "days",
    "true",
    "now",
    "when",
    "and",
    "in",
    "by",
    "exit",
    "once",
    "wait",
    "refresh",
    "every",
    "enum",
    "on",
    "body",
    "to",
    "NOT",
];

/// Writes sentences by walking the grammar.
pub struct Writer {
    rules: Rc<HashMap<String, Expr>>,
    /// The fewest rules within rules each rule comes down to.
    depths: HashMap<String, u32>,
    random: fastrand::Rng,
    text: String,
    /// What a lookahead wants the next token to be.
    wanted: Option<String>,
}

impl Writer {
    pub fn new(seed: u64) -> Writer {
        let rules = expressions();
        let mut depths: HashMap<String, u32> = rules.keys().map(|name| (name.clone(), u32::MAX)).collect();
        for _ in 0..rules.len() {
            let next =
                |(name, expr): (&String, &Expr)| (name.clone(), depth(expr, &depths).saturating_add(1));
            depths = rules.iter().map(next).collect();
        }
        Writer {
            rules: Rc::new(rules),
            depths,
            random: fastrand::Rng::with_seed(seed),
            text: String::new(),
            wanted: None,
        }
    }

    /// A program of one to three declarations.
    pub fn program(&mut self) -> String {
        self.text.clear();
        for _ in 0..self.random.u32(1..=3) {
            let deep = self.random.u32(14..30);
            self.rule("declaration", deep);
            self.text.push('\n');
        }
        std::mem::take(&mut self.text)
    }

    /// The program with one token deleted, doubled or swapped with the next, or one character removed.
    pub fn damage(&mut self, text: &str) -> String {
        let solid = |t: &persona_syntax::Token| !t.kind.is_trivia();
        let tokens: Vec<_> = persona_syntax::lex(text).into_iter().filter(solid).collect();
        let at = self.random.usize(0..tokens.len().max(1));
        let Some(token) = tokens.get(at) else { return text.to_string() };
        let (before, written, after) =
            (&text[..token.start], &text[token.start..token.end], &text[token.end..]);
        match (self.random.u32(0..4), tokens.get(at + 1)) {
            (0, _) => format!("{before}{after}"),
            (1, _) => format!("{before}{written} {written}{after}"),
            (2, Some(next)) => {
                let (between, after) = (&text[token.end..next.start], &text[next.end..]);
                format!("{before}{}{between}{written}{after}", &text[next.start..next.end])
            }
            _ => {
                let mut chars: Vec<char> = text.chars().collect();
                chars.remove(self.random.usize(0..chars.len()));
                chars.into_iter().collect()
            }
        }
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.random.usize(0..from.len())]
    }

    fn rule(&mut self, name: &str, deep: u32) {
        let random = self.random.u32(0..1000);
        let token = match name {
            "name" => {
                // Mostly ordinary names, or hardly a program would be whole.
                let names = if random < 900 { &NAMES[..8] } else { NAMES };
                self.pick(names).to_string()
            }
            "number" => self.pick(&["3", "30", "0.5", "1200"]).to_string(),
            "date" => "2026-06-21".to_string(),
            "path" => self.pick(&["$", "$.total", "$.items[0].sku", r#"$["line items"]"#]).to_string(),
            "time" => self.pick(&["09:00", "9:30", "23:59:59"]).to_string(),
            "timestamp" => self
                .pick(&["2026-06-21T09:00", "2026-06-21T09:00:00.5Z", "2026-06-21T09:00+02:00"])
                .to_string(),
            "string" => self
                .pick(&[r#""shoes""#, r#""""#, r#""{{ a | default: "b" }}""#, r#""\" //""#, r#""{%}{{""#])
                .to_string(),
            "text" => {
                self.pick(&[r#""""Hello""""#, "\"\"\"a \"b\"\nsegment c {\"\"\"", r#""""""""#]).to_string()
            }
            "time_unit" => self.pick(&["days", "hour", "month"]).to_string(),
            "currency" => self.pick(&["GBP", "EUR"]).to_string(),
            "newline" => "\n".to_string(),
            _ => {
                if let Some(wanted) = self.wanted.take_if(|_| name == "duration") {
                    return self.text.push_str(&wanted);
                }
                let rules = Rc::clone(&self.rules);
                return match rules.get(name) {
                    Some(expr) => self.write(expr, deep.saturating_sub(1)),
                    None => self.text.push_str(match name {
                        "ASCII_DIGIT" => "7",
                        "SOI" | "EOI" => "",
                        other => panic!("the writer does not know `{other}`"),
                    }),
                };
            }
        };
        match self.wanted.take() {
            Some(wanted) => self.text.push_str(wanted.split(' ').next().unwrap_or("")),
            None => self.text.push_str(&token),
        }
    }

    fn write(&mut self, expr: &Expr, deep: u32) {
        match expr {
            Expr::Str(text) => {
                self.wanted.take_if(|wanted| wanted == text);
                self.text.push_str(text);
            }
            Expr::Ident(name) => self.rule(name, deep),
            Expr::PosPred(wanted) => {
                let before = std::mem::take(&mut self.text);
                self.write(wanted, deep);
                self.wanted = Some(
                    std::mem::replace(&mut self.text, before)
                        .split_whitespace()
                        .collect::<Vec<_>>()
                        .join(" "),
                );
            }
            Expr::NegPred(_) => {}
            Expr::Seq(one, two) => {
                self.write(one, deep);
                if !matches!(**one, Expr::PosPred(_) | Expr::NegPred(_)) && !matches!(**two, Expr::NegPred(_))
                {
                    self.trivia();
                }
                self.write(two, deep);
            }
            Expr::Choice(..) => {
                let mut choices = Vec::new();
                alternatives(expr, &mut choices);
                let deep_enough = if self.text.len() > 300 { 0 } else { deep };
                let mut fitting: Vec<&Expr> =
                    choices.iter().copied().filter(|c| depth(c, &self.depths) <= deep_enough).collect();
                if fitting.is_empty() {
                    fitting.extend(choices.iter().copied().min_by_key(|c| depth(c, &self.depths)));
                }
                let chosen = fitting[self.random.usize(0..fitting.len())];
                self.write(chosen, deep);
            }
            Expr::Opt(inner) => self.repeat(inner, 0, 1, deep),
            Expr::Rep(inner) => self.repeat(inner, 0, 3, deep),
            Expr::RepOnce(inner) => self.repeat(inner, 1, 3, deep),
            Expr::RepExact(inner, times) => self.repeat(inner, *times, *times, deep),
            Expr::RepMinMax(inner, least, most) => self.repeat(inner, *least, *most, deep),
            other => panic!("the writer does not know {other:?}"),
        }
    }

    fn repeat(&mut self, inner: &Expr, least: u32, most: u32, deep: u32) {
        // Small programs find more, and are easier to read: the longer this one is, the less of what may follow does.
        let long = self.random.usize(0..300) < self.text.len();
        let most = if long || depth(inner, &self.depths) > deep { least } else { most };
        for time in 0..self.random.u32(least..=most) {
            if time > 0 {
                self.trivia();
            }
            self.write(inner, deep);
        }
    }

    fn trivia(&mut self) {
        let trivia = match self.random.u32(0..100) {
            0..88 => " ",
            88..94 => "\n    ",
            94..96 => "\n",
            96..98 => " // a note {\n  ",
            _ => "",
        };
        self.text.push_str(trivia);
    }
}

fn alternatives<'a>(expr: &'a Expr, into: &mut Vec<&'a Expr>) {
    match expr {
        Expr::Choice(one, two) => {
            alternatives(one, into);
            alternatives(two, into);
        }
        other => into.push(other),
    }
}

/// The fewest rules within rules an expression comes down to.
fn depth(expr: &Expr, rules: &HashMap<String, u32>) -> u32 {
    match expr {
        Expr::Ident(name) => rules.get(name).copied().unwrap_or(0),
        Expr::Seq(one, two) => depth(one, rules).max(depth(two, rules)),
        Expr::Choice(one, two) => depth(one, rules).min(depth(two, rules)),
        Expr::RepOnce(inner) | Expr::RepExact(inner, _) => depth(inner, rules),
        _ => 0,
    }
}
