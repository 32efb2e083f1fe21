//! What a command refuses, and what it takes: lines after `$ ` are typed, lines after `#` say what else is so. What is
//! declared for it stands in the providers' own examples.

use super::example::{Example, example};

pub(super) static EXAMPLES: &[Example] = &[
    example(
        "P0602",
        r#"$ plg-stack plan --stage prod"#,
        r#"# Once each variable that the message names is set, in the environment or in a file `.env`:
$ plg-stack plan --stage prod"#,
    ),
    example(
        "P0604",
        r#"$ chmod a-w .plg/my-stack/prod
$ plg-stack deploy --stage prod"#,
        r#"$ chmod u+w .plg/my-stack/prod
$ plg-stack deploy --stage prod"#,
    ),
    example(
        "P0606",
        r#"# While another deploy of this stage is at work:
$ plg-stack deploy --stage prod"#,
        r#"# Once it is done; or, where its machine is gone for good, with the nonce of the message:
$ plg-stack state unlock 01234567-89ab-cdef-0123-456789abcdef --stage prod
$ plg-stack deploy --stage prod"#,
    ),
    example(
        "P0607",
        r#"$ plg-stack deploy --stage prod
# Somebody takes its lock away meanwhile:
$ plg-stack state unlock 01234567-89ab-cdef-0123-456789abcdef --stage prod"#,
        r#"# Once the other deploy is done:
$ plg-stack deploy --stage prod"#,
    ),
    example(
        "P0612",
        r#"$ plg-stack plan --stage prod --out prod.plan
# Somebody changes something in the web app.
$ plg-stack deploy --stage prod prod.plan"#,
        r#"$ plg-stack plan --stage prod --out prod.plan
$ plg-stack deploy --stage prod prod.plan"#,
    ),
    example(
        "P0613",
        r#"$ plg-stack deploy --stage prod plan.html"#,
        r#"$ plg-stack plan --stage prod --out prod.plan
$ plg-stack deploy --stage prod prod.plan"#,
    ),
    example("P0614", r#"$ plg-stack deploy --stag prod"#, r#"$ plg-stack deploy --stage prod"#),
    example(
        "P0615",
        r#"$ plg-stack plan
# The system has no thread left."#,
        r#"$ plg-stack plan -vv"#,
    ),
    example("P0616", r#"$ plg-stack plan --out /nowhere/prod.plan"#, r#"$ plg-stack plan --out prod.plan"#),
    example(
        "P0617",
        r#"# In a script, where nobody can be asked:
$ plg-stack deploy --stage prod"#,
        r#"$ plg-stack deploy --stage prod --yes"#,
    ),
    example(
        "P0619",
        r#"# Something is taken out of the stack that holds what people gave.
$ plg-stack deploy --stage prod --yes"#,
        r#"# The loss is intended: the flag says so.
$ plg-stack deploy --stage prod --yes --allow-loss"#,
    ),
    example(
        "P0620",
        r#"$ plg-stack history show 99"#,
        r#"$ plg-stack history
$ plg-stack history show 1"#,
    ),
    example(
        "P0622",
        r#"# Another program listens there.
$ plg-stack sandbox serve --listen 127.0.0.1:4848"#,
        r#"$ plg-stack sandbox serve --listen 127.0.0.1:0"#,
    ),
    example(
        "P0623",
        r#"# A variable or a permission is missing.
$ plg-stack doctor --stage prod"#,
        r#"# After what it says below each ✗ is done.
$ plg-stack doctor --stage prod"#,
    ),
    example(
        "P0624",
        r#"# Somebody renamed it since, or refers to it.
$ plg-stack state remove-late 17"#,
        r#"# Remove it in the web app; or, where nobody touched it:
$ plg-stack state remove-late 17"#,
    ),
    example(
        "P0627",
        r#"# Stage prod holds the same object in the same account.
$ plg-stack deploy --stage staging"#,
        r#"# With keys of another account, or `shared_with` in both stages.
$ plg-stack deploy --stage staging"#,
    ),
    example(
        "P0629",
        r#"$ plg-stack deploy --stage prod --yes --timeout 1s"#,
        r#"$ plg-stack deploy --stage prod --yes --timeout 10m"#,
    ),
    example(
        "P0630",
        r#"# The state is intact.
$ plg-stack state salvage --stage prod"#,
        r#"$ plg-stack deploy --stage prod"#,
    ),
    example(
        "P0631",
        r#"$ plg-stack state migrate --stage prod --from s3:bucket"#,
        r#"$ plg-stack state migrate --stage prod --from 's3://bucket/prefix?region=eu-central-1'"#,
    ),
    example(
        "P0632",
        r#"# The key that encrypted the secret is not on this machine.
$ plg-stack output --reveal webhook.Deals --stage prod"#,
        r#"# `.plg/key` is copied from the machine that deployed, or `PLG_STATE_KEY` is set to that key.
$ plg-stack output --reveal webhook.Deals --stage prod"#,
    ),
];
