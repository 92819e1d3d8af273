//! Tells infrastructure code from other files, before anything is parsed.
//!
//! Reads lines and brackets only, so that a broken template is still known for what it
//! wants to be, and a folder full of other YAML and JSON costs next to nothing.

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An AWS CloudFormation (or SAM) template.
    CloudFormation,
    /// A Terraform plan as JSON (`terraform show -json`).
    Plan,
    /// A Terraform state as JSON.
    State,
    /// Nothing that is checked.
    Other,
}

/// What a file is, by its text. Its path only says whether it can be a template at all.
///
/// A template has the key `AWSTemplateFormatVersion` at its top, or the key `Resources` together
/// with `Transform` or with the type of some resource. A plan is JSON with the key `format_version` at its top, together
/// with `planned_values`, `resource_changes` or `configuration`; a state has `values` there.
pub fn recognise(path: &str, text: &str) -> Kind {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    let may_be_template = EXTENSIONS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(extension));
    if !may_be_template {
        return Kind::Other;
    }
    if text.contains(PLAN_VERSION)
        && is_json(text)
        && let Some(kind) = plan_kind(text)
    {
        return kind;
    }
    if !(text.contains("Resources") || text.contains(VERSION)) {
        return Kind::Other;
    }
    let is_template = if is_json(text) {
        is_json_template(text)
    } else {
        is_yaml_template(text)
    };
    if is_template {
        Kind::CloudFormation
    } else {
        Kind::Other
    }
}

/// Whether a text is to be read as JSON rather than YAML: it begins with an object whose first key,
/// if any, is in double quotes. (A flow mapping of YAML may begin the same; where reading such
/// a text as JSON gives errors, it can still be tried as YAML.)
pub fn is_json(text: &str) -> bool {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text).trim_start();
    text.strip_prefix('{').is_some_and(|rest| {
        let rest = rest.trim_start();
        rest.is_empty() || rest.starts_with(['"', '}', '/', ','])
    })
}

const EXTENSIONS: [&str; 5] = ["yaml", "yml", "json", "template", "cfn"];
const VERSION: &str = "AWSTemplateFormatVersion";
const PLAN_VERSION: &str = "format_version";

/// What was seen of one document.
#[derive(Default)]
struct Seen {
    resources: bool,
    transform: bool,
    resource_type: bool,
}

impl Seen {
    /// Takes in a key at the top; `true` where it settles the matter.
    fn key(&mut self, key: &str) -> bool {
        match key {
            VERSION => return true,
            "Resources" => self.resources = true,
            "Transform" | "Fn::Transform" => self.transform = true,
            _ => {}
        }
        self.is_template()
    }

    fn is_template(&self) -> bool {
        self.resources && (self.transform || self.resource_type)
    }
}

fn is_resource_type(text: &str) -> bool {
    ["AWS::", "Alexa::", "Custom::"]
        .iter()
        .any(|prefix| text.starts_with(prefix))
}

fn is_yaml_template(text: &str) -> bool {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut seen = Seen::default();
    // The column of the top-level keys: a template may be indented as a whole.
    let mut top = None;
    for line in text.lines() {
        let content = line.trim_start_matches(' ');
        if line.starts_with("---") || line.starts_with("...") {
            seen = Seen::default();
            top = None;
            continue;
        }
        if content.trim_end().is_empty() || content.starts_with('#') || line.starts_with('%') {
            continue;
        }
        let column = line.len() - content.len();
        if column == *top.get_or_insert(column) {
            let content = content.strip_prefix('{').unwrap_or(content);
            if yaml_key(content.trim_start()).is_some_and(|key| seen.key(key)) {
                return true;
            }
        }
        let mut behind_type = content.split("Type").skip(1);
        if !seen.resource_type
            && behind_type.any(|rest| yaml_value(rest).is_some_and(is_resource_type))
        {
            seen.resource_type = true;
        }
        if seen.is_template() {
            return true;
        }
    }
    false
}

