//! One mistake, one problem: on the line where it was made, in words that say what to do. What stands after it is
//! read as if nothing had happened.

mod common;

use common::parse;
use persona_syntax::ast::{DeclarationKind, Name};

#[test]
fn scratch() {
    let text = std::fs::read_to_string("/tmp/mistakes.txt").unwrap();
    for mistake in text.split("----\n") {
        let program = format!("{mistake}\nsegment after {{ when in vip }}\n");
        let parsed = parse(&program);
        println!("{mistake}");
        for (told, problem) in parsed.told().iter().zip(&parsed.problems) {
            println!("   => {told}");
            for h in &problem.helps { println!("      help {} {:?}", h.text, h.paste); }
            for n in &problem.notes { println!("      note {}", n); }
        }
        if parsed.problems.len() != 1 { println!("   !!! {}", parsed.problems.len()); }
        let after = parsed.file.declarations().last().is_some_and(|d| matches!(&d.kind, DeclarationKind::Segment { name: Some(Name { text, .. }), .. } if text == "after"));
        if !after { println!("   !!! after"); }
    }
}
