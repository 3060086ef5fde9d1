//! `persona fmt` on a disk.

use std::path::Path;

use crate::help::{Told, persona, told};

const MESSY: &str = "trait a=1\r\n";
const NEAT: &str = "trait a = 1\n";

fn fmt(arguments: &[&str], folder: &Path) -> (Option<i32>, String, String) {
    let mut command = persona(&[&["fmt"], arguments].concat());
    command.current_dir(folder);
    let Told { code, out, err } = told(command);
    (code, out, err)
}

#[test]
fn it_rewrites_what_changes_and_does_the_rest_where_one_file_fails() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let read = |name: &str| std::fs::read_to_string(path(name)).unwrap();
    std::fs::write(path("persona.toml"), "[project]\nname = \"shop\"\n").unwrap();
    std::fs::write(path("messy.persona"), MESSY).unwrap();
    std::fs::write(path("neat.persona"), NEAT).unwrap();
    let neat_before = std::fs::metadata(path("neat.persona")).unwrap().modified().unwrap();

    let (code, stdout, stderr) = fmt(&["--check"], folder.path());
    assert_eq!((code, stdout.as_str()), (Some(1), "messy.persona\n"));
    assert_eq!(stderr, "error: 1 file would change: run `persona fmt`\n");
    assert_eq!(read("messy.persona"), MESSY, "a check changes nothing");

    std::fs::write(path("bytes.persona"), [0xff, 0xfe]).unwrap();
    let (code, stdout, stderr) = fmt(&[], folder.path());
    assert_eq!((code, stdout.as_str()), (Some(3), "messy.persona\n"));
    assert_eq!(
        stderr,
        "error: cannot read bytes.persona: it is not text in UTF-8\nerror: 1 file could not be formatted\n"
    );
    assert_eq!(read("messy.persona"), NEAT);
    assert_eq!(
        std::fs::metadata(path("neat.persona")).unwrap().modified().unwrap(),
        neat_before,
        "left alone"
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4, "nothing is left behind");

    std::fs::remove_file(path("bytes.persona")).unwrap();
    assert_eq!(fmt(&["--check"], folder.path()), (Some(0), String::new(), String::new()));
}

#[test]
fn one_file_and_what_is_none() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.persona"), MESSY).unwrap();
    let (code, stdout, _) = fmt(&["a.persona"], folder.path());
    assert_eq!((code, stdout.as_str()), (Some(0), "a.persona\n"));
    let (code, _, stderr) = fmt(&[], folder.path());
    assert_eq!((code, stderr.as_str()), (Some(2), "error: there is no `persona.toml` in `.`\n"));
}

/// A link stays a link, and who may read the file stays who may.
#[cfg(unix)]
#[test]
fn links_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("file.persona"), folder.path().join("link.persona"));
    std::fs::write(&file, MESSY).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    symlink("file.persona", &link).unwrap();
    assert_eq!(fmt(&["link.persona"], folder.path()).0, Some(0));
    assert!(link.is_symlink());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), NEAT);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
}
