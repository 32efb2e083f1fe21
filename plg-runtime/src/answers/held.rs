//! What an API would refuse as things are, and what people should know before it is done: a plan says so instead of
//! promising it.

use super::impact::ImpactSources;
use crate::declared::terms::stood;
use crate::error::{Error, Problem};
use crate::live::list;
use crate::plan::{Change, Plan, Step, prior};
use plg_core::mention::{Mention, MentionedBy};
use plg_core::{AccountName, Hold, Live, Map, Prior, Spec, linked};
use std::collections::{BTreeMap, BTreeSet};

/// One step that others may keep from being done.
struct Asked<'a> {
    account: AccountName,
    step: &'a Step,
    spec: &'static Spec,
    before: Prior,
    /// Its fields then; none where it is removed.
    after: Option<Map>,
}

/// Everything in a plan that an API would refuse, with who keeps it from being done. Where there is nothing of that, each
/// step that disturbs others says so from then on.
pub(crate) async fn held(world: &ImpactSources<'_>, plan: &mut Plan) -> Result<Vec<Problem>, Error> {
    let asked: Vec<Asked> = plan.steps.iter().filter_map(|step| asked(world, step)).collect();
    let kinds: BTreeSet<(AccountName, &str)> =
        asked.iter().flat_map(|one| one.spec.wire.may_hold_back().iter().map(|kind| (one.account, *kind))).collect();
    let mut others: Vec<(AccountName, &'static Spec, Vec<Live>)> = Vec::new();
    for (account, spec) in kinds.into_iter().filter_map(|(account, kind)| Some((account, linked::find(kind)?))) {
        let rows = rows(world, account, spec).await?;
        others.push((account, spec, rows.into_iter().filter_map(|live| then(plan, account, spec, live)).collect()));
    }
    let unfit = plan.steps.iter().flat_map(|step| unfit(world, plan, step));
    let own = plan.steps.iter().filter_map(|step| refused(world, step));
    let found: Vec<Problem> = own.chain(asked.iter().flat_map(|one| problems(one, &others))).chain(unfit).collect();
    let warnings: Vec<(String, Vec<String>)> =
        asked.iter().map(|one| (one.step.address.clone(), disturbed(one, &others))).collect();
    for (address, says) in warnings.into_iter().filter(|(_, says)| !says.is_empty()) {
        let step = plan.steps.iter_mut().find(|step| step.address == address);
        step.into_iter().for_each(|step| step.warnings.extend(says.iter().cloned()));
    }
    Ok(found)
}

/// Why a step would be refused as the object is itself, or as the key may not touch it.
fn refused(world: &ImpactSources<'_>, step: &Step) -> Option<Problem> {
    if !step.writes() || step.change == Change::Create {
        return None;
    }
    let (spec, live) = (linked::find(&step.kind)?, world.seen.live(&step.address)?);
    let provider = spec.provider();
    let own = || match step.change {
        Change::Delete | Change::Archive | Change::Replace => spec.wire.refuses(&live.fields, None),
        Change::Update | Change::Adopt => spec.wire.refuses(&live.fields, Some(&changed(&live.fields, step))),
        _ => None,
    };
    let hold = provider.api.withheld(&live.fields).or_else(own)?;
    Some(Problem {
        address: step.address.clone(),
        place: step.place.clone(),
        message: format!("{} would refuse it: {}", provider.title, hold.says),
        hint: hold.help.to_owned(),
    })
}

/// What a step disturbs, each sentence with those who are it.
fn disturbed(one: &Asked<'_>, others: &[(AccountName, &'static Spec, Vec<Live>)]) -> Vec<String> {
    let Some(after) = &one.after else { return Vec::new() };
    let mut said: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (spec, live) in referring(one, others) {
        if let Some(says) = one.spec.wire.disturbs(&one.before.fields, after, spec.keyword, live) {
            said.entry(says).or_default().push(format!("{} {}", spec.keyword, name(live)));
        }
    }
    said.into_iter().map(|(says, names)| format!("{says}: {}", names.join(", "))).collect()
}

/// The other objects that refer to what a step is about.
fn referring<'a>(
    one: &'a Asked<'_>,
    others: &'a [(AccountName, &'static Spec, Vec<Live>)],
) -> impl Iterator<Item = (&'static Spec, &'a Live)> {
    let of_account = others.iter().filter(|(account, ..)| *account == one.account);
    let all = of_account.flat_map(|(_, spec, rows)| rows.iter().map(move |live| (*spec, live)));
    all.filter(|(spec, live)| {
        (live.id != one.before.id || spec.keyword != one.spec.keyword)
            && spec.wire.mentions(live).iter().any(|mention| one.is(mention))
    })
}

