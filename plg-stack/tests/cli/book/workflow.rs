//! The workflows that a page and a new stack have use the action of this repository as it is.

use serde_json::Value;
use std::path::Path;

fn file(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn yaml(text: &str) -> Value {
    serde_yaml_ng::from_str(text).expect("it is YAML")
}

#[test]
fn they_give_the_action_what_it_takes() {
    let action = yaml(&file("action.yml"));
    let inputs = action["inputs"].as_object().expect("its inputs");
    let page = file("docs/pull-requests.md");
    let shown = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a workflow");
    for (name, text) in [("the page", shown), ("the template", &file("plg/templates/stack/plg.yml"))] {
        let workflow = yaml(text);
        for (permission, wanted) in [("contents", "read"), ("actions", "read"), ("pull-requests", "write")] {
            assert_eq!(workflow["permissions"][permission], wanted, "{name}");
        }
        let jobs = workflow["jobs"].as_object().expect("its jobs");
        let steps = jobs.values().flat_map(|job| job["steps"].as_array().into_iter().flatten());
        let ours: Vec<&Value> = steps.clone().filter(|step| step["uses"] == "./plg").collect();
        let [step] = ours.as_slice() else { panic!("{name} uses the action once") };
        let given = step["with"].as_object().expect("inputs");
        for input in given.keys() {
            assert!(inputs.contains_key(input), "{name}: the action takes no `{input}`");
        }
        for (input, says) in inputs {
            assert!(says["required"] != true || given.contains_key(input), "{name}: `{input}` is missing");
        }
        for command in ["'plan'", "'apply'", "'drift'"] {
            assert!(given["command"].as_str().is_some_and(|says| says.contains(command)), "{name}: {command}");
        }
        // What a pull request showed is applied, and nothing that is planned anew.
        assert!(given.get("saved").is_none_or(|saved| saved == "required"), "{name}");
        let shells = steps.filter_map(|step| step["run"].as_str());
        for script in shells {
            assert!(!script.contains("gh ") && !script.contains("--yes"), "{name}: {script}");
        }
    }
}
