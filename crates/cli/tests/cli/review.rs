//! What is made for a review: the evidence for each best practice, the lens, and the page.

use super::{CLEAN, UNKNOWN, UNNAMED, conforms, folder, own_rules, root, run_check, run_in};
use serde_json::Value;
use snapbox::{assert_data_eq, file};

fn evidence(files: &[(&str, &str)], args: &[&str]) -> Value {
    let folder = folder(files);
    let args = [args, &["--format", "evidence"]].concat();
    serde_json::from_str(&run_check(folder.path(), &args, b"").stdout).unwrap()
}

fn practice<'e>(evidence: &'e Value, id: &str) -> &'e Value {
    let practices = evidence["practices"].as_array().unwrap();
    practices.iter().find(|one| one["bp_id"] == id).unwrap()
}

/// `status because: result file:line address, …` of a practice.
#[track_caller]
fn shows(template: &str, args: &[&str], id: &str, expected: &str) {
    let evidence = evidence(&[("a.yaml", template)], args);
    let practice = practice(&evidence, id);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let places = practice["evidence"].as_array().unwrap().iter().map(|one| {
        let (result, file, address) = (
            text(&one["result"]),
            text(&one["file"]),
            text(&one["address"]),
        );
        format!("{result} {file}:{} {address}", one["line"])
    });
    let places: Vec<String> = places.collect();
    let (status, because) = (text(&practice["status"]), text(&practice["because"]));
    assert_eq!(
        format!("{status} {because}: {}", places.join(", ")),
        expected,
        "{id} {args:?}"
    );
}

#[test]
fn a_practice_is_met_only_where_a_rule_passed() {
    let other = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n";
    let both = "Resources:\n  A:\n    Type: AWS::SQS::Queue\n    Properties: { QueueName: a }\n  B:\n    Type: AWS::SQS::Queue\n";
    let ignore = "# pillarlint: ignore[queue-named] it is a fixture\n";
    let suppressed = UNNAMED.replace("  Queue:", &format!("  {ignore}  Queue:"));
    let half = both.replace("  B:", &format!("  {ignore}  B:"));
    let named = "OPS05-BP07";
    let kept = "REL05-BP04";
    let strict = &["--preset", "strict"][..];
    for (template, args, id, expected) in [
        (CLEAN, &[][..], named, "met : met a.yaml:2 Queue"),
        (UNNAMED, &[], named, "gap : gap a.yaml:2 Queue"),
        (both, &[], named, "gap : gap a.yaml:5 B, met a.yaml:2 A"),
        (other, &[], named, "not_applicable not-applicable: "),
        (
            UNKNOWN,
            strict,
            kept,
            "cannot_determine undecided: cannot_determine a.yaml:9 Queue",
        ),
        (CLEAN, &[], kept, "cannot_determine not-asked: "),
        (
            CLEAN,
            &[],
            "OPS01-BP01",
            "cannot_determine organisational: ",
        ),
        (
            &suppressed,
            &[],
            named,
            "not_applicable suppressed: suppressed a.yaml:3 Queue",
        ),
        (
            &half,
            &[],
            named,
            "met : suppressed a.yaml:6 B, met a.yaml:2 A",
        ),
        // What is left out of the report is a gap all the same.
        (UNNAMED, &["--severity", "critical"], named, "gap : "),
    ] {
        shows(template, args, id, expected);
    }
}

/// Of two files only one is asked for, and what is found in the other is known of all the same.
#[test]
fn what_lies_elsewhere_is_known_of() {
    let module = "resource \"aws_sqs_queue\" \"a\" {\n  name = \"a\"\n}\n";
    let other = "resource \"aws_sqs_queue\" \"b\" {}\n";
    let folder = folder(&[("a.tf", module), ("b.tf", other)]);
    let args = ["a.tf", "--format", "evidence"];
    let evidence: Value =
        serde_json::from_str(&run_check(folder.path(), &args, b"").stdout).unwrap();
    let practice = practice(&evidence, "OPS05-BP07");
    assert_eq!(practice["status"], "gap");
    assert_eq!(practice["rules"][0]["held_back"], 1);
}

