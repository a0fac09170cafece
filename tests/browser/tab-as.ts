/** Opens a tab for another person, who needs no sign-in. */
import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Browser, Page } from "@playwright/test";
import Database from "better-sqlite3";
import type { Role } from "@/core/rules/roles";
import type { Stage } from "./stage";

/** Inserts the user Vera, once, and the session that a sign-in with Google would create. */
export async function tabAs(
  role: Role,
  browser: Browser,
  { dataDir, server }: Pick<Stage, "dataDir" | "server">,
): Promise<Page> {
  const id = randomBytes(32).toString("base64url");
  const sqlite = new Database(join(dataDir, "banyan.db"));
  sqlite
    .prepare("INSERT OR IGNORE INTO users (uid, email, name, role, created_at_ms) VALUES ('vera', ?, 'Vera', ?, ?)")
    .run("vera@example.org", role, Date.now());
  sqlite
    .prepare("INSERT INTO sessions (hash, expires_at_ms, user_id) SELECT ?, ?, id FROM users WHERE uid = 'vera'")
    .run(createHash("sha256").update(`session:${id}`).digest("hex"), Date.now() + 3_600_000);
  sqlite.close();
  const context = await browser.newContext();
  await context.addCookies([{ name: `banyan_session_${new URL(server.url).port}`, value: id, url: server.url }]);
  return context.newPage();
}
