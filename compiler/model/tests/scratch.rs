use persona_diagnostics::*;
#[test]
#[ignore]
fn scratch() {
    let dir = std::path::PathBuf::from(std::env::var("DIR").unwrap());
    let mut sources = Sources::default();
    let mut problems = Problems::default();
    let toml = std::fs::read_to_string(dir.join("persona.toml")).unwrap();
    let id = sources.add("persona.toml", toml.clone());
    let project = persona_model::Project::parse(id, &toml, &mut problems).unwrap();
    let mut files = vec![];
    for e in std::fs::read_dir(&dir).unwrap() {
        let p = e.unwrap().path();
        if p.extension().is_some_and(|e| e == "persona") {
            let text = std::fs::read_to_string(&p).unwrap();
            let id = sources.add(p.file_name().unwrap(), text.clone());
            files.push(persona_syntax::parse(id, &text, &mut problems));
        }
    }
    let model =
        persona_model::build(&project, &files, &persona_model::Disk(dir), &mut sources, &mut problems);
    for t in problems.sorted(&sources) {
        println!("{}", render::human(&t, &sources, render::Style::PLAIN));
    }
    println!(
        "{} traits {} segments {} emails {} triggers",
        model.traits.len(),
        model.segments.len(),
        model.emails.len(),
        model.triggers.len()
    );
}
