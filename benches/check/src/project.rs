//! A big believable project: a retailer of many departments, each with its events, sources, audiences and mail.
//!
//! From one seed it is the same project on every machine.

use std::collections::BTreeMap;
use std::path::PathBuf;

use fastrand::Rng;

use crate::templates;

/// The departments; the first ones are taken.
const DEPARTMENTS: &[&str] = &[
    "shoes", "books", "toys", "garden", "kitchen", "lighting", "bedding", "bikes", "camping", "running",
    "fishing", "music", "films", "games", "phones", "laptops", "cameras", "audio", "watches", "jewels",
    "bags", "hats", "coats", "dresses", "shirts", "jeans", "socks", "baby", "pets", "paint", "tools",
    "tiles", "sofas", "chairs", "desks", "wine", "coffee", "tea", "cheese", "flowers",
];

/// As many departments as there are: 1,001 programs, 5,005 declarations, 200 templates.
pub const WHOLE: usize = DEPARTMENTS.len();

/// Programs of a department, beside the one with its data.
const PROGRAMS: usize = 24;

/// Every file of a project by its path: programs, templates, `persona.toml`.
pub struct Project {
    /// The texts.
    pub files: BTreeMap<PathBuf, String>,
    /// How many declarations the programs hold.
    pub declarations: usize,
}

impl Project {
    /// The project of this seed with so many departments.
    pub fn new(seed: u64, departments: usize) -> Project {
        let mut rng = Rng::with_seed(seed);
        let mut project = Project { files: BTreeMap::new(), declarations: 0 };
        project.add("persona.toml", TOML.to_string());
        project.program("company.persona", COMPANY.iter().map(|d| d.to_string()).collect());
        for (index, department) in DEPARTMENTS.iter().take(departments).enumerate() {
            Department { name: department, mjml: index % 2 == 1, rng: &mut rng }.write(&mut project);
        }
        project
    }

    /// How many files have this ending.
    pub fn count(&self, endings: &[&str]) -> usize {
        let ends = |path: &&PathBuf| path.extension().is_some_and(|e| endings.iter().any(|end| e == *end));
        self.files.keys().filter(ends).count()
    }

    fn add(&mut self, path: impl Into<PathBuf>, text: String) {
        self.files.insert(path.into(), text);
    }

    fn program(&mut self, path: impl Into<PathBuf>, declarations: Vec<String>) {
        self.declarations += declarations.len();
        self.add(path, declarations.join("\n\n") + "\n");
    }
}

const TOML: &str = r#"[project]
name     = "department_store"
timezone = "Europe/London"
currency = "GBP"

[targets.dev]
dialect  = "duckdb"
database = "store.duckdb"
"#;

/// What all departments share.
const COMPANY: &[&str] = &[
    r#"/// Someone with an account.
customer {
  id:          string key
  email:       email? pii
  first_name:  string? pii
  last_name:   string? pii
  birthday:    date? pii
  country:     enum { GB, IE, DE, FR, ES, other }
  tier:        enum { bronze < silver < gold }
  signed_up:   timestamp
  timezone:    timezone?
  age:         int? check it >= 13 and it <= 120
}"#,
    r##"brand {
  colour          "#0a5"
  postal_address  "The Department Store, 1 High Street, York"
  from            "The Department Store <hello@store.example>"
  reply_to        "care@store.example"
}"##,
    r#"/// Offers and news of every department.
consent marketing "Offers and news by e-mail" {
  opt in double
  covers email, profiling
  expires after 24 months without engagement
}"#,
    r#"/// Somebody read our mail.
event engagement = email_open or email_click"#,
    r#"source crm {
  table "raw.contacts"
  feeds customer {
    id         = contact_id
    email      = lower(trim(email_address))
    first_name = given_name
    last_name  = family_name
    birthday   = birthday
    country    = country
    tier       = tier
    signed_up  = signed_up
    timezone   = timezone
    age        = age
  }
}"#,
];

/// One department on its way into files.
struct Department<'a> {
    name: &'static str,
    mjml: bool,
    rng: &'a mut Rng,
}

