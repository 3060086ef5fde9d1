//! Progress: bars on a terminal, plain lines elsewhere.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use persona_run::Progress;

use crate::output::say;

/// What a terminal, or a log, sees of a run.
pub struct Shown {
    bar: Option<ProgressBar>,
    what: String,
    steps: u64,
    terminal: bool,
}

impl Shown {
    /// On standard error, which is where people look and pipes do not.
    pub fn new() -> Shown {
        Shown { bar: None, what: String::new(), steps: 0, terminal: std::io::stderr().is_terminal() }
    }
}

impl Progress for Shown {
    fn start(&mut self, what: &str, steps: u64) {
        self.what = what.to_string();
        self.steps = 0;
        if !self.terminal {
            return;
        }
        let bar = match steps {
            0 => ProgressBar::new_spinner(),
            steps => ProgressBar::new(steps),
        };
        let template = match steps {
            0 => "{spinner} {prefix} {pos} {wide_msg}",
            _ => "{prefix} {bar:24} {pos}/{len} {wide_msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_prefix(self.what.clone());
        bar.enable_steady_tick(Duration::from_millis(100));
        self.bar = Some(bar);
    }

    fn step(&mut self, name: &str) {
        self.steps += 1;
        if let Some(bar) = &self.bar {
            bar.inc(1);
            bar.set_message(name.to_string());
        }
    }

    fn end(&mut self) {
        match self.bar.take() {
            Some(bar) => bar.finish_and_clear(),
            None if self.steps > 0 => say(&format!("{}: {}", self.what, self.steps)),
            None => say(&self.what),
        }
    }
}
