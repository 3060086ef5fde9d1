//! What problems are about: in this order they are listed.

/// What a group is about, and its problems by name. Every problem is in one group.
pub const GROUPS: &[(&str, &[&str])] = &[
    (
        "How a program is written",
        &["bad-literal", "repeated-member", "syntax-error", "unclosed", "unknown-word"],
    ),
    (
        "Names, kinds of values and units",
        &[
            "cycle",
            "duplicate-name",
            "misplaced",
            "missing-currency",
            "missing-member",
            "not-a-condition",
            "reserved-name",
            "shadowed-name",
            "type-mismatch",
            "unknown-message",
            "unknown-name",
            "unknown-value",
            "unordered-enum",
            "wrong-arguments",
        ],
    ),
    (
        "Who can be where",
        &[
            "empty-audience",
            "empty-segment",
            "implied-condition",
            "impossible-event",
            "missed-boundary",
            "negated-missing",
            "new-arrivals",
            "over-the-cap",
            "overlapping-stages",
            "small-audience",
            "stage-gap",
            "unreachable",
            "unreachable-case",
            "excluded-branch",
            "unreachable-stage",
        ],
    ),
    (
        "Consent and personal data",
        &[
            "missing-consent",
            "lost-label",
            "personal-data-in-link",
            "secret-in-program",
            "uncovered-content",
            "uncovered-purpose",
        ],
    ),
    (
        "What an e-mail says",
        &[
            "always-true",
            "bad-address",
            "bad-markup",
            "clipped-body",
            "foreign-tag",
            "image-without-alt",
            "long-subject",
            "malformed-tag",
            "missing-fallback",
            "raw-data",
            "unclosed-block",
            "unclosed-element",
            "unclosed-tag",
            "uneven-branches",
            "uneven-translation",
            "placeholder-link",
            "plural-forms",
            "unexpected-tag",
            "unknown-tag",
            "unopened-tag",
            "unreachable-branch",
            "unsafe-place",
            "unsupported-by-client",
        ],
    ),
    (
        "Data and how fresh it is",
        &[
            "column-zone",
            "kept-too-short",
            "missing-mapping",
            "set-aside",
            "stale-data",
            "unknown-column",
            "unknown-table",
            "unreadable-column",
        ],
    ),
    (
        "Flows, experiments and models",
        &[
            "bound-direction",
            "expires-in-quiet-hours",
            "sent-twice",
            "short-history",
            "trigger-cycle",
            "uneven-shares",
        ],
    ),
    ("The program's own tests", &["contradiction", "failed-test", "missing-values", "out-of-order"]),
    (
        "The project, and what is allowed in it",
        &["bad-allow", "file-not-found", "no-effect-yet", "not-yet", "project-file", "unused-allow"],
    ),
];

/// What a problem is about.
pub fn group(code: &str) -> Option<&'static str> {
    GROUPS.iter().find(|(_, codes)| codes.contains(&code)).map(|(about, _)| *about)
}
