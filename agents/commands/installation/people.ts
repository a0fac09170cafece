/** Commands of admins for users and API tokens. */

import { type Commands, UserError } from "@/agents/application";
import type { Ids } from "@/agents/queries/ids";
import { personOf, ROLES, type Role, type User } from "@/core/rules/roles";
import type { Store } from "@/db/store";
import { normalAddress } from "@/lib/auth/allow-list";
import { createLinkToken } from "@/lib/auth/auth";
import { newToken } from "@/lib/auth/token";
import { newId } from "@/lib/new-id";

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 90;
const MOST_DAYS = 3_650;
const MOST_NAME_CHARACTERS = 100;

type PeopleCommands = Pick<
  Commands,
  "addUser" | "setUserRole" | "removeUser" | "createToken" | "revokeToken" | "createSignInLink"
>;

export function createPeopleCommands({ people }: Pick<Store, "people">, ids: Ids, now: () => number): PeopleCommands {
  return {
    async addUser({ email, name, role }) {
      const address = normalAddress(email);
      if (!address)
        throw new UserError(
          "invalid",
          `“${email.slice(0, 100)}” is not an e-mail address: write it as name@example.org.`,
        );
      const user = { uid: newId(), email: address, name: shownName(name) || address, role: roleOf(role) };
      const added = await people.addUser(user);
      if (!added) throw new UserError("conflict", `${address} is already a user: change the role instead.`);
      return added;
    },
    async setUserRole(who, role, actor) {
      const user = find(who);
      const wanted = roleOf(role);
      refuse(await people.setRole(user.id, wanted, actor.name), user, "keep the role");
      return { sentence: `${user.email} now has the role ${wanted}.` };
    },
    async removeUser(who, actor) {
      const user = find(who);
      refuse(await people.removeUser(user.id, actor.name), user, "stay");
      return { sentence: `Removed ${user.email}. Their sessions, tokens and rules have ended.` };
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
        throw new UserError("invalid", "A token for one task can only read: give it the role viewer.");
      await people.addToken(wanted);
      const made = people.tokens().find((one) => one.id === uid);
      if (!made) throw new Error("The new token is missing in the database.");
      return { ...made, token };
    },
    createSignInLink: async () => ({ token: await createLinkToken(people, now) }),
    async revokeToken(id, actor) {
      const uid = ids.token(id);
      if (!(await people.revokeToken(uid, actor.name)))
        throw new UserError("conflict", "The token is already revoked.");
      return {
        sentence: "The token is revoked. It no longer works, its open connections close, and its rules are off.",
      };
    },
  };

  function find(who: string): User {
    const found = people.findUser(who);
    if (!found)
      throw new UserError("not_found", `There is no user ${who}: give an address or an id from the list of users.`);
    return found;
  }
}

function refuse(why: "unknown" | "last_admin" | null, user: User, what: string): void {
  if (why === "unknown") throw new UserError("not_found", `The user ${user.email} no longer exists.`);
  if (why === "last_admin")
    throw new UserError("conflict", `${user.email} is the last admin and must ${what}: make another user admin first.`);
}

function roleOf(role: string): Role {
  const found = ROLES.find((one) => one === role);
  if (!found) throw new UserError("invalid", `There is no role “${role}”. Roles: ${ROLES.join(", ")}.`);
  return found;
}

function daysOf(days: number): number {
  if (Number.isInteger(days) && days >= 1 && days <= MOST_DAYS) return days;
  throw new UserError("invalid", `A token lasts for 1 to ${MOST_DAYS} whole days, not ${days}.`);
}

/** Returns the token's name, strictly checked because records show it in parentheses after a person's name. */
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
  throw new UserError("invalid", `A name has at most ${MOST_NAME_CHARACTERS} characters and no invisible characters.`);
}
