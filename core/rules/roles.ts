/** Roles and their permissions. Each role includes those below it. */
import type { Level } from "@/core/log/entries";

export const ROLES = ["viewer", "operator", "reviewer", "admin"] as const;
/** What a person or token may do. Each role includes those before it. */
export type Role = (typeof ROLES)[number];

/** The person or program behind a request. The audit records their actions with their name. */
export interface Actor {
  /** `owner`, `user:ID` or `token:ID`. */
  id: string;
  /** A unique name: the e-mail address of a user; for a token see `tokenActorName`. */
  name: string;
  role: Role;
  /** Public id of the only task that the actor can see, with its subtasks. Such an actor can change nothing. */
  task?: string;
  /** Folders of the machine that a person has allowed this token, besides those that are open to everybody. */
  folders?: readonly string[];
  /** Name of the schedule for which the server acts in its maker's name. No request sets it. */
  schedule?: string;
  /** The header `traceparent` of its request, where it is valid: the span on whose behalf it acts. */
  traceparent?: string;
}

/** Returns the machine's owner, who signs in with the server's one-time link or uses the command line. */
export function ownerCalled(name: string): Actor {
  return { id: "owner", name, role: "admin" };
}

/** Each permission with the lowest role that has it, and its words for people. */
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

/** Returns the lowest role with the permission. */
export function leastRoleWith(permission: Permission): Role {
  return PERMISSIONS_IN_ORDER[permission].least;
}

/** Returns the refusal for an actor without the permission, with what to do. */
export function refusalOf(role: Role, permission: Permission): string {
  const { least, words } = PERMISSIONS_IN_ORDER[permission];
  return `You are signed in as ${role}; ${words} needs ${least}: ask an admin.`;
}

/** The lowest role that can give a task each right. */
const LEAST_FOR_LEVEL: Record<Level, Role> = {
  read: "operator",
  write: "operator",
  network: "operator",
  change: "reviewer",
  host: "admin",
};

/** Returns the rights that the role cannot give; empty when it can give all of them. */
export function rightsBeyond(role: Role, rights: readonly Level[]): Level[] {
  return rights.filter((level) => ROLES.indexOf(role) < ROLES.indexOf(LEAST_FOR_LEVEL[level]));
}

export function leastRoleFor(level: Level): Role {
  return LEAST_FOR_LEVEL[level];
}

/** Returns why a role cannot give a task these rights, as a sentence, or null. */
export function rightsRefusal(role: Role, rights: readonly Level[]): string | null {
  const [level] = rightsBeyond(role, rights) as [Level?];
  if (level === undefined) return null;
  return `You are signed in as ${role}; giving a task the right “${level}” needs ${leastRoleFor(level)}: ask an admin.`;
}

/** Returns the lower of two roles. */
export function lesserRole(a: Role, b: Role): Role {
  return ROLES.indexOf(a) < ROLES.indexOf(b) ? a : b;
}

/** Returns the name that the audit records for an act by a token. No person's name has this ending. */
export function tokenActorName(person: string, token: string): string {
  return `${person} (token ${token})`;
}

/** Returns the person behind a recorded name, which may be a token's. */
export function personOf(name: string): string {
  return name.replace(/ \(token [^()]*\)$/, "");
}

/**
 * Whether an actor may decide about requests of these people. Nobody may decide about their own requests, not even with
 * a token, while another reviewer exists. `reviewers` are the names of all people who may decide.
 */
export function mayDecide(actor: Actor, askedBy: readonly string[], reviewers: readonly string[]): boolean {
  if (!may(actor.role, "decide")) return false;
  const person = personOf(actor.name);
  const isOwn = askedBy.some((name) => personOf(name) === person);
  return !isOwn || !reviewers.some((name) => personOf(name) !== person);
}

/** A person who can sign in. */
export interface User {
  /** Id of the user. */
  id: string;
  /** The address with which they sign in. */
  email: string;
  /** The name that others see; the audit records the address. */
  name: string;
  role: Role;
  created_at: string;
}

/** An API token, without its secret, which only its holder has. */
export interface ApiToken {
  /** Id of the token; it is not the secret. */
  id: string;
  /** Name of the token, by which the audit tells it apart. */
  name: string;
  /** What it can do now: never more than the person whose token it is. */
  role: Role;
  /** The role that it was made with, when its person has a lesser one by now. */
  given_role?: Role;
  /** The only task that it can see, with its subtasks; null for everything that its role can see. */
  task: string | null;
  /** Folders of the machine in which its tasks may work, besides those that are open to everybody. */
  folders: string[];
  /** Name of the person whose token it is. */
  created_by: string;
  created_at: string;
  /** When it stops working; null: never. */
  expires_at: string | null;
  /** Accurate to the minute. */
  last_used_at: string | null;
  /** Name of the person who revoked it; null: nobody has. */
  revoked_by: string | null;
  /** When it was revoked; null: it was not. */
  revoked_at: string | null;
}