/// The key of a line `key: …`, without its quotes.
fn yaml_key(line: &str) -> Option<&str> {
    let ends_key = |behind: &str| behind.is_empty() || behind.starts_with([' ', '\t', '\r']);
    if let Some(quoted) = line.strip_prefix(['"', '\'']) {
        let (key, rest) = quoted.split_once(['"', '\''])?;
        let behind = rest.trim_start().strip_prefix(':')?;
        return ends_key(behind).then_some(key);
    }
    let mut colons = line.match_indices(':');
    let (colon, _) = colons.find(|(colon, _)| ends_key(&line[colon + 1..]))?;
    Some(line[..colon].trim_end())
}

/// The value of what stands behind a key, its closing quote included, without an opening quote.
fn yaml_value(behind_key: &str) -> Option<&str> {
    let behind_quote = behind_key.strip_prefix(['"', '\'']).unwrap_or(behind_key);
    let value = behind_quote.trim_start().strip_prefix(':')?.trim_start();
    Some(value.strip_prefix(['"', '\'']).unwrap_or(value))
}

fn is_json_template(text: &str) -> bool {
    let mut top = Seen::default();
    // The same keys at any depth. They count where brackets do not match, so that depths are wrong.
    let mut anywhere = Seen::default();
    let mut last_key = "";
    let mut strings = JsonStrings {
        text,
        at: 0,
        depth: 0,
    };
    for JsonString {
        string,
        depth,
        value,
    } in strings.by_ref()
    {
        match value {
            Some(value) => {
                last_key = string;
                let is_section = string != "Resources" || value.trim_start().starts_with('{');
                if is_section && depth <= 1 && top.key(string) {
                    return true;
                }
                if is_section && anywhere.key(string) {
                    // The version at some depth: like a resource's type.
                    anywhere.resource_type = true;
                }
            }
            None if last_key == "Type" && is_resource_type(string) => {
                top.resource_type = true;
                anywhere.resource_type = true;
                if top.is_template() {
                    return true;
                }
            }
            None => {}
        }
    }
    strings.depth != 0 && anywhere.is_template()
}

/// What the keys at the top say of a text that has a `format_version`. Where brackets do not match, so that depths are
/// wrong, the keys that come first still do.
fn plan_kind(text: &str) -> Option<Kind> {
    let (mut has_version, mut kind) = (false, None);
    let strings = JsonStrings {
        text,
        at: 0,
        depth: 0,
    };
    for JsonString { string, .. } in strings.filter(|one| one.depth == 1 && one.value.is_some()) {
        match string {
            PLAN_VERSION => has_version = true,
            "planned_values" | "resource_changes" | "configuration" => kind = Some(Kind::Plan),
            "values" => kind = Some(Kind::State),
            _ => {}
        }
        if has_version && kind.is_some() {
            return kind;
        }
    }
    None
}

/// A string of a JSON text, as it is written.
struct JsonString<'t> {
    string: &'t str,
    /// How many brackets are open around it.
    depth: usize,
    /// What stands behind the colon, where it is a key.
    value: Option<&'t str>,
}

/// The strings of a JSON text, which need not be right.
struct JsonStrings<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl<'t> Iterator for JsonStrings<'t> {
    type Item = JsonString<'t>;

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                b'"' => {
                    let start = self.at;
                    let end = json_string_end(bytes, start);
                    self.at = end + 1;
                    let rest = self.text.get(self.at..).unwrap_or_default();
                    return Some(JsonString {
                        string: self.text.get(start..end).unwrap_or_default(),
                        depth: self.depth,
                        value: rest.trim_start().strip_prefix(':'),
                    });
                }
                _ => {}
            }
        }
        None
    }
}

/// Where a string ends: at its quote, or at the line's end where that was forgotten.
fn json_string_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'"' | b'\n' => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}
