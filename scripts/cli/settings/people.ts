/** `token` and `users`: manage API tokens, users and their roles. Anyone on this machine is admin without them. */
import { resolve } from "node:path";
import { type ApiToken, ROLES, type User } from "@/core/rules/roles";
import { type Arguments, act } from "@/scripts/cli/commands/act";
import { type Context, type Flags, withActing, withReadRuntime } from "@/scripts/cli/context/context";
import { listFlag, numberFlag, textFlag } from "@/scripts/cli/context/flags";
import { paint, print, printJson, UsageError, warn } from "@/scripts/cli/print/output";
import { oneLine, padTo } from "@/scripts/cli/print/text";
import { short } from "@/scripts/cli/print/words";

type Verb = (context: Context, args: Arguments, flags: Flags) => Promise<number>;

const TOKEN_VERBS: Record<string, Verb> = { create, list: listTokens, allow, revoke };
const USER_VERBS: Record<string, Verb> = { list: listUsers, add, role: setRole, remove };
const ROLE_NAMES = ROLES.join(", ");

export function token(context: Context, [verb = "list", ...args]: Arguments, flags: Flags): Promise<number> {
  return verbOf("token", TOKEN_VERBS, verb)(context, args, flags);
}

export function users(context: Context, [verb = "list", ...args]: Arguments, flags: Flags): Promise<number> {
  return verbOf("users", USER_VERBS, verb)(context, args, flags);
}

function verbOf(command: string, verbs: Record<string, Verb>, verb: string): Verb {
  const found = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (found) return found;
  throw new UsageError(`There is no \`banyan ${command} ${verb}\`: use ${Object.keys(verbs).join(", ")}.`);
}

async function create(context: Context, [stray]: Arguments, flags: Flags): Promise<number> {
  if (stray !== undefined) throw new UsageError(`\`banyan token create\` takes flags only: --name ${stray}?`);
  const task = textFlag(flags, "task");
  const role = textFlag(flags, "role") ?? (task === undefined ? undefined : "viewer");
  if (role === undefined) throw new UsageError(`Give the token a role: --role ${ROLE_NAMES}.`);
  const days = numberFlag(flags, "days", { whole: true, least: 1 });
  const folders = listFlag(flags, "folder").map((folder) => resolve(context.cwd, folder));
  const wanted = { role, name: textFlag(flags, "name"), days, task, ...(folders.length > 0 && { folders }) };
  return withActing(context, async ({ application }) => {
    const made = await application.commands.createToken(wanted);
    if (context.json) {
      printJson(made);
      return 0;
    }
    print(made.token);
    // Standard output holds only the token, for TOKEN=$(banyan token create …).
    warn(`Save this token now: it is not shown again. ${sentenceOf(made)}`);
    warn(`Revoke it with: npx banyan token revoke ${short(made.id)}`);
    return 0;
  });
}

function sentenceOf({ role, task, folders, expires_at }: ApiToken): string {
  const what = task === null ? `It acts as ${role}` : `It sees only task ${short(task)} and its subtasks`;
  const where = folders.length > 0 ? `, may work in ${folders.join(" and ")}` : "";
  return `${what}${where}${expires_at ? `, until ${expires_at}` : ""}.`;
}

async function listTokens(context: Context): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.listTokens();
    if (context.json) printJson({ items: found, next: null });
    else if (found.length === 0) print("There are no tokens: create one with npx banyan token create --role R.");
    else for (const token of found) print(tokenLine(token, Date.now()));
    return 0;
  });
}

function tokenLine(token: ApiToken, nowMs: number): string {
  const isOver = token.expires_at !== null && Date.parse(token.expires_at) <= nowMs;
  const state = token.revoked_at ? "revoked" : isOver ? "expired" : "open";
  const mark = paint(state === "open" ? "green" : "dim", padTo(state, 8));
  const given = token.given_role ? `, made as ${token.given_role}` : "";
  const scope = token.task ? ` of task ${short(token.task)}` : "";
  const where = token.folders.length > 0 ? `, may work in ${token.folders.map(oneLine).join(" and ")}` : "";
  const end = token.revoked_at
    ? `revoked ${token.revoked_at} by ${oneLine(token.revoked_by ?? "")}`
    : token.expires_at
      ? `${isOver ? "expired" : "until"} ${token.expires_at}`
      : "never expires";
  const used = token.last_used_at ? `last used ${token.last_used_at}` : "never used";
  return `${short(token.id)}  ${mark} ${padTo(token.role, 8)}  ${oneLine(token.name)}${given}${scope}${where}, ${end}, ${used} (${oneLine(token.created_by)})`;
}

async function allow(context: Context, [id, folder]: Arguments): Promise<number> {
  if (!id || !folder)
    throw new UsageError(
      "Give the token's id, as `token list` shows it, and a folder: npx banyan token allow ID FOLDER.",
    );
  const wanted = { id, folder: resolve(context.cwd, folder) };
  return act(context, ({ application }) => application.commands.allowFolder(wanted));
}

async function revoke(context: Context, [id]: Arguments): Promise<number> {
  if (!id) throw new UsageError("Give the token's id, as `token list` shows it: npx banyan token revoke ID.");
  return act(context, ({ application }) => application.commands.revokeToken({ id }));
}

async function listUsers(context: Context): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.listUsers();
    if (context.json) printJson({ items: found, next: null });
    else if (found.length === 0)
      print("No users yet: anyone on this machine is admin. Add one: npx banyan users add EMAIL --role R.");
    else for (const user of found) print(userLine(user));
    return 0;
  });
}

function userLine({ id, email, name, role }: User): string {
  return `${short(id)}  ${padTo(role, 8)}  ${oneLine(email)}${name === email ? "" : ` (${oneLine(name)})`}`;
}

async function add(context: Context, [email]: Arguments, flags: Flags): Promise<number> {
  const role = textFlag(flags, "role");
  if (!email || role === undefined)
    throw new UsageError(`Give the address and the role: npx banyan users add EMAIL --role ${ROLE_NAMES}.`);
  return withActing(context, async ({ application }) => {
    const added = await application.commands.addUser({ email, role, name: textFlag(flags, "name") });
    if (context.json) printJson(added);
    else print(`${added.email} can now sign in, as ${added.role}.`);
    return 0;
  });
}

async function setRole(context: Context, [who, role]: Arguments): Promise<number> {
  if (!who || !role) throw new UsageError(`Give the user and the role: npx banyan users role WHO ${ROLE_NAMES}.`);
  return act(context, ({ application }) => application.commands.setUserRole({ id: who, role }));
}

async function remove(context: Context, [who]: Arguments): Promise<number> {
  if (!who)
    throw new UsageError("Give the user's address or id, as `users list` shows it: npx banyan users remove WHO.");
  return act(context, ({ application }) => application.commands.removeUser({ id: who }));
}
