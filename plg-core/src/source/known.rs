//! What is known of a project while it is written down: what has a name already, by its remote id.

use super::names::UniqueNames;
use super::read::{keep, leak, slice};
use crate::kinds::{
    Action, Cohort, Dashboard, Event, FeatureFlag, Holdout, Insight, List, Object, On, Place, STANDARD, SharedMetric,
};
use crate::value::{EventName, Text, Url};
use crate::wire::id_text;
use crate::{Common, Declared, Handling, Live, Map, Term, Trackable};
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What is known so far. What refers to something asks here, and learns why not.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(super) names: UniqueNames,
    /// The name of each live object, by kind and id; the same each time it is asked for.
    given: HashMap<(&'static str, String), &'static str>,
    pub(super) objects: HashMap<String, &'static Object>,
    pub(super) lists: HashMap<String, &'static List>,
    pub(super) events: HashMap<&'static str, &'static Event>,
    pub(super) actions: HashMap<String, &'static Action>,
    pub(super) cohorts: HashMap<String, &'static Cohort>,
    pub(super) flags: HashMap<String, &'static FeatureFlag>,
    pub(super) holdouts: HashMap<String, &'static Holdout>,
    pub(super) shared_metrics: HashMap<String, &'static SharedMetric>,
    pub(super) dashboards: HashMap<String, &'static Dashboard>,
    pub(super) insights: HashMap<String, &'static Insight>,
    /// The variables that stand for addresses, by what they hold.
    variables: HashMap<String, &'static str>,
    /// Options and statuses, by their attribute's id.
    pub(super) inside: HashMap<String, Vec<Live>>,
    /// Attributes whose options or statuses could not be read.
    pub(super) unlisted: HashSet<String>,
    /// Events that were referred to and are not there, or PostHog's own.
    pub(super) noticed: Vec<&'static Event>,
    /// Outputs and fields by address.
    pub(super) remote: HashMap<String, (Map, Map)>,
    /// What the declaration being written cannot say, and leaves to people.
    pub(super) lost: Vec<String>,
    /// Where in the answer that is.
    pub(super) lost_at: Vec<&'static str>,
}

impl Known {
    /// Nothing but these variables, by name with what each holds.
    pub(super) fn of_variables(variables: &BTreeMap<String, String>) -> Known {
        // Of two that hold the same the first is as good as the other.
        let by_value = variables.iter().rev().map(|(name, value)| (value.clone(), leak(name)));
        Known { variables: by_value.collect(), ..Known::default() }
    }

    /// An address, by the variable that holds it where there is one: what comes from the environment stays there.
    pub(crate) fn url(&self, address: &str) -> Url {
        Url(self.variables.get(address).map_or_else(|| Text::Given(leak(address)), |name| Text::Env(name)))
    }

    /// The name of a live object.
    pub(super) fn name(&mut self, kind: &'static str, id: &str, label: &str) -> &'static str {
        let key = (kind, id.to_owned());
        if let Some(name) = self.given.get(&key) {
            return name;
        }
        let name = leak(&self.names.give(label, kind));
        self.given.insert(key, name);
        name
    }

    /// Says that something about the declaration being written is not in it, with the key of the answer where it is.
    pub(crate) fn lose(&mut self, at: &'static str, what: impl Into<String>) {
        self.lost.push(what.into());
        self.lost_at.push(at);
    }

    /// Begins a declaration of which nothing is lost yet.
    pub(super) fn forget_lost(&mut self) {
        self.lost.clear();
        self.lost_at.clear();
    }

    /// The object of this id or slug.
    pub(crate) fn object(&self, key: &str) -> Result<On, String> {
        let own = [On::people, On::companies, On::deals, On::users, On::workspaces];
        let object = self.objects.get(key).ok_or_else(|| format!("no object {key} is written here"))?;
        let standard = STANDARD.iter().position(|standard| standard.slug.0 == object.slug.0);
        Ok(standard.map_or(On::object(object), |place| own[place]))
    }

    /// The object of this id or slug, or the list of this id.
    pub(crate) fn place(&self, key: &str) -> Result<Place, String> {
        if let Some(list) = self.lists.get(key) {
            return Ok(Place::declared(*list));
        }
        Ok(match self.object(key)? {
            On::people => Place::people,
            On::companies => Place::companies,
            On::deals => Place::deals,
            On::users => Place::users,
            On::workspaces => Place::workspaces,
            On::object(object) => Place::declared(object),
        })
    }

    /// The event of this name: one that is declared, or one that is only referred to.
    pub(crate) fn event(&mut self, name: &str) -> Result<&'static Event, String> {
        if let Some(event) = self.events.get(name) {
            return Ok(event);
        }
        (EventName::RULE.check)(name).map_err(|wrong| format!("the event \"{name}\": {}", plain(&wrong)))?;
        let item = self.name("event", &format!("name {name}"), name);
        let event = &*Box::leak(Box::new(Event {
            common: Common::named(item).handled(keep(Handling { existing: true, ..Handling::PLAIN })),
            name: EventName(leak(name)),
            properties: Event::properties,
            tags: Event::tags,
            verified: Event::verified,
            hidden: Event::hidden,
        }));
        self.events.insert(event.name.0, event);
        self.noticed.push(event);
        Ok(event)
    }

