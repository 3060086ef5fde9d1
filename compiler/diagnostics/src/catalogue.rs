//! Every kind of problem, a folder each: facts, words and fixes in `mod.rs`, the page in `README.md`.
//!
//! The folder's name is the problem's code with `_` for `-`.

pub mod always_true;
pub mod bad_address;
pub mod bad_allow;
pub mod bad_literal;
pub mod bad_markup;
pub mod bound_direction;
pub mod clipped_body;
pub mod column_zone;
pub mod contradiction;
pub mod cycle;
pub mod duplicate_name;
pub mod empty_audience;
pub mod empty_segment;
pub mod excluded_branch;
pub mod expires_in_quiet_hours;
pub mod failed_test;
pub mod file_not_found;
pub mod foreign_tag;
pub mod image_without_alt;
pub mod implied_condition;
pub mod impossible_event;
pub mod kept_too_short;
pub mod long_subject;
pub mod lost_label;
pub mod malformed_tag;
pub mod misplaced;
pub mod missed_boundary;
pub mod missing_consent;
pub mod missing_currency;
pub mod missing_fallback;
pub mod missing_mapping;
pub mod missing_member;
pub mod missing_values;
pub mod negated_missing;
pub mod new_arrivals;
pub mod no_effect_yet;
pub mod not_a_condition;
pub mod not_yet;
pub mod out_of_order;
pub mod over_the_cap;
pub mod overlapping_stages;
pub mod personal_data_in_link;
pub mod placeholder_link;
pub mod plural_forms;
pub mod project_file;
pub mod raw_data;
pub mod repeated_member;
pub mod reserved_name;
pub mod secret_in_program;
pub mod sent_twice;
pub mod set_aside;
pub mod shadowed_name;
pub mod short_history;
pub mod small_audience;
pub mod stage_gap;
pub mod stale_data;
pub mod syntax_error;
pub mod trigger_cycle;
pub mod type_mismatch;
pub mod unclosed;
pub mod unclosed_block;
pub mod unclosed_element;
pub mod unclosed_tag;
pub mod uncovered_content;
pub mod uncovered_purpose;
pub mod uneven_branches;
pub mod uneven_shares;
pub mod uneven_translation;
pub mod unexpected_tag;
pub mod unknown_column;
pub mod unknown_message;
pub mod unknown_name;
pub mod unknown_table;
pub mod unknown_tag;
pub mod unknown_value;
pub mod unknown_word;
pub mod unopened_tag;
pub mod unordered_enum;
pub mod unreachable;
pub mod unreachable_branch;
pub mod unreachable_case;
pub mod unreachable_stage;
pub mod unreadable_column;
pub mod unsafe_place;
pub mod unsupported_by_client;
pub mod unused_allow;
pub mod wrong_arguments;

pub use crate::groups::{GROUPS, group};

/// Problems of data: only a command that reads it tells them, and nothing else knows whether a comment allows them in vain.
pub const OF_DATA: &[&str] = &[
    <column_zone::ColumnZone as crate::Problem>::CODE,
    <set_aside::SetAside as crate::Problem>::CODE,
    <small_audience::SmallAudience as crate::Problem>::CODE,
];

