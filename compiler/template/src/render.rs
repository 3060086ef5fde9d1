//! A compiled template filled with the values of one message.

mod compare;
mod evaluate;
mod loops;
mod templates;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use persona_diagnostics::Span;
use persona_value::Value;

use crate::cell::{Cell, MISSING};
use crate::code::{Code, Compiled, Op, Print, Program};
use crate::data::{Data, Escape, Filled, Stop};
use crate::filter::Setting;
use crate::html::{self, Place};
use crate::show::Show;

/// Bytes of one rendering, at most: data must not be able to fill the memory.
const LONGEST: usize = 16 << 20;
/// Rounds of all loops of one rendering, at most.
const MOST_ROUNDS: usize = 1_000_000;
/// Templates within one another, at most.
const DEEPEST: usize = 32;

/// Renders a template. A problem of the data that the checker could not foresee is [`Stop::Failed`], never a panic.
pub fn render(template: &Compiled, data: &dyn Data) -> Result<String, Stop> {
    Ok(fill(template, data)?.text)
}

/// Renders a template, and notes where values stand in it.
pub fn fill(template: &Compiled, data: &dyn Data) -> Result<Filled, Stop> {
    let mut values = Vec::new();
    let mut out = String::with_capacity(1024);
    let setting = Setting {
        typed: template.program.typed,
        escape: template.program.escape,
        zone: data.time_zone(),
        now: data.now(),
        language: data.language(),
    };
    let mut rounds = MOST_ROUNDS;
    let printed = Printed { out: &mut out, values: &mut values, rounds: &mut rounds };
    Renderer::new(&template.program, data, &setting, printed, 0).ops(&template.program.body)?;
    Ok(Filled { text: out, values })
}

/// What was printed so far, and what may still be.
struct Printed<'r> {
    out: &'r mut String,
    values: &'r mut Vec<Range<usize>>,
    rounds: &'r mut usize,
}

/// How a part of a template ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    AtItsEnd,
    WithBreak,
    WithContinue,
}

struct Renderer<'r> {
    program: &'r Program,
    data: &'r dyn Data,
    setting: &'r Setting,
    out: &'r mut String,
    /// Where values were printed into it.
    values: &'r mut Vec<Range<usize>>,
    rounds: &'r mut usize,
    depth: usize,
    roots: Vec<Option<Cell>>,
    variables: Vec<Option<Cell>>,
    counters: Vec<Option<i64>>,
    /// What the last `ifchanged` printed.
    last: String,
    cycles: HashMap<String, usize>,
    /// Where the last loop of a name ended.
    ends: HashMap<Arc<str>, usize>,
    loops: Vec<Round>,
}

/// Where a loop is.
#[derive(Clone, Debug)]
struct Round {
    index: usize,
    length: usize,
    name: Arc<str>,
    columns: usize,
}

