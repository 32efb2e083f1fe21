// What attio-mcp, a server that gives agents Attio, gets of a sandbox to which plg-stack is deployed: HOST.
// Prints a line for each call that fails, and JSON at the end.
//
// `PLG_NODE_MODULES` names the folder that it is in.
import { spawn } from "node:child_process";
import path from "node:path";
import readline from "node:readline";

const [host] = process.argv.slice(2);
const server = path.join(process.env.PLG_NODE_MODULES, "attio-mcp/dist/cli.js");
const members = await fetch(`${host}/v2/workspace_members`, { headers: { authorization: "Bearer any" } });
const owner = (await members.json()).data[0].id.workspace_member_id;
const env = {
  ...process.env,
  ATTIO_API_KEY: "a".repeat(64),
  ATTIO_BASE_URL: `${host}/v2`,
  ATTIO_DEFAULT_DEAL_OWNER: owner,
  LOG_LEVEL: "error",
};
const child = spawn("node", [server], { env, stdio: ["pipe", "pipe", "ignore"] });
const waits = new Map();
readline.createInterface({ input: child.stdout }).on("line", (line) => {
  const message = JSON.parse(line);
  waits.get(message.id)?.(message);
});
let asked = 0;
const ask = (method, params) =>
  new Promise((done) => {
    const id = ++asked;
    waits.set(id, done);
    child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
    setTimeout(() => done({ error: { message: "no answer within 20 seconds" } }), 20_000).unref();
  });
await ask("initialize", { protocolVersion: "2025-03-26", capabilities: {}, clientInfo: { name: "plg", version: "1" } });
child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" })}\n`);

const failed = [];
const tools = new Set();
let held = 0;
// Letters: digits are taken for a number to call.
const once = [...String(Date.now())].map((digit) => "abcdefghij"[digit]).join("");

/** One call, what its text has to contain, and the ids in it. */
async function call(name, args, contains) {
  tools.add(name);
  const answer = await ask("tools/call", { name, arguments: args });
  const text = answer.result?.content?.map((one) => one.text).join("\n") ?? answer.error?.message ?? "";
  const wrong = answer.error || answer.result?.isError || (contains && !text.includes(contains));
  if (wrong) {
    failed.push(name);
    console.log(`FAIL ${name} ${JSON.stringify(args).slice(0, 200)}: ${text.replace(/\s+/g, " ").slice(0, 400)}`);
  } else {
    held += 1;
    if (process.env.SHOW) console.log(`ok   ${name}: ${text.replace(/\s+/g, " ").slice(0, 200)}`);
  }
  const id = text.match(/(?:record_id|task_id|workspace_member_id|ID)"?:? *"?([0-9a-f-]{36})/)?.[1];
  return { text, id };
}

