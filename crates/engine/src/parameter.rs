//! Parameters of rules: limits and lists that teams rightly set otherwise.

use serde::{Deserialize, Serialize};

/// A parameter as a rule declares it, with its value: the default, or what a run sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// Its name within the rule.
    pub name: String,
    /// What it is, in a few words.
    pub description: String,
    /// Its value.
    pub value: Setting,
    /// The smallest integer that it may be.
    pub minimum: Option<i64>,
    /// The largest integer that it may be.
    pub maximum: Option<i64>,
}

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Setting {
    /// A whole number, as it is written.
    Integer(String),
    /// Texts.
    List(Vec<String>),
}

impl Setting {
    /// What its type is called in rule files.
    pub fn type_name(&self) -> &'static str {
        match self {
            Setting::Integer(_) => "integer",
            Setting::List(_) => "list",
        }
    }
}

impl std::fmt::Display for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Setting::Integer(number) => f.write_str(number),
            Setting::List(texts) => f.write_str(&texts.join(",")),
        }
    }
}

impl Parameter {
    /// A value for it from a text: a whole number, or texts between commas.
    ///
    /// # Errors
    /// What is wrong with the text: not of the parameter's type, or out of its bounds.
    pub fn parse(&self, text: &str) -> Result<Setting, String> {
        let setting = match self.value {
            Setting::Integer(_) => Setting::Integer(text.trim().to_owned()),
            Setting::List(_) => Setting::List(
                text.split(',')
                    .map(|one| one.trim().to_owned())
                    .filter(|one| !one.is_empty())
                    .collect(),
            ),
        };
        self.allows(&setting)?;
        Ok(setting)
    }

    /// Whether it may have this value.
    ///
    /// # Errors
    /// Why not.
    pub fn allows(&self, setting: &Setting) -> Result<(), String> {
        match setting {
            Setting::Integer(text) => {
                let number: i64 = text
                    .parse()
                    .map_err(|_| format!("`{text}` is not a whole number"))?;
                if self.minimum.is_some_and(|least| number < least)
                    || self.maximum.is_some_and(|most| number > most)
                {
                    return Err(format!("`{text}` is not {}", self.bounds()));
                }
            }
            Setting::List(_) => {}
        }
        Ok(())
    }

    /// Its bounds in words: `from 1 to 35`; empty where it has none.
    pub fn bounds(&self) -> String {
        match (self.minimum, self.maximum) {
            (Some(least), Some(most)) => format!("from {least} to {most}"),
            (Some(least), None) => format!("{least} or more"),
            (None, Some(most)) => format!("{most} or less"),
            (None, None) => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: Setting, text: &str, expected: Result<&str, &str>) {
        let parameter = Parameter {
            name: "limit".to_owned(),
            description: String::new(),
            value,
            minimum: Some(1),
            maximum: Some(35),
        };
        let parsed = parameter.parse(text).map(|setting| setting.to_string());
        let expected = expected.map(str::to_owned).map_err(str::to_owned);
        assert_eq!(parsed, expected, "{text}");
    }

    #[test]
    fn texts_become_values() {
        let integer = || Setting::Integer("7".to_owned());
        check(integer(), " 14 ", Ok("14"));
        check(integer(), "0", Err("`0` is not from 1 to 35"));
        check(integer(), "36", Err("`36` is not from 1 to 35"));
        check(integer(), "a week", Err("`a week` is not a whole number"));
        check(integer(), "1.5", Err("`1.5` is not a whole number"));
        let list = || Setting::List(vec!["22".to_owned()]);
        check(list(), "22, 3389", Ok("22,3389"));
        check(list(), "", Ok(""));
    }
}
