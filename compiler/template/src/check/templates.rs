//! Content blocks rendered by name, with what they are given.

use persona_diagnostics::catalogue::type_mismatch::TypeMismatch;
use persona_diagnostics::catalogue::unknown_name::UnknownName;
use persona_diagnostics::catalogue::wrong_arguments::WrongArguments;
use persona_diagnostics::{Span, suggest};
use persona_value::Field;

use super::Checker;
use super::value::Typed;
use crate::cell::MISSING;
use crate::code::{Code, Op};
use crate::kind::Kind;
use crate::scope::{Given, Mentioned};
use crate::tree::*;

impl Checker<'_> {
    pub(super) fn render(&mut self, render: &Render, span: Span) -> Option<Op> {
        let ExprKind::Literal(Literal::Text(name)) = &render.name.kind else {
            let text = spelled(&render.name);
            self.report(TypeMismatch {
                headline: "the block to render has to be named in quotes".into(),
                labels: vec![(render.name.span, "this decides at rendering which block it is".into())],
                help: Some(("write its name".into(), format!("{{% render \"{text}\" %}}"))),
            });
            return None;
        };
        self.between_tags(&format!("{{% render \"{name}\" %}}"), span);
        let Some(parameters) = self.scope.block(name) else {
            let names = self.scope.block_names();
            self.report(UnknownName {
                what: "content block".into(),
                name: name.to_string(),
                at: render.name.span,
                nearest: suggest(name, names.iter().map(String::as_str)).map(|n| (n.to_string(), None)),
                available: Vec::new(),
            });
            return None;
        };
        self.uses.blocks.insert(name.to_string());
        self.mention(render.name.span, Mentioned::Block(name.clone()), None);
        if let Some((_, subject, _)) = &render.subject {
            self.report(WrongArguments {
                function: format!("render \"{name}\""),
                at: subject.span,
                why: "what a block is given is named".into(),
                form: format!("{{% render \"{name}\", item: {} %}}", spelled(subject)),
            });
        }
        let mut arguments = Vec::with_capacity(render.arguments.len());
        for (argument, value) in &render.arguments {
            let typed = self.operand(value);
            match parameters.iter().find(|p| p.name == argument.text) {
                Some(parameter) => {
                    let given = Given {
                        block: name.clone(),
                        parameter: argument.text.clone(),
                        from: typed.from.clone(),
                        at: typed.span,
                    };
                    if !given.from.is_empty() && !self.uses.given.contains(&given) {
                        self.uses.given.push(given);
                    }
                    if let Some(code) = self.fitted(parameter, typed) {
                        arguments.push((argument.text.clone(), code));
                    }
                }
                None => {
                    let names: Vec<String> = parameters.iter().map(|p| p.name.to_string()).collect();
                    self.report(UnknownName {
                        what: format!("parameter of `{name}`"),
                        name: argument.text.to_string(),
                        at: argument.span,
                        nearest: suggest(&argument.text, names.iter().map(String::as_str))
                            .map(|n| (n.to_string(), None)),
                        available: names,
                    });
                }
            }
        }
        // A name that is misspelt is not left out as well.
        let known = |name: &str| parameters.iter().any(|p| *p.name == *name);
        let misspelt = render.arguments.iter().filter(|(n, _)| !known(&n.text)).count();
        for parameter in parameters.iter().filter(|p| !p.optional && misspelt == 0) {
            if !render.arguments.iter().any(|(n, _)| n.text == parameter.name) {
                self.report(WrongArguments {
                    function: format!("render \"{name}\""),
                    at: span,
                    why: format!("`{}` is left out", parameter.name),
                    form: format!("{{% render \"{name}\", {}: … %}}", parameter.name),
                });
            }
        }
        Some(Op::Block { name: name.clone(), arguments, span })
    }

    /// A value for a block's parameter; `None` where it does not fit, which is then told.
    fn fitted(&mut self, parameter: &Field, typed: Typed) -> Option<Code> {
        if typed.kind.is_unknown() {
            return None;
        }
        let into = |value: &str| format!("{{% assign {} = {value} %}}", parameter.name);
        if !parameter.optional && !self.is_there(&typed, &typed.text, into) {
            return None;
        }
        if typed.kind == Kind::Nil {
            return Some(Code::Constant(MISSING));
        }
        let (span, name) = (typed.span, &parameter.name);
        let (text, words) = (typed.text.clone(), typed.kind.words());
        let beside = Typed::new(Code::Now, parameter.ty.clone().into(), span, name.to_string());
        self.quiet += 1;
        let fitted = self.comparable(beside, typed, span);
        self.quiet -= 1;
        if fitted.is_none() {
            let wanted = Kind::from(parameter.ty.clone()).words();
            self.report(TypeMismatch {
                headline: format!("`{name}` takes {wanted}, and `{text}` is {words}"),
                labels: vec![(span, format!("this is {words}"))],
                help: None,
            });
        }
        fitted.map(|t| t.code)
    }
}
