// N events in PostHog's project, as alchemy would have them.
import alchemy, { Resource, type Context } from "alchemy";

const base = process.env.PLG_URL;
const headers = { authorization: "Bearer key", "content-type": "application/json" };

interface Event extends Resource<"bench::Event"> {
  name: string;
  remote: string;
}

const Event = Resource("bench::Event", async function (this: Context<Event>, _id: string, props: { name: string }): Promise<Event> {
  const path = `${base}/api/projects/12345/event_definitions/`;
  if (this.phase === "delete") {
    await fetch(`${path}${this.output.remote}/`, { method: "DELETE", headers });
    return this.destroy();
  }
  const method = this.phase === "update" ? "PATCH" : "POST";
  const target = this.phase === "update" ? `${path}${this.output.remote}/` : path;
  const answer = await fetch(target, { method, headers, body: JSON.stringify({ name: props.name }) });
  const { id } = (await answer.json()) as { id: string };
  return this({ name: props.name, remote: id });
});

const app = await alchemy("bench", { quiet: true, telemetry: false } as never);
const count = Number(process.env.PLG_SIZE ?? "57");
await Promise.all(Array.from({ length: count }, (_, n) => Event(`seen-${n}`, { name: `rival_${n}` })));
await app.finalize();
process.exit(0);
