// Signs twelve people up, lets most of them finish the onboarding, and prints what happened: `npm start`.

import { PostHog } from "posthog-node";
import { valueOf } from "./attio.js";
import { people } from "./people.js";
import { flags } from "./plg/index.js";
import { finishOnboarding, type SignUp, signUp } from "./product.js";
import { services } from "./services.js";

async function main(): Promise<void> {
  const client = new PostHog(services.posthog.token, {
    host: services.posthog.host,
    disableGeoip: true,
  });
  const failed: unknown[] = [];
  client.on("error", (error: unknown) => failed.push(error));

  const { Control, Test } = flags.variants.NewOnboarding;
  const shown = { [Control]: 0, [Test]: 0 };
  const finished = { [Control]: 0, [Test]: 0 };
  let inExperiment = 0;
  const records = new Map<
    string,
    SignUp & { record: string; person: string }
  >();
  for (const [n, who] of people.entries()) {
    const got = await signUp(client, who);
    shown[got.onboarding] += 1;
    inExperiment += Number(got.inExperiment);
    // The guided onboarding helps: half of the others give up.
    if (got.onboarding === Test || n % 2 === 0) {
      finished[got.onboarding] += 1;
      finishOnboarding(
        client,
        who.email,
        got.onboarding,
        got.onboarding === Test ? 4 : 9,
      );
    }
    records.set(who.company, {
      ...who,
      record: got.company,
      person: got.person,
    });
    const onboarding = got.onboarding === Test ? "guided" : "classic";
    console.log(
      `${who.email.padEnd(24)} ${who.plan.padEnd(5)} ${onboarding.padEnd(8)} onboarding, ${got.dark ? "dark" : "light"} theme`,
    );
  }
  await client.shutdown();
  if (failed.length > 0) {
    throw new Error(
      `PostHog at ${services.posthog.host} did not take every event: ${String(failed[0])}`,
    );
  }

  console.log(
    `\n${people.length} people signed up, ${inExperiment} of them are in the experiment.`,
  );
  for (const variant of [Control, Test]) {
    console.log(
      `  ${variant.padEnd(8)} shown to ${shown[variant]}, finished by ${finished[variant]}`,
    );
  }
  console.log("\nIn Attio:");
  for (const { company, email, record, person } of records.values()) {
    const stage = await valueOf("companies", record, "lifecycle_stage");
    const mrr = await valueOf("companies", record, "mrr");
    const role = await valueOf("people", person, "product_role");
    console.log(
      `  ${company.padEnd(8)} ${stage}, MRR ${mrr}; ${email}: ${role ?? "no role yet"}`,
    );
  }
}

main().catch((error: unknown) => {
  console.error(
    `error: ${error instanceof Error ? error.message : String(error)}`,
  );
  process.exitCode = 1;
});