/// Every page, sorted by code: for `persona explain CODE` and the index in `docs/`.
pub const PAGES: &[(&str, &str)] = &[
    ("always-true", include_str!("catalogue/always_true/README.md")),
    ("bad-address", include_str!("catalogue/bad_address/README.md")),
    ("bad-allow", include_str!("catalogue/bad_allow/README.md")),
    ("bad-literal", include_str!("catalogue/bad_literal/README.md")),
    ("bad-markup", include_str!("catalogue/bad_markup/README.md")),
    ("bound-direction", include_str!("catalogue/bound_direction/README.md")),
    ("clipped-body", include_str!("catalogue/clipped_body/README.md")),
    ("column-zone", include_str!("catalogue/column_zone/README.md")),
    ("contradiction", include_str!("catalogue/contradiction/README.md")),
    ("cycle", include_str!("catalogue/cycle/README.md")),
    ("duplicate-name", include_str!("catalogue/duplicate_name/README.md")),
    ("empty-audience", include_str!("catalogue/empty_audience/README.md")),
    ("empty-segment", include_str!("catalogue/empty_segment/README.md")),
    ("excluded-branch", include_str!("catalogue/excluded_branch/README.md")),
    ("expires-in-quiet-hours", include_str!("catalogue/expires_in_quiet_hours/README.md")),
    ("failed-test", include_str!("catalogue/failed_test/README.md")),
    ("file-not-found", include_str!("catalogue/file_not_found/README.md")),
    ("foreign-tag", include_str!("catalogue/foreign_tag/README.md")),
    ("image-without-alt", include_str!("catalogue/image_without_alt/README.md")),
    ("implied-condition", include_str!("catalogue/implied_condition/README.md")),
    ("impossible-event", include_str!("catalogue/impossible_event/README.md")),
    ("kept-too-short", include_str!("catalogue/kept_too_short/README.md")),
    ("long-subject", include_str!("catalogue/long_subject/README.md")),
    ("lost-label", include_str!("catalogue/lost_label/README.md")),
    ("malformed-tag", include_str!("catalogue/malformed_tag/README.md")),
    ("misplaced", include_str!("catalogue/misplaced/README.md")),
    ("missed-boundary", include_str!("catalogue/missed_boundary/README.md")),
    ("missing-consent", include_str!("catalogue/missing_consent/README.md")),
    ("missing-currency", include_str!("catalogue/missing_currency/README.md")),
    ("missing-fallback", include_str!("catalogue/missing_fallback/README.md")),
    ("missing-mapping", include_str!("catalogue/missing_mapping/README.md")),
    ("missing-member", include_str!("catalogue/missing_member/README.md")),
    ("missing-values", include_str!("catalogue/missing_values/README.md")),
    ("negated-missing", include_str!("catalogue/negated_missing/README.md")),
    ("new-arrivals", include_str!("catalogue/new_arrivals/README.md")),
    ("no-effect-yet", include_str!("catalogue/no_effect_yet/README.md")),
    ("not-a-condition", include_str!("catalogue/not_a_condition/README.md")),
    ("not-yet", include_str!("catalogue/not_yet/README.md")),
    ("out-of-order", include_str!("catalogue/out_of_order/README.md")),
    ("over-the-cap", include_str!("catalogue/over_the_cap/README.md")),
    ("overlapping-stages", include_str!("catalogue/overlapping_stages/README.md")),
    ("personal-data-in-link", include_str!("catalogue/personal_data_in_link/README.md")),
    ("placeholder-link", include_str!("catalogue/placeholder_link/README.md")),
    ("plural-forms", include_str!("catalogue/plural_forms/README.md")),
    ("project-file", include_str!("catalogue/project_file/README.md")),
    ("raw-data", include_str!("catalogue/raw_data/README.md")),
    ("repeated-member", include_str!("catalogue/repeated_member/README.md")),
    ("reserved-name", include_str!("catalogue/reserved_name/README.md")),
    ("secret-in-program", include_str!("catalogue/secret_in_program/README.md")),
    ("sent-twice", include_str!("catalogue/sent_twice/README.md")),
    ("set-aside", include_str!("catalogue/set_aside/README.md")),
    ("shadowed-name", include_str!("catalogue/shadowed_name/README.md")),
    ("short-history", include_str!("catalogue/short_history/README.md")),
    ("small-audience", include_str!("catalogue/small_audience/README.md")),
    ("stage-gap", include_str!("catalogue/stage_gap/README.md")),
    ("stale-data", include_str!("catalogue/stale_data/README.md")),
    ("syntax-error", include_str!("catalogue/syntax_error/README.md")),
    ("trigger-cycle", include_str!("catalogue/trigger_cycle/README.md")),
    ("type-mismatch", include_str!("catalogue/type_mismatch/README.md")),
    ("unclosed", include_str!("catalogue/unclosed/README.md")),
    ("unclosed-block", include_str!("catalogue/unclosed_block/README.md")),
    ("unclosed-element", include_str!("catalogue/unclosed_element/README.md")),
    ("unclosed-tag", include_str!("catalogue/unclosed_tag/README.md")),
    ("uncovered-content", include_str!("catalogue/uncovered_content/README.md")),
    ("uncovered-purpose", include_str!("catalogue/uncovered_purpose/README.md")),
    ("uneven-branches", include_str!("catalogue/uneven_branches/README.md")),
    ("uneven-shares", include_str!("catalogue/uneven_shares/README.md")),
    ("uneven-translation", include_str!("catalogue/uneven_translation/README.md")),
    ("unexpected-tag", include_str!("catalogue/unexpected_tag/README.md")),
    ("unknown-column", include_str!("catalogue/unknown_column/README.md")),
    ("unknown-message", include_str!("catalogue/unknown_message/README.md")),
    ("unknown-name", include_str!("catalogue/unknown_name/README.md")),
    ("unknown-table", include_str!("catalogue/unknown_table/README.md")),
    ("unknown-tag", include_str!("catalogue/unknown_tag/README.md")),
    ("unknown-value", include_str!("catalogue/unknown_value/README.md")),
    ("unknown-word", include_str!("catalogue/unknown_word/README.md")),
    ("unopened-tag", include_str!("catalogue/unopened_tag/README.md")),
    ("unordered-enum", include_str!("catalogue/unordered_enum/README.md")),
    ("unreachable", include_str!("catalogue/unreachable/README.md")),
    ("unreachable-branch", include_str!("catalogue/unreachable_branch/README.md")),
    ("unreachable-case", include_str!("catalogue/unreachable_case/README.md")),
    ("unreachable-stage", include_str!("catalogue/unreachable_stage/README.md")),
    ("unreadable-column", include_str!("catalogue/unreadable_column/README.md")),
    ("unsafe-place", include_str!("catalogue/unsafe_place/README.md")),
    ("unsupported-by-client", include_str!("catalogue/unsupported_by_client/README.md")),
    ("unused-allow", include_str!("catalogue/unused_allow/README.md")),
    ("wrong-arguments", include_str!("catalogue/wrong_arguments/README.md")),
];