impl Department<'_> {
    fn write(mut self, project: &mut Project) {
        let d = self.name;
        project.program(format!("{d}/data.persona"), self.data());
        let mut programs: Vec<Vec<String>> = vec![Vec::new(); PROGRAMS];
        let mut deal = |index: usize, declaration: String| programs[index % PROGRAMS].push(declaration);
        for i in 0..30 {
            deal(i, self.trait_(i));
            deal(i, self.segment(i));
        }
        deal(6, self.lifecycle());
        deal(7, self.layout());
        (0..10).for_each(|i| deal(8 + i, self.content(i)));
        for i in 0..20 {
            deal(i, self.email(i));
        }
        (0..15).for_each(|i| deal(9 + i, self.trigger(i)));
        (0..5).for_each(|i| deal(19 + i, self.campaign(i)));
        for (index, declarations) in programs.into_iter().enumerate() {
            project
                .program(format!("{d}/{}_{index}.persona", SUBJECTS[index % SUBJECTS.len()]), declarations);
        }
        let end = if self.mjml { "mjml" } else { "html" };
        project.add(format!("{d}/layouts/base.{end}"), templates::layout(d, self.mjml));
        for i in 0..4 {
            project.add(format!("{d}/content/mail_{i}.{end}"), templates::body(d, i, self.mjml, self.rng));
        }
    }

    fn days(&mut self) -> u32 {
        [7, 14, 30, 60, 90, 180, 365][self.rng.usize(..7)]
    }

    fn data(&mut self) -> Vec<String> {
        DATA.iter().map(|text| text.replace("DEP", self.name)).collect()
    }

    fn trait_(&mut self, i: usize) -> String {
        let (d, days) = (self.name, self.days());
        let value = match i {
            0 => format!("list({d}_cart_add less {d}_cart_remove by sku since last({d}_purchase).at)"),
            1 => format!("sum({d}_trait_0, it.quantity * it.price)"),
            2 => format!("most_frequent({d}_view.category in last {days} days)"),
            3 => format!("sum({d}_purchase.total) - sum({d}_refund.total)"),
            4 => format!("last({d}_purchase).at"),
            5 => format!("most_frequent({d}_purchase.lines.sku in last {days} days)"),
            6 => format!("{d}_trait_5.category"),
            7 => format!("if tier >= silver then {}% else 5%", 6 + self.rng.u32(..20)),
            8 => format!("first({d}_purchase).at"),
            9 => format!("avg({d}_review.stars in last {days} days)"),
            _ => match i % 5 {
                0 => format!("count({d}_purchase in last {days} days)"),
                1 => format!("avg({d}_purchase.total in last {days} days)"),
                2 => format!("count({d}_view where category == \"{}\" in last {days} days)", self.category()),
                3 => format!("max({d}_purchase.total where total > {} GBP)", self.rng.u32(1..90)),
                _ => format!("sum({d}_cart_add.quantity in last {days} days)"),
            },
        };
        format!("/// Of the customers of {d}.\ntrait {d}_trait_{i} = {value}")
    }

    fn category(&mut self) -> &'static str {
        ["sale", "new", "classic", "winter", "summer", "outlet"][self.rng.usize(..6)]
    }

    fn segment(&mut self, i: usize) -> String {
        let (d, days) = (self.name, self.days());
        let (n, amount) = (self.rng.u32(1..9), self.rng.u32(2..60) * 10);
        let when = match i % 6 {
            0 => format!(
                "count({d}_purchase in last {days} days) > {n}\n      and {d}_trait_11 > {amount} GBP\n      and any(engagement in last 30 days)"
            ),
            1 => format!(
                "count({d}_view where category == \"{}\" in last 14 days) >= {n}\n      and none({d}_purchase in last 14 days)",
                self.category()
            ),
            2 => format!("{d}_trait_3 >= {amount} GBP and country in [GB, IE]"),
            3 => format!("none({d}_activity in last {days} days) and signed_up < {} days ago", days + 1),
            4 => format!("any({d}_cart_add without {d}_purchase within 1 day in last {days} days)"),
            _ => format!(
                "count({d}_purchase where any(lines where sku.category == \"{}\") in last {days} days) >= {n}",
                self.category()
            ),
        };
        let label = format!("{} {d} {i}", ["Regulars of", "Lookers in", "Spenders on"][i % 3]);
        format!(
            "/// Group {i} of {d}.\nsegment {d}_segment_{i} \"{label}\" {{\n  when    {when}\n  refresh every 1 hour\n}}"
        )
    }

    fn lifecycle(&mut self) -> String {
        let d = self.name;
        format!(
            "/// Where a customer stands with {d}.\nlifecycle {d}_stage {{\n  stage {d}_new     when {d}_trait_8 in last 30 days\n  stage {d}_vip     when in {d}_segment_0\n  stage {d}_lapsed  when none({d}_activity in last 60 days) and not (signed_up in last 60 days)\n  stage {d}_active  otherwise\n}}"
        )
    }

    fn layout(&mut self) -> String {
        let (d, end) = (self.name, if self.mjml { "mjml" } else { "html" });
        format!("layout {d}_base {{\n  body {end} file \"{d}/layouts/base.{end}\"\n}}")
    }

    fn content(&mut self, i: usize) -> String {
        let (d, segment) = (self.name, self.rng.u32(..30));
        format!(
            "content {d}_block_{i} {{\n  when in {d}_segment_{segment}     \"\"\"Only for you: the best of {d}.\"\"\"\n  when {d}_stage == {d}_lapsed  \"\"\"We miss you, {{{{ first_name | default: \"friend\" }}}}.\"\"\"\n  otherwise                 \"\"\"Discover what is new in {d}.\"\"\"\n}}"
        )
    }

    fn email(&mut self, i: usize) -> String {
        let (d, block) = (self.name, self.rng.u32(..10));
        let end = if self.mjml { "mjml" } else { "html" };
        let body = if i < 4 {
            format!("body {end} file \"{d}/content/mail_{i}.{end}\"")
        } else {
            format!("body {end} \"\"\"{}\"\"\"", templates::short(d, block, self.mjml))
        };
        format!(
            "email {d}_mail_{i} {{\n  consent    marketing\n  layout     {d}_base\n  subject    \"{{{{ first_name | default: \"Hello\" }}}}, news of {d}\"\n  preheader  \"Number {i}, and worth reading\"\n  {body}\n}}"
        )
    }

    fn trigger(&mut self, i: usize) -> String {
        let d = self.name;
        let (mail, other) = (4 + i, 4 + self.rng.usize(..16));
        let flow = match i {
            0 => format!(
                "on    {d}_cart_add\n  wait  1 hour unless {d}_purchase\n  send  {d}_mail_0\n  wait  1 day unless {d}_purchase\n  if tier >= silver {{ send {d}_mail_1 }} else {{ send {d}_mail_2 }}"
            ),
            1..=5 => format!("on    enter {d}_segment_{i}\n  send  {d}_mail_{mail}\n  exit on {d}_activity"),
            6..=9 => format!(
                "on    {d}_purchase where total > {} GBP\n  wait  {i} days unless {d}_refund\n  send  {d}_mail_{mail}",
                self.rng.u32(5..100)
            ),
            10 => format!("on    enter {d}_lapsed\n  send  {d}_mail_{mail}\n  exit on {d}_activity"),
            _ => format!(
                "on    {d}_wishlist_add\n  wait  until 09:00 local unless {d}_purchase\n  if {d}_trait_3 > 500 GBP {{ send {d}_mail_{other} }} else {{ send {d}_mail_{mail} }}"
            ),
        };
        format!("trigger {d}_flow_{i} {{\n  {flow}\n  once per 30 days\n}}")
    }

    fn campaign(&mut self, i: usize) -> String {
        // Not those who do nothing, whom the stage leaves out: a campaign that nobody gets is an error.
        let (d, segment) = (self.name, self.rng.u32(..5) * 6 + self.rng.u32(..3));
        let day = ["monday", "tuesday", "wednesday", "thursday", "friday"][i];
        format!(
            "campaign {d}_campaign_{i} {{\n  to     in {d}_segment_{segment} and {d}_stage != {d}_lapsed\n  every {day} at 09:00\n  spread over 2 hours\n  send   {d}_mail_3\n}}"
        )
    }
}

