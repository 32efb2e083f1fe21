// What @posthog/agent-toolkit, the tools that PostHog gives to agents, gets of a sandbox to which plg-stack is deployed:
// HOST. Prints a line for each call that fails, and JSON at the end.
//
// `PLG_NODE_MODULES` names the folder that it is in.
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(path.join(process.env.PLG_NODE_MODULES, "from"));
const { PostHogAgentToolkit } = require("@posthog/agent-toolkit/tools");
const [posthogApiBaseUrl] = process.argv.slice(2);
const kit = new PostHogAgentToolkit({ posthogApiToken: "phx_any", posthogApiBaseUrl });
const context = kit.getContext();
const tools = Object.fromEntries((await kit.getTools()).map((tool) => [tool.name, tool]));
const failed = [];
const called = new Set();
let held = 0;

/** One call of a tool, and what has to hold of its answer. */
async function call(name, args, holds = () => true) {
  called.add(name);
  try {
    const tool = tools[name];
    if (!tool) throw new Error("there is no such tool for this key");
    const answer = await tool.handler(context, tool.schema.parse(args));
    const text = typeof answer === "string" ? answer : (answer?.content?.[0]?.text ?? JSON.stringify(answer));
    if (answer?.isError || /^(error|failed)/i.test(text)) throw new Error(text);
    let json = text;
    try {
      json = JSON.parse(text);
    } catch {
      // Some tools answer a sentence.
    }
    if (!holds(json)) throw new Error(`not so: ${text.slice(0, 400)}`);
    held += 1;
    return json;
  } catch (error) {
    failed.push(name);
    console.log(`FAIL ${name}: ${String(error.message).replace(/\s+/g, " ").slice(0, 500)}`);
    return undefined;
  }
}

