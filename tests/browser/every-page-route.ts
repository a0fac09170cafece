/** A real server with all kinds of data, and the list of all its pages, for tests that look at every page. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "@playwright/test";
import { notesServer } from "@/tests/agents/notes-server";
import { startScriptedProvider } from "@/tests/agents/scripted-provider";
import { putGateRuns } from "../put-gate-runs";
import { type Seeded, script, seed } from "./every-page-seed";
import { expect, type RealServer, signIn, startRealServer } from "./real-server";

type Data = Seeded & { gateRun: string | undefined };

export interface Stop {
  /** The file of the page, below `app/`. */
  file: string;
  /** The name of its screenshot. */
  name: string;
  path: (seeded: Data) => string;
  /** Menus, dialogs and forms of the page by the name of their screenshot, with the action that opens them. */
  opened: Record<string, Act>;
  signedOut?: true;
}

type Act = (page: Page) => Promise<unknown>;

const stop = (file: string, name: string, path: Stop["path"] | string, opened: Stop["opened"] = {}): Stop => ({
  file,
  name,
  opened,
  path: typeof path === "string" ? () => path : path,
});
const press =
  (name: string | RegExp): Act =>
  (page) =>
    page.getByRole("button", { name }).first().click();
const pressKey =
  (key: string): Act =>
  (page) =>
    page.keyboard.press(key);
/** Opens the dialog that asks why a changed entry is saved. */
const changeAndSave: Act = async (page) => {
  await page.locator(".cm-content").first().click();
  await page.keyboard.type("x");
  await press(/^Save/)(page);
};

/** Opens all folds of a task: instruction, claims, tool calls with their output. */
const unfoldTask: Act = (page) =>
  page.locator("section[aria-label=Task] details").evaluateAll((folds) => {
    for (const fold of folds) (fold as HTMLDetailsElement).open = true;
  });

/** Opens the kinds of failure that did not happen. */
const unfoldFailures: Act = (page) => page.getByText(/kinds? that did not happen$/).click();

/** Opens the dialog that saves the composer's task as a schedule, with its next times. */
const repeatTask: Act = async (page) => {
  await page.getByLabel("What should be done?").fill("Tidy up");
  await press("Repeat…")(page);
  await page.locator("[data-preview=ready]").waitFor();
};

