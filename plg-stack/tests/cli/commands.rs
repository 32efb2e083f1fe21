//! Every command of the help has its row in the README.

use crate::run;

#[test]
fn the_readme_has_every_command() {
    let (code, help, _) = run(std::path::Path::new("."), &["--help"]);
    assert_eq!(code, 0);
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).unwrap();
    let rows: Vec<&str> = readme.lines().filter(|line| line.starts_with("| `")).collect();
    let listed = help.split_once("Commands:").unwrap().1.split_once("Options:").unwrap().0;
    let names = listed.lines().filter_map(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '));
    let names: Vec<&str> = names.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.len() > 10, "{names:?}");
    for name in names {
        let has = |row: &&&str| row.split('|').nth(1).is_some_and(|cell| cell.contains(&format!("`{name}")));
        assert!(rows.iter().find(has).is_some(), "the README has no row for `{name}`");
    }
}
