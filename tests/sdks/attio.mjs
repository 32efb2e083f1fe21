// What attio-ts-sdk gets of a sandbox to which plg-stack is deployed: HOST. It judges each answer by Attio's own
// OpenAPI document. Prints a line for each check that fails, and JSON at the end.
//
// `PLG_NODE_MODULES` names the folder that it is in.
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(path.join(process.env.PLG_NODE_MODULES, "from"));
const attio = await import(pathToFileURL(require.resolve("attio-ts-sdk")));
const [host] = process.argv.slice(2);
const client = attio.createAttioClient({ apiKey: "any", baseUrl: host, throwOnError: true, retry: { maxRetries: 0 } });
const sdk = attio.createAttioSdk({ client });

const failed = [];
let held = 0;

/** One check: what is asked, and what has to hold of the answer. */
async function check(name, ask, holds = () => true) {
  try {
    const answer = await ask();
    const inner = answer?.data ?? answer;
    const data = inner?.data ?? inner;
    if (!holds(data)) throw new Error(`not so: ${JSON.stringify(data)?.slice(0, 400)}`);
    held += 1;
    return data;
  } catch (error) {
    const said = (error?.message ?? JSON.stringify(error)) + (error?.issues ? ` ${JSON.stringify(error.issues)}` : "");
    failed.push(name);
    console.log(`FAIL ${name}: ${said.replace(/\s+/g, " ").slice(0, 500)}`);
    return undefined;
  }
}

/** One check that has to be refused with a status. */
async function refused(name, status, ask) {
  await check(name, async () => {
    try {
      await ask();
    } catch (error) {
      const got = attio.getAttioErrorStatus?.(error) ?? error.status;
      if (got === status) return true;
      throw new Error(`refused with ${got}: ${error.message}`);
    }
    throw new Error("it was not refused");
  });
}

// The SDK overlooks where Attio's document allows null: in the currency of an attribute that has none, and in who
// resolved a comment.
const unjudged = { responseValidator: undefined };
const at = (values, more = {}) => ({ client, path: values, ...more });
const once = Date.now();

// Objects and attributes.
await check("objects", () => attio.getV2Objects({ client }), (all) => all.some((one) => one.api_slug === "product_workspaces"));
await check("object", () => attio.getV2ObjectsByObject(at({ object: "companies" })), (one) => one.plural_noun === "Companies");
await check("object is created", () => attio.postV2Objects({ client, body: { data: { api_slug: `things_${once}`, singular_noun: `Thing ${once}`, plural_noun: `Things ${once}` } } }));
await check("object is changed", () => attio.patchV2ObjectsByObject(at({ object: `things_${once}` }, { body: { data: { plural_noun: `All things ${once}` } } })), (one) => one.plural_noun === `All things ${once}`);
await check("views of an object", () => attio.getV2ObjectsByObjectViews(at({ object: "companies" })));
await refused("no such object", 404, () => attio.getV2ObjectsByObject(at({ object: "nothing" })));
const companies = { target: "objects", identifier: "companies" };
await check("attributes", () => attio.getV2ByTargetByIdentifierAttributes(at(companies, unjudged)), (all) => all.some((one) => one.api_slug === "mrr"));
await check("attribute", () => attio.getV2ByTargetByIdentifierAttributesByAttribute(at({ ...companies, attribute: "lifecycle_stage" }, unjudged)), (one) => one.type === "select");
for (const [type, config, more = {}] of [
  ["text"], ["number"], ["checkbox"], ["currency", { currency: { default_currency_code: "EUR", display_type: "symbol" } }],
  ["date"], ["timestamp"], ["rating"], ["status"], ["select", {}, { is_multiselect: true }], ["location"], ["phone-number", {}, { is_multiselect: true }], ["actor-reference", {}],
  ["record-reference", { record_reference: { allowed_objects: ["people"] } }],
]) {
  await check(`attribute of type ${type}`, () => attio.postV2ByTargetByIdentifierAttributes(at({ target: "objects", identifier: `things_${once}` }, {
    ...unjudged,
    body: { data: { title: `A ${type}`, description: "made by a client", api_slug: `a_${type.replace(/-/g, "_")}`, type, is_required: false, is_unique: false, is_multiselect: false, default_value: null, config: config ?? {}, ...more } },
  })), (one) => one.type === type);
}
const things = { target: "objects", identifier: `things_${once}` };
await check("attribute is changed", () => attio.patchV2ByTargetByIdentifierAttributesByAttribute(at({ ...things, attribute: "a_text" }, { ...unjudged, body: { data: { title: "A text, too" } } })), (one) => one.title === "A text, too");
await check("option is created", () => attio.postV2ByTargetByIdentifierAttributesByAttributeOptions(at({ ...things, attribute: "a_select" }, { body: { data: { title: "One" } } })));
await check("option is changed", () => attio.patchV2ByTargetByIdentifierAttributesByAttributeOptionsByOption(at({ ...things, attribute: "a_select", option: "One" }, { body: { data: { title: "Only" } } })));
await check("options", () => attio.getV2ByTargetByIdentifierAttributesByAttributeOptions(at({ ...things, attribute: "a_select" })), (all) => all[0].title === "Only");
await check("status is created", () => attio.postV2ByTargetByIdentifierAttributesByAttributeStatuses(at({ ...things, attribute: "a_status" }, { body: { data: { title: "Waiting", celebration_enabled: false, target_time_in_status: "P0Y0M2DT0H0M0S" } } })));
await check("status is changed", () => attio.patchV2ByTargetByIdentifierAttributesByAttributeStatusesByStatus(at({ ...things, attribute: "a_status", status: "Waiting" }, { body: { data: { title: "Waits" } } })));
await check("statuses", () => attio.getV2ByTargetByIdentifierAttributesByAttributeStatuses(at({ target: "objects", identifier: "deals", attribute: "deal_stage" })), (all) => all.some((one) => one.title === "Closed Won"));