const IN = "(signed-in)";
const TREE = `${IN}/trees/[id]`;
export const ROUTE: Stop[] = [
  stop(`${IN}/(home)`, "home", "/", {
    "home-account": press(/^Account of/),
    "home-templates": press("Templates"),
    "home-options": press("More options"),
    "home-repeat": repeatTask,
    "home-keys": pressKey("?"),
  }),
  stop(`${IN}/trees/(list)`, "trees", "/trees"),
  stop(`${IN}/projects`, "projects", "/projects", {
    "project-add": press(/^Add a project/),
    "service-new": press("New service"),
  }),
  stop(`${IN}/projects/[name]`, "project", "/projects/shop", {
    "project-change": press("Change…"),
    "project-link": press("Link with its forge"),
    "project-remove": press("Remove…"),
    "project-repository": press("Add a repository…"),
  }),
  stop(`${IN}/projects/[name]/insights`, "insights", "/projects/shop/insights", {
    "insight-dismiss": press("Dismiss…"),
  }),
  stop(`${IN}/projects/[name]/evolve`, "evolution", "/projects/shop/evolve", {
    evolve: press("Evolve…"),
    "evolution-rules": press("Edit the rules"),
    "evolution-stop": press("Stop…"),
    "cycle-accept": press("Accept…"),
    "cycle-reject": press("Reject…"),
  }),
  stop(`${IN}/projects/[name]/environments`, "environments", "/projects/shop/environments", {
    "environment-new": press("New environment"),
    "environment-check": press("Check…"),
    "environment-log": press("Log"),
    "environment-end": press("End…"),
  }),
  stop(`${IN}/projects/[name]/service`, "service", "/projects/shop/service", {
    "service-environment": press("New environment"),
  }),
  stop(`${IN}/schedules`, "schedules", "/schedules"),
  stop(`${IN}/schedules/[id]`, "schedule", ({ schedule }) => `/schedules/${schedule}`, {
    "schedule-edit": press("Edit"),
    "schedule-remove": press("Remove"),
  }),
  stop(TREE, "tree", ({ tree }) => `/trees/${tree}`, {
    "tree-menu": press("More actions"),
    "tree-filter": press("Filter"),
    "tree-stop": press("Stop"),
  }),
  stop(TREE, "tree-question", ({ question }) => `/trees/${question}`),
  stop(TREE, "tree-log", ({ tree, changelog }) => `/trees/${tree}?task=${changelog}`, {
    "tree-unfolded": unfoldTask,
    "tree-fork": press(/^Fork/),
  }),
  stop(TREE, "tree-failed", ({ tree, failed }) => `/trees/${tree}?task=${failed}`),
  stop(TREE, "tree-parked", ({ parked }) => `/trees/${parked}`),
  stop(TREE, "tree-graph", ({ tree }) => `/trees/${tree}?view=graph`),
  stop(TREE, "tree-files", ({ tree }) => `/trees/${tree}?view=files`),
  stop(TREE, "tree-timeline", ({ tree }) => `/trees/${tree}?view=timeline`),
  stop(`${TREE}/compare/[other]`, "compare", ({ finished, fork }) => `/trees/${finished}/compare/${fork}`),
  stop(`${TREE}/proof`, "proof", ({ finished }) => `/trees/${finished}/proof`, {
    "proof-share": press("Share by link…"),
  }),
  stop(`${TREE}/proof`, "proof-none", ({ tree }) => `/trees/${tree}/proof`),
  { ...stop("proof/[secret]", "shared-proof", ({ sharedProof }) => sharedProof), signedOut: true },
  { ...stop("proof/[secret]", "shared-proof-not-found", "/proof/nothing"), signedOut: true },
  stop(`${IN}/review`, "review", "/review"),
  stop(`${IN}/review/decided`, "review-decided", "/review/decided"),
  stop(`${IN}/review/rules`, "review-rules", "/review/rules"),
  stop(`${IN}/agents`, "agents", "/agents", { "agents-import": press("Import") }),
  stop(`${IN}/agents/[name]`, "agent", "/agents/worker", { "agent-save": changeAndSave }),
  stop(`${IN}/documents`, "documents", "/documents"),
  stop(`${IN}/documents/[name]`, "document", "/documents/system_overview"),
  stop(`${IN}/runbooks`, "runbooks", "/runbooks"),
  stop(`${IN}/runbooks/[name]`, "runbook", "/runbooks/repository-survey"),
  stop(`${IN}/tools`, "tools", "/tools"),
  stop(`${IN}/tools`, "tools-add", "/tools?add"),
  stop(`${IN}/tools/capabilities`, "capabilities", "/tools/capabilities"),
  stop(`${IN}/tools/[name]`, "tool", "/tools/find_files?version=2"),
  stop(`${IN}/tools/[name]`, "server", "/tools/notes", { "server-edit": press("Edit") }),
  stop(`${IN}/tools/[name]`, "server-tool", "/tools/notes__note"),
  stop(`${IN}/memory`, "memory", "/memory", { "memory-import": press("Import…") }),
  stop(`${IN}/memory/lessons`, "lessons", "/memory/lessons"),
  stop(`${IN}/memory/lessons/[id]`, "lesson", ({ lesson }) => `/memory/lessons/${lesson}`, {
    "lesson-edit": press(/^Edit/),
    "lesson-retire": press("Retire…"),
  }),
  stop(`${IN}/memory/candidates`, "candidates", "/memory/candidates", { "candidate-reject": press(/^Reject…/) }),
  stop(`${IN}/memory/graph`, "memory-graph", ({ lesson }) => `/memory/graph?lesson=${lesson}`),
  stop(`${IN}/memory/graph`, "memory-answer", "/memory/graph?question=what+helped+with+a+port"),
  stop(`${IN}/memory/failures`, "failures", "/memory/failures", { "failures-all": unfoldFailures }),
  stop(`${IN}/operations`, "operations", "/operations"),
  stop(`${IN}/operations/kpis`, "kpis", "/operations/kpis"),
  stop(`${IN}/reports/[month]`, "report", () => `/reports/${new Date().toISOString().slice(0, 7)}`),
  stop(`${IN}/operations/runners`, "runners", "/operations/runners"),
  stop(`${IN}/operations/limits`, "limits", "/operations/limits", { "limit-edit": press("Edit") }),
  stop(`${IN}/operations/interventions`, "interventions", "/operations/interventions"),
  stop(`${IN}/operations/improvement`, "improvement", "/operations/improvement"),
  stop(`${IN}/operations/gates`, "gate-runs", "/operations/gates"),
  stop(`${IN}/operations/gates/[run]`, "gate-run", ({ gateRun }) => `/operations/gates/${gateRun}`),
  stop(`${IN}/operations/space`, "space", "/operations/space", { "old-trees": press("Delete old trees…") }),
  stop(`${IN}/operations/audit`, "audit", "/operations/audit"),
  stop(`${IN}/operations/backups`, "backups", "/operations/backups"),
  stop(`${IN}/settings`, "settings", "/settings"),
  stop(`${IN}/settings/keys`, "keys", "/settings/keys"),
  stop(`${IN}/settings/notifications`, "settings-notifications", "/settings/notifications"),
  stop(`${IN}/settings/secrets`, "secrets", "/settings/secrets"),
  stop(`${IN}/settings/policy`, "policy", "/settings/policy"),
  stop(`${IN}/settings/users`, "users", "/settings/users"),
  stop(`${IN}/settings/tokens`, "tokens", "/settings/tokens"),
  stop(`${IN}/[...missing]`, "not-found", "/nothing/here"),
  { ...stop("signin", "signin", "/signin"), signedOut: true },
];

