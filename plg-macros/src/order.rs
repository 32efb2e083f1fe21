//! Dependencies first; a cycle is shown as a path.

use crate::declarations::Lowered;
use crate::errors::Errors;
use crate::names::Symbols;
use crate::syntax::StackSyntax;
use plg_schema::codes;
use proc_macro2::Span;

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    New,
    Open,
    Done,
}

struct Walk<'a> {
    stack: &'a StackSyntax,
    lowered: &'a Lowered,
    marks: Vec<Mark>,
    /// By place: 0 where nothing comes before, else one more than the latest that does.
    waves: Vec<u32>,
    errors: &'a mut Errors,
}

/// Places in the source, dependencies first: sorted by wave, then by source order. Each cycle is one error, at the
/// reference that closes it.
pub(crate) fn sort(errors: &mut Errors, stack: &StackSyntax, names: &Symbols, lowered: &Lowered) -> Vec<usize> {
    let count = stack.declarations.len();
    let mut walk = Walk { stack, lowered, marks: vec![Mark::New; count], waves: vec![0; count], errors };
    for place in 0..count {
        walk.visit(place);
    }
    let waves = walk.waves;
    let mut places: Vec<usize> =
        (0..count).filter(|p| names.index.get(&stack.declarations[*p].name.to_string()) == Some(p)).collect();
    places.sort_by_key(|p| (waves[*p], *p));
    places
}

impl Walk<'_> {
    /// Depth first with a stack of its own, so that no chain of references is too long.
    fn visit(&mut self, start: usize) {
        if self.marks[start] != Mark::New {
            return;
        }
        self.marks[start] = Mark::Open;
        let mut trail: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some((place, next)) = trail.last_mut() {
            let place = *place;
            let refs = &self.lowered.items[place].refs;
            let Some((target, span)) = refs.get(*next).copied() else {
                let last = u32::try_from(self.lowered.items[place].children.len()).unwrap_or(u32::MAX);
                let wave = self.waves[place];
                self.marks[place] = Mark::Done;
                trail.pop();
                if let Some((before, _)) = trail.last() {
                    // What refers to an attribute comes after its options, which are created one by one.
                    let own = if last > 0 { wave.saturating_add(last) } else { wave };
                    self.waves[*before] = self.waves[*before].max(own.saturating_add(1));
                }
                continue;
            };
            *next += 1;
            match self.marks[target] {
                Mark::New => {
                    self.marks[target] = Mark::Open;
                    trail.push((target, 0));
                }
                Mark::Done => {
                    let last = u32::try_from(self.lowered.items[target].children.len()).unwrap_or(u32::MAX);
                    self.waves[place] =
                        self.waves[place].max(self.waves[target].saturating_add(last).saturating_add(1));
                }
                Mark::Open => self.cycle(&trail, target, span),
            }
        }
    }

    fn cycle(&mut self, trail: &[(usize, usize)], target: usize, span: Span) {
        let from = trail.iter().position(|(place, _)| *place == target).unwrap_or(0);
        let mut path: Vec<String> =
            trail[from..].iter().map(|(place, _)| self.stack.declarations[*place].name.to_string()).collect();
        path.push(self.stack.declarations[target].name.to_string());
        self.errors.at(codes::CYCLE, span, format!("`{}` depends on itself: {}", path[0], path.join(" → ")));
    }
}
