//! Which resources stand in one fold, in which order, and what is open at first.

use crate::plan::{Change, Tone};
use crate::show::picture::{Card, Picture};
use std::collections::{BTreeMap, HashMap};

/// The most resources that are in sight at first: beyond that a page is longer than anybody reads.
const ROWS: usize = 80;

/// The most lines of differences that are in sight at first.
const LINES: usize = 60;

/// Lines of what stands around the differences of one resource.
const AROUND: usize = 3;

/// The rank of what is made.
const NEW: usize = 3;

/// Resources of one kind in one account.
pub(super) struct Fold<'a> {
    /// The place of its account among the picture's groups.
    pub(super) group: usize,
    pub(super) kind: &'a str,
    /// Each with how deep it stands, and whether its differences are in sight.
    pub(super) rows: Vec<(&'a Card, usize, bool)>,
    pub(super) open: bool,
}

impl Fold<'_> {
    /// Whether nothing in it changes.
    pub(super) fn is_quiet(&self) -> bool {
        self.rows.iter().all(|(card, ..)| is_quiet(card))
    }

    /// How many resources are changed how, in the order of a summary, which counts no others.
    pub(super) fn counts(&self) -> Vec<(Change, usize)> {
        let count = |change: &Change| self.rows.iter().filter(|(card, ..)| card.change == *change).count();
        let all = Change::ALL.into_iter().filter(|change| *change != Change::Read);
        all.map(|change| (change, count(&change))).filter(|(_, n)| *n > 0).collect()
    }

    /// How much it matters to whoever reviews it: what is lost first.
    fn rank(&self) -> usize {
        self.rows.iter().map(|(card, ..)| rank(card)).min().unwrap_or(usize::MAX)
    }
}

/// Whether it is hidden where only what changes is shown.
pub(super) fn is_quiet(card: &Card) -> bool {
    matches!(card.change, Change::Unchanged | Change::Read) && card.notes.is_empty() && card.lines.is_empty()
}

fn rank(card: &Card) -> usize {
    match card.change.words().tone {
        Tone::Lost => 0,
        Tone::Replaced => 1,
        Tone::Changed => 2,
        Tone::New => NEW,
        Tone::Same if is_quiet(card) => 5,
        Tone::Same => 4,
    }
}

/// The folds of a picture, by account and in the order in which each kind comes first; children under their parents.
pub(super) fn of(picture: &Picture) -> Vec<Fold<'_>> {
    let groups = picture.groups();
    let mut folds = Vec::new();
    for (group, title) in groups.iter().enumerate() {
        let cards: Vec<&Card> = picture.cards.iter().filter(|card| title.has(&card.provider, &card.account)).collect();
        let kinds = by_kind(&cards);
        folds.extend(kinds.into_iter().map(|(kind, rows)| Fold { group, kind, rows, open: false }));
    }
    unfold(&mut folds, picture.is_plan);
    folds
}

type Rows<'a> = Vec<(&'a Card, usize, bool)>;

fn by_kind<'a>(cards: &[&'a Card]) -> Vec<(&'a str, Rows<'a>)> {
    let parents: HashMap<&str, &Card> =
        cards.iter().filter_map(|card| Some((name(&card.address).filter(|own| !own.contains('.'))?, *card))).collect();
    let mut inside: HashMap<&str, Vec<&Card>> = HashMap::new();
    let mut order: Vec<&str> = Vec::new();
    let mut kinds: BTreeMap<&str, Rows<'a>> = BTreeMap::new();
    let mut tops = Vec::new();
    for card in cards {
        match parent(card, &parents) {
            Some(above) => inside.entry(above.address.as_str()).or_default().push(card),
            None => tops.push(*card),
        }
    }
    for card in tops {
        if !kinds.contains_key(card.kind.as_str()) {
            order.push(&card.kind);
        }
        let rows = kinds.entry(&card.kind).or_default();
        rows.push((card, 0, false));
        rows.extend(inside.remove(card.address.as_str()).into_iter().flatten().map(|child| (child, 1, false)));
    }
    order.into_iter().filter_map(|kind| kinds.remove(kind).map(|rows| (kind, rows))).collect()
}

/// `LifecycleStage.Trial` of `option.LifecycleStage.Trial`.
fn name(address: &str) -> Option<&str> {
    address.split_once('.').map(|(_, name)| name)
}

/// The declaration around it, `attribute.LifecycleStage` of `option.LifecycleStage.Trial`: what it needs of that name, as
/// several kinds may have one, and what has that name where nothing is noted of what it needs.
fn parent<'a>(card: &Card, all: &HashMap<&str, &'a Card>) -> Option<&'a Card> {
    let own = name(&card.address)?.split_once('.')?.0;
    let above = all.get(own)?;
    let needs = |address: &String| name(address) == Some(own);
    (card.depends.contains(&above.address) || !card.depends.iter().any(needs)).then_some(*above)
}

/// Opens what matters most, for as long as it is read.
fn unfold(folds: &mut [Fold<'_>], is_plan: bool) {
    let mut order: Vec<usize> = (0..folds.len()).collect();
    order.sort_by_key(|place| folds[*place].rank());
    let shown = |fold: &Fold<'_>| fold.rows.iter().filter(|(card, ..)| !is_plan || !is_quiet(card)).count();
    let fits = folds.iter().map(shown).sum::<usize>() <= ROWS;
    let (mut rows, mut lines) = (0, 0);
    for place in order {
        let fold = &mut folds[place];
        let shown = shown(fold);
        // Of many that are only made none is more telling than the others.
        fold.open = fits || (fold.rank() < NEW && rows + shown <= ROWS);
        if !fold.open {
            continue;
        }
        rows += shown;
        for (card, _, opens) in &mut fold.rows {
            let tells = matches!(card.change.words().tone, Tone::Changed | Tone::Replaced | Tone::Lost);
            let long = card.lines.len() + card.notes.len();
            if tells && long > 0 && lines + long + AROUND <= LINES {
                *opens = true;
                lines += long + AROUND;
            }
        }
    }
}
