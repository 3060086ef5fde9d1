//! Members that a declaration can say once and says twice: the second would be dropped in silence.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

use persona_diagnostics::catalogue::repeated_member::RepeatedMember;
use persona_diagnostics::{Problems, Span};
use persona_syntax::{Kind, SyntaxNode, ast};

/// Members of which there is one. What tells a campaign's time is one member, however it is written.
const ONCE: &[&[Kind]] = &[
    &[Kind::When],
    &[Kind::Refresh],
    &[Kind::Fresh],
    &[Kind::GroupBy],
    &[Kind::OptIn],
    &[Kind::Covers],
    &[Kind::Expires],
    &[Kind::ConsentRef],
    &[Kind::Transactional],
    &[Kind::LayoutRef],
    &[Kind::OncePer],
    &[Kind::To],
    &[Kind::At, Kind::Every],
    &[Kind::Spread],
    &[Kind::OfferRef],
    &[Kind::Locales],
    &[Kind::Strings],
    &[Kind::Tracked],
    &[Kind::Utm],
    &[Kind::Codes],
    &[Kind::Valid],
    &[Kind::OneEach],
    &[Kind::Predict],
    &[Kind::Among],
    &[Kind::Features],
    &[Kind::Using],
    &[Kind::History],
    &[Kind::Validate],
    &[Kind::Require],
    &[Kind::Retrain],
    &[Kind::Pilot],
    &[Kind::Fallback],
    &[Kind::Signals],
    &[Kind::Top],
    &[Kind::Bestsellers],
    &[Kind::Holdout],
    &[Kind::Goal],
    &[Kind::Detect],
    &[Kind::Signed],
    &[Kind::Poll],
    &[Kind::Auth],
    &[Kind::Each],
    &[Kind::Pages],
    &[Kind::Endpoint],
    &[Kind::Occasions],
    &[Kind::Sends],
    &[Kind::Ids],
    &[Kind::MatchOn],
    &[Kind::Propose],
    &[Kind::Keep],
    &[Kind::Needs],
    &[Kind::ValidFor],
    &[Kind::Priority],
    &[Kind::Backfill],
    &[Kind::Approve],
    &[Kind::Quiet],
    &[Kind::WarmUp],
];

/// Declarations and steps whose members are looked at; in others the same kinds of node stand for something else.
const BLOCKS: &[Kind] = &[
    Kind::Source,
    Kind::Segment,
    Kind::Consent,
    Kind::Content,
    Kind::Email,
    Kind::Coupon,
    Kind::Model,
    Kind::Recommend,
    Kind::Experiment,
    Kind::Trigger,
    Kind::Campaign,
    Kind::Layout,
    Kind::Destination,
    Kind::Identity,
    Kind::CallStep,
    Kind::Policy,
];

/// Everything of which there is too much.
pub(super) fn check(parsed: &[ast::File]) -> Problems {
    let mut problems = Problems::default();
    let once: HashMap<Kind, usize> =
        ONCE.iter().enumerate().flat_map(|(at, kinds)| kinds.iter().map(move |kind| (*kind, at))).collect();
    for file in parsed {
        let blocks = file.tree().children().flat_map(|d| {
            // Of all declarations only a flow has blocks within it that are looked at.
            let within = (d.kind() == Kind::Trigger).then(|| d.descendants().skip(1));
            std::iter::once(d).chain(within.into_iter().flatten())
        });
        for declaration in blocks.filter(|d| BLOCKS.contains(&d.kind())) {
            // The first of each kind, and whether a second was told; a third says no more.
            let mut first: BTreeMap<usize, (SyntaxNode, bool)> = BTreeMap::new();
            for member in declaration.children() {
                let Some(kind) = once.get(&member.kind()) else { continue };
                match first.entry(*kind) {
                    Entry::Vacant(place) => drop(place.insert((member, false))),
                    Entry::Occupied(mut place) => {
                        let (first, told) = place.get_mut();
                        if !std::mem::replace(told, true) {
                            problems.report(RepeatedMember {
                                what: keyword(&member),
                                again_at: span(file, &member),
                                first_at: span(file, first),
                            });
                        }
                    }
                }
            }
            let mut bodies = declaration.children().filter(|m| m.kind() == Kind::Body);
            if declaration.kind() == Kind::Layout
                && let (Some(first), Some(again)) = (bodies.next(), bodies.next())
            {
                let (again_at, first_at) = (span(file, &again), span(file, &first));
                problems.report(RepeatedMember { what: "body".into(), again_at, first_at });
            }
        }
    }
    problems
}

/// The member's first word.
fn keyword(member: &SyntaxNode) -> String {
    let mut tokens = member.descendants_with_tokens().filter_map(|e| e.into_token());
    tokens.find(|t| !t.kind().is_trivia()).map_or(String::new(), |t| t.text().to_string())
}

/// Where a member stands, without the spaces around it.
fn span(file: &ast::File, member: &SyntaxNode) -> Span {
    let solid: Vec<_> = member
        .descendants_with_tokens()
        .filter_map(|e| e.into_token())
        .filter(|t| !t.kind().is_trivia())
        .map(|t| t.text_range())
        .collect();
    let range = member.text_range();
    let start = solid.first().map_or(range.start(), |r| r.start());
    let end = solid.last().map_or(range.end(), |r| r.end());
    Span::new(file.id(), start.into(), end.into())
}
