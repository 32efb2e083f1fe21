//! What a command refuses, and what it takes: lines after `$ ` are typed, lines after `#` say what else is so.

use super::example::{Example, example};

pub(super) static EXAMPLES: &[Example] = &[
    example(
        "P0601",
        r#"// In one part, and in another one:
feature_flag Beta { key: "beta" }
feature_flag Preview { key: "beta" }"#,
        r#"// In one part, and in another one:
feature_flag Beta { key: "beta" }
feature_flag Preview { key: "preview" }"#,
    ),
    example(
        "P0602",
        r#"$ plg-stack plan --stage prod"#,
        r#"$ ATTIO_API_KEY_PROD=… POSTHOG_API_KEY_PROD=… POSTHOG_PROJECT_ID_PROD=1 plg-stack plan --stage prod"#,
    ),
    example(
        "P0603",
        r#"$ PLG_ATTIO_URL=http://attio.example.com plg-stack plan --stage prod"#,
        r#"$ PLG_ATTIO_URL=https://attio.example.com plg-stack plan --stage prod"#,
    ),
    example(
        "P0604",
        r#"$ chmod a-w .plg/my-stack/prod
$ plg-stack deploy --stage prod"#,
        r#"$ chmod u+w .plg/my-stack/prod
$ plg-stack deploy --stage prod"#,
    ),
    example(
        "P0605",
        r#"$ plg-stack deploy --stage prod
# The key lacks the scope feature_flag:write."#,
        r#"$ plg-stack deploy --stage prod
# After the key was given feature_flag:write."#,
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
        "P0608",
        r#"// Nobody has made this flag.
existing feature_flag Beta { key: "beta" }"#,
        r#"// It is made here.
feature_flag Beta { key: "beta" }"#,
    ),
    example(
        "P0609",
        r#"# The key is one of another workspace than last time.
$ ATTIO_API_KEY_PROD=… plg-stack deploy --stage prod"#,
        r#"# The same workspace as last time; another one is another stage.
$ ATTIO_API_KEY_NEW=… plg-stack deploy --stage new"#,
    ),
    example(
        "P0610",
        r#"// It is taken out of the stack while it says so.
feature_flag Beta { key: "beta", protect: true }"#,
        r#"// This is deployed first; then it can go.
feature_flag Beta { key: "beta" }"#,
    ),
    example(
        "P0611",
        r#"$ plg-stack plan --target feature_flag.DarkMod"#,
        r#"$ plg-stack plan --target feature_flag.DarkMode"#,
    ),
    example(
        "P0612",
        r#"$ plg-stack plan --stage prod --out prod.plan
# Somebody switches a flag in the web app.
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
        "P0618",
        r#"// A policy of the stack wants an owner.
feature_flag Beta { key: "beta" }"#,
        r#"feature_flag Beta { key: "beta", tags: ["owner:growth"] }"#,
    ),
    example(
        "P0619",
        r#"# An attribute is taken out of the stack, and records hold values of it.
$ plg-stack deploy --stage prod --yes"#,
        r#"# They are meant to be hidden with it.
$ plg-stack deploy --stage prod --yes --allow-loss"#,
    ),
    example(
        "P0620",
        r#"$ plg-stack history show 99"#,
        r#"$ plg-stack history
$ plg-stack history show 1"#,
    ),
    example(
        "P0621",
        r#"# A deploy was killed before an API had answered.
$ plg-stack state rm feature_flag.Beta"#,
        r#"$ plg-stack deploy
$ plg-stack state rm feature_flag.Beta"#,
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
        "P0625",
        r#"// Two dashboards are called Growth since the plan was made.
dashboard Growth {}"#,
        r#"// After one of the two was renamed in the web app, the same again:
dashboard Growth {}"#,
    ),
    example(
        "P0626",
        r#"$ PLG_POSTHOG_URL=https://posthog.internal plg-stack plan --stage prod
# There is no such host."#,
        r#"$ PLG_POSTHOG_URL=https://posthog.example.com plg-stack plan --stage prod"#,
    ),
    example(
        "P0627",
        r#"# Stage prod holds this flag in the same project.
$ plg-stack deploy --stage staging"#,
        r#"# With keys of another project, or `shared_with` in both stages.
$ plg-stack deploy --stage staging"#,
    ),
    example(
        "P0628",
        r#"# A project's key, which starts with phc_:
$ POSTHOG_API_KEY_PROD=phc_… plg-stack plan --stage prod"#,
        r#"# A personal key, which starts with phx_, with the scopes that `doctor` names:
$ POSTHOG_API_KEY_PROD=phx_… plg-stack plan --stage prod"#,
    ),
    example(
        "P0629",
        r#"$ plg-stack deploy --stage prod --yes --timeout 1s"#,
        r#"$ plg-stack deploy --stage prod --yes --timeout 10m"#,
    ),
];
