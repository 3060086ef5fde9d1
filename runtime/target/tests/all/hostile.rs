//! Names and values that would break out of their quotes, if they were not quoted: really run.

use persona_value::Value;
use persona_warehouse::Rows;

use crate::shop::{ENGINES, Shop};

/// What people, and people who mean harm, write.
fn hostile() -> Vec<String> {
    let mut texts: Vec<String> = [
        "'; DROP TABLE raw.innocent; --",
        "\"; DROP TABLE raw.innocent; --",
        "' OR 'a' = 'a",
        "o'neill",
        "''''",
        "say \"hi\"",
        "`tick`",
        "back\\slash",
        "\\'; DROP TABLE raw.innocent; --",
        "\\",
        "line\nbreak",
        "carriage\rreturn",
        "/* comment */ -- comment",
        "$$ dollars $1 ${x} :x ? %s %(x)s @x",
        "{{ jinja }} {% raw %}",
        "select",
        "käse 🧀 ключ \u{202e}",
        "null\0 byte",
        "\u{7f}\t\u{1}",
    ]
    .map(String::from)
    .to_vec();
    texts.push("x".repeat(200));
    texts.push("it's ".repeat(40));
    texts
}

/// A text as a program writes it.
fn written(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

#[test]
fn nothing_that_is_written_is_read_as_sql() {
    let shop = Shop::new();
    shop.run(&["CREATE SCHEMA raw", "CREATE TABLE raw.innocent (id INTEGER)"]);
    for text in hostile() {
        for engine in ENGINES {
            // PostgreSQL has no text with the character 0 in it.
            let kept = if engine == "postgres" { text.replace('\0', "") } else { text.clone() };
            // A name is what stands between dots; no engine's name has the character 0.
            let name = format!("raw.{}", kept.replace(['.', '\0'], " "));
            let target = engine.parse().unwrap();
            let table = persona_sql::users_name(&name, target);
            let mut warehouse = shop.warehouse(engine);
            warehouse.execute(&format!("DROP TABLE IF EXISTS {table}")).unwrap();
            warehouse.execute(&format!("CREATE TABLE {table} (id TEXT, v TEXT)")).unwrap();
            let rows = [("same", &*kept), ("other", "' OR 'a' = 'a' --")];
            let rows = rows.map(|(id, v)| vec![Value::text(id), Value::text(v)]).to_vec();
            let columns = vec!["id".to_string(), "v".to_string()];
            warehouse.insert(&table, &Rows { columns, rows }).unwrap();

            let loaded = shop.load(&format!(
                "customer {{ id: string key  email: email }}\nentity thing {{ id: string key  v: string }}\n\
                 source things {{ table {} where v == {} feeds thing {{ id = id  v = v }} }}\n",
                written(&name),
                written(&text)
            ));
            let model = loaded.model.as_ref().unwrap();
            let staged = persona_plan::lower::staging(model);
            let plan = &staged.iter().find(|s| &*s.table == "entity_thing").unwrap().plan;
            let sql = persona_sql::query(plan, target, &persona_sql::Options::default()).unwrap();
            let found = warehouse.query(&sql).unwrap_or_else(|e| panic!("{engine}: {text:?}: {e}")).rows;
            assert_eq!(found, [[Value::text("same"), Value::text(&*kept)]], "{engine}: {text:?}\n{sql}");
            let made = warehouse.columns(&table).unwrap().map(|columns| columns.len());
            assert_eq!(made, Some(2), "{engine}: {text:?}");
            assert!(warehouse.columns("\"raw\".\"innocent\"").unwrap().is_some(), "{engine}: {text:?}");
        }
    }
}
