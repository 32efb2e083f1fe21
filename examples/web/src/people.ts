// Twelve people of three companies who sign up.

import type { SignUp } from "./product.js";

const companies = [
  { company: "Acme", domain: "acme.example", plan: "pro", seats: 4 },
  { company: "Globex", domain: "globex.example", plan: "pro", seats: 12 },
  { company: "Initech", domain: "initech.example", plan: "free", seats: 1 },
] as const;

const names = ["ada", "barbara", "edith", "grace"];
const roles = ["Power User", "Regular", "Regular", "Inactive"] as const;

export const people: SignUp[] = companies.flatMap((at) =>
  names.map((name, n) => ({
    email: `${name}@${at.domain}`,
    company: at.company,
    plan: at.plan,
    seats: at.seats,
    role: roles[n] ?? "Regular",
  })),
);
