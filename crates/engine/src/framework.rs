//! The AWS Well-Architected Framework as data (`rules/practices.yaml`).

use serde::{Deserialize, Serialize};

/// The framework, in one edition.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub struct Framework {
    /// The day of the edition, `YYYY-MM-DD`.
    pub edition: String,
    /// The six pillars.
    pub pillars: Vec<Pillar>,
}

/// A pillar.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pillar {
    /// Its id (`operational-excellence`).
    pub id: String,
    /// Its name.
    pub title: String,
    /// What it is about.
    pub focus: String,
    /// Its key practices.
    pub key_practices: Vec<KeyPractice>,
    /// Its questions.
    pub questions: Vec<Question>,
}

/// A key practice of a pillar, and the questions that it stands behind.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeyPractice {
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Ids of questions.
    pub questions: Vec<String>,
}

/// A question of the framework.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Question {
    /// Its id (`SEC08`).
    pub id: String,
    /// The question.
    pub text: String,
    /// Its best practices.
    pub practices: Vec<Practice>,
}

/// A best practice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Practice {
    /// Its id (`SEC08-BP02`).
    pub id: String,
    /// Its name.
    pub title: String,
    /// The risk where it is not followed: `high`, `medium`, `low` or `unspecified`.
    pub risk: String,
    /// Its page.
    pub link: String,
    /// Why no template or configuration can show it, where none can.
    pub beyond_code: Option<BeyondCode>,
}

/// Why a best practice cannot be seen in code.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BeyondCode {
    /// In one word: `organisational`, `run-time`, `account`, `design` or `application`.
    pub because: String,
    /// In a few words.
    pub why: String,
}

impl Framework {
    /// The best practice of an id, with its pillar and question.
    pub fn practice(&self, id: &str) -> Option<(&Pillar, &Question, &Practice)> {
        self.pillars.iter().find_map(|pillar| {
            pillar.questions.iter().find_map(|question| {
                let practice = question.practices.iter().find(|one| one.id == id)?;
                Some((pillar, question, practice))
            })
        })
    }

    /// The question of an id, with its pillar.
    pub fn question(&self, id: &str) -> Option<(&Pillar, &Question)> {
        self.pillars.iter().find_map(|pillar| {
            let question = pillar.questions.iter().find(|one| one.id == id)?;
            Some((pillar, question))
        })
    }
}
