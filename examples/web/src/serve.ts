// Serves the page and signs up who fills it in: `npm run page`.

import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import { PostHog } from "posthog-node";
import { signUp } from "./product.js";
import { services } from "./services.js";

const client = new PostHog(services.posthog.token, {
  host: services.posthog.host,
  disableGeoip: true,
  flushAt: 1,
});

/** What the page is made of, and nothing else of this folder. */
const files: { readonly [path: string]: { at: string | URL; type: string } } = {
  "/": { at: new URL("../page.html", import.meta.url), type: "text/html" },
  "/posthog.js": {
    at: createRequire(import.meta.url).resolve(
      "posthog-js/dist/module.no-external.js",
    ),
    type: "text/javascript",
  },
};
for (const name of [
  "page",
  "plg/index",
  "plg/crm",
  "plg/events",
  "plg/flags",
  "plg/ids",
]) {
  Object.assign(files, {
    [`/${name}.js`]: {
      at: new URL(`./${name}.js`, import.meta.url),
      type: "text/javascript",
    },
  });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > 10_000) throw new Error("this is more than a sign-up");
  }
  return text;
}

async function answer(
  request: IncomingMessage,
): Promise<{ type: string; body: string | Buffer } | undefined> {
  if (request.method === "POST" && request.url === "/sign-up") {
    const { email } = JSON.parse(await bodyOf(request)) as { email: string };
    const got = await signUp(client, {
      email,
      company: email.slice(email.indexOf("@") + 1),
      plan: "free",
      seats: 1,
      role: "Regular",
    });
    console.log(
      `${email} signed up: ${got.onboarding} onboarding, Attio record ${got.person}`,
    );
    const body =
      got.onboarding === "test" ? "Welcome. Here is your guide." : "Welcome.";
    return { type: "text/plain", body };
  }
  if (request.url === "/services") {
    return { type: "application/json", body: JSON.stringify(services.posthog) };
  }
  const file = files[request.url ?? ""];
  return file && { type: file.type, body: await readFile(file.at) };
}

const server = createServer((request, response) => {
  answer(request).then(
    (found) => {
      response.writeHead(found ? 200 : 404, {
        "content-type": found?.type ?? "text/plain",
      });
      response.end(found?.body ?? "not here");
    },
    (error: unknown) => {
      const said = error instanceof Error ? error.message : String(error);
      console.error(`error: ${said}`);
      response.writeHead(500, { "content-type": "text/plain" }).end(said);
    },
  );
});
server.on("error", (error) => {
  console.error(
    `error: the page cannot be served: ${error.message}. Set PORT to a free one.`,
  );
  process.exitCode = 1;
  void client.shutdown();
});
server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : address;
  console.log(
    `The page is at http://127.0.0.1:${port}/. Press Ctrl-C to stop.`,
  );
});
process.on("SIGINT", () => {
  server.close();
  server.closeAllConnections();
  void client.shutdown();
});