// Records.
const acme = await check("company is created", () => sdk.records.create({ object: "companies", values: { name: [{ value: "Acme" }], domains: [{ domain: `acme-${once}.example` }], mrr: [100], lifecycle_stage: ["Trial"] } }));
const company = acme?.id?.record_id;
await check("company is asserted", () => sdk.records.upsert({ object: "companies", matchingAttribute: "domains", values: { domains: [`acme-${once}.example`], mrr: [200] } }), (one) => one.id.record_id === company);
await check("company is read", () => sdk.records.get({ object: "companies", recordId: company }), (one) => one.values.mrr[0].value === 200);
await check("company is changed", () => sdk.records.update({ object: "companies", recordId: company, values: { churn_risk: ["High"] } }), (one) => one.values.churn_risk[0].option.title === "High");
await check("company is overwritten", () => attio.putV2ObjectsByObjectRecordsByRecordId(at({ object: "companies", record_id: company }, { body: { data: { values: { icp_fit: ["Tier 1"] } } } })), (one) => one.values.icp_fit[0].option.title === "Tier 1");
const owner = (await attio.getV2WorkspaceMembers({ client })).data.data[0].email_address;
const ada = await check("person is created", () => sdk.records.create({ object: "people", values: { name: [{ first_name: "Ada", last_name: "Lovelace", full_name: "Ada Lovelace" }], email_addresses: [`ada-${once}@acme.example`], company: [{ target_object: "companies", target_record_id: company }], product_role: ["Power User"] } }));
const person = ada?.id?.record_id;
await check("deal is created", () => sdk.records.create({ object: "deals", values: { name: ["Acme, 10 seats"], stage: ["Lead"], owner: [owner], deal_stage: ["Qualified"], deal_value: [2900], is_pql: [true], associated_company: [company] } }));
const names = async (filter, more = {}) => sdk.records.query({ object: "companies", filter, ...more });
await check("query by text", () => names({ name: "Acme" }), (all) => all.length >= 1);
await check("query by a part", () => names(attio.filters.contains("name", "Acm")), (all) => all.length >= 1);
await check("query by number", () => names({ mrr: { $gte: 150 } }), (all) => all.length >= 1);
await check("query by option", () => names({ lifecycle_stage: "Trial" }), (all) => all.length >= 1);
await check("query by domain", () => names({ domains: { domain: { $eq: `acme-${once}.example` } } }), (all) => all.length === 1);
await check("query with and", () => names({ $and: [{ name: "Acme" }, { mrr: { $lt: 1000 } }] }), (all) => all.length >= 1);
await check("query with or and not", () => names({ $or: [{ $not: { name: "Acme" } }, { mrr: 200 }] }), (all) => all.length >= 1);
await check("query by a path", () => sdk.records.query({ object: "people", filter: { path: [["people", "company"], ["companies", "name"]], constraints: { value: "Acme" } } }), (all) => all.length >= 1);
await check("query sorted", () => names(undefined, { sorts: [{ direction: "desc", attribute: "mrr" }], limit: 2 }), (all) => all.length >= 1);
await check("query sorted by a path", () => sdk.records.query({ object: "people", sorts: [{ direction: "asc", path: [["people", "company"], ["companies", "name"]] }] }), (all) => all.length >= 1);
await check("query page", () => names(undefined, { limit: 1, offset: 1 }));
await check("values of an attribute", () => attio.getV2ObjectsByObjectRecordsByRecordIdAttributesByAttributeValues(at({ object: "companies", record_id: company, attribute: "mrr" }, { query: { show_historic: true } })), (all) => all.length === 2);
await check("search", () => attio.postV2ObjectsRecordsSearch({ client, body: { query: "Acme", objects: ["companies"], limit: 10, request_as: { type: "workspace" } } }), (all) => all.some((one) => one.record_text === "Acme"));
await refused("an option that is not there", 400, () => sdk.records.update({ object: "companies", recordId: company, values: { churn_risk: ["Immense"] } }));
await refused("a domain that another company has", 400, () => sdk.records.create({ object: "companies", values: { domains: [`acme-${once}.example`] } }));
await refused("no such record", 404, () => sdk.records.get({ object: "companies", recordId: "00000000-0000-4000-8000-000000000000" }));

