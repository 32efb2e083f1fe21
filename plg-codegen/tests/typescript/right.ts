// What an application does with the names: all of it compiles.

import { PostHog } from "posthog-node";
import { posthog } from "posthog-js";
import { crm, events, flags, ids } from "./plg/index.js";

const server = new PostHog("phc_test");

events.captureOnServer(server, "user-1", events.events.SignupCompleted, {
  plan: "pro",
  seats: 3,
});
events.captureOnServer(
  server,
  "user-1",
  "plan_downgraded",
  { from_plan: "pro", to_plan: "free", mrr_change: -20, $set: { plan: "free" } },
  { groups: { company: "c-1" }, timestamp: new Date(), uuid: "0190" },
);
events.captureOnServer(server, "user-1", events.events.AccountCancelled, { plan: "pro", reason: undefined });
events.captureOnServer(server, "user-1", events.events.Pageview, { $current_url: "https://example.com" });

events.captureInBrowser(posthog, "feature_used", { feature: "export" });
events.captureInBrowser(posthog, events.events.FeatureUsed, { feature: "export" }, { send_instantly: true });

export async function onboarding(user: string): Promise<"guided" | "classic"> {
  const answers = await server.evaluateFlags(user, { flagKeys: [flags.flags.NewOnboarding] });
  const variant = flags.flagValue(flags.flags.NewOnboarding, answers.getFlag(flags.flags.NewOnboarding));
  switch (variant) {
    case "test":
      return "guided";
    case "control":
    case false:
    case undefined:
      return "classic";
  }
}

export const dark: boolean = flags.flagValue("dark-mode", posthog.getFeatureFlag("dark-mode")) ?? false;

const values: crm.Values["companies"] = {
  [crm.attributes.companies.LifecycleStage]: crm.options.LifecycleStage.AtRisk,
  mrr: 120,
  churn_risk: "High",
  icp_fit: null,
};
export const body = { data: { values } };

export function color(stage: crm.Option<"LifecycleStage">): string {
  switch (stage) {
    case "Trial":
      return "blue";
    case "Active":
      return "green";
    case "Expanding":
      return "purple";
    case "At Risk":
      return "orange";
    case "Churned":
      return "gray";
  }
}

export const survey: string = ids.surveys.prod.ChurnExit;
export const dashboard: number = ids.dashboards.dev.ExecutiveOverview;
