import type { Role } from "@/core/rules/roles";

/** What each role adds to the roles before it. */
export const ROLE_WORDS: Readonly<Record<Role, string>> = {
  viewer: "looks at everything",
  operator: "runs and steers trees, answers questions",
  reviewer: "approves calls, tools, agents, documents and servers",
  admin: "has users, tokens, keys, secrets and policy",
};

export const ROLE_OPTIONS = Object.keys(ROLE_WORDS) as Role[];
