//! What may stand at a place of a resource.

use crate::TypeInfo;
use crate::table::Section;

/// What may stand at a place: a text, a list of something, an object with known members, …; often one of these,
/// sometimes one of several.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Whose definitions the terms name.
    owner: TypeInfo,
    /// Alternatives: `string|[#Tag]`.
    terms: &'static str,
    /// The values that scalars inside may have: `= a|b`, `~ a|b` where case does not matter; else empty.
    values: &'static str,
}

/// The terms of a type itself.
const ROOT: &str = "#";

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A text.
    String,
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A list; see [`Shape::element`].
    List,
    /// A mapping with free keys; see [`Shape::map_value`].
    Map,
    /// An object with known members.
    Object,
    /// Anything that JSON can say.
    Json,
}

/// What is known of a member of a shape.
#[derive(Clone, Copy, Debug)]
pub enum Member {
    /// What may stand there.
    Known(Shape),
    /// Nothing can be said of it: the author is free, or the shape is not one that lists its members.
    Free,
    /// There is no member of this name.
    Unknown,
}

/// A member that an object lists.
#[derive(Clone, Copy, Debug)]
pub struct Property {
    /// Its name.
    pub name: &'static str,
    /// Whether it must be set wherever the object is.
    pub required: bool,
    /// Whether it is given by the service and cannot be set (`Arn`, `arn`). Of CloudFormation's types, only told of
    /// their own properties.
    pub read_only: bool,
    /// Whether HCL writes it as a block. Attributes whose values are objects, and some of these may be written as
    /// blocks as well, are none.
    pub is_block: bool,
    /// Whether only earlier versions of the provider have it, or, where it is read-only, let it be set.
    pub is_earlier: bool,
    /// What may stand there.
    pub shape: Shape,
}

impl Property {
    /// Whether it is a block that may stand but once: in HCL it is the mapping, where `.tf.json` and plans may have a
    /// list with one. Other blocks are lists, however few there are.
    pub fn is_single_block(&self) -> bool {
        self.is_block && self.shape.element().is_none()
    }
}

impl Shape {
    pub(crate) fn root(owner: TypeInfo) -> Self {
        Self {
            owner,
            terms: ROOT,
            values: "",
        }
    }

    /// What a value here may be, one of them.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> + use<> {
        alternatives(self.terms).map(|term| match term.as_bytes().first() {
            Some(b'[' | b'<') => Kind::List,
            Some(b'{') => Kind::Map,
            Some(b'#') => Kind::Object,
            _ => match term {
                "string" => Kind::String,
                "integer" => Kind::Integer,
                "number" => Kind::Number,
                "boolean" => Kind::Boolean,
                _ => Kind::Json,
            },
        })
    }

    /// Whether it may be a text that holds JSON, of which nothing is known: Terraform takes policies, container
    /// definitions and the like so.
    pub fn may_hold_json(&self) -> bool {
        self.owner.is_terraform() && self.kinds().any(|kind| kind == Kind::String)
            || self.kinds().any(|kind| kind == Kind::Json)
    }

    /// Whether nothing that it may be has members: a list, a number, a boolean.
    pub fn is_nameless(&self) -> bool {
        self.kinds().all(|kind| {
            matches!(
                kind,
                Kind::List | Kind::Integer | Kind::Number | Kind::Boolean
            )
        })
    }

    /// The member of a name.
    pub fn member(&self, name: &str) -> Member {
        if let Some(property) = self.property(name) {
            return Member::Known(property.shape);
        }
        if let Some(value) = self.map_value() {
            return Member::Known(value);
        }
        match self.object() {
            Some(object)
                if !object.open
                    && !self.kinds().any(|kind| kind == Kind::Json)
                    && !self.is_meta_argument(name) =>
            {
                Member::Unknown
            }
            _ => Member::Free,
        }
    }

    /// The member of a name, where an object lists it.
    pub fn property(&self, name: &str) -> Option<Property> {
        let mut lines = self.object()?.body.lines();
        property(self.owner, lines.find(|line| is_member(line, name))?)
    }

    /// Whether Terraform itself knows the name here, whatever the type.
    fn is_meta_argument(&self, name: &str) -> bool {
        self.owner.is_terraform()
            && (crate::terraform::INSIDE_BLOCKS.contains(&name)
                || self.terms == ROOT && crate::terraform::META_ARGUMENTS.contains(&name))
    }

    /// The members that it lists, in order; none where it is no object.
    pub fn members(&self) -> impl Iterator<Item = Property> + use<> {
        let owner = self.owner;
        let body = self.object().map_or("", |object| object.body);
        body.lines().filter_map(move |line| property(owner, line))
    }

    /// What the elements may be, where it may be a list.
    pub fn element(&self) -> Option<Shape> {
        self.inside('[', ']').or_else(|| self.inside('<', '>'))
    }

    /// Whether it is a list whose order says nothing, and in which nothing stands twice.
    pub fn is_set(&self) -> bool {
        self.inside('<', '>').is_some()
    }

    /// What the values may be, where it may be a mapping with free keys.
    pub fn map_value(&self) -> Option<Shape> {
        self.inside('{', '}')
    }

    /// The values that a scalar may have here; none where any will do. Lists of more than 60 are not kept:
    /// they grow faster than the table.
    pub fn enum_values(&self) -> impl Iterator<Item = &'static str> + use<> {
        let scalar = !self.terms.starts_with(['[', '<', '{', '#']);
        let values = self.values.get(2..).filter(|_| scalar);
        values.into_iter().flat_map(|values| values.split('|'))
    }

    /// Whether a scalar, as text, is one of [`Shape::enum_values`], or any will do. Case matters where it does to AWS.
    pub fn allows(&self, scalar: &str) -> bool {
        let any_case = self.values.starts_with('~');
        let mut values = self.enum_values().peekable();
        values.peek().is_none()
            || values.any(|value| value == scalar || any_case && value.eq_ignore_ascii_case(scalar))
    }

    fn object(&self) -> Option<Section> {
        let name = alternatives(self.terms).find_map(|term| term.strip_prefix('#'))?;
        self.owner.definition(name)
    }

    fn inside(&self, open: char, close: char) -> Option<Shape> {
        let terms = alternatives(self.terms)
            .find_map(|term| term.strip_prefix(open)?.strip_suffix(close))?;
        Some(Self { terms, ..*self })
    }
}

