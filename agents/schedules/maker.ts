/** Whether the person who made something that begins trees may still start them. */
import type { Level } from "@/core/log/entries";
import { type Actor, leastRoleFor, lesserRole, may, type Role, rightsBeyond } from "@/core/rules/roles";
import type { People } from "@/db/people/people";
import type { StoredSchedule } from "@/db/schedules/schedules";

type PeopleNow = Pick<People, "users" | "tokens">;

/**
 * Returns who made it, with the rights of now, or a sentence that says what the person has lost. `rights`: of the trees.
 */
export function makerNow(
  people: PeopleNow,
  { maker, rights }: Pick<StoredSchedule, "maker"> & { rights: readonly Level[] },
  nowMs: number,
): { actor: Actor } | { lost: string } {
  const now = rightsNow(people, maker, nowMs);
  if ("lost" in now) return now;
  // The request in which it was made is over: what begins later is no part of it.
  const { folders: _, traceparent: __, ...made } = maker;
  const actor: Actor = { ...made, ...now, role: lesserRole(maker.role, now.role) };
  if (!may(actor.role, "run"))
    return { lost: `${maker.name} is ${actor.role} now, and starting tasks needs operator.` };
  const [level] = rightsBeyond(actor.role, rights);
  if (level === undefined) return { actor };
  const needed = leastRoleFor(level);
  return { lost: `${maker.name} is ${actor.role} now, and giving a task the right “${level}” needs ${needed}.` };
}

type RightsNow = Pick<Actor, "role" | "folders">;

/** Returns the role and the folders of now, or a sentence that says what the person or token has lost. */
export function rightsNow(
  people: PeopleNow,
  { id, name }: Pick<Actor, "id" | "name">,
  nowMs: number,
): RightsNow | { lost: string } {
  const [kind, uid] = id.split(":", 2);
  // The machine's owner has every right for as long as the machine is theirs.
  if (kind === "owner") return { role: "admin" };
  if (kind === "user") {
    const user = people.users().find((user) => user.id === uid);
    return user ? { role: user.role } : { lost: `${name} is no longer a user.` };
  }
  const token = people.tokens().find((token) => token.id === uid);
  if (!token || token.revoked_at !== null) return { lost: `The token of ${name} was revoked.` };
  if (token.expires_at !== null && Date.parse(token.expires_at) <= nowMs)
    return { lost: `The token of ${name} has expired.` };
  const creator = people.users().find(({ email }) => email === token.created_by);
  // The creator is the machine's owner: removing a user revokes their tokens.
  const role: Role = creator ? lesserRole(token.role, creator.role) : token.role;
  // The folders were an admin's to open, who may be one no longer.
  const hasFolders = !creator || may(creator.role, "administer");
  return { role, ...(hasFolders && { folders: token.folders }) };
}
