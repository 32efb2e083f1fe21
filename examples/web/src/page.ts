// The page of a product, with `posthog-js`: who signs up here gets the onboarding that the experiment gives them.

import { posthog } from "posthog-js";
import { events, flags } from "./plg/index.js";

function element<Kind extends HTMLElement>(id: string): Kind {
  return document.getElementById(id) as Kind;
}

async function start(): Promise<void> {
  const { host, token } = (await (await fetch("/services")).json()) as {
    host: string;
    token: string;
  };
  posthog.init(token, {
    api_host: host,
    person_profiles: "identified_only",
    disable_session_recording: true,
  });
  posthog.onFeatureFlags(() => {
    const dark = flags.flagValue(
      flags.flags.DarkMode,
      posthog.getFeatureFlag(flags.flags.DarkMode),
    );
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  });

  element("form").addEventListener("submit", (submitted) => {
    submitted.preventDefault();
    const email = element<HTMLInputElement>("email").value;
    posthog.identify(email, { email });
    fetch("/sign-up", { method: "POST", body: JSON.stringify({ email }) })
      .then(async (response) => {
        const said = await response.text();
        element("said").textContent = said;
        element<HTMLButtonElement>("export").disabled = !response.ok;
      })
      .catch((error: unknown) => {
        element("said").textContent = String(error);
      });
  });
  element("export").addEventListener("click", () => {
    events.captureInBrowser(posthog, events.events.FeatureUsed, {
      feature: "export",
    });
  });
}

void start();
