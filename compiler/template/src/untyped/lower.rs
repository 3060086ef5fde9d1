//! Templates compiled without types: every name may be anything.

use std::collections::BTreeMap;
use std::sync::Arc;

use persona_diagnostics::Span;

use crate::cell::{Cell, MISSING};
use crate::code::{Call, Code, Else, Group, Loop, LoopFact, Op, Partial, Print, Program, Slots};
use crate::data::Escape;
use crate::filter::{Want, find};
use crate::html::Place;
use crate::kind::constant;
use crate::show::Show;
use crate::tree::*;

/// Partials within one another, at most.
const DEEPEST: usize = 16;

/// Compiles a template with its partials.
pub(super) fn lower(
    template: &Template,
    partials: &BTreeMap<&str, Template>,
) -> Result<Arc<Program>, String> {
    Lowering::new(partials, 0).program(template)
}

struct Lowering<'a> {
    partials: &'a BTreeMap<&'a str, Template>,
    depth: usize,
    roots: Vec<Arc<str>>,
    names: BTreeMap<Arc<str>, usize>,
    counters: BTreeMap<Arc<str>, usize>,
    slots: Slots,
    /// Names bound around this point, the innermost last: of loops and of what `include` was given.
    bound: Vec<(Arc<str>, usize)>,
    /// Loops around this point.
    loops: usize,
    /// How many of them are those of the template around, which no `parentloop` leads to.
    apart: usize,
}

