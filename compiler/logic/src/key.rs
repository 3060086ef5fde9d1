//! Expressions as keys: two that ask the same have the same key, wherever they are written.

use std::fmt::Write;

use persona_model::{Expr, ExprKind, Items, Query, Subject, Window};

/// What an expression asks, without where it is written.
pub(crate) fn key(expr: &Expr) -> String {
    let mut to = String::new();
    write(expr, &mut to);
    to
}

fn write(expr: &Expr, to: &mut String) {
    match &expr.kind {
        ExprKind::Query(query) => write_query(query, to),
        ExprKind::Items(items) => write_items(items, to),
        ExprKind::Within(value, window) => {
            put(to, "(");
            write(value, to);
            write_window(window, to);
            put(to, ")");
        }
        kind => {
            head(kind, to);
            let below = expr.children();
            if !below.is_empty() {
                put(to, "(");
                for (at, child) in below.into_iter().enumerate() {
                    put(to, if at > 0 { ", " } else { "" });
                    write(child, to);
                }
                put(to, ")");
            }
        }
    }
}

/// What tells an expression from others with the same parts.
fn head(kind: &ExprKind, to: &mut String) {
    use ExprKind::*;
    let word = match kind {
        Literal(value) => return debug(to, value),
        Ago(length) => return debug(to, &("ago", length)),
        Attribute(name) => return debug(to, &("customer", name)),
        Trait(name) => return debug(to, &("trait", name)),
        Stage(name) => return debug(to, &("stage", name)),
        InSegment(name) => return debug(to, &("in", name)),
        EventField(name) => return debug(to, &("event", name)),
        StartField(name) => return debug(to, &("started by", name)),
        ItemField(name) => return debug(to, &("item", name)),
        Column(name) => return debug(to, &("column", name)),
        Field(_, name) => return debug(to, &("field", name)),
        Lookup { entity, field, .. } => return debug(to, &("lookup", entity, field)),
        Compare(op, ..) => return debug(to, op),
        OneOf(_, options) => return debug(to, &("one of", options)),
        Arithmetic(op, ..) => return debug(to, op),
        Moved { by, back, .. } => return debug(to, &("moved", by, back)),
        Call(function, _) => return debug(to, function),
        Read { zone, .. } => return debug(to, &("read", zone)),
        Group(summary, _) => return debug(to, summary),
        Unknown => "unknown",
        Now => "now",
        Today => "today",
        It => "it",
        Not(_) => "not",
        And(..) => "and",
        Or(..) => "or",
        IsPresent(_) => "present",
        Coalesce(..) => "??",
        If(..) => "if",
        Midnight(_) => "midnight",
        // Written by `write` itself.
        Query(_) | Items(_) | Within(..) => "",
        Model(name) => return debug(to, &("model", name)),
        // With where it is written: alike are then fewer than could be.
        Bought(_) => return debug(to, kind),
    };
    put(to, word);
}

fn write_query(query: &Query, to: &mut String) {
    debug(to, &query.summary);
    put(to, "[");
    rows(query, to);
    match &query.subject {
        Subject::Event => {}
        Subject::Value(value) => {
            put(to, " of ");
            write(value, to);
        }
        Subject::Items(field, value) => {
            debug(to, &(" of items", field));
            write(value, to);
        }
    }
    debug(to, &(&query.less, &query.field));
    put(to, "]");
}

/// Which events a query is of.
pub(crate) fn rows_key(query: &Query) -> String {
    let mut to = String::new();
    rows(query, &mut to);
    to
}

fn rows(query: &Query, to: &mut String) {
    put(to, &query.event);
    if let Some(filter) = &query.filter {
        put(to, " where ");
        write(filter, to);
    }
    if let Some(sequence) = &query.sequence {
        debug(to, &(sequence.then, &sequence.event, &sequence.within));
        if let Some(filter) = &sequence.filter {
            write(filter, to);
        }
    }
    if let Some(window) = &query.window {
        write_window(window, to);
    }
}

fn write_items(items: &Items, to: &mut String) {
    debug(to, &(items.summary, &items.of));
    for part in [&items.filter, &items.value] {
        put(to, ";");
        if let Some(part) = part {
            write(part, to);
        }
    }
}

fn write_window(window: &Window, to: &mut String) {
    match window {
        Window::Last(length) => debug(to, &("last", length)),
        Window::Since(from) => {
            put(to, " since ");
            write(from, to);
        }
        Window::Before(until) => {
            put(to, " before ");
            write(until, to);
        }
        Window::Between(from, until) => {
            put(to, " between ");
            write(from, to);
            put(to, " and ");
            write(until, to);
        }
    }
}

fn put(to: &mut String, text: &str) {
    to.push_str(text);
}

fn debug(to: &mut String, value: &dyn std::fmt::Debug) {
    // Writing to a string cannot fail.
    let _ = write!(to, "{value:?}");
}
