//! Every way in which roots name parts: nested, reached twice, under another name, through a glob, from two roots.

/// A part of several.
pub mod shared {
    plg::stack! {
        /// On or off.
        feature_flag Shared { key: "shared" }
    }
}

/// A part with parts.
pub mod nested {
    mod inner {
        mod deep {
            plg::stack! {
                /// Deep down.
                event Deep { name: "deep" }
            }
        }

        plg::stack! {
            parts: [deep, crate::shapes::shared],

            /// In between.
            event Inner { name: "inner" }
        }
    }

    plg::stack! {
        parts: [inner],

        /// On top.
        event Outer { name: "outer" }
    }
}

mod all {
    pub(super) use super::nested as renamed;
    pub(super) use super::*;
}

/// A root.
pub mod one {
    plg::stack! {
        name: "one",
        stages: { local: sandbox },
        parts: [crate::shapes::all::renamed, crate::shapes::all::shared],
    }
}

/// A root that another one is a part of.
pub mod two {
    use crate::shapes::shared as again;

    plg::stack! {
        name: "two",
        stages: { local: sandbox },
        parts: [again, crate::shapes::one],

        /// Somebody came.
        event Came { name: "came" }
    }
}
