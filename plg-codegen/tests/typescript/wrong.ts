// What an application could get wrong: none of it compiles.

import { PostHog } from "posthog-node";
import { posthog } from "posthog-js";
import { crm, events, flags, ids } from "./plg/index.js";

const server = new PostHog("phc_test");

// @ts-expect-error an event that is not declared
events.captureOnServer(server, "user-1", "signup_complete", { plan: "pro", seats: 3 });
// @ts-expect-error a name that is not declared
events.captureOnServer(server, "user-1", events.events.SignupComplete, { plan: "pro", seats: 3 });
// @ts-expect-error a property is missing
events.captureOnServer(server, "user-1", "signup_completed", { plan: "pro" });
// @ts-expect-error a property of another type
events.captureOnServer(server, "user-1", "signup_completed", { plan: "pro", seats: "3" });
// @ts-expect-error a property that is not declared
events.captureOnServer(server, "user-1", "signup_completed", { plan: "pro", seats: 3, colour: "red" });
// @ts-expect-error the properties of another event
events.captureOnServer(server, "user-1", "feature_used", { plan: "pro", seats: 3 });
// @ts-expect-error an event of PostHog's own has no property of ours
events.captureOnServer(server, "user-1", "$pageview", { page: "/" });
// @ts-expect-error an option that the client does not have
events.captureOnServer(server, "user-1", "feature_used", { feature: "a" }, { when: new Date() });
// @ts-expect-error any text is no event
events.captureOnServer(server, "user-1", "signup" as string, {});
// @ts-expect-error an event that is not declared, in a browser
events.captureInBrowser(posthog, "feature_use", { feature: "export" });
// @ts-expect-error a property is missing, in a browser
events.captureInBrowser(posthog, "feature_used", {});
// @ts-expect-error an option that posthog-js does not have
events.captureInBrowser(posthog, "feature_used", { feature: "a" }, { at_once: true });

// @ts-expect-error a flag that is not declared
flags.flagValue("dark-mod", true);
// @ts-expect-error a name that is not declared
flags.flagValue(flags.flags.DarkMod, true);
// @ts-expect-error a variant that is not declared
export const guided = flags.flagValue("new-onboarding-flow", "test") === "tests";
// @ts-expect-error a flag without variants is on or off
export const variant: string | undefined = flags.flagValue("dark-mode", true);

export function onboarding(variant: flags.Variant<"NewOnboarding">): string {
  // @ts-expect-error a variant was forgotten
  const other: never = variant === "test" ? (0 as never) : variant;
  return other;
}

// @ts-expect-error an option that is not declared
export const stage: crm.Values["companies"] = { lifecycle_stage: "At risk" };
// @ts-expect-error an attribute that is not declared
export const slug: crm.Values["companies"] = { lifecycle: "Trial" };
// @ts-expect-error an attribute of another object
export const object: crm.Values["companies"] = { product_role: "Regular" };
// @ts-expect-error an object without attributes has no values
export const nothing: crm.Values["product_workspaces"] = { name: "a" };
// @ts-expect-error a value of another type
export const revenue: crm.Values["companies"] = { mrr: "120" };
// @ts-expect-error an attribute that is not declared
export const name: string = crm.attributes.companies.Lifecycle;
// @ts-expect-error an option that is not declared
export const title: string = crm.options.LifecycleStage.Frozen;

// @ts-expect-error a survey that is not deployed in this stage
export const survey: string = ids.surveys.prod.MonthlyNps;
// @ts-expect-error a stage where nothing is deployed
export const staging: string = ids.surveys.staging.ChurnExit;
