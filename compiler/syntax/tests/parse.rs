//! What parses, and what comes of it: first the tree, then the plain data on top of it.

#![allow(clippy::unwrap_used, clippy::panic)] // of tests

mod common;

use common::{examples, parse};
use persona_syntax::SyntaxNode;
use persona_syntax::ast::{DeclarationKind, Expr, Op, Window};

/// The tree, a node or token a line; spaces and comments left out.
fn drawn(node: &SyntaxNode) -> String {
    fn draw(node: &SyntaxNode, depth: usize, into: &mut String) {
        *into += &format!("{}{:?}\n", "  ".repeat(depth), node.kind());
        for child in node.children_with_tokens() {
            match child {
                rowan::NodeOrToken::Node(node) => draw(&node, depth + 1, into),
                rowan::NodeOrToken::Token(token) if token.kind().is_trivia() => {}
                rowan::NodeOrToken::Token(token) => {
                    *into += &format!("{}{:?} {}\n", "  ".repeat(depth + 1), token.kind(), token.text());
                }
            }
        }
    }
    let mut text = String::new();
    draw(node, 0, &mut text);
    text
}

/// The value of the one trait in a program.
fn value(expression: &str) -> Expr {
    let parsed = parse(&format!("trait x = {expression}"));
    assert_eq!(parsed.told(), Vec::<String>::new(), "{expression}");
    match parsed.file.declarations()[0].kind.clone() {
        DeclarationKind::Trait { value, .. } => value,
        other => panic!("a trait, not {other:?}"),
    }
}

#[test]
fn the_examples_have_no_problems() {
    for (path, text) in examples() {
        let parsed = parse(&text);
        assert_eq!(parsed.told(), Vec::<String>::new(), "{path}");
        assert!(!parsed.file.declarations().is_empty(), "{path}");
    }
}

/// Nodes are named like the rules of the grammar, and every token has its place.
#[test]
fn a_segment_as_a_tree() {
    let parsed = parse("segment vip \"VIP\" {\n  when in loyal and total > 100 GBP // much\n}\n");
    let tree = "\
File
  Segment
    Name segment
    Named
      Name vip
    Label
      String \"VIP\"
    LBrace {
    When
      Name when
      Binary
        InSegment
          Name in
          NameRef
            Name loyal
        Name and
        Binary
          NameRef
            Name total
          Greater >
          Quantity
            Number 100
            Name GBP
    RBrace }
";
    assert_eq!(drawn(&parsed.file.tree()), tree);
}

/// A mistake costs its own member; what stands around it is in the tree as ever.
#[test]
fn a_mistake_in_the_tree() {
    let parsed = parse("segment vip {\n  whn x\n  refresh every 1 hour\n}\n");
    let tree = "\
File
  Segment
    Name segment
    Named
      Name vip
    LBrace {
    Error
      Name whn
      Name x
    Refresh
      Name refresh
      Name every
      Quantity
        Number 1
        Name hour
    RBrace }
";
    assert_eq!(drawn(&parsed.file.tree()), tree);
}

#[test]
fn and_binds_closer_than_or_and_both_from_the_left() {
    let Expr::Binary { op: Op::Or, left, right, .. } = value("a or b or c and d") else {
        panic!("or is outermost")
    };
    assert!(matches!(*left, Expr::Binary { op: Op::Or, .. }), "{left:?}");
    assert!(matches!(*right, Expr::Binary { op: Op::And, .. }), "{right:?}");
    let Expr::Binary { op: Op::Subtract, left, .. } = value("a - b - c") else {
        panic!("minus is outermost")
    };
    assert!(matches!(*left, Expr::Binary { op: Op::Subtract, .. }), "{left:?}");
}

/// A window after `where` is the query's; in parentheses it tests the field before it.
#[test]
fn a_window_belongs_to_the_query() {
    let Expr::Call { args, .. } = value("count(purchase where total > 3 in last 30 days)") else {
        panic!("a call")
    };
    let Expr::Query(query) = &args[0] else { panic!("a query: {args:?}") };
    assert!(matches!(query.window, Some(Window::Last(Some(_), _))), "{query:?}");

    let Expr::Call { args, .. } = value("count(purchase where (paid in last 30 days))") else {
        panic!("a call")
    };
    let Expr::Query(query) = &args[0] else { panic!("a query: {args:?}") };
    assert!(query.window.is_none());
    assert!(matches!(query.filter, Some(Expr::Within { .. })), "{query:?}");
}

/// Newlines and commas part nothing: a member begins with its keyword or with `NAME :` or `NAME =`.
#[test]
fn members_need_no_separator() {
    let lines = "customer {\n  id: string key\n  tier: enum { a < b }\n  key: int? check it >= 3 days\n}";
    let one_line = lines.replace('\n', " ");
    for text in [lines, &one_line] {
        let parsed = parse(text);
        assert_eq!(parsed.told(), Vec::<String>::new());
        let DeclarationKind::Customer { fields, .. } = parsed.file.declarations()[0].kind.clone() else {
            panic!("a customer")
        };
        let names: Vec<&str> = fields.iter().map(|f| f.name.text.as_str()).collect();
        assert_eq!(names, ["id", "tier", "key"]);
    }
}

/// Blocks may be written flush left: `consent marketing` there is the e-mail's, since no declaration goes on so.
#[test]
fn indentation_is_free() {
    let parsed =
        parse("email a {\nconsent marketing\nlayout base\nsubject \"Hello\"\n}\nsegment b {\nwhen in c\n}\n");
    assert_eq!(parsed.told(), Vec::<String>::new());
    assert_eq!(parsed.file.declarations().len(), 2);
}

/// `///` comments just above a declaration or a field are its documentation.
#[test]
fn doc_comments_travel() {
    let parsed = parse("// not this\n\n/// Who buys.\n/// Often.\ntrait x = 1\n");
    assert_eq!(parsed.file.declarations()[0].docs, ["Who buys.", "Often."]);
}
