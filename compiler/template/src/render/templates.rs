//! Templates within templates: content blocks, layouts, partials.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use jiff::tz::TimeZone;
use persona_diagnostics::Span;
use persona_value::Value;

use super::{DEEPEST, Printed, Renderer, Round, failed};
use crate::cell::Cell;
use crate::code::{Code, Compiled, Partial};
use crate::data::{Data, Escape, Fallback, Stop};
use crate::filter::Setting;
use crate::html::one_line;
use crate::language::Language;

impl Renderer<'_> {
    /// Another template, rendered in place with its own variables.
    pub(super) fn within(&mut self, template: &Compiled, data: &dyn Data, span: Span) -> Result<(), Stop> {
        if self.depth >= DEEPEST {
            return Err(failed(span, "blocks render one another without end".into()));
        }
        let program = &template.program;
        let into_line = program.escape == Escape::Text && self.setting.escape == Escape::Line;
        if program.typed != self.setting.typed || (program.escape != self.setting.escape && !into_line) {
            return Err(failed(span, "this block was compiled for another kind of document".into()));
        }
        let (depth, start) = (self.depth + 1, self.out.len());
        let setting = Setting { escape: program.escape, ..self.setting.clone() };
        let printed = Printed { out: self.out, values: self.values, rounds: self.rounds };
        Renderer::new(program, data, &setting, printed, depth).ops(&program.body)?;
        if into_line {
            self.values.truncate(self.values.partition_point(|value| value.start < start));
            let text = self.out.split_off(start);
            self.out.push_str(&one_line(&text));
        }
        Ok(())
    }

    pub(super) fn block(
        &mut self,
        name: &Arc<str>,
        arguments: &[(Arc<str>, Code)],
        span: Span,
    ) -> Result<(), Stop> {
        let mut given = Vec::with_capacity(arguments.len());
        for (name, code) in arguments {
            given.push((name.clone(), self.value(code)?.into_value()));
        }
        let Some(template) = self.data.block(name) else {
            return Err(failed(span, format!("there is no content block called `{name}`")));
        };
        let data = WithArguments { around: self.data, given };
        self.within(&template, &data, span)
    }

    pub(super) fn partial(&mut self, partial: &Partial) -> Result<(), Stop> {
        if self.depth >= DEEPEST {
            return Err(failed(partial.span, "templates render one another without end".into()));
        }
        let mut given = Vec::with_capacity(partial.arguments.len());
        for (slot, code) in &partial.arguments {
            given.push((*slot, self.value(code)?));
        }
        let rounds: Vec<Option<Value>> = match &partial.each {
            Some((_, code)) => match self.value(code)? {
                cell @ (Cell::Value(Value::List(_)) | Cell::Range(..)) => {
                    cell.items().into_iter().map(Some).collect()
                }
                cell => vec![Some(cell.into_value())],
            },
            None => vec![None],
        };
        let (length, looped) = (rounds.len(), partial.looped);
        let printed = Printed { out: self.out, values: self.values, rounds: self.rounds };
        let mut inner = Renderer::new(&partial.program, self.data, self.setting, printed, self.depth + 1);
        for (slot, cell) in given {
            inner.variables[slot] = Some(cell);
        }
        if looped {
            inner.loops.push(Round { index: 0, length, name: "".into(), columns: 0 });
        }
        for (index, item) in rounds.into_iter().enumerate() {
            if let (Some((slot, _)), Some(item)) = (&partial.each, item) {
                inner.variables[*slot] = Some(Cell::Value(item));
            }
            if let Some(round) = inner.loops.first_mut() {
                round.index = index;
            }
            inner.ops(&partial.program.body)?;
        }
        Ok(())
    }
}

/// The data of a block: its arguments before the names around.
struct WithArguments<'a> {
    around: &'a dyn Data,
    given: Vec<(Arc<str>, Value)>,
}

impl Data for WithArguments<'_> {
    fn value(&self, name: &str) -> Value {
        match self.given.iter().find(|(given, _)| &**given == name) {
            Some((_, value)) => value.clone(),
            None => self.around.value(name),
        }
    }
    fn attribute(&self, name: &str) -> Value {
        self.around.attribute(name)
    }
    fn in_segment(&self, segment: &str) -> bool {
        self.around.in_segment(segment)
    }
    fn block(&self, name: &str) -> Option<Compiled> {
        self.around.block(name)
    }
    fn placeholder(&self, name: &str) -> Option<Compiled> {
        self.around.placeholder(name)
    }
    fn entity(&self, entity: &str, key: &Value) -> Value {
        self.around.entity(entity, key)
    }
    fn time_zone(&self) -> TimeZone {
        self.around.time_zone()
    }
    fn now(&self) -> jiff::Timestamp {
        self.around.now()
    }
    fn wording(&self, key: &str, count: Option<i64>) -> Option<Arc<str>> {
        self.around.wording(key, count)
    }
    fn language(&self) -> Option<Rc<Language>> {
        self.around.language()
    }
    fn fallbacks(&self) -> Option<&RefCell<Vec<Fallback>>> {
        self.around.fallbacks()
    }
}
