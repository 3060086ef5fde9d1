//! Expressions as they are written, for messages.

use super::*;

/// An expression as it is written, spaced evenly.
pub(crate) fn spelled(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Literal(literal) => match literal {
            Literal::Nil => "nil".into(),
            Literal::Blank => "blank".into(),
            Literal::Empty => "empty".into(),
            Literal::Bool(truth) => truth.to_string(),
            Literal::Int(whole) => whole.to_string(),
            Literal::Decimal(decimal) => decimal.to_string(),
            Literal::Percent(share) => {
                format!("{}%", share.mul(100.into()).unwrap_or_default())
            }
            Literal::Money(amount, currency) => format!("{amount} {currency}"),
            Literal::Text(text) => format!("\"{text}\""),
        },
        ExprKind::Path(path) => spelled_path(path),
        ExprKind::Range(first, last) => format!("({}..{})", spelled(first), spelled(last)),
        ExprKind::Compare(operator, left, right) => {
            format!("{} {} {}", spelled(left), operator.sign(), spelled(right))
        }
        ExprKind::Logic(first, rest) => {
            let mut text = spelled(first);
            for (junction, expr) in rest {
                let word = if *junction == Junction::And { "and" } else { "or" };
                text.push_str(&format!(" {word} {}", spelled(expr)));
            }
            text
        }
        ExprKind::Broken => "…".into(),
    }
}

/// A value with its filters: `spend | money`.
pub(crate) fn spelled_filtered(filtered: &Filtered) -> String {
    let mut text = spelled(&filtered.input);
    for call in &filtered.filters {
        text.push_str(&format!(" | {}", call.name.text));
        for (nth, argument) in call.arguments.iter().enumerate() {
            text.push_str(if nth == 0 { ": " } else { ", " });
            if let Some(name) = &argument.name {
                text.push_str(&format!("{}: ", name.text));
            }
            text.push_str(&spelled(&argument.value));
        }
    }
    text
}

pub(crate) fn spelled_path(path: &Path) -> String {
    let mut text = match &path.root {
        Root::Name(name) => name.text.to_string(),
        Root::Computed(expr) => format!("[{}]", spelled(expr)),
    };
    for step in &path.steps {
        match step {
            Step::Field(name) => text.push_str(&format!(".{}", name.text)),
            Step::Index(expr) => text.push_str(&format!("[{}]", spelled(expr))),
        }
    }
    text
}
