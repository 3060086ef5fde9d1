//! From HTML with marks to nodes.

use super::marks::{Marks, Of};
use crate::tree::{Node, NodeKind};

/// The parts of a block's inside; none of what has no inside.
pub(super) fn parts(kind: &NodeKind) -> Vec<&[Node]> {
    match kind {
        // An `else` with nothing in it has nothing to be read.
        NodeKind::If { arms, otherwise, .. } => {
            let mut parts: Vec<&[Node]> = arms.iter().map(|arm| &*arm.body).collect();
            parts.extend(Some(&**otherwise).filter(|nodes| !nodes.is_empty()));
            parts
        }
        NodeKind::Case { whens, .. } => whens.iter().map(|when| &*when.body).collect(),
        NodeKind::For(head) | NodeKind::TableRow(head) => {
            let mut parts: Vec<&[Node]> = vec![&head.body];
            parts.extend(Some(&*head.otherwise).filter(|nodes| !nodes.is_empty()));
            parts
        }
        NodeKind::Capture { body, .. } | NodeKind::IfChanged(body) => vec![body],
        _ => Vec::new(),
    }
}

/// A block with other parts, as many as it has.
fn with_parts(node: &Node, parts: Vec<Vec<Node>>) -> Node {
    let mut node = node.clone();
    let mut parts = parts.into_iter();
    let mut put = |at: &mut Vec<Node>| {
        if !at.is_empty() || parts.len() > 0 {
            *at = parts.next().unwrap_or_default();
        }
    };
    match &mut node.kind {
        NodeKind::If { arms, otherwise, .. } => {
            arms.iter_mut().for_each(|arm| put(&mut arm.body));
            put(otherwise);
        }
        NodeKind::Case { whens, .. } => whens.iter_mut().for_each(|when| put(&mut when.body)),
        NodeKind::For(head) | NodeKind::TableRow(head) => {
            put(&mut head.body);
            put(&mut head.otherwise);
        }
        NodeKind::Capture { body, .. } | NodeKind::IfChanged(body) => put(body),
        _ => {}
    }
    node
}

/// The nodes of a text with marks; of a block whose tags are not all there, its number.
pub(super) fn nodes(html: &str, marks: &Marks) -> Result<Vec<Node>, usize> {
    let span = marks.span;
    let text = |text: &str| Node { kind: NodeKind::Text(text.into()), span };
    // Blocks that are open, with the parts read so far; below them all, the template itself.
    let mut open: Vec<(usize, Vec<Vec<Node>>)> = Vec::new();
    let mut nodes: Vec<Node> = Vec::new();
    // Whether a line begins.
    let mut at_start = true;
    let mut from = 0;
    for found in marks.found(html) {
        if found.at.start > from {
            let before = &html[from..found.at.start];
            at_start = before.ends_with('\n');
            nodes.push(text(before));
        }
        from = found.at.end;
        let mark = &marks.all[found.index];
        let unseen = mark.alone && mark.of.is_unseen();
        if unseen && at_start && html[from..].starts_with('\n') {
            // Its line's end goes with it.
            from += 1;
        }
        match &mark.of {
            // A block has nobody around it who would part it from the text before.
            Of::Leaf(node) if mark.alone && matches!(node.kind, NodeKind::Render(_)) => {
                nodes.extend([text("<div>"), node.clone(), text("</div>")]);
            }
            Of::Leaf(node) => nodes.push(node.clone()),
            Of::Open(block) => open.push((*block, vec![std::mem::take(&mut nodes)])),
            Of::Middle(block) | Of::Close(block) => {
                let Some((_, parts)) = open.last_mut().filter(|(open, _)| open == block) else {
                    return Err(*block);
                };
                parts.push(std::mem::take(&mut nodes));
                if let Of::Close(block) = mark.of
                    && let Some((_, mut parts)) = open.pop()
                {
                    let whole = &marks.blocks[block];
                    // First comes what stands before the block.
                    nodes = parts.remove(0);
                    if parts.len() != whole.parts {
                        return Err(block);
                    }
                    nodes.push(with_parts(&whole.node, parts));
                }
            }
        }
    }
    if let Some((block, _)) = open.first() {
        return Err(*block);
    }
    if from < html.len() {
        nodes.push(text(&html[from..]));
    }
    Ok(nodes)
}