#[test]
fn what_passed_is_counted_with_the_first_places() {
    let queue = |name: &str| {
        format!("  {name}:\n    Type: AWS::SQS::Queue\n    Properties: {{ QueueName: a }}\n")
    };
    let template = |names: &[&str]| {
        let queues: String = names.iter().map(|name| queue(name)).collect();
        format!("Resources:\n{queues}")
    };
    let (first, second) = (template(&["A", "B"]), template(&["C", "D", "E"]));
    let files = [("a.yaml", first.as_str()), ("b.yaml", second.as_str())];
    let evidence = evidence(&files, &["--jobs", "2"]);
    let practice = practice(&evidence, "OPS05-BP07");
    assert_eq!(practice["rules"][0]["passed"], 5);
    let addresses = practice["evidence"].as_array().unwrap().iter();
    let addresses: Vec<&Value> = addresses.map(|one| &one["address"]).collect();
    assert_eq!(addresses, ["A", "B", "C"]);
}

#[test]
fn pillars_count_what_they_rest_on() {
    let ops = |evidence: &Value| evidence["summary"]["by_pillar"]["operational-excellence"].clone();
    let of = |template| ops(&evidence(&[("a.yaml", template)], &[]));
    for (template, expected) in [
        (
            CLEAN,
            "checkable 1, evidenced 1, met 1, gaps 0, gaps_medium_risk 0, questions_medium_risk 0",
        ),
        (
            UNNAMED,
            "checkable 1, evidenced 1, met 0, gaps 1, gaps_medium_risk 1, questions_medium_risk 1",
        ),
        (
            "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n",
            "checkable 1, evidenced 0, met 0, gaps 0, gaps_medium_risk 0, questions_medium_risk 0",
        ),
    ] {
        let tally = of(template);
        let shown = expected.split(", ").map(|one| {
            let name = one.split(' ').next().unwrap();
            format!("{name} {}", tally[name])
        });
        assert_eq!(shown.collect::<Vec<_>>().join(", "), expected);
    }
}

#[test]
fn evidence_follows_its_schema() {
    let path = root().join("schemas/pillarlint-evidence.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let suppressed = UNNAMED.replace(
        "  Queue:",
        "  # pillarlint: ignore[sqs-*] it is a fixture; class=other\n  Queue:",
    );
    let folder = folder(&[("a.yaml", &suppressed)]);
    let (path, showcase) = (folder.path().to_str().unwrap(), "fixtures/showcase");
    let args = [
        "check", showcase, path, "--preset", "all", "--format", "evidence",
    ];
    let ran = run_in(&root(), &args, b"");
    let output: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!(ran.stdout.contains("\"class\": \"other\""));
    conforms(&output, &schema, &schema, "$");
}

#[test]
fn lens() {
    let folder = folder(&[]);
    let rules = own_rules();
    let args = [
        "lens",
        "--rules",
        &rules,
        "--select",
        "queue-*",
        "--preset",
        "strict",
        "--name",
        "Queues; \"ours\"",
    ];
    let ran = run_in(folder.path(), &args, b"");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let shown = ran.stdout.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    assert_data_eq!(shown, file!["../snapshots/lens.json"].raw());
    let ran = run_in(folder.path(), &["lens", "--select", "queue-*"], b"");
    assert_eq!(ran.code, 2);
}

