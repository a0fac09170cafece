/** The token of `mcp`, `acp` and `doctor`. It is stored beside the database, so that clients do not create a new token at each start. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { GuardedApplication } from "@/agents/guard/guard";
import type { ApiToken, Role } from "@/core/rules/roles";

const DAY_MS = 86_400_000;
/** A token that ends sooner is replaced at the start, so that no session outlives it. */
const LEFT_MS = 7 * DAY_MS;

const FOLDERS = { mcp: "mcp", acp: "acp/tokens", doctor: "doctor" };

export interface Kept {
  id: string;
  token: string;
}

/** Resolves with a token of the person at the keyboard that has this role. */
export async function tokenOf(
  { commands, queries }: Pick<GuardedApplication, "commands" | "queries">,
  dataDir: string,
  role: Role,
  program: "mcp" | "acp" | "doctor",
): Promise<Kept> {
  const file = join(dataDir, FOLDERS[program], `token-${role}.json`);
  const kept = readKept(file);
  const known = kept && (await queries.listTokens()).find(({ id }) => id === kept.id);
  if (kept && known && isGood(known)) return kept;
  const made = await commands.createToken({ role, name: `banyan ${program}` });
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const fresh: Kept = { id: made.id, token: made.token };
  // Written to a new file first: writing in place would follow a link, and keep the mode of an existing file.
  const part = `${file}.${made.id}`;
  writeFileSync(part, `${JSON.stringify(fresh)}\n`, { mode: 0o600, flag: "wx" });
  renameSync(part, file);
  return fresh;
}

function isGood({ revoked_at, expires_at }: ApiToken): boolean {
  return revoked_at === null && (expires_at === null || Date.parse(expires_at) - Date.now() > LEFT_MS);
}

function readKept(file: string): Kept | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Kept;
  } catch {
    return null;
  }
}
