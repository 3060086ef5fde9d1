//! Carrying out fixes that are certain.

use std::collections::BTreeMap;

use crate::{FileId, Fix, Told};

/// The certain fixes of these problems, by file and place. Of two that touch the same text, the first: after it the
/// other may not be needed any more.
pub fn certain(told: &[Told]) -> BTreeMap<FileId, Vec<&Fix>> {
    let mut all: Vec<&Fix> = told.iter().filter_map(|t| t.fix.as_ref()).filter(|f| f.certain).collect();
    all.sort_by_key(|fix| (fix.span.file, fix.span.start, fix.span.end));
    let mut files: BTreeMap<FileId, Vec<&Fix>> = BTreeMap::new();
    for fix in all {
        let fixes = files.entry(fix.span.file).or_default();
        let apart = |last: &&Fix| last.span.end <= fix.span.start && last.span.start != fix.span.start;
        if fixes.last().is_none_or(apart) {
            fixes.push(fix);
        }
    }
    files
}

/// A file's text after these fixes, which are in order and apart, as [`certain`] gives them.
pub fn apply(text: &str, fixes: &[&Fix]) -> String {
    let mut fixed = String::with_capacity(text.len());
    let mut done = 0;
    for fix in fixes {
        let (start, end) = (fix.span.start as usize, fix.span.end as usize);
        fixed.push_str(text.get(done..start).unwrap_or(""));
        fixed.push_str(&fix.text);
        done = end;
    }
    fixed.push_str(text.get(done..).unwrap_or(""));
    fixed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Severity, Span};

    fn told(start: usize, end: usize, text: &str, certain: bool) -> Told {
        let fix = Some(Fix { span: Span::new(FileId(0), start, end), text: text.into(), certain });
        let severity = Severity::Error;
        Told {
            code: "x",
            severity,
            headline: "".into(),
            labels: vec![],
            helps: vec![],
            notes: vec![],
            fix,
            cause: None,
        }
    }

    #[test]
    fn fixes_are_carried_out_in_order_and_never_twice_over_one_place() {
        let text = "a = b && c";
        let told = [
            told(6, 8, "and", true),
            told(2, 3, "==", true),
            told(2, 3, "is", true),
            told(7, 9, "!", true),
            told(9, 10, "d", false),
        ];
        let fixes = certain(&told);
        assert_eq!(apply(text, &fixes[&FileId(0)]), "a == b and c");
    }

    #[test]
    fn two_insertions_at_one_place_are_one_too_many() {
        let told = [told(1, 1, "x", true), told(1, 1, "y", true), told(2, 2, "z", true)];
        assert_eq!(apply("ab", &certain(&told)[&FileId(0)]), "axbz");
    }
}
