/** Users and API tokens. */
import { z } from "zod";
import { aboutField, UserError, wrongField } from "@/agents/application";
import { allowable } from "@/agents/commands/workspace/allowed-folder";
import { operation } from "@/agents/commands/world/operation";
import { said, shape } from "@/agents/operations/operation";
import { isWholeFrom, numberWithin, text, whole } from "@/agents/operations/parse";
import { type ApiToken, personOf, ROLES, type Role, type User } from "@/core/rules/roles";
import type { Store } from "@/db/store";
import { normalAddress } from "@/lib/auth/allow-list";
import { createLinkToken } from "@/lib/auth/auth";
import { newToken } from "@/lib/auth/token";
import { newId } from "@/lib/new-id";

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 90;
const MOST_DAYS = 3_650;
const MOST_NAME_CHARACTERS = 100;
const MOST_FOLDERS = 100;

const role = z.string("must be viewer, operator, reviewer or admin").refine(
  (given) => ROLES.some((role) => role === given),
  whole((given: string) => `There is no role “${given}”. Roles: ${ROLES.join(", ")}.`),
);
const email = z.string("must be an e-mail address").refine(
  (given) => normalAddress(given) !== null,
  whole((given: string) =>
    given.trim() === ""
      ? "Type the e-mail address of the Google account."
      : `“${given.slice(0, 100)}” is not an e-mail address: write it as name@example.org.`,
  ),
);
const userName = text
  .trim()
  .refine(
    (name) => name.length <= MOST_NAME_CHARACTERS && !/[\p{Cc}\p{Cf}]/u.test(name),
    whole(`A name has at most ${MOST_NAME_CHARACTERS} characters and no invisible characters.`),
  );
/** Strictly checked, because records show it in parentheses after a person's name. */
const tokenName = text
  .refine((name) => name !== "", whole("Name the token after the program that will use it."))
  .refine(
    (name) => name === "" || /^[\w.-]([\w .-]{0,58}[\w.-])?$/.test(name),
    whole("The name of a token has 1 to 60 letters, digits, spaces, dots, dashes and underscores."),
  );
const tokenDays = numberWithin(isWholeFrom(1, MOST_DAYS), `A token lasts for 1 to ${MOST_DAYS} whole days`);

