//! Values as they are written in a stack: the way back from typed ones, and how Rust's own types go it.

use crate::{Given, Node, Shape, Site, Value};

/// A value where nobody asks for its place.
pub fn node(value: &impl Value) -> Option<Node> {
    Some(Node { at: Site::default(), given: value.given()? })
}

/// The entries of a list.
pub fn nodes<'a, T: Value + 'a>(values: impl Iterator<Item = &'a T>) -> Vec<Node> {
    values.filter_map(node).collect()
}

/// A case with what it holds.
pub fn case(word: &str, held: &impl Value) -> Option<Given> {
    Some(Given::Case(word.to_owned(), node(held).map(Box::new)))
}

/// Adds a field, unless it says what goes without saying.
pub fn field<T: Value>(fields: &mut Vec<(String, Node)>, name: &str, value: &T, default: Option<&T>) {
    let Some(node) = node(value) else { return };
    if default.and_then(Value::given).is_none_or(|default| default != node.given) {
        fields.push((name.to_owned(), node));
    }
}

impl<T: Value> Value for Option<T> {
    const SHAPE: Shape = Shape::Maybe(&T::SHAPE);
    const BLANK: Self = None;

    fn given(&self) -> Option<Given> {
        self.as_ref()?.given()
    }
}

impl<T: Value> Value for &'static [T] {
    const SHAPE: Shape = Shape::List { item: &T::SHAPE };
    const BLANK: Self = &[];

    fn given(&self) -> Option<Given> {
        Some(Given::List(nodes(self.iter())))
    }
}

impl Value for bool {
    const SHAPE: Shape = Shape::Bool;
    const BLANK: Self = false;

    fn given(&self) -> Option<Given> {
        Some(Given::Bool(*self))
    }
}

impl Value for i64 {
    const SHAPE: Shape = Shape::Int { min: 0, max: 2_147_483_647 };
    const BLANK: Self = 0;

    fn given(&self) -> Option<Given> {
        Some(Given::Int(*self))
    }
}

impl Value for f64 {
    const SHAPE: Shape = Shape::Float;
    const BLANK: Self = 0.0;

    fn given(&self) -> Option<Given> {
        Some(Given::Float(*self))
    }
}