    /// The action of this id.
    pub(crate) fn action(&self, id: &Json) -> Result<&'static Action, String> {
        find(&self.actions, id, "action")
    }

    /// The cohort of this id.
    pub(crate) fn cohort(&self, id: &Json) -> Result<&'static Cohort, String> {
        find(&self.cohorts, id, "cohort")
    }

    /// The flag of this id or key.
    pub(crate) fn flag(&self, id: &Json) -> Result<&'static FeatureFlag, String> {
        find(&self.flags, id, "feature flag")
    }

    /// The holdout of this id.
    pub(crate) fn holdout(&self, id: &Json) -> Result<&'static Holdout, String> {
        find(&self.holdouts, id, "holdout")
    }

    /// The shared metric of this id.
    pub(crate) fn shared_metric(&self, id: &Json) -> Result<&'static SharedMetric, String> {
        find(&self.shared_metrics, id, "shared metric")
    }

    /// The insight of this id.
    pub(crate) fn insight(&self, id: &Json) -> Result<&'static Insight, String> {
        find(&self.insights, id, "insight")
    }

    /// The dashboard of this id.
    pub(crate) fn dashboard(&self, id: &Json) -> Result<&'static Dashboard, String> {
        find(&self.dashboards, id, "dashboard")
    }

    /// What people do, as a query names it: an event by its name, or an action by its id.
    pub(crate) fn tracked(
        &mut self,
        event: Option<&Json>,
        action: Option<&Json>,
    ) -> Result<&'static dyn Trackable, String> {
        match (event.and_then(Json::as_str), action) {
            (Some(name), _) => Ok(self.event(name)?),
            (None, Some(id)) => Ok(self.action(id)?),
            (None, None) => Err("it counts every event, which has no name".to_owned()),
        }
    }

    /// Options or statuses of an attribute that people can still choose.
    pub(crate) fn inside(&self, attribute: &str) -> Vec<Live> {
        self.inside.get(attribute).cloned().unwrap_or_default()
    }

    /// Whether it is not known what people can choose of an attribute.
    pub(crate) fn is_unlisted(&self, attribute: &str) -> bool {
        self.unlisted.contains(attribute)
    }

    /// Names for what is inside one declaration.
    pub(crate) fn names_inside(&self) -> impl FnMut(&str, &str) -> String + use<> {
        let mut names = UniqueNames::default();
        move |label, kind| names.give(label, kind)
    }

    /// Lets others refer to it by id and by slug.
    pub(crate) fn keep_object(&mut self, object: &'static Object, live: &Live) {
        self.objects.insert(live.id.clone(), object);
        self.objects.insert(object.slug.0.to_owned(), object);
    }

    /// Lets others refer to it by id.
    pub(crate) fn keep_list(&mut self, list: &'static List, live: &Live) {
        self.lists.insert(live.id.clone(), list);
    }

    /// Lets others refer to it by name.
    pub(crate) fn keep_event(&mut self, event: &'static Event) {
        self.events.insert(event.name.0, event);
    }

    /// Lets others refer to it by id.
    pub(crate) fn keep_action(&mut self, action: &'static Action, live: &Live) {
        self.actions.insert(live.id.clone(), action);
    }

    /// Lets others refer to it by id.
    pub(crate) fn keep_cohort(&mut self, cohort: &'static Cohort, live: &Live) {
        self.cohorts.insert(live.id.clone(), cohort);
    }

    /// Lets others refer to it by id and by key.
    pub(crate) fn keep_flag(&mut self, flag: &'static FeatureFlag, live: &Live) {
        self.flags.insert(live.id.clone(), flag);
        self.flags.insert(flag.key.0.to_owned(), flag);
    }

    /// Lets others refer to it by id.
    pub(crate) fn keep_dashboard(&mut self, dashboard: &'static Dashboard, live: &Live) {
        self.dashboards.insert(live.id.clone(), dashboard);
    }

    /// Lets others refer to it by id.
    pub(crate) fn keep_holdout(&mut self, holdout: &'static Holdout, live: &Live) {
        self.holdouts.insert(live.id.clone(), holdout);
    }

    /// Lets others refer to it by id.
    pub(crate) fn keep_shared_metric(&mut self, metric: &'static SharedMetric, live: &Live) {
        self.shared_metrics.insert(live.id.clone(), metric);
    }

    /// Lets others refer to it by id.
    pub(crate) fn keep_insight(&mut self, insight: &'static Insight, live: &Live) {
        self.insights.insert(live.id.clone(), insight);
    }

    /// Remembers what others may refer to.
    pub(super) fn remember(&mut self, item: &'static dyn Declared, live: &Live) {
        self.remote.insert(item.address(), (live.outputs.clone(), live.fields.clone()));
    }

    /// A term with its references and variables replaced; a text that nothing is equal to where they are not known.
    pub(crate) fn resolved(&self, term: &Term) -> Json {
        let known = |address: &str, get: &str| {
            let (outputs, fields) = self.remote.get(address)?;
            outputs.get(get).or_else(|| fields.get(get)).cloned()
        };
        let variable = |name: &str| {
            let mut variables = self.variables.iter();
            variables.find(|(_, variable)| **variable == name).map(|(held, _)| held.clone())
        };
        term.resolved(&known).filled(&variable).unwrap_or_else(|| format!("\u{1}{term}").into())
    }
}

fn find<T>(all: &HashMap<String, &'static T>, id: &Json, what: &str) -> Result<&'static T, String> {
    let key = id_text(id).unwrap_or_default();
    all.get(&key).copied().ok_or_else(|| format!("the {what} {key} is not written here"))
}

/// The first line of a message: what is wrong, without what to write instead.
pub(super) fn plain(message: &str) -> String {
    message.lines().next().unwrap_or_default().to_owned()
}

/// A list of what could be read; the rest, at this key of the answer, is said to be lost.
pub(crate) fn readable<T>(
    known: &mut Known,
    at: &'static str,
    what: &str,
    all: impl IntoIterator<Item = Result<T, String>>,
) -> &'static [T] {
    let mut kept = Vec::new();
    for one in all {
        match one {
            Ok(one) => kept.push(one),
            Err(why) => known.lose(at, format!("`{what}`: {why}")),
        }
    }
    slice(kept)
}