export const peopleOperations = {
  addUser: operation({
    right: "administer",
    summary: "Adds a user, who may then sign in.",
    http: "POST users",
    input: z.strictObject({
      email: email.describe("The address with which they sign in."),
      name: userName.optional().describe("The name that others see; absent: the address."),
      role: role.describe("What they may do; each role includes those before it: viewer, operator, reviewer, admin."),
    }),
    // The address is what the row is about.
    audit: ["role"],
    result: shape<User>("User"),
    names: ({ email }) => email,
    made: ({ email }) => ({ subject: email, tree: "" }),
    async run({ email, name, role }, _actor, { store: { people } }) {
      const address = normalAddress(email) ?? email;
      const user = { uid: newId(), email: address, name: name || address, role: role as Role };
      const added = await people.addUser(user);
      if (!added)
        throw aboutField("email", new UserError("conflict", `${address} is already a user: change the role instead.`));
      return added;
    },
  }),
  /** `id`: an id or an address. Refused for the last admin, as is `removeUser`. */
  setUserRole: operation({
    right: "administer",
    summary: "Changes the role of a user; `id` is an id or an e-mail address.",
    on: "name",
    http: "POST users/:id/role",
    input: z.strictObject({
      role: role.describe("What they may do; each role includes those before it: viewer, operator, reviewer, admin."),
    }),
    audit: ["role"],
    result: said,
    async run({ id, role }, actor, { store: { people } }) {
      const user = userOf(id, people);
      refuse(await people.setRole(user.id, role as Role, actor.name), user, "keep the role");
      return { sentence: `${user.email} now has the role ${role}.` };
    },
  }),
  removeUser: operation({
    right: "administer",
    summary: "Removes a user and ends their sessions and tokens.",
    on: "name",
    http: "POST users/:id/remove",
    audit: [],
    result: said,
    async run({ id }, actor, { store: { people } }) {
      const user = userOf(id, people);
      refuse(await people.removeUser(user.id, actor.name), user, "stay");
      return { sentence: `Removed ${user.email}. Their sessions, tokens and rules have ended.` };
    },
  }),
  /** `days` until it expires. `task`: it sees only that and its subtasks. */
  createToken: operation({
    right: "administer",
    summary: "Creates a token. Only this answer contains its value.",
    http: "POST tokens",
    input: z.strictObject({
      role: role.describe("What the token may do, at most your own role."),
      name: tokenName.optional().describe("Name by which the audit tells the token apart; absent: `api`."),
      days: tokenDays.optional().describe("How many days the token works; absent: 90."),
      task: text
        .optional()
        .describe(
          "Id of the only task that the token can see, with its subtasks; absent: everything that its role can see.",
        ),
      folders: z
        .array(text)
        .max(MOST_FOLDERS)
        .optional()
        .describe("Folders of the machine in which its tasks may work, besides those that are open to everybody."),
    }),
    audit: ["role", "name", "days", "task", "folders"],
    result: z.intersection(
      shape<ApiToken>("ApiToken"),
      z.object({ token: z.string().describe("The secret of the token, which no later answer shows.") }),
    ),
    made: ({ id }) => ({ subject: id, tree: "" }),
    async run({ role, name = "api", days = DEFAULT_DAYS, task, folders = [] }, actor, world) {
      const { people } = world.store;
      const { ids, now } = world;
      const uid = newId();
      const { token, hash } = newToken();
      const wanted = {
        uid,
        hash,
        name,
        role: role as Role,
        task: task === undefined ? null : ids.task(task),
        folders: folders.map((folder) => allowable("folders", folder, world)),
        by: personOf(actor.name),
        expiresAtMs: now() + days * DAY_MS,
      };
      if (wanted.task !== null && wanted.role !== "viewer")
        throw wrongField("role", "A token for one task can only read: give it the role viewer.");
      await people.addToken(wanted);
      const made = people.tokens().find((token) => token.id === uid);
      if (!made) throw new Error("The new token is missing in the database.");
      return { ...made, token };
    },
  }),
  /** An operator's program may then work in a folder of the machine that is not open to everybody. */
  allowFolder: operation({
    right: "administer",
    summary: "Allows the tasks of a token to work in a folder of the machine.",
    on: "token",
    http: "POST tokens/:id/folders",
    input: z.strictObject({ folder: text.describe("Folder of the machine in which its tasks may work from now on.") }),
    audit: ["folder"],
    result: said,
    async run({ id, folder }, _, world) {
      const uid = world.ids.token(id);
      const real = allowable("folder", folder, world);
      if (!(await world.store.people.allowFolder(uid, real)))
        throw new UserError("conflict", "The token is revoked: create a new one.");
      return { sentence: `Tasks of this token may work in ${real}. Revoking the token takes it back.` };
    },
  }),
  revokeToken: operation({
    right: "administer",
    summary: "Revokes a token.",
    on: "token",
    http: "POST tokens/:id/revoke",
    audit: [],
    result: said,
    async run({ id }, actor, { store: { people }, ids }) {
      const uid = ids.token(id);
      if (!(await people.revokeToken(uid, actor.name)))
        throw new UserError("conflict", "The token is already revoked.");
      return {
        sentence: "The token is revoked. It no longer works, its open connections close, and its rules are off.",
      };
    },
  }),
  createSignInLink: operation({
    right: "administer",
    summary: "Returns the token of a link that signs in once, within 15 minutes, as the owner of the machine.",
    audit: [],
    result: z.object({ token: z.string() }),
    run: async (_input, _actor, { store: { people }, now }) => ({ token: await createLinkToken(people, now) }),
  }),
};

function userOf(who: string, people: Store["people"]): User {
  const found = people.findUser(who);
  if (!found)
    throw new UserError("not_found", `There is no user ${who}: give an address or an id from the list of users.`);
  return found;
}

function refuse(why: "unknown" | "last_admin" | null, user: User, what: string): void {
  if (why === "unknown") throw new UserError("not_found", `The user ${user.email} no longer exists.`);
  if (why === "last_admin")
    throw new UserError("conflict", `${user.email} is the last admin and must ${what}: make another user admin first.`);
}