impl<'a> Lowering<'a> {
    fn new(partials: &'a BTreeMap<&'a str, Template>, depth: usize) -> Lowering<'a> {
        Lowering {
            partials,
            depth,
            roots: Vec::new(),
            names: BTreeMap::new(),
            counters: BTreeMap::new(),
            slots: Slots::default(),
            bound: Vec::new(),
            loops: 0,
            apart: 0,
        }
    }

    fn program(mut self, template: &Template) -> Result<Arc<Program>, String> {
        let body = self.nodes(&template.nodes)?;
        let Lowering { roots, names, slots, .. } = self;
        Ok(Arc::new(Program {
            body,
            escape: Escape::Text,
            typed: false,
            roots,
            names,
            slots,
            choices: Vec::new(),
        }))
    }

    fn new_variable(&mut self) -> usize {
        self.slots.variables += 1;
        self.slots.variables - 1
    }

    fn variable(&mut self, name: &Arc<str>) -> usize {
        if let Some(slot) = self.names.get(name) {
            return *slot;
        }
        let slot = self.new_variable();
        self.names.insert(name.clone(), slot);
        slot
    }

    fn counter(&mut self, name: &Arc<str>) -> usize {
        let next = self.counters.len();
        let slot = *self.counters.entry(name.clone()).or_insert(next);
        self.slots.counters = self.counters.len();
        slot
    }

    fn nodes(&mut self, nodes: &[Node]) -> Result<Vec<Op>, String> {
        nodes.iter().map(|node| self.node(node)).collect()
    }

    fn node(&mut self, node: &Node) -> Result<Op, String> {
        Ok(match &node.kind {
            NodeKind::Text(text) => Op::Text(text.clone()),
            NodeKind::Print(value) => Op::Print(print(self.filtered(value)?, node.span)),
            NodeKind::If { arms, otherwise, .. } => {
                let mut compiled = Vec::with_capacity(arms.len());
                for arm in arms {
                    let condition = self.expr(&arm.condition)?;
                    let condition = if arm.negated { Code::Not(Box::new(condition)) } else { condition };
                    compiled.push((condition, self.nodes(&arm.body)?));
                }
                Op::If { arms: compiled, otherwise: self.nodes(otherwise)? }
            }
            NodeKind::Case { subject, whens } => {
                let subject = self.expr(subject)?;
                let mut compiled = Vec::with_capacity(whens.len());
                for when in whens {
                    let values = match &when.values {
                        Some(values) => Some(self.exprs(values)?),
                        None => None,
                    };
                    compiled.push((values, self.nodes(&when.body)?));
                }
                Op::Case { subject, whens: compiled }
            }
            NodeKind::For(head) => Op::For(Box::new(self.repeat(head, node.span)?)),
            NodeKind::TableRow(head) => Op::TableRow(Box::new(self.repeat(head, node.span)?)),
            NodeKind::Assign { name, value } => {
                let value = self.filtered(value)?;
                Op::Assign { variable: self.variable(&name.text), value }
            }
            NodeKind::Capture { name, body } => {
                Op::Capture { variable: self.variable(&name.text), body: self.nodes(body)? }
            }
            NodeKind::Count { name, step } => Op::Count { counter: self.counter(&name.text), step: *step },
            NodeKind::Cycle { group, values } => {
                let words: Vec<String> = values.iter().map(spelled).collect();
                let group = match group {
                    Some(group) => Group::Named(self.expr(group)?),
                    None => Group::Values(words.join(",").into()),
                };
                let values = self.exprs(values)?.into_iter().map(|code| print(code, node.span)).collect();
                Op::Cycle { group, values }
            }
            NodeKind::IfChanged(body) => Op::IfChanged(self.nodes(body)?),
            NodeKind::Break => Op::Break,
            NodeKind::Continue => Op::Continue,
            NodeKind::Render(render) => self.render(render, node.span)?,
            NodeKind::Include(render) => self.include(render, node.span)?,
            NodeKind::Placeholder(_) | NodeKind::Skip(_) => {
                return Err("`block` and `skip` are no tags of Liquid".to_string());
            }
        })
    }

    fn repeat(&mut self, head: &For, span: Span) -> Result<Loop, String> {
        let list = self.expr(&head.list)?;
        let option = |this: &mut Self, expr: &Option<Expr>| expr.as_ref().map(|e| this.expr(e)).transpose();
        let limit = option(self, &head.limit)?;
        let columns = option(self, &head.columns)?;
        let (offset, resume) = match &head.offset {
            Some(Offset::Skip(expr)) => (Some(self.expr(expr)?), false),
            Some(Offset::Continue) => (None, true),
            None => (None, false),
        };
        let variable = self.new_variable();
        self.bound.push((head.variable.text.clone(), variable));
        self.loops += 1;
        let body = self.nodes(&head.body)?;
        self.loops -= 1;
        self.bound.pop();
        let otherwise = self.nodes(&head.otherwise)?;
        let name = format!("{}-{}", head.variable.text, spelled(&head.list)).into();
        Ok(Loop {
            list,
            variable,
            limit,
            offset,
            resume,
            reversed: head.reversed,
            lone: false,
            columns,
            name,
            body,
            otherwise,
            span,
        })
    }

    // ---- values

    fn exprs(&mut self, exprs: &[Expr]) -> Result<Vec<Code>, String> {
        exprs.iter().map(|expr| self.expr(expr)).collect()
    }

    fn expr(&mut self, expr: &Expr) -> Result<Code, String> {
        Ok(match &expr.kind {
            ExprKind::Literal(Literal::Money(..) | Literal::Percent(_)) => {
                return Err(format!("`{}` is no value of Liquid", spelled(expr)));
            }
            ExprKind::Literal(literal) => Code::Constant(constant(literal).0),
            ExprKind::Path(path) => self.path(path)?,
            ExprKind::Range(first, last) => {
                Code::Range(Box::new(self.expr(first)?), Box::new(self.expr(last)?))
            }
            ExprKind::Compare(Operator::In, ..) => return Err("`in` is no operator of Liquid".to_string()),
            ExprKind::Compare(operator, left, right) => {
                Code::Compare(*operator, Box::new(self.expr(left)?), Box::new(self.expr(right)?), expr.span)
            }
            ExprKind::Logic(first, rest) => {
                let first = Box::new(self.expr(first)?);
                let mut codes = Vec::with_capacity(rest.len());
                for (junction, expr) in rest {
                    codes.push((*junction == Junction::And, self.expr(expr)?));
                }
                Code::Logic(first, codes)
            }
            ExprKind::Broken => Code::Constant(MISSING),
        })
    }

    fn path(&mut self, path: &Path) -> Result<Code, String> {
        let mut steps = path.steps.as_slice();
        let mut code = match &path.root {
            Root::Computed(expr) => Code::Named(Box::new(self.expr(expr)?)),
            Root::Name(name) if matches!(&*name.text, "forloop" | "tablerowloop") && self.loops > 0 => {
                let mut outer = 0;
                while let [Step::Field(name), rest @ ..] = steps
                    && &*name.text == "parentloop"
                {
                    (outer, steps) = (outer + 1, rest);
                }
                match steps {
                    [Step::Field(name), rest @ ..] => {
                        steps = rest;
                        let beyond = outer > 0 && outer >= self.loops - self.apart;
                        LoopFact::named(&name.text)
                            .filter(|_| !beyond)
                            .map_or(Code::Constant(MISSING), |fact| Code::Loop(outer, fact))
                    }
                    _ => Code::Loop(outer, LoopFact::Itself),
                }
            }
            Root::Name(name) => self.name(&name.text),
        };
        for step in steps {
            let key = match step {
                Step::Field(name) => Code::Constant(Cell::text(name.text.clone())),
                Step::Index(expr) => self.expr(expr)?,
            };
            code = Code::Step(Box::new(code), Box::new(key));
        }
        Ok(code)
    }

    fn name(&mut self, name: &Arc<str>) -> Code {
        if let Some((_, variable)) = self.bound.iter().rev().find(|(bound, _)| bound == name) {
            return Code::Variable { variable: *variable, counter: None, root: None };
        }
        let root = match self.roots.iter().position(|root| root == name) {
            Some(root) => root,
            None => {
                self.roots.push(name.clone());
                self.roots.len() - 1
            }
        };
        Code::Variable { variable: self.variable(name), counter: Some(self.counter(name)), root: Some(root) }
    }

    fn filtered(&mut self, filtered: &Filtered) -> Result<Code, String> {
        let mut code = self.expr(&filtered.input)?;
        for call in &filtered.filters {
            code = self.filter(code, call)?;
        }
        Ok(code)
    }

    fn filter(&mut self, input: Code, call: &FilterCall) -> Result<Code, String> {
        let name = &call.name.text;
        let (named, positional): (Vec<_>, Vec<_>) = call.arguments.iter().partition(|a| a.name.is_some());
        let mut arguments =
            self.exprs(&positional.into_iter().map(|a| a.value.clone()).collect::<Vec<_>>())?;
        let count = arguments.len();
        if &**name == "default" {
            let mut allow_false = Code::Constant(Cell::bool(false));
            for argument in named {
                allow_false = self.expr(&argument.value)?;
            }
            if count > 1 {
                return Err(format!("`default` takes 1 argument, not {count}"));
            }
            let fallback = arguments.pop().unwrap_or(Code::Constant(Cell::text("")));
            return Ok(Code::Else(Box::new(Else { value: input, fallback, allow_false })));
        }
        let filter = find(name).ok_or_else(|| format!("there is no filter called `{name}`"))?;
        if !(filter.required..=filter.takes.len()).contains(&count) || !named.is_empty() {
            return Err(format!("`{name}` does not take {count} arguments"));
        }
        let shown = |code, want| match want {
            Want::Text => Code::Shown(Box::new(code), Show::Liquid),
            _ => code,
        };
        let arguments =
            arguments.into_iter().zip(filter.takes).map(|(code, want)| shown(code, *want)).collect();
        let input = shown(input, filter.input);
        Ok(Code::Filter(Box::new(Call { filter, input, arguments, span: call.span })))
    }

    // ---- partials

    fn partial(&self, name: &str) -> Result<&'a Template, String> {
        self.partials.get(name).ok_or_else(|| format!("there is no template called `{name}`"))
    }

    /// A template with variables of its own: it sees what it is given, and the data.
    fn render(&mut self, render: &Render, span: Span) -> Result<Op, String> {
        let ExprKind::Literal(Literal::Text(name)) = &render.name.kind else {
            return Err("the template to render has to be named in quotes".to_string());
        };
        if self.depth >= DEEPEST {
            return Err(format!("`{name}` renders itself without end"));
        }
        let template = self.partial(name)?;
        let mut inner = Lowering::new(self.partials, self.depth + 1);
        let mut arguments = Vec::with_capacity(render.arguments.len());
        for (argument, value) in &render.arguments {
            arguments.push((inner.variable(&argument.text), self.expr(value)?));
        }
        let (each, looped) = match &render.subject {
            Some((each, subject, alias)) => {
                let alias = alias.as_ref().map_or_else(|| base_name(name), |alias| alias.text.clone());
                (Some((inner.variable(&alias), self.expr(subject)?)), *each)
            }
            None => (None, false),
        };
        inner.loops = usize::from(looped);
        inner.apart = inner.loops;
        let program = inner.program(template)?;
        Ok(Op::Partial(Box::new(Partial { program, arguments, each, looped, span })))
    }

    /// A template in place, with the variables around. A computed name is one of those there are.
    fn include(&mut self, include: &Render, span: Span) -> Result<Op, String> {
        if self.depth >= DEEPEST {
            return Err("templates include one another without end".to_string());
        }
        self.depth += 1;
        let op = match &include.name.kind {
            ExprKind::Literal(Literal::Text(name)) => self.included(name, include, span)?,
            ExprKind::Literal(_) => return Err("the template to include has no name".to_string()),
            _ => {
                let subject = self.expr(&include.name)?;
                let mut whens = Vec::with_capacity(self.partials.len());
                for name in self.partials.keys() {
                    let name: Arc<str> = (*name).into();
                    let body = self.included(&name, include, span)?;
                    whens.push((Some(vec![Code::Constant(Cell::text(name))]), vec![body]));
                }
                Op::Case { subject, whens }
            }
        };
        self.depth -= 1;
        Ok(op)
    }

    fn included(&mut self, name: &Arc<str>, include: &Render, span: Span) -> Result<Op, String> {
        let template = self.partial(name)?;
        let mut ops = Vec::with_capacity(include.arguments.len() + 1);
        let around = self.bound.len();
        let mut given = Vec::with_capacity(include.arguments.len());
        for (argument, value) in &include.arguments {
            let variable = self.new_variable();
            ops.push(Op::Assign { variable, value: self.expr(value)? });
            given.push((argument.text.clone(), variable));
        }
        let subject = match &include.subject {
            Some((_, subject, alias)) => {
                let alias = alias.as_ref().map_or_else(|| base_name(name), |alias| alias.text.clone());
                Some((alias, self.expr(subject)?, spelled(subject)))
            }
            None => None,
        };
        self.bound.extend(given);
        match subject {
            // A list is gone through, anything else is given as it is; `include` makes no difference of its words.
            Some((alias, list, text)) => {
                let variable = self.new_variable();
                self.bound.push((alias.clone(), variable));
                let body = self.nodes(&template.nodes)?;
                let name = format!("{alias}-{text}").into();
                ops.push(Op::For(Box::new(Loop {
                    list,
                    variable,
                    limit: None,
                    offset: None,
                    resume: false,
                    reversed: false,
                    lone: true,
                    columns: None,
                    name,
                    body,
                    otherwise: Vec::new(),
                    span,
                })));
            }
            None => ops.extend(self.nodes(&template.nodes)?),
        }
        self.bound.truncate(around);
        let always = Code::Constant(Cell::bool(true));
        Ok(Op::If { arms: vec![(always, ops)], otherwise: Vec::new() })
    }
}

/// The last part of a template's name: what its subject is called.
fn base_name(name: &str) -> Arc<str> {
    name.rsplit('/').next().unwrap_or(name).into()
}

fn print(value: Code, span: Span) -> Print {
    let written = Arc::from("");
    Print { value, show: Show::Liquid, place: Place::Plain, address: false, required: false, written, span }
}