await call("aaa-health-check", {});
for (const resource_type of ["companies", "people", "deals"]) await call("discover_record_attributes", { resource_type });
await call("get_record_attribute_options", { resource_type: "companies", attribute: "lifecycle_stage" }, "At Risk");
await call("get_record_attribute_options", { resource_type: "deals", attribute: "deal_stage" }, "Closed Won");
const company = (
  await call("create_company", {
    record_data: { name: `Acme ${once}`, domains: [`acme-${once}.example`], lifecycle_stage: "Trial", mrr: 100 },
  })
).id;
await call("update_company", { record_id: company, record_data: { mrr: 200, churn_risk: "High" } });
await call("get_record_details", { resource_type: "companies", record_id: company }, `Acme ${once}`);
await call("get_record_info", { resource_type: "companies", record_id: company });
await call("get_record_attributes", { resource_type: "companies", record_id: company });
await call("get_record_interactions", { resource_type: "companies", record_id: company });
const person = (
  await call("create_record", {
    resource_type: "people",
    record_data: { name: "Ada Lovelace", email_addresses: [`ada-${once}@acme.example`], company },
  })
).id;
await call("update_record", {
  resource_type: "people",
  record_id: person,
  record_data: { product_role: "Power User", job_title: "CTO" },
});
const deal = (
  await call("create_deal", {
    record_data: { name: `Acme deal ${once}`, stage: "Lead", value: 2900, associated_company: company },
  })
).id;
await call("update_deal", { record_id: deal, record_data: { is_pql: true } });
await call("search_records", { resource_type: "companies", query: `Acme ${once}` }, `Acme ${once}`);
await call("search_records", { resource_type: "people", query: `ada-${once}@acme.example` }, "Ada");
await call("search_records", { resource_type: "deals", query: `Acme deal ${once}` }, `Acme deal ${once}`);
const filter = (slug, condition, value) => ({ filters: [{ attribute: { slug }, condition, value }] });
await call("search_records_advanced", { resource_type: "companies", filters: filter("mrr", "greater_than", 150) }, `Acme ${once}`);
await call("search_records_advanced", { resource_type: "companies", filters: filter("name", "contains", once) }, `Acme ${once}`);
await call("search_records_advanced", { resource_type: "companies", filters: filter("lifecycle_stage", "equals", "Trial") }, `Acme ${once}`);
await call("search_records_by_relationship", { relationship_type: "company_to_people", source_id: company });
await call("search_records_by_relationship", { relationship_type: "company_to_deals", source_id: company });
const today = new Date().toISOString().slice(0, 10);
await call("search_records_by_timeframe", {
  resource_type: "companies",
  timeframe_type: "created",
  start_date: "2026-01-01",
  end_date: today,
});
await call("create_note", {
  resource_type: "companies",
  record_id: company,
  title: "Call",
  content: "They want ten seats.",
});
await call("create_note", {
  resource_type: "companies",
  record_id: company,
  title: "Plan",
  content: "# Plan\n\n- **ten** seats",
  format: "markdown",
});
await call("list_notes", { resource_type: "companies", record_id: company }, "Call");
await call("search_records_by_content", { resource_type: "notes", content_type: "notes", search_query: "seats" });
const task = (
  await call("create_record", {
    resource_type: "tasks",
    record_data: { content: "Call Acme", linked_records: [{ target_object: "companies", target_record_id: company }] },
  })
).id;
await call("update_record", { resource_type: "tasks", record_id: task, record_data: { is_completed: true } });
await call("get_record_details", { resource_type: "tasks", record_id: task });
await call("search_records", { resource_type: "tasks", query: "Call Acme" });
await call("batch_records", {
  resource_type: "companies",
  operation_type: "create",
  records: [{ name: `One ${once}` }, { name: `Two ${once}` }],
});
await call("batch_records", { resource_type: "companies", operation_type: "get", record_ids: [company] });
await call("batch_search_records", { resource_type: "companies", queries: [`One ${once}`, `Two ${once}`] });
await call("search", { query: `Acme ${once}`, type: "companies" });
await call("fetch", { id: `companies:${company}` });
// The server's own tool for this sends less than Attio asks for.
const made = await fetch(`${host}/v2/lists`, {
  method: "POST",
  headers: { authorization: "Bearer any", "content-type": "application/json" },
  body: JSON.stringify({
    data: {
      name: `Sales ${once}`,
      api_slug: `sales_${once}`,
      parent_object: "companies",
      workspace_access: "full-access",
      workspace_member_access: [],
    },
  }),
});
const list = (await made.json()).data.id.list_id;
await call("get-lists", {}, `Sales ${once}`);
await call("get-list-details", { listId: list });
await call("update-list-configuration", { listId: list, attributes: { name: `Sales, EU ${once}` } });
await call("manage-list-entry", { listId: list, recordId: company, objectType: "companies" });
await call("get-list-entries", { listId: list }, company);
await call("filter-list-entries-by-parent", { listId: list, parentObjectType: "companies", parentAttributeSlug: "name", condition: "contains", value: once }, company);
await call("filter-list-entries-by-parent-id", { listId: list, recordId: company }, company);
await call("get-record-list-memberships", { recordId: company, objectType: "companies" });
await call("list-workspace-members", {});
await call("search-workspace-members", { query: "ada" });
await call("get-workspace-member", { memberId: (await call("list-workspace-members", {})).id });
await call("delete_record", { resource_type: "tasks", record_id: task });
await call("delete_record", { resource_type: "deals", record_id: deal });
await call("delete_record", { resource_type: "people", record_id: person });

child.kill();
console.log(JSON.stringify({ held, checks: held + failed.length, tools: tools.size, failed }));
process.exit(0);
