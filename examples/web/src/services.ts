// Where events and records go: the sandbox of `plg-stack sandbox serve`, unless the environment names other services.

const sandbox = "http://127.0.0.1:4848";

export const services = {
  posthog: {
    host: process.env.POSTHOG_HOST ?? sandbox,
    /** The project's token, which browsers have too. */
    token: process.env.POSTHOG_KEY ?? "phc_sandbox",
  },
  attio: {
    url: process.env.ATTIO_URL ?? sandbox,
    key: process.env.ATTIO_API_KEY ?? "sandbox",
  },
};