/// Why what a step makes could not stand on what it needs, as that is after the plan.
fn unfit(world: &ImpactSources<'_>, plan: &Plan, step: &Step) -> Vec<Problem> {
    let Some(spec) = linked::find(&step.kind).filter(|_| step.change == Change::Create) else { return Vec::new() };
    let problem = |address: &String| {
        let needed = plan.step(address)?;
        let mut live = world.seen.live(address)?.clone();
        live.fields = changed(&live.fields, needed);
        let hold = spec.wire.unfit(&needed.kind, &live)?;
        Some(Problem {
            address: step.address.clone(),
            place: step.place.clone(),
            message: format!("{} would refuse it on {address}: {}", spec.provider().title, hold.says),
            hint: hold.help.to_owned(),
        })
    };
    step.depends.iter().filter_map(problem).collect()
}

/// A step of which others may have a say.
fn asked<'a>(world: &ImpactSources<'_>, step: &'a Step) -> Option<Asked<'a>> {
    let spec = linked::find(&step.kind)?;
    let is_removed = matches!(step.change, Change::Delete | Change::Archive | Change::Replace);
    let is_changed = matches!(step.change, Change::Update | Change::Adopt) && !step.fields.is_empty();
    if spec.wire.may_hold_back().is_empty() || !(is_removed || is_changed) {
        return None;
    }
    let was = step.renamed_from.as_ref().unwrap_or(&step.address);
    let entry = world.state.resources.get(was);
    let before = prior(spec.wire, &Map::new(), entry, world.seen.live(&step.address))?;
    let after = (!is_removed).then(|| changed(&before.fields, step));
    Some(Asked { account: AccountName::read(&step.account), step, spec, before, after })
}

/// Fields as a step leaves them.
fn changed(fields: &Map, step: &Step) -> Map {
    let mut fields = fields.clone();
    for field in &step.fields {
        if let Some(to) = &field.to {
            // What is only known later is there then, and is nobody's reason.
            fields.insert(field.field.clone(), stood(to, to.json().as_ref(), &[]).into_owned());
        }
    }
    fields
}

/// Another object as the plan leaves it; nothing where the plan removes it.
fn then(plan: &Plan, account: AccountName, spec: &Spec, mut live: Live) -> Option<Live> {
    let is_own =
        |step: &&Step| step.kind == spec.keyword && step.account == account.0 && step.id.as_ref() == Some(&live.id);
    let own = plan.steps.iter().find(is_own);
    let Some(own) = own else { return (!live.archived).then_some(live) };
    match own.change {
        Change::Delete | Change::Archive | Change::Replace => None,
        _ => {
            live.fields = changed(&live.fields, own);
            Some(live)
        }
    }
}

async fn rows(world: &ImpactSources<'_>, account: AccountName, spec: &'static Spec) -> Result<Vec<Live>, Error> {
    let listing = spec.wire.listing(&Map::new());
    match world.seen.list(account, spec, &listing) {
        Some(rows) => Ok(rows.iter().map(|live| Live::clone(live)).collect()),
        None => match list(&world.client.of(spec.provider(), account), spec.keyword, &listing, 0).await {
            // What a key may not read holds nothing back as far as anybody can know.
            Err(Error::Remote(failure)) if failure.is_of_a_kind() => Ok(Vec::new()),
            rows => rows,
        },
    }
}

/// Why a step would be refused, each reason with those who are it.
fn problems(one: &Asked<'_>, others: &[(AccountName, &'static Spec, Vec<Live>)]) -> Vec<Problem> {
    let mut holds: BTreeMap<String, (Hold, Vec<String>)> = BTreeMap::new();
    for (spec, live) in referring(one, others) {
        if let Some(hold) = one.spec.wire.holds_back(&one.before.fields, one.after.as_ref(), spec.keyword, live) {
            let name = format!("{} {}", spec.keyword, name(live));
            holds.entry(hold.says.clone()).or_insert_with(|| (hold, Vec::new())).1.push(name);
        }
    }
    let problem = |(hold, names): (Hold, Vec<String>)| Problem {
        address: one.step.address.clone(),
        place: one.step.place.clone(),
        message: format!("{} would refuse it: {}: {}", one.spec.provider().title, hold.says, names.join(", ")),
        hint: hold.help.to_owned(),
    };
    holds.into_values().map(problem).collect()
}

fn name(live: &Live) -> String {
    let title = ["key", "name", "title"].into_iter().filter_map(|field| live.fields.get(field)?.as_str());
    let title = title.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
    format!("\"{title}\" ({})", live.id)
}

impl Asked<'_> {
    fn is(&self, mention: &Mention) -> bool {
        mention.kind == self.spec.keyword
            && match &mention.by {
                MentionedBy::Id(id) => *id == self.before.id,
                MentionedBy::Key(key) => self.spec.wire.identity(&self.before.fields).as_ref() == Some(key),
            }
    }
}
