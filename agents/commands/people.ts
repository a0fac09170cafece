/** Users and API tokens, for admins. */

import { type Commands, UserError } from "@/agents/application";
import type { Ids } from "@/agents/queries/queries";
import { personOf, ROLES, type Role, type User } from "@/core/rules/roles";
import type { Store } from "@/db/store";
import { normalAddress } from "@/lib/auth/allow-list";
import { newToken } from "@/lib/auth/token";
import { newId } from "@/lib/new-id";

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 90;
const MOST_DAYS = 3_650;
const MOST_NAME_CHARACTERS = 100;

type PeopleCommands = Pick<Commands, "addUser" | "setUserRole" | "removeUser" | "createToken" | "revokeToken">;

export function createPeopleCommands({ people }: Pick<Store, "people">, ids: Ids, now: () => number): PeopleCommands {
  return {
    async addUser({ email, name, role }) {
      const address = normalAddress(email);
      if (!address)
        throw new UserError("invalid", `“${email.slice(0, 100)}” is no e-mail address: write it as name@example.org.`);
      const user = { uid: newId(), email: address, name: shownName(name) || address, role: roleOf(role) };
      const added = await people.addUser(user);
      if (!added) throw new UserError("conflict", `${address} is a user already: change the role instead.`);
      return added;
    },
    async setUserRole(who, role) {
      const user = find(who);
      const wanted = roleOf(role);
      refuse(await people.setRole(user.id, wanted), user, "keep the role");
      return { sentence: `${user.email} is ${wanted} from now on.` };
    },
    async removeUser(who, actor) {
      const user = find(who);
      refuse(await people.removeUser(user.id, actor.name), user, "stay");
      return { sentence: `${user.email} is removed: their sessions and tokens have ended.` };
    },
    async createToken({ role, name, days = DEFAULT_DAYS, task }, actor) {
      const uid = newId();
      const { token, hash } = newToken();
      const wanted = {
        uid,
        hash,
        name: tokenName(name),
        role: roleOf(role),
        task: task === undefined ? null : ids.task(task),
        by: personOf(actor.name),
        expiresAtMs: now() + daysOf(days) * DAY_MS,
      };
      if (wanted.task !== null && wanted.role !== "viewer")
        throw new UserError("invalid", "A token of one task only looks: its role is viewer.");
      await people.addToken(wanted);
      const made = people.tokens().find((one) => one.id === uid);
      if (!made) throw new Error("The token that was made is not there.");
      return { ...made, token };
    },
    async revokeToken(id, actor) {
      const uid = ids.token(id);
      if (!(await people.revokeToken(uid, actor.name)))
        throw new UserError("conflict", "The token was revoked already.");
      return { sentence: "The token is revoked: it opens nothing any more, and what it had open closes." };
    },
  };

  function find(who: string): User {
    const found = people.findUser(who);
    if (!found)
      throw new UserError("not_found", `There is no user ${who}: name an address or an id of the list of users.`);
    return found;
  }
}

function refuse(why: "unknown" | "last_admin" | null, user: User, what: string): void {
  if (why === "unknown") throw new UserError("not_found", `There is no user ${user.email} any more.`);
  if (why === "last_admin")
    throw new UserError(
      "conflict",
      `${user.email} is the last admin, and has to ${what}: make somebody else admin first.`,
    );
}

function roleOf(role: string): Role {
  const found = ROLES.find((one) => one === role);
  if (!found) throw new UserError("invalid", `There is no role “${role}”: it is ${ROLES.join(", ")}.`);
  return found;
}

function daysOf(days: number): number {
  if (Number.isInteger(days) && days >= 1 && days <= MOST_DAYS) return days;
  throw new UserError("invalid", `A token lasts for 1 to ${MOST_DAYS} whole days, not ${days}.`);
}

/** Strict, because it stands in parentheses behind a person's name in the record. */
function tokenName(name = "api"): string {
  if (/^[\w.-]([\w .-]{0,58}[\w.-])?$/.test(name)) return name;
  throw new UserError(
    "invalid",
    "The name of a token has 1 to 60 letters, digits, spaces, dots, dashes and underscores.",
  );
}

function shownName(name = ""): string {
  const shown = name.trim();
  const isText = shown.length <= MOST_NAME_CHARACTERS && !/[\p{Cc}\p{Cf}]/u.test(shown);
  if (isText) return shown;
  throw new UserError(
    "invalid",
    `A name has at most ${MOST_NAME_CHARACTERS} characters, and none that cannot be seen.`,
  );
}