// Lists and entries.
const list = `sales_${once}`;
await check("list is created", () => attio.postV2Lists({ client, body: { data: { name: "Sales", api_slug: list, parent_object: "companies", workspace_access: "full-access", workspace_member_access: [] } } }));
await check("lists", () => sdk.lists.list(), (all) => all.some((one) => one.api_slug === list));
await check("list", () => sdk.lists.get({ list }), (one) => one.name === "Sales");
await check("list is changed", () => attio.patchV2ListsByList(at({ list }, { body: { data: { name: "Sales, EU" } } })), (one) => one.name === "Sales, EU");
await check("views of a list", () => attio.getV2ListsByListViews(at({ list })));
await check("attribute of a list", () => attio.postV2ByTargetByIdentifierAttributes(at({ target: "lists", identifier: list }, { ...unjudged, body: { data: { title: "Notes", description: "", api_slug: "note", type: "text", is_required: false, is_unique: false, is_multiselect: false, config: {} } } })));
const entry = await check("entry is created", () => sdk.lists.addEntry({ list, parentObject: "companies", parentRecordId: company, entryValues: { note: ["call"] } }));
const entry_id = entry?.id?.entry_id;
await check("entry is asserted", () => attio.putV2ListsByListEntries(at({ list }, { body: { data: { parent_object: "companies", parent_record_id: company, entry_values: { note: ["call again"] } } } })), (one) => one.id.entry_id === entry_id);
await check("entry is read", () => attio.getV2ListsByListEntriesByEntryId(at({ list, entry_id })));
await check("entry is changed", () => sdk.lists.updateEntry({ list, entryId: entry_id, entryValues: { note: ["called"] } }));
await check("entry is overwritten", () => attio.putV2ListsByListEntriesByEntryId(at({ list, entry_id }, { body: { data: { entry_values: { note: ["done"] } } } })));
await check("entries", () => sdk.lists.queryEntries({ list, filter: { note: "done" } }), (all) => all.length === 1);
await check("entries by their record", () => sdk.lists.queryEntries({ list, filter: { path: [[list, "parent_record"], ["companies", "name"]], constraints: { value: "Acme" } } }), (all) => all.length === 1);
await check("values of an entry", () => attio.getV2ListsByListEntriesByEntryIdAttributesByAttributeValues(at({ list, entry_id, attribute: "note" })), (all) => all.length === 1);
await check("entries of a record", () => attio.getV2ObjectsByObjectRecordsByRecordIdEntries(at({ object: "companies", record_id: company })), (all) => all.length === 1);
await check("entry is removed", () => sdk.lists.removeEntry({ list, entryId: entry_id }));

