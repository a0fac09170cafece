/**
 * Downloads: backups and the audit log as CSV or JSON lines for admins, and the report of a project's insights. The caller is
 * already authenticated.
 */
import { createReadStream } from "node:fs";
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ListedAudit } from "@/agents/application";
import type { GuardedApplication } from "@/agents/guard/guard";
import { insightReport } from "@/core/words/insights/insights";
import { problem, problemOfError } from "@/lib/http/problem";
import { unknownParameter } from "@/server/http/v1/query";
import { sendProblem } from "../answers/send";
import { csvLine } from "./csv";

export const DOWNLOADS = "/downloads/";
/** A name without anything that would end the quotes of a header. */
const INSIGHTS = /^insights\/([\w.-]{1,100})\.md$/;
const PAGE = 500;
const AUDIT_PARAMETERS = ["actor", "action", "subject", "tree", "from", "until"];
const COLUMNS = ["id", "at", "actor", "action", "subject", "tree", "detail"] as const;

export async function answerDownload(app: GuardedApplication, response: ServerResponse, url: URL): Promise<void> {
  try {
    const name = nameIn(url);
    const project = INSIGHTS.exec(name ?? "")?.[1];
    const unknown = unknownParameter(url.searchParams, name?.startsWith("audit.") ? AUDIT_PARAMETERS : []);
    if (unknown) sendProblem(response, unknown);
    else if (name === "audit.csv" || name === "audit.jsonl") await sendAudit(app, response, url.searchParams, name);
    else if (name?.startsWith("backups/")) await sendBackup(app, response, name.slice("backups/".length));
    else if (project !== undefined) await sendInsights(app, response, project);
    else sendProblem(response, problem("not-found", "No download at this address."));
  } catch (error) {
    // After the headers no error can be sent. Cutting the connection lets the client see that the file is incomplete.
    if (response.headersSent) return void response.destroy();
    const known = problemOfError(error);
    if (!known) throw error;
    sendProblem(response, known);
  }
}

function nameIn(url: URL): string | null {
  try {
    return decodeURIComponent(url.pathname.slice(DOWNLOADS.length));
  } catch {
    return null;
  }
}

async function sendBackup(app: GuardedApplication, response: ServerResponse, name: string): Promise<void> {
  const { file, size_bytes } = await app.commands.openBackup({ id: name });
  response.writeHead(200, {
    ...headersOf("application/vnd.sqlite3", name),
    "content-length": size_bytes,
  });
  if (response.req.method === "HEAD") return void response.end();
  await pipeline(createReadStream(file, { end: size_bytes - 1 }), response);
}

async function sendInsights(app: GuardedApplication, response: ServerResponse, project: string): Promise<void> {
  const found = await app.queries.listInsights(project, { state: "open" });
  response.writeHead(200, headersOf("text/markdown; charset=utf-8", `insights-${project}.md`));
  response.end(insightReport(project, found));
}

async function sendAudit(
  app: GuardedApplication,
  response: ServerResponse,
  query: URLSearchParams,
  name: "audit.csv" | "audit.jsonl",
): Promise<void> {
  const given = (key: string) => query.get(key) || undefined;
  const filter = {
    actor: given("actor"),
    action: given("action"),
    subject: given("subject"),
    tree: given("tree"),
    from: given("from"),
    until: given("until"),
  };
  // Reads the first page before the headers, so that an invalid filter gets an error response.
  const first = await app.queries.listAudit({ ...filter, limit: PAGE });
  async function* lines() {
    if (name === "audit.csv") yield csvLine(COLUMNS);
    for (let page = first; ; page = await app.queries.listAudit({ ...filter, limit: PAGE, after: page.next ?? "" })) {
      yield page.items.map(name === "audit.csv" ? rowOf : jsonOf).join("");
      if (page.next === null) return;
    }
  }
  response.writeHead(
    200,
    headersOf(name === "audit.csv" ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8", name),
  );
  if (response.req.method === "HEAD") return void response.end();
  await pipeline(Readable.from(lines()), response);
}

const rowOf = (row: ListedAudit) => csvLine(COLUMNS.map((name) => row[name]));
const jsonOf = (row: ListedAudit) =>
  `${JSON.stringify(Object.fromEntries(COLUMNS.map((name) => [name, row[name]])))}\n`;

/** `name` was validated, so it cannot break out of the quotes. */
function headersOf(type: string, name: string) {
  return {
    "content-type": type,
    "content-disposition": `attachment; filename="${name}"`,
    "cache-control": "no-store",
  };
}