/// What may follow the name of a member: `!` where it is required, `^` where it is read-only, `+` where it is a block,
/// `-` where only earlier versions of the provider have it.
const FLAGS: [char; 4] = ['!', '^', '+', '-'];

/// Reads the line of a member: its name, the flags, the terms (a string goes without saying) and the values.
/// Not the line of an attribute.
fn property(owner: TypeInfo, line: &'static str) -> Option<Property> {
    let (head, rest) = match line.strip_prefix(' ')?.split_once(' ') {
        Some(parts) => parts,
        None => (line.trim_start(), ""),
    };
    let (terms, values) = match rest {
        "" => ("string", ""),
        _ if rest.starts_with(['=', '~']) => ("string", rest),
        _ => rest.split_once(' ').unwrap_or((rest, "")),
    };
    let name = head.trim_end_matches(FLAGS);
    let flags = &head[name.len()..];
    Some(Property {
        name,
        required: flags.contains('!'),
        read_only: flags.contains('^'),
        is_block: flags.contains('+'),
        is_earlier: flags.contains('-'),
        shape: Shape {
            owner,
            terms,
            values,
        },
    })
}

/// Whether a line is that of a member of this name: quicker than to read it.
fn is_member(line: &str, name: &str) -> bool {
    let ends = |rest: &str| rest.is_empty() || rest.starts_with(' ') || rest.starts_with(FLAGS);
    line.strip_prefix(' ')
        .and_then(|line| line.strip_prefix(name))
        .is_some_and(ends)
        && !name.is_empty()
        && !name.contains(' ')
        && !name.contains(FLAGS)
}