// Notes, tasks, comments, members.
const members = await check("members", () => sdk.workspaceMembers.list(), (all) => all.length >= 1);
const member = members?.[0]?.id?.workspace_member_id;
await check("member", () => sdk.workspaceMembers.get({ workspaceMemberId: member }));
const note = await check("note is created", () => sdk.notes.create({ parentObject: "companies", parentRecordId: company, title: "Call", format: "plaintext", content: "They want ten seats." }));
await check("notes", () => attio.getV2Notes({ client, query: { parent_object: "companies", parent_record_id: company } }), (all) => all.length === 1);
await check("note", () => sdk.notes.get({ noteId: note?.id?.note_id }), (one) => one.title === "Call");
await check("note is deleted", () => sdk.notes.delete({ noteId: note?.id?.note_id }));
const task = await check("task is created", () => sdk.tasks.create({ data: { content: "Call Acme", format: "plaintext", deadline_at: "2027-01-01T00:00:00.000000000Z", is_completed: false, linked_records: [{ target_object: "companies", target_record_id: company }], assignees: [{ referenced_actor_type: "workspace-member", referenced_actor_id: member }] } }));
await check("tasks", () => attio.getV2Tasks({ client, query: { linked_object: "companies", linked_record_id: company } }), (all) => all.length === 1);
await check("task", () => sdk.tasks.get({ taskId: task?.id?.task_id }));
await check("task is changed", () => sdk.tasks.update({ taskId: task?.id?.task_id, data: { is_completed: true } }), (one) => one.is_completed === true);
await check("task is deleted", () => sdk.tasks.delete({ taskId: task?.id?.task_id }));
const comment = await check("comment is created", () => attio.postV2Comments({ client, ...unjudged, body: { data: { format: "plaintext", content: "Nice", author: { type: "workspace-member", id: member }, record: { object: "companies", record_id: company } } } }));
await check("comment", () => attio.getV2CommentsByCommentId(at({ comment_id: comment?.id?.comment_id }, unjudged)));
await check("threads", () => attio.getV2Threads({ client, ...unjudged, query: { object: "companies", record_id: company } }), (all) => all.length === 1);
await check("thread", () => attio.getV2ThreadsByThreadId(at({ thread_id: comment?.thread_id }, unjudged)));
const answer = (more) => attio.postV2Comments({ client, ...unjudged, body: { data: { format: "plaintext", content: "And so?", author: { type: "workspace-member", id: member }, thread_id: comment?.thread_id, ...more } } });
await check("comment in a thread", () => answer({}), (one) => one.thread_id === comment?.thread_id);
await check("a page of a thread", async () => {
  // Pages of a thread are newer than the SDK.
  const page = async (query) => (await fetch(`${host}/v2/threads/${comment?.thread_id}?${query}`, { headers: { authorization: "Bearer any" } })).json();
  const first = await page("limit=1");
  const second = await page(`limit=1&cursor=${first.pagination.next_cursor}`);
  return [first, second].map((one) => [one.data.comments[0].content_plaintext, one.pagination.next_cursor === null]);
}, (all) => JSON.stringify(all) === JSON.stringify([["Nice", false], ["And so?", true]]));
await check("comment is deleted", () => attio.deleteV2CommentsByCommentId(at({ comment_id: comment?.id?.comment_id })));

// Webhooks and the key.
const hook = await check("webhook is created", () => attio.postV2Webhooks({ client, body: { data: { target_url: "https://example.com/hook", subscriptions: [{ event_type: "record.created", filter: { $and: [{ field: "id.object_id", operator: "equals", value: acme?.id?.object_id }] } }] } } }), (one) => one.secret.length > 10);
const webhook_id = hook?.id?.webhook_id;
await check("webhooks", () => attio.getV2Webhooks({ client }), (all) => all.length >= 3);
await check("webhook", () => attio.getV2WebhooksByWebhookId(at({ webhook_id })));
await check("webhook is changed", () => attio.patchV2WebhooksByWebhookId(at({ webhook_id }, { body: { data: { target_url: "https://example.com/other" } } })), (one) => one.target_url.endsWith("other"));
await check("webhook is deleted", () => attio.deleteV2WebhooksByWebhookId(at({ webhook_id })));
await check("self", () => attio.getV2Self({ client }), (one) => one.active === true);
await check("record is deleted", () => sdk.records.delete({ object: "people", recordId: person }));
await refused("a record that was deleted", 404, () => sdk.records.get({ object: "people", recordId: person }));

console.log(JSON.stringify({ held, checks: held + failed.length, failed }));
