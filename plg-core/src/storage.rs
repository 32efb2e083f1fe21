//! Where the state of a stage is kept. Credentials are never part of it: each cloud has its own
//! environment variables for them.

use crate::shape::{Shape, TextRule, Value};
use crate::value::{Secret, Text};
use crate::{Given, codes, text};

choice! {
    /// Where the state of a stage is kept.
    Storage "place for a state" {
        /// The folder `.plg` on this machine.
        folder,
        /// A bucket in S3, or in a store that speaks its protocol and has conditional writes.
        s3(S3),
        /// A bucket in Google Cloud Storage.
        gcs(Gcs),
        /// A container in Azure Blob Storage.
        azure(Azure),
        /// A PostgreSQL database.
        postgres(Postgres),
    }
}

record! {
    /// A bucket in S3. The credentials come from `AWS_ACCESS_KEY_ID` and its like, or from the machine's role.
    S3 {
        /// The bucket.
        bucket: Setting,
        /// What the names of all objects start with; several stacks and stages can share it.
        prefix: Option<Prefix> = None,
        /// The bucket's region; `AWS_REGION` without it.
        region: Option<Setting> = None,
        /// The server, where it is not AWS's own.
        endpoint: Option<Server> = None,
    }
}

record! {
    /// A bucket in Google Cloud Storage. The credentials come from `GOOGLE_SERVICE_ACCOUNT` and its like, or from the machine's role.
    Gcs {
        /// The bucket.
        bucket: Setting,
        /// What the names of all objects start with; several stacks and stages can share it.
        prefix: Option<Prefix> = None,
    }
}

record! {
    /// A container in Azure Blob Storage. The credentials come from `AZURE_STORAGE_ACCOUNT_KEY` and its like, or from the machine's role.
    Azure {
        /// The storage account.
        account: Setting,
        /// The container.
        container: Setting,
        /// What the names of all objects start with; several stacks and stages can share it.
        prefix: Option<Prefix> = None,
    }
}

record! {
    /// A PostgreSQL database.
    Postgres {
        /// Its address with user and password, `postgres://…`, which is why it comes from the environment.
        url: Secret,
    }
}

macro_rules! settings {
    ($($(#[doc = $doc:literal])* $ty:ident { what: $what:literal, max: $max:expr, check: $check:expr })*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $ty(pub Text);
        impl $ty {
            /// What it must look like, written out or in the environment.
            pub const RULE: TextRule = TextRule { wrap: stringify!($ty), what: $what, max: $max, code: codes::TEXT, check: $check, constant: false };
        }
        impl Value for $ty {
            const SHAPE: Shape = Shape::EnvText(&$ty::RULE);
            const BLANK: Self = $ty(Text::Given(""));

            fn given(&self) -> Option<Given> {
                Some(match self.0 {
                    Text::Given(text) => Given::Text(text.to_owned()),
                    Text::Env(name) => Given::Env(name.to_owned()),
                })
            }
        }
    )*};
}

settings! {
    /// The name of a bucket, a container, an account or a region.
    Setting { what: "a name", max: 255, check: text::setting }
    /// The front of an object's name, such as `teams/growth`.
    Prefix { what: "a prefix", max: 500, check: text::prefix }
    /// A server's address: `https`, or on this machine `http`.
    Server { what: "a server's address", max: 2_000, check: text::server }
}
