// What an application does with the names of several accounts.

import { PostHog } from "posthog-node";
import { class as klass, crm, events, events_2, flags, marketing } from "./plg/index.js";

const product = new PostHog("phc_product");
const campaigns = new PostHog("phc_marketing");

events.captureOnServer(product, "user-1", events.events.SignupCompleted, { plan: "pro", seats: 3 });
marketing.events.captureOnServer(campaigns, "user-1", "call_asked", { budget: 100, medium: "mail" });
// @ts-expect-error: the other project has no such event
marketing.events.captureOnServer(campaigns, "user-1", "signup_completed", { plan: "pro", seats: 3 });
// @ts-expect-error: this project has no such event
events.captureOnServer(product, "user-1", "call_asked", { budget: 100 });

export const keys: [flags.FlagKey, marketing.flags.FlagKey, klass.flags.FlagKey] = [
  "new-onboarding-flow",
  "campaign",
  "calendar",
];
export const values: [crm.Values["companies"], events_2.crm.Values["people"]] = [{ mrr: 1 }, { attended: "Often" }];
export const id: number = marketing.ids.dashboards.prod.Campaigns;