impl<'r> Renderer<'r> {
    fn new(
        program: &'r Program,
        data: &'r dyn Data,
        setting: &'r Setting,
        Printed { out, values, rounds }: Printed<'r>,
        depth: usize,
    ) -> Renderer<'r> {
        Renderer {
            program,
            data,
            setting,
            out,
            values,
            rounds,
            depth,
            roots: vec![None; program.roots.len()],
            variables: vec![None; program.slots.variables],
            counters: vec![None; program.slots.counters],
            last: String::new(),
            cycles: HashMap::new(),
            ends: HashMap::new(),
            loops: Vec::new(),
        }
    }

    fn ops(&mut self, ops: &[Op]) -> Result<Ended, Stop> {
        for op in ops {
            let ended = self.op(op)?;
            if ended != Ended::AtItsEnd {
                return Ok(ended);
            }
        }
        Ok(Ended::AtItsEnd)
    }

    fn op(&mut self, op: &Op) -> Result<Ended, Stop> {
        match op {
            Op::Text(text) => self.out.push_str(text),
            Op::Print(print) => self.print(print)?,
            Op::If { arms, otherwise } => {
                for (condition, body) in arms {
                    if self.truth(condition)? {
                        return self.ops(body);
                    }
                }
                return self.ops(otherwise);
            }
            Op::Case { subject, whens } => return self.case(subject, whens),
            Op::For(head) => return self.repeat(head),
            Op::TableRow(head) => return self.table(head),
            Op::Assign { variable, value } => {
                let value = self.value(value)?;
                self.variables[*variable] = Some(value);
            }
            Op::Capture { variable, body } => {
                let (text, ended) = self.captured(body)?;
                let markup = self.setting.typed && self.setting.escape == Escape::Html;
                let cell = if markup { Cell::Markup(text.into()) } else { Cell::text(text) };
                self.variables[*variable] = Some(cell);
                return Ok(ended);
            }
            Op::Count { counter, step } => {
                let count = self.counters[*counter].get_or_insert(0);
                let printed = if *step > 0 { *count } else { *count + step };
                *count = count.saturating_add(*step);
                self.out.push_str(&printed.to_string());
            }
            Op::Cycle { group, values } => self.cycle(group, values)?,
            Op::IfChanged(body) => {
                let (text, ended) = self.captured(body)?;
                if self.last != text {
                    self.out.push_str(&text);
                    self.last = text;
                }
                return Ok(ended);
            }
            Op::Break => return Ok(Ended::WithBreak),
            Op::Continue => return Ok(Ended::WithContinue),
            Op::Block { name, arguments, span } => self.block(name, arguments, *span)?,
            Op::Partial(partial) => self.partial(partial)?,
            Op::Placeholder { name, span } => match self.data.placeholder(name) {
                Some(template) => self.within(&template, self.data, *span)?,
                None => return Err(failed(*span, format!("nothing was given for `{{% block {name} %}}`"))),
            },
            Op::Skip(reason) => {
                let reason = self.value(reason)?.to_text().into_owned();
                return Err(Stop::Skip { reason });
            }
        }
        Ok(Ended::AtItsEnd)
    }

    fn print(&mut self, print: &Print) -> Result<(), Stop> {
        let cell = self.value(&print.value)?;
        let start = self.out.len();
        match &cell {
            Cell::Markup(html) => html::write_markup(self.out, html, print.place, print.address),
            Cell::Value(Value::Text(text)) => html::write(self.out, text, print.place, print.address),
            Cell::Value(Value::Missing) if print.required => {
                return Err(failed(
                    print.span,
                    format!("`{}` is missing, which the program says it never is", print.written),
                ));
            }
            Cell::Value(Value::Missing) => {}
            Cell::Value(value) => {
                // Signs of a language have no meaning in an address or a style.
                let words =
                    matches!(print.place, Place::Plain | Place::Line | Place::Text | Place::Attribute);
                let language = self.setting.language.as_deref().filter(|_| words);
                let text = print.show.text(value, &self.setting.zone, language);
                html::write(self.out, &text, print.place, print.address);
            }
            cell => html::write(self.out, &cell.to_text(), print.place, print.address),
        }
        if self.out.len() > start {
            self.values.push(start..self.out.len());
        }
        if self.out.len() > LONGEST {
            return Err(failed(print.span, format!("the message is longer than {} MiB", LONGEST >> 20)));
        }
        Ok(())
    }

    /// What a part prints, taken instead of printed.
    fn captured(&mut self, body: &[Op]) -> Result<(String, Ended), Stop> {
        let start = self.out.len();
        let ended = self.ops(body)?;
        self.values.truncate(self.values.partition_point(|value| value.start < start));
        Ok((self.out.split_off(start), ended))
    }

    fn case(&mut self, subject: &Code, whens: &[(Option<Vec<Code>>, Vec<Op>)]) -> Result<Ended, Stop> {
        let subject = self.value(subject)?;
        let mut matched = false;
        for (values, body) in whens {
            let equal = match values {
                None => usize::from(!matched),
                Some(values) => self.equal_values(&subject, values)?,
            };
            matched |= equal > 0 && values.is_some();
            // Parts of a checked template exclude one another. In Liquid itself they do not, and a part is printed
            // once for each of its values that is equal.
            for _ in 0..equal {
                let ended = self.ops(body)?;
                if ended != Ended::AtItsEnd || self.setting.typed {
                    return Ok(ended);
                }
            }
        }
        Ok(Ended::AtItsEnd)
    }

    /// How many of the values equal the subject.
    fn equal_values(&mut self, subject: &Cell, values: &[Code]) -> Result<usize, Stop> {
        let mut count = 0;
        for value in values {
            let value = self.value(value)?;
            count += usize::from(self.equal(subject, &value));
        }
        Ok(count)
    }

    /// A value as text, by its type.
    fn shown(&self, cell: Cell, show: &Show) -> Cell {
        if cell.is_missing() { MISSING } else { show.cell(cell, self.setting) }
    }
}

fn failed(span: Span, reason: String) -> Stop {
    Stop::Failed { span, reason }
}