export const BROWSER = { viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" } as const;

export interface EveryPage {
  server: RealServer;
  seeded: Data;
  signedIn: BrowserContext;
  /** Opens a page and waits until it is complete and reacts to keys. */
  open(page: Page, stop: Stop): Promise<void>;
  end(): Promise<void>;
}

/** Starts a server, seeds it and signs in. */
export async function startEveryPage(browser: Browser): Promise<EveryPage> {
  const folder = mkdtempSync(join(tmpdir(), "banyan-pages-"));
  const notes = notesServer();
  const provider = await startScriptedProvider(script);
  const server = await startRealServer(join(folder, "data"), {
    ANTHROPIC_API_KEY: "test-key",
    ANTHROPIC_BASE_URL: provider.url,
    MAX_CONCURRENT_AGENTS: "8",
    BANYAN_KEY_FILE: join(folder, "keys.json"),
  });
  const signedIn = await browser.newContext(BROWSER);
  const page = await signedIn.newPage();
  await signIn(page, server);
  const trees = await seed(page, server.url, { serverFile: notes.file, folder });
  const [gateRun] = putGateRuns(join(folder, "data"), 12);
  await page.close();
  const seeded = { ...trees, gateRun };
  return {
    server,
    seeded,
    signedIn,
    open: (page, stop) => openPage(page, server.url + stop.path(seeded), stop),
    async end() {
      await signedIn.close();
      await server.stop();
      await provider.close();
      notes.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function openPage(page: Page, address: string, { signedOut, name }: Stop): Promise<void> {
  await page.goto(address);
  await page.locator("main").first().waitFor();
  await expect(page.locator("[data-loading]")).toHaveCount(0);
  if (!signedOut && name !== "not-found")
    await page.locator("[data-connection=live]").first().waitFor({ state: "attached" });
}
