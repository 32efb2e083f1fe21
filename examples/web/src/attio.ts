// Records in Attio, with the stack's slugs and options as types: no library, only `fetch`.

import type { crm } from "./plg/index.js";
import { services } from "./services.js";

/** Attributes that Attio has of its own, as far as this application writes them. */
interface Standard {
  companies: { name?: string; domains?: readonly string[] };
  people: {
    email_addresses?: readonly string[];
    company?: readonly crm.RecordReference[];
  };
}

type Written<Of extends keyof Standard> = Standard[Of] & crm.Values[Of];

/** A record as Attio answers it: of each attribute a list of values. */
interface AttioRecord {
  id: { record_id: string };
  values: { [slug: string]: AttioValue[] | undefined };
}

interface AttioValue {
  value?: unknown;
  option?: { title: string };
}

async function ask(
  method: string,
  path: string,
  body?: unknown,
): Promise<AttioRecord> {
  const url = `${services.attio.url}/v2/objects/${path}`;
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${services.attio.key}`,
        "content-type": "application/json",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new Error(
      `cannot reach Attio at ${services.attio.url}; nothing was written. ` +
        "Start `cargo run -p plg-stack -- sandbox serve`, or set ATTIO_URL.",
    );
  }
  if (!response.ok) {
    throw new Error(
      `Attio answered ${response.status} to ${method} ${url}: ${await response.text()}`,
    );
  }
  return ((await response.json()) as { data: AttioRecord }).data;
}

/** Creates the record, or updates the one with the same value of `match`; answers its id. */
export async function assertRecord<Of extends keyof Standard>(
  object: Of,
  match: keyof Standard[Of] & string,
  values: Written<Of>,
): Promise<string> {
  const path = `${object}/records?matching_attribute=${match}`;
  const record = await ask("PUT", path, { data: { values } });
  return record.id.record_id;
}

/** What a record holds of an attribute that the stack declares: the title of an option, or the value as text. */
export async function valueOf<Of extends keyof Standard>(
  object: Of,
  id: string,
  slug: keyof crm.Values[Of] & string,
): Promise<string | undefined> {
  const record = await ask("GET", `${object}/records/${id}`);
  const first = record.values[slug]?.[0];
  const shown = first?.option?.title ?? first?.value;
  return shown === undefined ? undefined : String(shown);
}
