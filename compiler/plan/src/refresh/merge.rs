//! The merge: what the kept tables say beside what the profile says, and what follows from the difference.

use std::sync::Arc;

use md5::{Digest, Md5};
use persona_model::Model;
use persona_value::{Type, Value};

use super::state::{
    AUDIENCE, AUDIENCE_SIZE, CHANGE, EMAIL_DAY, LOG, MEMBERSHIP, constants, declared, kept, present, profile,
};
use super::{Act, Deed, views};
use crate::lower::event_table;
use crate::{Aggregate, Comparison, Join, Place, Plan, Rel, Scalar, Table, prune};

/// 32 hex digits that tell one text from another.
pub fn fingerprint(text: &str) -> String {
    Md5::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

type Columns = Vec<(Arc<str>, Scalar)>;

fn plan(result: Rel) -> Plan {
    prune(Plan { steps: vec![], result })
}

fn same(names: &[&str]) -> Columns {
    names.iter().map(|n| (Arc::from(*n), Scalar::column(*n))).collect()
}

fn missing() -> Scalar {
    Scalar::literal(Value::Missing, Type::Text)
}

fn present_(name: &str) -> Scalar {
    Scalar::Not(Box::new(Scalar::IsMissing(Box::new(Scalar::column(name)))))
}

fn if_(condition: Scalar, then: Scalar, otherwise: Scalar) -> Scalar {
    Scalar::If { condition: Box::new(condition), then: Box::new(then), otherwise: Box::new(otherwise) }
}

fn equal(left: Scalar, right: Scalar) -> Scalar {
    Scalar::compare(Comparison::Equal, left, right)
}

/// Everything that follows once the profile is made. With `only`, a relation of customers with one column, `customer`,
/// nobody else is looked at: whoever is not in it has not changed.
pub fn merge(model: &Model, only: Option<&Rel>) -> Vec<Deed> {
    let mut deeds = vec![Deed::new(
        "Who is no longer where they were, or was not there before.",
        CHANGE,
        Act::Replace(changes(model, only)),
    )];
    let change = || {
        let schema = changes(model, None).result.schema();
        Rel::Table(Table { place: Place::Own(CHANGE.into()), schema })
    };
    let mut log = vec![(Arc::from("refreshed_at"), Scalar::Now)];
    log.extend(same(&["kind", "audience", "customer", "change", "from_stage", "to_stage", "cause"]));
    deeds.push(Deed::new("The log.", LOG, Act::Insert(plan(change().project(log)))));
    let key = ["kind", "audience", "customer"];
    deeds.push(Deed::new(
        "Who left, or moved.",
        MEMBERSHIP,
        Act::Delete(key.map(Arc::from).to_vec(), plan(change().project(same(&key)))),
    ));
    let came = change().filter(equal(Scalar::column("is_in"), Scalar::int(1)));
    let mut member = same(&["kind", "audience"]);
    member.push(("stage".into(), Scalar::column("to_stage")));
    member.push(("customer".into(), Scalar::column("customer")));
    member.push(("since".into(), Scalar::Now));
    deeds.push(Deed::new("Who entered, or moved.", MEMBERSHIP, Act::Insert(plan(came.project(member)))));
    let audience = kept(AUDIENCE).project(same(&["kind", "audience"]));
    let on = ["kind", "audience"].map(Arc::from).to_vec();
    deeds.push(Deed::new("What was defined.", AUDIENCE, Act::Delete(on, plan(audience))));
    deeds.push(Deed::new("What is defined.", AUDIENCE, Act::Insert(plan(definitions(model)))));
    deeds.extend(sizes(model));
    deeds.extend(engagement(model));
    deeds.push(Deed::new("Done.", CHANGE, Act::Drop));
    deeds
}

/// What changes: a row for each customer and audience.
fn changes(model: &Model, only: Option<&Rel>) -> Plan {
    let mark = |rel: Rel, from: Scalar, to: Scalar, was: i64| {
        let mut columns = same(&["kind", "audience", "customer"]);
        columns.push(("before".into(), from));
        columns.push(("after".into(), to));
        columns.push(("was".into(), Scalar::int(was)));
        columns.push(("now_in".into(), Scalar::int(1 - was)));
        rel.project(columns)
    };
    let restrict = |rel: Rel| match only {
        None => rel,
        Some(only) => {
            let examined = only.clone().project(vec![("examined".into(), Scalar::column("customer"))]);
            rel.join(Join::Semi, examined, vec![("customer".into(), "examined".into())])
        }
    };
    let before = mark(restrict(kept(MEMBERSHIP)), Scalar::column("stage"), missing(), 1);
    let after = mark(restrict(present(model, &profile(model))), missing(), Scalar::column("stage"), 0);
    let both = Rel::Aggregate {
        input: Box::new(Rel::Union(vec![before, after])),
        keys: ["kind", "audience", "customer"].map(Arc::from).to_vec(),
        values: vec![
            ("from_stage".into(), Aggregate::Min("before".into())),
            ("to_stage".into(), Aggregate::Min("after".into())),
            ("was_in".into(), Aggregate::Max("was".into())),
            ("is_in".into(), Aggregate::Max("now_in".into())),
        ],
    };
    let column = Scalar::column;
    let flipped = Scalar::Not(Box::new(equal(column("was_in"), column("is_in"))));
    // Of a segment both are missing, and nothing moved.
    let moved = Scalar::And(vec![
        present_("from_stage"),
        present_("to_stage"),
        Scalar::Not(Box::new(equal(column("from_stage"), column("to_stage")))),
    ]);
    let changed = both.filter(Scalar::Or(vec![flipped, moved]));
    // What the audience was defined as, and what it is defined as.
    let rename = |rel: Rel, prefix: &str| {
        let name = |c: &str| -> Arc<str> { format!("{prefix}_{c}").into() };
        rel.project(["kind", "audience", "definition"].map(|c| (name(c), column(c))).to_vec())
    };
    let on = |prefix: &str| -> Vec<(Arc<str>, Arc<str>)> {
        ["kind", "audience"].map(|c| (Arc::from(c), format!("{prefix}_{c}").into())).to_vec()
    };
    let told = changed.join(Join::Left, rename(kept(AUDIENCE), "old"), on("old")).join(
        Join::Left,
        rename(definitions(model), "new"),
        on("new"),
    );
    let change = if_(
        equal(column("was_in"), Scalar::int(0)),
        Scalar::text("entered"),
        if_(equal(column("is_in"), Scalar::int(0)), Scalar::text("left"), Scalar::text("moved")),
    );
    let cause = if_(
        Scalar::Not(Box::new(present_("new_definition"))),
        Scalar::text("removed"),
        if_(
            Scalar::Not(Box::new(present_("old_definition"))),
            Scalar::text("first"),
            if_(
                equal(column("old_definition"), column("new_definition")),
                Scalar::text("customer"),
                Scalar::text("redefined"),
            ),
        ),
    );
    let mut columns = same(&["kind", "audience", "customer", "from_stage", "to_stage", "is_in"]);
    columns.push(("change".into(), change));
    columns.push(("cause".into(), cause));
    plan(told.project(columns))
}

/// A row for each segment and lifecycle of the program.
fn definitions(model: &Model) -> Rel {
    let rows = declared(model).into_iter().map(|(kind, name, definition)| {
        constants(vec![
            ("kind".into(), Scalar::text(kind.word())),
            ("audience".into(), Scalar::text(name)),
            ("definition".into(), Scalar::text(definition)),
        ])
    });
    let rows: Vec<Rel> = rows.collect();
    if rows.is_empty() { kept(AUDIENCE).filter(Scalar::Or(vec![])) } else { Rel::Union(rows) }
}

/// The size of every segment and stage, empty ones too, in the place of what was noted at the same instant.
fn sizes(model: &Model) -> Vec<Deed> {
    let at = kept(AUDIENCE_SIZE).filter(equal(Scalar::column("refreshed_at"), Scalar::Now));
    let again = Act::Delete(vec!["refreshed_at".into()], plan(at.project(same(&["refreshed_at"]))));
    let row = |kind: &str, audience: &Arc<str>, stage: Scalar| {
        constants(vec![
            ("kind".into(), Scalar::text(kind)),
            ("audience".into(), Scalar::text(audience.clone())),
            ("stage".into(), stage),
            ("members".into(), Scalar::int(0)),
        ])
    };
    let segments = model.segments.iter().map(|s| row("segment", &s.name, missing()));
    let stages = model.lifecycles.iter().flat_map(|l| {
        l.stages.iter().map(|s| row("lifecycle", &l.name, Scalar::text(s.name.clone()))).collect::<Vec<_>>()
    });
    let mut members = same(&["kind", "audience", "stage"]);
    members.push(("members".into(), Scalar::int(1)));
    let rows = segments.chain(stages).chain([kept(MEMBERSHIP).project(members)]).collect();
    let counted = Rel::Aggregate {
        input: Box::new(Rel::Union(rows)),
        keys: ["kind", "audience", "stage"].map(Arc::from).to_vec(),
        values: vec![("size".into(), Aggregate::Sum("members".into()))],
    };
    let mut columns = vec![(Arc::from("refreshed_at"), Scalar::Now)];
    columns.extend(same(&["kind", "audience", "stage", "size"]));
    vec![
        Deed::new("Sizes noted at this very instant are noted anew.", AUDIENCE_SIZE, again),
        Deed::new("The size of each.", AUDIENCE_SIZE, Act::Insert(plan(counted.project(columns)))),
    ]
}

/// What became of e-mails, day by day, by the project's clock.
fn engagement(model: &Model) -> Vec<Deed> {
    let zone = model.project.timezone.clone();
    let counted = [("email_sent", 0), ("email_open", 1), ("email_click", 2)];
    let parts: Vec<Rel> = counted
        .into_iter()
        .filter(|(event, _)| views::is_fed(model, event))
        .filter_map(|(event, place)| {
            let has_email = model.event(event)?.field("email").is_some();
            let columns = [("email", Type::Text, true), ("at", Type::Timestamp, false)]
                .into_iter()
                .filter(|(name, ..)| *name == "at" || has_email)
                .map(|(name, ty, optional)| crate::Column::new(name, ty, optional));
            let table =
                Rel::Table(Table { place: Place::Own(event_table(event)), schema: columns.collect() });
            let happened =
                table.filter(Scalar::compare(Comparison::AtMost, Scalar::column("at"), Scalar::Now));
            let day = Scalar::LocalDate { instant: Box::new(Scalar::column("at")), zone: zone.clone() };
            let one = |n| Scalar::int(i64::from(n == place));
            Some(happened.project(vec![
                ("email".into(), if has_email { Scalar::column("email") } else { missing() }),
                ("day".into(), day),
                ("was_sent".into(), one(0)),
                ("was_opened".into(), one(1)),
                ("was_clicked".into(), one(2)),
            ]))
        })
        .collect();
    let old = kept(EMAIL_DAY).project(same(&["day"]));
    let mut deeds =
        vec![Deed::new("E-mails are counted anew.", EMAIL_DAY, Act::Delete(vec!["day".into()], plan(old)))];
    if !parts.is_empty() {
        let sum = |name: &str, of: &str| (Arc::from(name), Aggregate::Sum(of.into()));
        let rel = Rel::Aggregate {
            input: Box::new(Rel::Union(parts)),
            keys: ["email", "day"].map(Arc::from).to_vec(),
            values: vec![sum("sent", "was_sent"), sum("opened", "was_opened"), sum("clicked", "was_clicked")],
        };
        deeds.push(Deed::new("What became of each e-mail.", EMAIL_DAY, Act::Insert(plan(rel))));
    }
    deeds
}
