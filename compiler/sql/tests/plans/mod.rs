//! Plans such as the lowering makes: each a question a marketer asks.

use std::sync::Arc;

use persona_plan::{
    Aggregate, Arithmetic, Column, Comparison, Function, Join, Order, Place, Plan, Rel, Scalar, Schema, Step,
    Table,
};
use persona_value::{Currency, Decimal, EnumType, Type, Value};

fn tenths(count: i128) -> Value {
    Decimal::from_units(count * 100_000_000).map_or(Value::Missing, Value::Decimal)
}

fn gbp() -> Type {
    Type::Money(Currency(*b"GBP"))
}

fn column(name: &str) -> Scalar {
    Scalar::column(name)
}

fn named(scalars: Vec<(&str, Scalar)>) -> Vec<(Arc<str>, Scalar)> {
    scalars.into_iter().map(|(name, scalar)| (name.into(), scalar)).collect()
}

fn names(names: &[&str]) -> Vec<Arc<str>> {
    names.iter().map(|n| (*n).into()).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(Arc<str>, Arc<str>)> {
    pairs.iter().map(|(l, r)| ((*l).into(), (*r).into())).collect()
}

fn table(place: Place, columns: Vec<(&str, Type, bool)>) -> Rel {
    let schema: Schema =
        columns.into_iter().map(|(name, ty, optional)| Column::new(name, ty, optional)).collect();
    Rel::Table(Table { place, schema })
}

/// The tiers, in order.
pub fn tier() -> Type {
    let values = ["bronze", "silver", "gold"].map(Arc::from).to_vec();
    Type::Enum(Arc::new(EnumType { name: "tier".into(), values, ordered: true }))
}

/// Customers.
pub fn customer() -> Rel {
    let columns = vec![
        ("id", Type::Text, false),
        ("country", Type::Text, true),
        ("tier", tier(), true),
        ("birthday", Type::Date, true),
        ("signed_up", Type::Timestamp, false),
    ];
    table(Place::Own("customer".into()), columns)
}

/// Orders.
pub fn purchase() -> Rel {
    let columns = vec![
        ("event", Type::Text, false),
        ("customer", Type::Text, false),
        ("at", Type::Timestamp, false),
        ("total", gbp(), true),
        ("quantity", Type::Int, false),
    ];
    table(Place::Own("event_purchase".into()), columns)
}

/// A warehouse's own table, its types unknown.
pub fn invoices() -> Rel {
    let columns = ["invoice", "customer_id", "invoice_date", "quantity", "unit_price"];
    table(Place::Users("raw.invoices".into()), columns.map(|c| (c, Type::Raw, true)).to_vec())
}

fn since(days: i64) -> Scalar {
    let start = Scalar::Shift { instant: Box::new(Scalar::Now), seconds: -days * 86_400 };
    Scalar::And(vec![
        Scalar::compare(Comparison::Greater, column("at"), start),
        Scalar::compare(Comparison::AtMost, column("at"), Scalar::Now),
    ])
}

fn arithmetic(op: Arithmetic, left: Scalar, right: Scalar, ty: Type) -> Scalar {
    Scalar::Arithmetic { op, left: Box::new(left), right: Box::new(right), ty }
}

fn aggregate(input: Rel, keys: &[&str], values: Vec<(&str, Aggregate)>) -> Rel {
    let values = values.into_iter().map(|(name, value)| (name.into(), value)).collect();
    Rel::Aggregate { input: Box::new(input), keys: names(keys), values }
}

fn only(result: Rel) -> Plan {
    Plan { steps: vec![], result }
}

/// Every plan, by name.
pub fn all() -> Vec<(&'static str, Plan)> {
    vec![
        ("frequent_buyers", frequent_buyers()),
        ("high_value", high_value()),
        ("lapsed", lapsed()),
        ("last_order", last_order()),
        ("rfm", rfm()),
        ("orders_from_invoices", orders_from_invoices()),
        ("not_gold_or_abroad", not_gold_or_abroad()),
        ("activity", activity()),
        ("shares", shares()),
        ("nobody", nobody()),
        ("buckets", buckets()),
        ("net_spend", net_spend()),
        ("big_baskets", big_baskets()),
        ("quiet_buyers_abroad", quiet_buyers_abroad()),
    ]
}

/// Customers with more than three orders in 30 days: a filter over groups.
pub fn frequent_buyers() -> Plan {
    let recent = aggregate(purchase().filter(since(30)), &["customer"], vec![("orders", Aggregate::Count)]);
    let frequent = Scalar::compare(Comparison::Greater, column("orders"), Scalar::int(3));
    only(recent.filter(frequent).project(named(vec![("id", column("customer"))])))
}

/// Two aggregates, shared steps, put beside the customers; the mean is decided without rounding.
pub fn high_value() -> Plan {
    let year = aggregate(
        purchase().filter(since(365)),
        &["customer"],
        vec![("spent", Aggregate::Sum("total".into())), ("orders", Aggregate::CountPresent("total".into()))],
    );
    let step = |name: &str, rel: Rel| Step { name: name.into(), rel };
    let schema = year.schema();
    let year_step = Rel::Step { name: "purchase_365d".into(), schema };
    let spent = Scalar::Coalesce(vec![column("spent"), Scalar::literal(Value::Decimal(0.into()), gbp())]);
    let orders = Scalar::Coalesce(vec![column("orders"), Scalar::int(0)]);
    let hundred_each = arithmetic(
        Arithmetic::Multiply,
        orders.clone(),
        Scalar::literal(Value::Decimal(100.into()), gbp()),
        gbp(),
    );
    let keep = Scalar::And(vec![
        Scalar::compare(Comparison::Greater, orders, Scalar::int(0)),
        Scalar::compare(Comparison::Greater, spent, hundred_each),
    ]);
    let result = customer().join(Join::Left, year_step, pairs(&[("id", "customer")])).filter(keep);
    Plan {
        steps: vec![step("purchase_365d", year)],
        result: result.project(named(vec![("id", column("id"))])),
    }
}

/// Customers without an order in 60 days who did not just sign up: an anti join.
pub fn lapsed() -> Plan {
    let start = Scalar::Shift { instant: Box::new(Scalar::Now), seconds: -60 * 86_400 };
    let fresh = Scalar::compare(Comparison::Greater, column("signed_up"), start);
    let recent = purchase().filter(since(60));
    let quiet = customer().join(Join::Anti, recent, pairs(&[("id", "customer")]));
    only(quiet.filter(Scalar::Not(Box::new(fresh))).project(named(vec![("id", column("id"))])))
}

/// Each customer's last order.
pub fn last_order() -> Plan {
    let last = purchase().first_per(names(&["customer"]), vec![Order::down("at"), Order::up("event")]);
    only(last.project(named(vec![("customer", column("customer")), ("total", column("total"))])))
}

/// Recency, frequency and value in fifths.
pub fn rfm() -> Plan {
    let facts = aggregate(
        purchase().filter(since(365)),
        &["customer"],
        vec![
            ("latest", Aggregate::Max("at".into())),
            ("orders", Aggregate::Count),
            ("mean", Aggregate::Avg("total".into())),
        ],
    );
    let fifths = |rel: Rel, of: &str, name: &str| Rel::Ntile {
        input: Box::new(rel),
        buckets: 5,
        order: vec![Order::up(of), Order::up("customer")],
        name: name.into(),
    };
    let ranked = fifths(fifths(facts, "latest", "recency"), "mean", "monetary");
    only(ranked.filter(Scalar::compare(Comparison::AtLeast, column("recency"), Scalar::int(4))))
}

/// A source: lines of invoices become orders.
pub fn orders_from_invoices() -> Plan {
    let read = |name: &str, ty: Type, zone: Option<&str>| Scalar::Read {
        raw: Box::new(column(name)),
        ty,
        zone: zone.map(Arc::from),
    };
    let lines = invoices().project(named(vec![
        ("invoice", read("invoice", Type::Text, None)),
        ("customer", read("customer_id", Type::Text, None)),
        ("at", read("invoice_date", Type::Timestamp, Some("Europe/London"))),
        ("quantity", read("quantity", Type::Int, None)),
        ("unit_price", read("unit_price", gbp(), None)),
    ]));
    let real = Scalar::And(vec![
        Scalar::compare(Comparison::Greater, column("quantity"), Scalar::int(0)),
        Scalar::Not(Box::new(Scalar::IsMissing(Box::new(column("customer"))))),
    ]);
    let priced = lines.filter(real).project(named(vec![
        ("invoice", column("invoice")),
        ("customer", column("customer")),
        ("at", column("at")),
        ("price", arithmetic(Arithmetic::Multiply, column("quantity"), column("unit_price"), gbp())),
    ]));
    only(aggregate(
        priced,
        &["invoice"],
        vec![
            ("customer", Aggregate::Min("customer".into())),
            ("at", Aggregate::Min("at".into())),
            ("total", Aggregate::Sum("price".into())),
        ],
    ))
}

/// Negations take in those whose value is missing; an order of an enum is a rank; text compares by code point.
pub fn not_gold_or_abroad() -> Plan {
    let order = ["bronze", "silver", "gold"].map(Arc::from).to_vec();
    let rank = Scalar::Rank { value: Box::new(column("tier")), order };
    let gold = Scalar::compare(Comparison::AtLeast, rank, Scalar::int(2));
    let abroad =
        Scalar::Not(Box::new(Scalar::compare(Comparison::Equal, column("country"), Scalar::text("UK"))));
    let late = Scalar::compare(Comparison::Greater, column("country"), Scalar::text("O'Hara\\'s"));
    let keep = Scalar::Or(vec![Scalar::And(vec![Scalar::Not(Box::new(gold)), abroad]), late]);
    only(customer().filter(keep).project(named(vec![
        ("id", column("id")),
        ("tier", column("tier")),
        ("since", Scalar::LocalDate { instant: Box::new(column("signed_up")), zone: "Europe/London".into() }),
        ("was_born", Scalar::call(Function::Year, vec![column("birthday")])),
    ])))
}

/// Two kinds of event, one after the other, and how many there are of each a customer.
pub fn activity() -> Plan {
    let orders = purchase().project(named(vec![
        ("who", column("customer")),
        ("kind", Scalar::text("purchase")),
        ("weight", Scalar::int(3)),
    ]));
    let arrivals = customer().project(named(vec![
        ("who", column("id")),
        ("kind", Scalar::text("sign_up")),
        ("weight", Scalar::int(1)),
    ]));
    let both = Rel::Union(vec![orders, arrivals]);
    only(aggregate(both, &["who", "kind"], vec![("score", Aggregate::Sum("weight".into()))]))
}

/// What share of all spending each order is: exact decimals, and a join without a key.
pub fn shares() -> Plan {
    let all = aggregate(purchase(), &[], vec![("whole", Aggregate::Sum("total".into()))]);
    let share = arithmetic(Arithmetic::Divide, column("total"), column("whole"), Type::Decimal);
    let tenth = arithmetic(
        Arithmetic::Multiply,
        share.clone(),
        Scalar::literal(tenths(1), Type::Percent),
        Type::Decimal,
    );
    only(purchase().join(Join::Inner, all, vec![]).project(named(vec![
        ("event", column("event")),
        ("share", share),
        ("tenth", tenth),
    ])))
}

/// One row, whatever there is.
pub fn nobody() -> Plan {
    let none = purchase().filter(Scalar::Or(vec![]));
    let count =
        aggregate(none, &[], vec![("n", Aggregate::Count), ("largest", Aggregate::Max("total".into()))]);
    only(count.project(named(vec![("one", Scalar::int(1))])))
}

/// A customer's place in an experiment.
pub fn buckets() -> Plan {
    let bucket = Scalar::call(Function::Bucket { salt: "exp1".into() }, vec![column("id")]);
    let even = Scalar::compare(Comparison::Less, column("bucket"), Scalar::int(5_000));
    only(customer().project(named(vec![("id", column("id")), ("bucket", bucket)])).filter(even))
}

/// Calculated over groups, and filtered by that.
pub fn net_spend() -> Plan {
    let totals = aggregate(
        purchase(),
        &["customer"],
        vec![
            ("spent", Aggregate::Sum("total".into())),
            ("orders", Aggregate::Count),
            ("most", Aggregate::Max("total".into())),
        ],
    );
    let net = arithmetic(Arithmetic::Subtract, column("spent"), column("most"), gbp());
    let each = arithmetic(Arithmetic::Divide, net.clone(), column("orders"), gbp());
    let netted = totals.project(named(vec![("customer", column("customer")), ("net", net), ("each", each)]));
    only(netted.filter(Scalar::compare(
        Comparison::Greater,
        column("net"),
        Scalar::literal(Value::Decimal(50.into()), gbp()),
    )))
}

/// Customers with an order far above their own mean: a join beside two relations, with a condition over both.
pub fn big_baskets() -> Plan {
    let mean = aggregate(purchase(), &["customer"], vec![("mean", Aggregate::Avg("total".into()))])
        .project(named(vec![("who", column("customer")), ("mean", column("mean"))]));
    let far =
        arithmetic(Arithmetic::Multiply, column("mean"), Scalar::literal(tenths(15), Type::Percent), gbp());
    let big = Rel::Join {
        kind: Join::Inner,
        left: Box::new(purchase()),
        right: Box::new(mean),
        on: pairs(&[("customer", "who")]),
        and: Some(Scalar::compare(Comparison::Greater, column("total"), far)),
    };
    only(customer().join(
        Join::Semi,
        big.project(named(vec![("buyer", column("customer"))])),
        pairs(&[("id", "buyer")]),
    ))
}

/// Orders, and beside them the buyer, if that is one who signed up lately and never bought in bulk: a left join to
/// what has conditions of its own, one of them an anti join.
pub fn quiet_buyers_abroad() -> Plan {
    let bulk = purchase()
        .filter(Scalar::compare(Comparison::AtLeast, column("quantity"), Scalar::int(4)))
        .project(named(vec![("bulk_buyer", column("customer"))]));
    let start = Scalar::Shift { instant: Box::new(Scalar::Now), seconds: -100 * 86_400 };
    let quiet = customer().join(Join::Anti, bulk, pairs(&[("id", "bulk_buyer")])).filter(Scalar::compare(
        Comparison::Greater,
        column("signed_up"),
        start,
    ));
    let known = Scalar::If {
        condition: Box::new(Scalar::Not(Box::new(Scalar::IsMissing(Box::new(column("id")))))),
        then: Box::new(column("country")),
        otherwise: Box::new(Scalar::literal(Value::Missing, Type::Text)),
    };
    only(purchase().join(Join::Left, quiet, pairs(&[("customer", "id")])).project(named(vec![
        ("event", column("event")),
        ("country", known),
        ("is_quiet", Scalar::Not(Box::new(Scalar::IsMissing(Box::new(column("id")))))),
    ])))
}
