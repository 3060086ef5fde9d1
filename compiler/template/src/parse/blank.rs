//! Blank parts of blocks.

use crate::tree::*;

/// A block that only sets variables prints nothing: its blanks and line breaks are for the author's eye.
pub(super) fn drop_blank(kind: &mut NodeKind) {
    let mut parts: Vec<&mut Vec<Node>> = match kind {
        NodeKind::If { arms, otherwise, .. } => {
            arms.iter_mut().map(|a| &mut a.body).chain(std::iter::once(otherwise)).collect()
        }
        NodeKind::Case { whens, .. } => whens.iter_mut().map(|w| &mut w.body).collect(),
        NodeKind::For(f) => vec![&mut f.body, &mut f.otherwise],
        _ => return,
    };
    if parts.iter().all(|nodes| nodes.iter().all(is_blank)) {
        for nodes in &mut parts {
            nodes.retain(|node| !matches!(node.kind, NodeKind::Text(_)));
        }
    }
}

fn is_blank(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Text(text) => text.trim().is_empty(),
        NodeKind::Assign { .. } | NodeKind::Capture { .. } => true,
        NodeKind::If { arms, otherwise, .. } => {
            arms.iter().all(|a| a.body.iter().all(is_blank)) && otherwise.iter().all(is_blank)
        }
        NodeKind::Case { whens, .. } => whens.iter().all(|w| w.body.iter().all(is_blank)),
        NodeKind::For(f) => f.body.iter().chain(&f.otherwise).all(is_blank),
        _ => false,
    }
}