const SUBJECTS: &[&str] = &["audience", "orders", "basket", "welcome", "win_back", "loyalty"];

/// Events, products and sources of a department called `DEP`.
const DATA: &[&str] = &[
    "/// What the department sells.\nentity DEP_product {\n  sku:       string key\n  name:      string\n  price:     money\n  image:     url\n  category:  string\n  in_stock:  bool\n}",
    "record DEP_line { sku: DEP_product  quantity: int check it > 0  price: money }",
    "/// An invoice with its lines.\nevent DEP_purchase { order_id: string unique  total: money  lines: list<DEP_line> }",
    "event DEP_refund { order_id: string unique  total: money }",
    "event DEP_view { sku: DEP_product  category: string? }",
    "event DEP_cart_add { sku: DEP_product  quantity: int check it > 0  price: money }",
    "event DEP_cart_remove { sku: DEP_product  quantity: int check it > 0 }",
    "event DEP_wishlist_add { sku: DEP_product }",
    "event DEP_review { sku: DEP_product  stars: int check it >= 1 and it <= 5 }",
    "event DEP_activity = DEP_purchase or DEP_view or DEP_cart_add or DEP_review",
    r#"source DEP_orders {
  table "raw.DEP_invoices" where quantity > 0 and customer_id is present
  group by invoice
  feeds DEP_purchase {
    customer = customer_id
    at       = local(min(invoice_date), "Europe/London")
    order_id = invoice
    total    = sum(quantity * unit_price)
    lines    = list { sku = stock_code  quantity = quantity  price = money(unit_price, GBP) }
  }
}"#,
    r#"source DEP_catalogue {
  table "raw.DEP_products"
  feeds DEP_product {
    sku      = sku
    name     = title
    price    = money(price, GBP)
    image    = image_url
    category = category
    in_stock = stock > 0
  }
}"#,
    r#"source DEP_site {
  table "raw.DEP_views"
  feeds DEP_view {
    customer = customer_id
    at       = local(at, "Europe/London")
    sku      = sku
    category = category
  }
}"#,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The smallest projects of a few seeds: what is measured is a program with nothing to tell of.
    #[test]
    fn projects_have_no_errors() {
        for seed in 1..4 {
            let folder = tempfile::tempdir().unwrap();
            for (path, text) in &Project::new(seed, 2).files {
                let path = folder.path().join(path);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, text).unwrap();
            }
            let loaded = persona_model::load(folder.path());
            let errors =
                loaded.problems.iter().filter(|t| t.severity == persona_diagnostics::Severity::Error);
            let errors: Vec<_> = errors.collect();
            assert!(errors.is_empty(), "{errors:#?}");
        }
    }
}
