//! Dependencies first; a cycle is shown as a path.

use crate::declarations::Lowered;
use crate::errors::Errors;
use crate::names::Symbols;
use crate::rules::noted;
use crate::syntax::StackSyntax;
use plg_core::codes;
use proc_macro2::Span;

#[derive(Clone, Copy, PartialEq)]
enum Visit {
    New,
    Open,
    Done,
}

/// What each one needs, by place, and where it says so.
pub(crate) type Edges<S> = Vec<Vec<(usize, S)>>;

/// Those that need one another in a circle, the first of them once more at the end.
pub(crate) struct Circle<S> {
    pub(crate) path: Vec<usize>,
    /// Where the last of them names the first.
    pub(crate) at: S,
}

struct Walk<'a, S> {
    edges: &'a Edges<S>,
    /// How many steps each takes beyond its own: an attribute's options are created one by one.
    inside: &'a [u32],
    marks: Vec<Visit>,
    /// By place: 0 where nothing comes before, else one more than the latest that does.
    waves: Vec<u32>,
    circles: Vec<Circle<S>>,
}

/// Places in the source, dependencies first: sorted by wave, then by source order. Each cycle is one error, at the
/// reference that closes it.
pub(crate) fn sort(errors: &mut Errors, stack: &StackSyntax, names: &Symbols, lowered: &Lowered) -> Vec<usize> {
    let count = stack.declarations.len();
    let inside: Vec<u32> =
        lowered.items.iter().map(|item| u32::try_from(item.children.len()).unwrap_or(u32::MAX)).collect();
    let all = |place: usize| {
        let item = &lowered.items[place];
        item.refs.iter().chain(item.stages.iter().flat_map(|said| &said.refs)).copied().collect()
    };
    let (waves, circles) = walk(&(0..count).map(all).collect(), &inside);
    // What is a circle in one stage alone is one in all of them together, and not the other way round.
    if !circles.is_empty() {
        report(errors, stack, lowered, &inside);
    }
    let mut places: Vec<usize> =
        (0..count).filter(|p| names.index.get(&stack.declarations[*p].name.to_string()) == Some(p)).collect();
    places.sort_by_key(|p| (waves[*p], *p));
    places
}

fn report(errors: &mut Errors, stack: &StackSyntax, lowered: &Lowered, inside: &[u32]) {
    let items = || lowered.items.iter();
    let mut stages: Vec<Option<&str>> = vec![None];
    stages.extend(items().flat_map(|item| &item.stages).map(|said| Some(said.name.as_str())));
    let mut seen: Vec<Vec<usize>> = Vec::new();
    let mut known: Vec<Option<&str>> = Vec::new();
    for stage in stages {
        if known.contains(&stage) {
            continue;
        }
        known.push(stage);
        let said = |item: &crate::declarations::Item| {
            let over = item.stages.iter().find(|said| Some(said.name.as_str()) == stage);
            over.map_or(&item.refs, |said| &said.refs).clone()
        };
        let edges: Edges<Span> = items().map(said).collect();
        for Circle { path, at } in walk(&edges, inside).1 {
            if is_new(&mut seen, &path) {
                let names = path.iter().map(|place| stack.declarations[*place].name.to_string()).collect();
                errors.at(codes::CYCLE, at, needs_itself(names, stage));
            }
        }
    }
}

/// Whether a circle is not known yet, wherever it is entered.
pub(crate) fn is_new(seen: &mut Vec<Vec<usize>>, path: &[usize]) -> bool {
    let mut own: Vec<usize> = path[1..].to_vec();
    own.sort_unstable();
    let is_new = !seen.contains(&own);
    if is_new {
        seen.push(own);
    }
    is_new
}

/// A circle, in words.
pub(crate) fn needs_itself(names: Vec<String>, stage: Option<&str>) -> String {
    let note = stage.map_or(String::new(), |stage| noted([stage].into_iter()));
    format!("`{}` depends on itself: {}{note}", names[0], names.join(" → "))
}

/// The waves, and every circle that the walk comes across.
pub(crate) fn walk<S: Copy>(edges: &Edges<S>, inside: &[u32]) -> (Vec<u32>, Vec<Circle<S>>) {
    let count = edges.len();
    let mut walk = Walk { edges, inside, marks: vec![Visit::New; count], waves: vec![0; count], circles: Vec::new() };
    for place in 0..count {
        walk.visit(place);
    }
    (walk.waves, walk.circles)
}

impl<S: Copy> Walk<'_, S> {
    /// Depth first with a stack of its own, so that no chain of references is too long.
    fn visit(&mut self, start: usize) {
        if self.marks[start] != Visit::New {
            return;
        }
        self.marks[start] = Visit::Open;
        let mut trail: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some((place, next)) = trail.last_mut() {
            let place = *place;
            let Some((target, at)) = self.edges[place].get(*next).copied() else {
                self.marks[place] = Visit::Done;
                trail.pop();
                if let Some((before, _)) = trail.last() {
                    self.follow(*before, place);
                }
                continue;
            };
            *next += 1;
            match self.marks[target] {
                Visit::New => {
                    self.marks[target] = Visit::Open;
                    trail.push((target, 0));
                }
                Visit::Done => self.follow(place, target),
                Visit::Open => {
                    let from = trail.iter().position(|(place, _)| *place == target).unwrap_or(0);
                    let path = trail[from..].iter().map(|(place, _)| *place).chain([target]).collect();
                    self.circles.push(Circle { path, at });
                }
            }
        }
    }

    /// What refers to an attribute comes after its options.
    fn follow(&mut self, place: usize, target: usize) {
        let after = self.waves[target].saturating_add(self.inside[target]).saturating_add(1);
        self.waves[place] = self.waves[place].max(after);
    }
}