/// The page without its style and script.
fn page(files: &[(&str, &str)], args: &[&str]) -> String {
    let folder = folder(files);
    let args = [args, &["--format", "html"]].concat();
    let ran = run_check(folder.path(), &args, b"");
    let (head, rest) = ran.stdout.split_once("<style>").unwrap();
    let (_, body) = rest.split_once("</style>").unwrap();
    let (body, rest) = body.split_once("<script>").unwrap();
    let (_, end) = rest.split_once("</script>").unwrap();
    let is_digest = |part: &&str| part.starts_with("sha256-");
    let digests: Vec<&str> = head.split('\'').filter(is_digest).collect();
    assert_eq!(digests.len(), 2, "{head}");
    let head = digests
        .iter()
        .fold(head.to_owned(), |head, one| head.replace(one, "sha256-…"));
    format!("{head}{body}{end}").replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

#[test]
fn html_page() {
    let files = [
        ("queues/a.yaml", UNNAMED),
        ("queues/b.yaml", UNKNOWN),
        (
            "broken.yaml",
            "Resources:\n  Wrong: [1]\n  A: { Type: AWS::SQS::Queue, Properties: { QueueName: a } }\n",
        ),
    ];
    let page = page(&files, &["--preset", "strict"]);
    // The list of all best practices is long, and the same in each page but for those of the rules.
    let (before, rest) = page.split_once("<section id=\"practices\">").unwrap();
    let (practices, after) = rest.split_once("</section>").unwrap();
    let asked: Vec<&str> = practices
        .split("<div class=\"bp\"")
        .filter(|one| one.contains("OPS05-BP07") || one.contains("REL05-BP04"))
        .collect();
    let page = format!(
        "{before}<section id=\"practices\">\n{}</section>{after}",
        asked.join("…\n")
    );
    let mosaic = page
        .lines()
        .filter(|line| !line.starts_with("<span><a class=\"c"));
    let page: Vec<&str> = mosaic.collect();
    assert_data_eq!(
        page.join("\n") + "\n",
        file!["../snapshots/page.html"].raw()
    );
}

/// Names, values and paths that would be markup, were they not escaped.
#[test]
fn hostile_text_is_inert_in_the_page() {
    let script = "<script>alert(1)</script>";
    let image = "\\\"><img src=x onerror=alert(1)>";
    let template = format!(
        "Parameters:\n  \"{script}\": {{ Type: Number }}\n  \"{image}\": {{ Type: String, Default: '10' }}\nResources:\n  \"{script}\":\n    Type: AWS::SQS::Queue\n  \
         \"{image}\":\n    Type: AWS::SQS::Queue # \u{202e}{script}\n    Properties:\n      MessageRetentionPeriod: !Ref \"{image}\"\n  \
         B:\n    Type: AWS::SQS::Queue\n    Properties: {{ MessageRetentionPeriod: !Ref \"{script}\" }}\n  '{script}2': [1]\n"
    );
    let name = "<img src=x onerror=alert(1)>'\".yaml";
    let page = page(&[(name, &template)], &["--preset", "strict"]);
    for expected in [
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&lt;img src=x onerror=alert(1)&gt;&#39;&quot;.yaml",
        "\\u{202e}",
    ] {
        assert!(page.contains(expected), "{expected} is missing in\n{page}");
    }
    assert!(!page.contains('\u{202e}'));
    // All tags of the page are ours, and no attribute is more than a name and a quoted value.
    let ours = [
        "!doctype", "html", "head", "meta", "title", "body", "header", "main", "footer", "nav",
        "section", "article", "details", "summary", "h1", "h2", "h3", "h4", "h5", "p", "ul", "li",
        "b", "i", "a", "span", "small", "strong", "code", "pre", "mark", "table", "thead", "tbody",
        "tr", "th", "td", "div", "label", "input", "kbd", "fieldset", "legend", "select", "option",
        "output", "button",
    ];
    for tag in page.split('<').skip(1) {
        let (tag, _) = tag
            .split_once('>')
            .unwrap_or_else(|| panic!("<{tag} does not end"));
        let tag = tag.trim_start_matches('/');
        let name = tag.split(|c: char| c.is_whitespace()).next().unwrap();
        assert!(ours.contains(&name), "<{tag}>");
        let outside: String = tag.split('"').step_by(2).collect();
        let mut attributes = outside
            .split(|c: char| c.is_whitespace() || c == '=')
            .skip(1);
        assert!(!attributes.any(|one| one.starts_with("on")), "<{tag}>");
    }
}
