// What PostHog's library for Node gets of a sandbox: HOST TOKEN KEY FLAG COUNT. Prints JSON.
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(path.join(process.env.PLG_NODE_MODULES, "from"));
const { PostHog } = require("posthog-node");
const [host, token, key, flag, count] = process.argv.slice(2);
const ids = [...Array(Number(count)).keys()].map((n) => `user-${n}`);
const said = {};

// With a request for each.
const asks = new PostHog(token, { host, flushAt: 1, flushInterval: 0, disableGeoip: true });
asks.identify({ distinctId: "ada", properties: { email: "ada@example.com", plan: "pro" } });
asks.groupIdentify({ groupType: "company", groupKey: "acme", properties: { plan: "pro" } });
asks.capture({ distinctId: "ada", event: "signup_completed", properties: { plan: "pro" }, groups: { company: "acme" } });
asks.alias({ distinctId: "ada", alias: "ada-before" });
await asks.flush();
said.all = await asks.getAllFlags("ada");
said.remote = {};
for (const id of ids) said.remote[id] = await asks.getFeatureFlag(flag, id, { sendFeatureFlagEvents: false });
await asks.shutdown();

// By itself.
const decides = new PostHog(token, { host, personalApiKey: key, featureFlagsPollingInterval: 100_000, flushAt: 1, disableGeoip: true });
await decides.reloadFeatureFlags();
said.local = {};
for (const id of ids) said.local[id] = await decides.getFeatureFlag(flag, id, { onlyEvaluateLocally: true, sendFeatureFlagEvents: false });
await decides.shutdown();
console.log(JSON.stringify(said));
