/** Who there is, and what they may. A role includes everything below it. */
import type { Level } from "@/core/log/entries";

export const ROLES = ["viewer", "operator", "reviewer", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** The person or the program behind a request; what they do is recorded with their name. */
export interface Actor {
  /** `owner`, `user:ID` or `token:ID`. */
  id: string;
  /** Nobody else's: the e-mail address of a user; of a token, see `tokenActorName`. */
  name: string;
  role: Role;
  /** Public id of a task: nothing but it and what is below it may be seen, and nothing done. */
  task?: string;
}

/** Whoever has the machine: by the one-time link that its server printed, or at its command line. */
export function ownerCalled(name: string): Actor {
  return { id: "owner", name, role: "admin" };
}

/** Each permission with the least role that has it, and in words. */
const PERMISSIONS_IN_ORDER = {
  look: { least: "viewer", words: "looking" },
  run: { least: "operator", words: "starting and steering tasks" },
  answer: { least: "operator", words: "answering questions" },
  decide: { least: "reviewer", words: "deciding what agents may do" },
  configure: { least: "reviewer", words: "changing agents, documents and tools" },
  administer: { least: "admin", words: "people, tokens and policy" },
} as const satisfies Record<string, { least: Role; words: string }>;

export type Permission = keyof typeof PERMISSIONS_IN_ORDER;

export function may(role: Role, permission: Permission): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(PERMISSIONS_IN_ORDER[permission].least);
}

/** For whoever may not, with what to do. */
export function refusalOf(role: Role, permission: Permission): string {
  const { least, words } = PERMISSIONS_IN_ORDER[permission];
  return `You are signed in as ${role}; ${words} needs ${least}: ask an admin.`;
}

/** The least role whose submissions may give a task this right. */
const LEAST_FOR_LEVEL: Record<Level, Role> = {
  read: "operator",
  write: "operator",
  network: "operator",
  change: "reviewer",
  host: "admin",
};

/** Rights beyond what the role may give: [] when it may give all of them. */
export function rightsBeyond(role: Role, rights: readonly Level[]): Level[] {
  return rights.filter((level) => ROLES.indexOf(role) < ROLES.indexOf(LEAST_FOR_LEVEL[level]));
}

export function leastRoleFor(level: Level): Role {
  return LEAST_FOR_LEVEL[level];
}

/** The lesser of two. */
export function lesserRole(one: Role, other: Role): Role {
  return ROLES.indexOf(one) < ROLES.indexOf(other) ? one : other;
}

/** What the record keeps of an act by a token: a person's name never ends so. */
export function tokenActorName(person: string, token: string): string {
  return `${person} (token ${token})`;
}

/** The person behind a recorded name, who may have acted through a token. */
export function personOf(name: string): string {
  return name.replace(/ \(token [^()]*\)$/, "");
}

/**
 * Whether somebody may decide about what these people asked for: not about their own, also not through a token of
 * theirs, while anybody else could. `reviewers` are the names of all people who may decide.
 */
export function mayDecide(actor: Actor, askedBy: readonly string[], reviewers: readonly string[]): boolean {
  if (!may(actor.role, "decide")) return false;
  const person = personOf(actor.name);
  const isOwn = askedBy.some((name) => personOf(name) === person);
  return !isOwn || !reviewers.some((name) => personOf(name) !== person);
}

/** A person who may sign in, as programs and pages see them. */
export interface User {
  id: string;
  email: string;
  /** What others read; the record keeps the address. */
  name: string;
  role: Role;
  created_at: string;
}

/** Without the token itself, which nobody has but its holder. */
export interface ApiToken {
  id: string;
  name: string;
  role: Role;
  /** The one task that it may see, with what is below. */
  task: string | null;
  created_by: string;
  created_at: string;
  expires_at: string | null;
  /** To the minute. */
  last_used_at: string | null;
  revoked_by: string | null;
  revoked_at: string | null;
}
