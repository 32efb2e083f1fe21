// What the product does: people sign up, see one of two onboardings, and use features.

import type { PostHog } from "posthog-node";
import { assertRecord } from "./attio.js";
import { crm, events, flags } from "./plg/index.js";

/** Somebody who signs up. */
export interface SignUp {
  email: string;
  company: string;
  plan: "free" | "pro";
  seats: number;
  role: crm.Option<"ProductRole">;
}

/** What became of a sign-up. */
export interface SignedUp {
  onboarding: events.OneOf<"OnboardingCompleted", "variant">;
  /** Whether the experiment counts the person. */
  inExperiment: boolean;
  dark: boolean;
  company: string;
  person: string;
}

const pricePerSeat = { free: 0, pro: 29 };

/** Writes the company and the person to Attio, reports the sign-up to PostHog, and asks which onboarding to show. */
export async function signUp(client: PostHog, who: SignUp): Promise<SignedUp> {
  const company = await assertRecord("companies", "domains", {
    name: who.company,
    domains: [domainOf(who.email)],
    [crm.attributes.companies.LifecycleStage]: crm.options.LifecycleStage.Trial,
    [crm.attributes.companies.Mrr]: who.seats * pricePerSeat[who.plan],
  });
  const person = await assertRecord("people", "email_addresses", {
    email_addresses: [who.email],
    company: [{ target_object: "companies", target_record_id: company }],
  });
  events.captureOnServer(client, who.email, events.events.SignupCompleted, {
    plan: who.plan,
    seats: who.seats,
    $set: { email: who.email, plan: who.plan },
  });
  // The stack's destination `PeopleToAttio` hears of this one, and fills in the role and the time in Attio.
  events.captureOnServer(client, who.email, events.events.SignedIn, {
    product_role: who.role,
    $set: { email: who.email },
  });
  return { ...(await shownTo(client, who.email)), company, person };
}

/** Which onboarding and theme somebody gets. Reading the flag is what tells the experiment that the person saw it. */
async function shownTo(client: PostHog, person: string) {
  const answers = await client.evaluateFlags(person, {
    flagKeys: [flags.flags.NewOnboarding, flags.flags.DarkMode],
  });
  const variant = flags.flagValue(
    flags.flags.NewOnboarding,
    answers.getFlag(flags.flags.NewOnboarding),
  );
  const dark = flags.flagValue(
    flags.flags.DarkMode,
    answers.getFlag(flags.flags.DarkMode),
  );
  return {
    onboarding: variant || flags.variants.NewOnboarding.Control,
    inExperiment: Boolean(variant),
    dark: dark ?? false,
  };
}

/** Reports that somebody reached the end of the onboarding, and first used a feature. */
export function finishOnboarding(
  client: PostHog,
  person: string,
  variant: SignedUp["onboarding"],
  minutes: number,
): void {
  events.captureOnServer(client, person, events.events.OnboardingCompleted, {
    variant,
    minutes,
  });
  events.captureOnServer(client, person, events.events.FeatureUsed, {
    feature: "export",
  });
}

function domainOf(email: string): string {
  return email.slice(email.indexOf("@") + 1);
}
