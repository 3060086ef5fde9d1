//! Every tag by name, those that stand inside a block, and what other languages call them.

/// Every tag, for "did you mean".
pub(super) const TAGS: &[&str] = &[
    "assign",
    "block",
    "break",
    "capture",
    "case",
    "comment",
    "continue",
    "cycle",
    "decrement",
    "doc",
    "echo",
    "else",
    "elsif",
    "endcase",
    "endcapture",
    "endfor",
    "endif",
    "endtablerow",
    "endunless",
    "for",
    "if",
    "ifchanged",
    "include",
    "increment",
    "liquid",
    "raw",
    "render",
    "skip",
    "tablerow",
    "unless",
    "when",
];

/// Tags that only stand inside a block, and the tags that open it.
pub(super) const PARTS: &[(&str, &str)] = &[
    ("elsif", "if"),
    ("else", "if"),
    ("when", "case"),
    ("endif", "if"),
    ("endunless", "unless"),
    ("endcase", "case"),
    ("endfor", "for"),
    ("endtablerow", "tablerow"),
    ("endcapture", "capture"),
    ("endifchanged", "ifchanged"),
    ("endcomment", "comment"),
    ("endraw", "raw"),
    ("enddoc", "doc"),
];

/// Tags as other languages call them, and what they are called here.
pub(super) const FOREIGN: &[(&str, &str)] = &[
    ("abort_message", "skip"),
    ("elif", "elsif"),
    ("elseif", "elsif"),
    ("foreach", "for"),
    ("ifnot", "unless"),
    ("let", "assign"),
    ("print", "echo"),
    ("set", "assign"),
    ("switch", "case"),
];

/// What ends a part of an `if` and an `unless`; an `elsif` also as it is called elsewhere, which is told.
pub(super) const IF_PARTS: &[&str] = &["elsif", "elseif", "elif", "else", "endif"];
pub(super) const UNLESS_PARTS: &[&str] = &["elsif", "elseif", "elif", "else", "endunless"];

/// What another language's tag is called here.
pub(super) fn foreign(word: &str) -> Option<&'static str> {
    FOREIGN.iter().find(|(name, _)| *name == word).map(|(_, tag)| *tag)
}