const once = Date.now();
await fetch(`${posthogApiBaseUrl}/i/v0/e/`, {
  method: "POST",
  body: JSON.stringify({ api_key: "phc_sandbox", event: "feature_used", distinct_id: "ada", properties: { feature: "export" } }),
});
const orgs = await call("organizations-get", {}, (j) => j.length >= 1);
await call("switch-organization", { orgId: orgs?.[0]?.id ?? "01900000-0000-7000-8000-000000000002" });
await call("organization-details-get", {});
await call("projects-get", {});
await call("switch-project", { projectId: 12345 });
await call("event-definitions-list", {}, (j) => j.length > 5);
await call("event-definitions-list", { q: "signup" });
await call("properties-list", { type: "event", eventName: "signup_completed", includePredefinedProperties: true });
await call("properties-list", { type: "person" });
// flags
await call("feature-flag-get-all", {}, (j) => j.length >= 4);
const flag = await call("create-feature-flag", {
  name: "Tool",
  key: "tool-" + once,
  description: "made by a tool",
  active: true,
  filters: { groups: [{ properties: [{ key: "plan", value: "pro", operator: "exact" }], rollout_percentage: 50 }] },
});
await call("feature-flag-get-definition", { flagKey: "tool-" + once });
if (flag?.id) await call("feature-flag-get-definition", { flagId: flag.id });
await call("update-feature-flag", { flagKey: "tool-" + once, data: { active: false } }, (j) => j.active === false);
await call("delete-feature-flag", { flagKey: "tool-" + once });
// dashboards, insights
await call("dashboards-get-all", {}, (j) => j.length >= 3);
await call("dashboards-get-all", { data: { limit: 1, search: "Growth", pinned: false } });
const dash = await call("dashboard-create", {
  data: { name: "By a tool", description: "d", pinned: false, tags: ["tool"] },
});
await call("dashboard-get", { dashboardId: dash?.id ?? 1 });
await call("dashboard-update", { dashboardId: dash?.id ?? 1, data: { name: "By a tool, 2", pinned: true } });
await call("insights-get-all", {}, (j) => j.length >= 10);
await call("insights-get-all", { data: { limit: 2, offset: 1, search: "Weekly", favorited: false } });
const trends = {
  kind: "InsightVizNode",
  source: {
    kind: "TrendsQuery",
    series: [{ kind: "EventsNode", event: "signup_completed", custom_name: "Signups", math: "total" }],
    dateRange: { date_from: "-30d" },
    interval: "day",
    trendsFilter: { display: "ActionsLineGraph" },
  },
};
const funnel = {
  kind: "InsightVizNode",
  source: {
    kind: "FunnelsQuery",
    series: [
      { kind: "EventsNode", event: "signup_completed", custom_name: "Signed up" },
      { kind: "EventsNode", event: "feature_used", custom_name: "Used it" },
    ],
    dateRange: { date_from: "-30d" },
    funnelsFilter: {},
  },
};
const sql = {
  kind: "DataVisualizationNode",
  source: {
    kind: "HogQLQuery",
    query: "select event, count() from events group by event order by count() desc limit 5",
  },
};
await call("query-run", { query: trends });
await call("query-run", { query: funnel });
await call("query-run", { query: sql }, (j) => JSON.stringify(j).includes("feature_used"));
const insight = await call("insight-create-from-query", {
  data: { name: "Signups", query: trends, description: "x", favorited: false, tags: ["tool"] },
});
const sqlInsight = await call("insight-create-from-query", { data: { name: "SQL", query: sql, favorited: true } });
const iid = insight?.short_id ?? String(insight?.id);
await call("insight-get", { insightId: iid });
await call("insight-get", { insightId: String(insight?.id) });
await call("insight-query", { insightId: iid });
await call("insight-query", { insightId: sqlInsight?.short_id ?? "x" });
await call("insight-update", { insightId: iid, data: { name: "Signups, 2", query: funnel } });
await call("add-insight-to-dashboard", { data: { insightId: iid, dashboardId: dash?.id ?? 1 } });
await call("insight-delete", { insightId: iid });
await call("dashboard-delete", { dashboardId: dash?.id ?? 1 });
await call("query-generate-hogql-from-question", { question: "How many people signed up?" });
await call("get-llm-total-costs-for-project", { projectId: 12345, days: 7 });
// experiments
const exps = await call("experiment-get-all", {}, (j) => j.length >= 1);
const exp = await call("experiment-create", {
  name: "By a tool " + once,
  description: "h",
  feature_flag_key: "exp-" + once,
  type: "product",
  draft: true,
  primary_metrics: [
    { name: "m", metric_type: "mean", event_name: "signup_completed" },
    {
      name: "f",
      metric_type: "funnel",
      event_name: "signup_completed",
      funnel_steps: ["signup_completed", "feature_used"],
    },
  ],
  secondary_metrics: [],
  variants: [
    { key: "control", rollout_percentage: 50 },
    { key: "test", rollout_percentage: 50 },
  ],
  minimum_detectable_effect: 20,
  filter_test_accounts: true,
});
const eid = exp?.id ?? exps?.[0]?.id;
await call("experiment-get", { experimentId: eid });
await call("experiment-update", { experimentId: eid, data: { name: "By a tool, 2", description: "h2" } });
await call("experiment-update", { experimentId: eid, data: { launch: true } }, (j) => !!j.start_date);
await call("experiment-results-get", { experimentId: eid, refresh: true });
await call("experiment-update", { experimentId: eid, data: { conclude: "won", conclusion_comment: "yes" } }, (j) => !!j.end_date);
await call("experiment-delete", { experimentId: eid });
// surveys
await call("surveys-get-all", {}, (j) => (j.results ?? j).length >= 4);
await call("surveys-get-all", { search: "NPS", limit: 1, offset: 0 });
const survey = await call("survey-create", {
  name: "By a tool " + once,
  description: "d",
  type: "popover",
  questions: [
    { type: "open", question: "Why?" },
    { type: "rating", question: "How?", scale: 10, display: "number", lowerBoundLabel: "bad", upperBoundLabel: "good" },
    { type: "single_choice", question: "Which?", choices: ["a", "b"] },
    { type: "multiple_choice", question: "Which ones?", choices: ["a", "b"] },
    { type: "link", question: "Look", link: "https://example.com" },
  ],
});
const sid = survey?.id ?? "x";
await call("survey-get", { surveyId: sid });
await call("survey-update", { surveyId: sid, name: "By a tool, 2" });
await call("survey-stats", { survey_id: sid, date_from: "2026-01-01T00:00:00Z" });
await call("surveys-global-stats", {});
await call("survey-delete", { surveyId: sid });
// errors
await call("list-errors", { orderBy: "occurrences", status: "active" });
await call("error-details", { issueId: "01900000-0000-7000-8000-0000000000aa", dateFrom: "2026-11-01T00:00:00Z" });

console.log(JSON.stringify({ held, checks: held + failed.length, tools: called.size, of: Object.keys(tools).length, failed }));
