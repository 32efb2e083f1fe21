//! What somebody gets, and why.

use serde_json::Value;

/// What somebody gets of a flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlagValue {
    /// Nothing: `false`.
    Off,
    /// The flag without a variant: `true`.
    On,
    /// A variant, by its key.
    Variant(String),
}

impl FlagValue {
    /// Whether it is anything but `false`.
    pub fn is_on(&self) -> bool {
        *self != FlagValue::Off
    }

    /// The variant's key.
    pub fn variant(&self) -> Option<&str> {
        if let FlagValue::Variant(key) = self { Some(key) } else { None }
    }

    /// `false`, `true` or the variant's key: what PostHog's libraries give.
    pub fn json(&self) -> Value {
        match self {
            FlagValue::Off => Value::Bool(false),
            FlagValue::On => Value::Bool(true),
            FlagValue::Variant(key) => Value::from(key.as_str()),
        }
    }
}

/// Why somebody gets what they get, in PostHog's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MatchReason {
    /// The set of conditions with this index matched.
    Match(usize),
    /// The last of the sets, of which none matched, with whether sets of groups were passed over for want of a group.
    NoMatch(Option<usize>, bool),
    /// A set's conditions matched, and its share does not have them.
    OutOfRollout(Option<usize>),
    /// They are in no group of the type that a set is of.
    NoGroup(Option<usize>),
    /// They chose themselves whether to have it.
    Enrollment,
    /// They are held out of an experiment.
    Holdout,
    /// A flag that it needs is not there, or needs it in turn.
    MissingDependency,
    /// It is switched off.
    Disabled,
    /// A cohort that it names is not there.
    MissingCohort,
}

impl MatchReason {
    /// The code: `condition_match`.
    pub fn code(&self) -> &'static str {
        match self {
            MatchReason::Match(_) => "condition_match",
            MatchReason::NoMatch(..) => "no_condition_match",
            MatchReason::OutOfRollout(_) => "out_of_rollout_bound",
            MatchReason::NoGroup(_) => "no_group_type",
            MatchReason::Enrollment => "super_condition_value",
            MatchReason::Holdout => "holdout_condition_value",
            MatchReason::MissingDependency => "missing_dependency",
            MatchReason::Disabled => "flag_disabled",
            MatchReason::MissingCohort => "dependency_not_found_cohort",
        }
    }

    /// The index of the set of conditions that decided, where one did.
    pub fn condition_index(&self) -> Option<usize> {
        match self {
            MatchReason::Match(index) => Some(*index),
            MatchReason::NoMatch(index, _) | MatchReason::OutOfRollout(index) | MatchReason::NoGroup(index) => *index,
            MatchReason::Enrollment => Some(0),
            MatchReason::Holdout
            | MatchReason::MissingDependency
            | MatchReason::Disabled
            | MatchReason::MissingCohort => None,
        }
    }

    /// PostHog's sentence.
    pub fn description(&self) -> String {
        match self {
            MatchReason::Match(index) => format!("Matched condition set {}", index + 1),
            MatchReason::NoMatch(_, false) => "No matching condition set".to_owned(),
            MatchReason::NoMatch(_, true) => {
                "No matching condition set (group conditions were not evaluated because no group \
                                         type was provided)"
                    .to_owned()
            }
            MatchReason::OutOfRollout(_) => "Out of rollout bound".to_owned(),
            MatchReason::NoGroup(_) => "No group type".to_owned(),
            MatchReason::Enrollment => "Super condition value".to_owned(),
            MatchReason::Holdout => "Holdout condition value".to_owned(),
            MatchReason::MissingDependency => "FlagDefinition cannot be evaluated due to missing dependency".to_owned(),
            MatchReason::Disabled => "FlagDefinition is disabled".to_owned(),
            MatchReason::MissingCohort => "CohortDefinition dependency not found".to_owned(),
        }
    }
}

/// One condition that was looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldCondition {
    /// The condition, as PostHog has it.
    pub condition: Value,
    /// What the person, or their group, has; none where they have nothing of that name.
    pub has: Option<Value>,
    /// Whether it holds.
    pub holds: bool,
}

/// What came of one set of conditions.
#[derive(Debug, Clone, PartialEq)]
pub enum SetOutcome {
    /// It matched.
    Match,
    /// A condition does not hold: the last of those that were looked at.
    Condition,
    /// The conditions hold, and the share does not have them: at which place of 0 to 1 they are, and how far the share goes. No
    /// place is one of a device that is not known.
    Rollout(Option<f64>, f64),
    /// They are in no group of this type.
    Group(String),
}

/// One set of conditions that was looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct SetTrail {
    /// Its index, from 0.
    pub index: usize,
    /// The conditions, as far as they were looked at.
    pub filters: Vec<HeldCondition>,
    /// What came of it.
    pub ended: SetOutcome,
    /// Its share in percent, where it has one.
    pub share: Option<f64>,
}

/// What somebody gets of a flag, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// What they get.
    pub got: FlagValue,
    /// Why.
    pub reason: MatchReason,
    /// What comes with it, as it is stored: JSON as a text, in most cases.
    pub payload: Option<Value>,
    /// Whether it could not be decided: it is off then.
    pub is_failed: bool,
    /// The sets of conditions that were looked at, in their order.
    pub sets: Vec<SetTrail>,
    /// The place of 0 to 1 that chose the variant, where a place did.
    pub variant_place: Option<f64>,
}

impl Evaluation {
    pub(crate) fn off(reason: MatchReason) -> Evaluation {
        Evaluation {
            got: FlagValue::Off,
            reason,
            payload: None,
            is_failed: false,
            sets: Vec::new(),
            variant_place: None,
        }
    }
}