/// The name of a member, where its line says that it is read-only.
pub(crate) fn read_only_name(line: &'static str) -> Option<&'static str> {
    let head = line.strip_prefix(' ')?.split(' ').next()?;
    head.contains('^').then(|| head.trim_end_matches(FLAGS))
}

/// The terms between the bars that stand in no brackets.
fn alternatives(terms: &'static str) -> impl Iterator<Item = &'static str> {
    let mut depth = 0_u32;
    terms.split(move |character| {
        match character {
            '[' | '<' | '{' => depth += 1,
            ']' | '>' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        character == '|' && depth == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where steps from the properties of a type lead: `[]` into a list. Kinds, `?` for free, `-` for unknown.
    fn walk(route: &str) -> Member {
        let (name, steps) = route.split_once(' ').unwrap_or((route, ""));
        let mut place = Member::Known(crate::resource_type(name).unwrap().shape());
        for step in steps.split('.').filter(|step| !step.is_empty()) {
            if let Member::Known(shape) = place {
                place = match step {
                    "[]" => shape.element().map_or(Member::Free, Member::Known),
                    step => shape.member(step),
                };
            }
        }
        place
    }

    fn check(route: &str, expected: &str) {
        let found = match walk(route) {
            Member::Known(shape) => shape
                .kinds()
                .map(|kind| format!("{kind:?}"))
                .collect::<Vec<_>>()
                .join("|"),
            Member::Free => "?".to_owned(),
            Member::Unknown => "-".to_owned(),
        };
        assert_eq!(found, expected, "{route}");
    }

    #[test]
    fn shapes() {
        for (route, expected) in [
            ("AWS::S3::Bucket", "Object"),
            ("AWS::S3::Bucket BucketName", "String"),
            ("AWS::S3::Bucket BucketNaem", "-"),
            ("AWS::S3::Bucket Arn^", "-"),
            ("AWS::S3::Bucket BucketName.Inside", "?"),
            ("AWS::S3::Bucket Tags", "List"),
            ("AWS::S3::Bucket Tags.[].Key", "String"),
            ("AWS::S3::Bucket Tags.[].Name", "-"),
            ("AWS::S3::Bucket Tags.Key", "?"),
            (
                "AWS::S3::Bucket BucketEncryption.ServerSideEncryptionConfiguration.[].BucketKeyEnabled",
                "Boolean",
            ),
            (
                "AWS::S3::Bucket BucketEncryption.ServerSideEncryptionConfiguration.[].BucketKeyEnable",
                "-",
            ),
            (
                "AWS::S3::Bucket LifecycleConfiguration.Rules.[].ExpirationInDays",
                "Integer",
            ),
            ("AWS::IAM::Role AssumeRolePolicyDocument", "Json"),
            ("AWS::IAM::Role AssumeRolePolicyDocument.Statement", "?"),
            ("AWS::IAM::Role Policies.[].PolicyDocument.Anything", "?"),
            ("AWS::Lambda::Function Environment.Variables", "Map"),
            ("AWS::ApiGateway::Stage Variables.name", "String"),
            (
                "AWS::SQS::Queue RedrivePolicy.deadLetterTargetArn",
                "String",
            ),
            // Defined once for the service, and in terms of itself.
            (
                "AWS::WAFv2::WebACL Rules.[].Statement.NotStatement.Statement.NotStatement.Statement",
                "Object",
            ),
            (
                "AWS::WAFv2::WebACL Rules.[].Statement.NotStatement.Statement.Nope",
                "-",
            ),
            ("AWS::CloudFormation::CustomResource ServiceToken", "String"),
            ("Custom::Thing AnyThing.Inside", "?"),
            ("AWS::Serverless::Function Runtime", "?"),
            ("AWS::OpsWorksCM::Server Engine", "?"),
            ("AWS::CloudFormation::WaitConditionHandle Url", "-"),
        ] {
            check(route, expected);
        }
    }

    #[test]
    fn enum_values() {
        for (route, scalar, expected) in [
            (
                "AWS::S3::Bucket VersioningConfiguration.Status",
                "Enabled",
                true,
            ),
            (
                "AWS::S3::Bucket VersioningConfiguration.Status",
                "enabled",
                false,
            ),
            ("AWS::S3::Bucket BucketName", "anything", true),
            (
                "AWS::S3::Bucket CorsConfiguration.CorsRules.[].AllowedMethods.[]",
                "PATCH",
                false,
            ),
            // Of the elements, not of the list.
            (
                "AWS::S3::Bucket CorsConfiguration.CorsRules.[].AllowedMethods",
                "PATCH",
                true,
            ),
            (
                "AWS::EC2::CapacityReservation InstancePlatform",
                "Red Hat Enterprise Linux",
                true,
            ),
            // More values than are kept.
            (
                "AWS::SageMaker::NotebookInstance InstanceType",
                "ml.new.large",
                true,
            ),
        ] {
            let Member::Known(shape) = walk(route) else {
                panic!("{route} is not known")
            };
            assert_eq!(shape.allows(scalar), expected, "{route} {scalar}");
        }
        let Member::Known(status) = walk("AWS::S3::Bucket VersioningConfiguration.Status") else {
            panic!()
        };
        assert_eq!(
            status.enum_values().collect::<Vec<_>>(),
            ["Enabled", "Suspended"]
        );
    }

    #[test]
    fn members() {
        let Member::Known(tag) = walk("AWS::S3::Bucket Tags.[]") else {
            panic!()
        };
        let members: Vec<_> = tag.members().map(|p| (p.name, p.required)).collect();
        assert_eq!(members, [("Key", true), ("Value", true)]);

        let bucket = crate::resource_type("AWS::S3::Bucket").unwrap().shape();
        let read_only = |name| {
            let found = bucket.members().find(|p| p.name == name);
            found.unwrap().read_only
        };
        assert!(read_only("Arn") && !read_only("BucketName"));
    }

    /// Every term is one that this module reads, and every definition that is named exists.
    #[test]
    fn whole_table() {
        fn visit(shape: Shape, route: &str, seen: &mut std::collections::HashSet<&'static str>) {
            for term in alternatives(shape.terms) {
                match term.as_bytes().first() {
                    Some(b'[' | b'<') => visit(shape.element().unwrap(), route, seen),
                    Some(b'{') => visit(shape.map_value().unwrap(), route, seen),
                    Some(b'#') => {
                        let name = &term[1..];
                        assert!(
                            shape.owner.definition(name).is_some(),
                            "{route} names {name}"
                        );
                        if seen.insert(name) {
                            for property in shape.members() {
                                visit(property.shape, property.name, seen);
                            }
                        }
                    }
                    _ => assert!(
                        ["string", "integer", "number", "boolean", "json"].contains(&term),
                        "{route}: {term}"
                    ),
                }
            }
        }
        let terraform = crate::terraform::all().filter_map(crate::terraform::resource);
        for info in crate::all()
            .filter_map(crate::resource_type)
            .chain(terraform)
        {
            visit(
                info.shape(),
                info.name(),
                &mut std::collections::HashSet::new(),
            );
        }
    }
}
