//! The insides of tags that have a form of their own.

use super::cursor::{Cursor, Read};
use crate::tree::*;

pub(super) fn when(c: &mut Cursor) -> Read<Vec<Expr>> {
    let mut values = vec![c.operand()?];
    while c.take_sign(',') || c.take_word("or") {
        values.push(c.operand()?);
    }
    Ok(values)
}

pub(super) fn repeat(c: &mut Cursor, table: bool) -> Read<For> {
    let variable = c.word("a name for each item")?;
    if !c.take_word("in") {
        return c.fail("`in`");
    }
    let list = c.operand()?;
    let mut head = For {
        variable,
        list,
        limit: None,
        offset: None,
        reversed: false,
        columns: None,
        body: Vec::new(),
        otherwise: Vec::new(),
    };
    while !c.is_at_end() {
        if c.take_sign(',') || c.is_at_end() {
            continue;
        }
        if c.take_word("reversed") {
            head.reversed = true;
            continue;
        }
        let options =
            if table { "`cols:`, `limit:` or `offset:`" } else { "`reversed`, `limit:` or `offset:`" };
        if !c.then_sign(':') {
            return c.fail(options);
        }
        if c.take_word("limit") {
            c.take_sign(':');
            head.limit = Some(c.operand()?);
        } else if c.take_word("offset") {
            c.take_sign(':');
            head.offset =
                Some(if c.take_word("continue") { Offset::Continue } else { Offset::Skip(c.operand()?) });
        } else if table && c.take_word("cols") {
            c.take_sign(':');
            head.columns = Some(c.operand()?);
        } else {
            return c.fail(options);
        }
    }
    Ok(head)
}

pub(super) fn cycle(c: &mut Cursor) -> Read<NodeKind> {
    let first = c.operand()?;
    let (group, mut values) =
        if c.take_sign(':') { (Some(first), vec![c.operand()?]) } else { (None, vec![first]) };
    while c.take_sign(',') {
        if c.is_at_end() {
            break;
        }
        values.push(c.operand()?);
    }
    Ok(NodeKind::Cycle { group, values })
}

pub(super) fn render(c: &mut Cursor) -> Read<Render> {
    let name = c.operand()?;
    let mut subject = None;
    for (word, each) in [("with", false), ("for", true)] {
        if subject.is_none() && !c.then_sign(':') && c.take_word(word) {
            let value = c.operand()?;
            let alias = if c.take_word("as") { Some(c.word("a name")?) } else { None };
            subject = Some((each, value, alias));
        }
    }
    let mut arguments = Vec::new();
    c.take_sign(',');
    while !c.is_at_end() {
        let name = c.word("the name of a parameter")?;
        if !c.take_sign(':') {
            return c.fail("`:`");
        }
        arguments.push((name, c.operand()?));
        c.take_sign(',');
    }
    Ok(Render { name, subject, arguments })
}
