//! A project with a target in each engine.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use persona_diagnostics::Severity;
use persona_model::Loaded;
use persona_target::Progress;
use persona_warehouse::{Target, Warehouse, connect};

/// Says nothing.
pub struct Silent;

impl Progress for Silent {
    fn start(&mut self, _: &str, _: u64) {}
    fn step(&mut self, _: &str) {}
    fn end(&mut self) {}
}

/// The engines that really run here.
pub const ENGINES: [&str; 2] = ["duckdb", "postgres"];

/// A project in a folder of its own, in London, with a target of each engine's.
pub struct Shop {
    folder: tempfile::TempDir,
    database: String,
}

static DATABASES: AtomicU32 = AtomicU32::new(0);

impl Shop {
    pub fn new() -> Shop {
        let database = format!("target_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        let mut admin = opened(Target::Postgres { uri: address("postgres") });
        admin.execute(&format!("CREATE DATABASE {database}")).unwrap();
        let shop = Shop { folder: tempfile::tempdir().unwrap(), database };
        let postgres = address(&shop.database);
        shop.write(
            "persona.toml",
            &format!(
                "[project]\nname = \"shop\"\ntimezone = \"Europe/London\"\n\
                 [targets.duckdb]\ndialect = \"duckdb\"\ndatabase = \"shop.duckdb\"\n\
                 [targets.postgres]\ndialect = \"postgres\"\nuri = \"{postgres}\"\n"
            ),
        );
        shop
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, path: &str, text: &str) {
        std::fs::write(self.folder().join(path), text).unwrap();
    }

    /// A connection to one of the targets.
    pub fn warehouse(&self, engine: &str) -> Box<dyn Warehouse> {
        opened(match engine {
            "duckdb" => Target::DuckDb { path: Some(self.folder().join("shop.duckdb")) },
            _ => Target::Postgres { uri: address(&self.database) },
        })
    }

    /// Runs statements in every engine.
    pub fn run(&self, statements: &[&str]) {
        for engine in ENGINES {
            let mut warehouse = self.warehouse(engine);
            for sql in statements {
                warehouse.execute(sql).unwrap_or_else(|e| panic!("{engine}: {e}"));
            }
        }
    }

    /// A program without errors.
    pub fn load(&self, program: &str) -> Loaded {
        self.write("shop.persona", program);
        let loaded = persona_model::load(self.folder());
        let errors: Vec<_> = loaded.problems.iter().filter(|t| t.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        loaded
    }
}

fn address(database: &str) -> String {
    format!("postgresql://persona@127.0.0.1:{}/{database}", crate::server::port())
}

fn opened(target: Target) -> Box<dyn Warehouse> {
    connect(&target).unwrap_or_else(|e| panic!("{e}"))
}
