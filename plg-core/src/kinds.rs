//! Kinds of resources: what every one of them has, whichever provider it is of.

use crate::{Common, Declared, Given, Items, Link, Shape, Spec, Value, Want};

/// A kind of resource: its declarations are statics of the implementing type.
pub trait Kind: Declared + 'static {
    /// The word its declarations start with. Apart from `SPEC`, so that kinds may refer to each other.
    const KEYWORD: &'static str;
    /// Everything else about it.
    const SPEC: Spec;
    /// One that says nothing, for others to refer to before they say what.
    const LINK: &'static Self;

    /// The declaration with nothing but the fields that must be written.
    #[must_use]
    fn bare(self) -> Self
    where
        Self: Sized;
    /// One that says nothing but this.
    fn blank(common: Common) -> Self
    where
        Self: Sized;
}

/// What a kind's file writes by hand about its declarations.
pub trait Describe {
    /// What should be, in comparable form.
    fn want(&self) -> Want;
    /// Rules that only hold once every stack is put together; see [`Declared::lint`].
    fn lint(&self) -> Vec<String> {
        Vec::new()
    }
    /// Declarations that it is made of beside its own: each is a step of its own, with an address, a plan and a state. Their
    /// kind says [`Wire::part_of`](crate::Wire::part_of).
    fn parts(&'static self) -> Vec<&'static dyn Declared> {
        Vec::new()
    }
}

impl<T: Kind> Value for Link<T> {
    const SHAPE: Shape = Shape::Ref(|| const { &[T::KEYWORD] });
    const BLANK: Self = T::LINK;

    fn given(&self) -> Option<Given> {
        Some(Given::Ref(Some(self.common().name.to_owned())))
    }
}

impl<T: Kind> Value for Items<T> {
    const SHAPE: Shape = Shape::Items(|| const { &T::SPEC });
    const BLANK: Self = Items(&[]);

    fn given(&self) -> Option<Given> {
        Some(Given::Items(self.0.iter().map(|item| item.block()).collect()))
    }
}

/// Whether declarations of this kind stand inside those of another one, and nowhere else.
pub fn is_inside_another(spec: &Spec) -> bool {
    fn holds(shape: &Shape, keyword: &str) -> bool {
        match shape {
            Shape::Items(spec) => spec().keyword == keyword,
            Shape::Maybe(inner) => holds(inner, keyword),
            Shape::Choice(choice) => {
                choice().cases.iter().filter_map(|case| case.holds.as_ref()).any(|held| holds(held, keyword))
            }
            _ => false,
        }
    }
    let mut fields = spec.provider().kinds.iter().flat_map(|spec| spec.fields);
    spec.wire.part_of().is_some() || fields.any(|field| holds(&field.shape, spec.keyword))
}
