/**
 * Checks every page on a real server with all kinds of data: it passes axe on a desktop and a phone in light and dark mode, does not
 * scroll horizontally, has a heading and a title, and logs no errors. Screenshots go to test-results/pages.
 */
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page } from "@playwright/test";
import { notesServer } from "@/agents/testing/notes-server";
import { type ScriptedProvider, startScriptedProvider } from "@/agents/testing/scripted-provider";
import { axeFaults, COLOUR_RULES } from "./axe";
import { type Seeded, script, seed } from "./every-page-seed";
import { expect, type RealServer, signIn, startRealServer, test } from "./real-server";

interface Stop {
  /** The file of the page, below `app/`. */
  file: string;
  /** The name of its screenshot. */
  name: string;
  path: (seeded: Seeded) => string;
  /** An action before the check. */
  first?: (page: Page) => Promise<unknown>;
  signedOut?: true;
}

const stop = (file: string, name: string, path: Stop["path"] | string, first?: Stop["first"]): Stop => ({
  file,
  name,
  path: typeof path === "string" ? () => path : path,
  ...(first && { first }),
});
const press = (name: string | RegExp) => (page: Page) => page.getByRole("button", { name }).first().click();

const IN = "(signed-in)";
const TREE = `${IN}/trees/[id]`;
const ROUTE: Stop[] = [
  stop(`${IN}/(home)`, "home", "/"),
  stop(`${IN}/trees/(list)`, "trees", "/trees"),
  stop(TREE, "tree", ({ tree }) => `/trees/${tree}`),
  stop(TREE, "tree-question", ({ question }) => `/trees/${question}`),
  stop(TREE, "tree-log", ({ tree, changelog }) => `/trees/${tree}?task=${changelog}`),
  stop(TREE, "tree-failed", ({ tree, failed }) => `/trees/${tree}?task=${failed}`),
  stop(TREE, "tree-parked", ({ parked }) => `/trees/${parked}`),
  stop(TREE, "tree-fork", ({ tree, changelog }) => `/trees/${tree}?task=${changelog}`, press(/^Fork/)),
  stop(TREE, "tree-graph", ({ tree }) => `/trees/${tree}?view=graph`),
  stop(TREE, "tree-files", ({ tree }) => `/trees/${tree}?view=files`),
  stop(TREE, "tree-timeline", ({ tree }) => `/trees/${tree}?view=timeline`),
  stop(`${TREE}/compare/[other]`, "compare", ({ finished, fork }) => `/trees/${finished}/compare/${fork}`),
  stop(`${IN}/review`, "review", "/review"),
  stop(`${IN}/review/decided`, "review-decided", "/review/decided"),
  stop(`${IN}/review/rules`, "review-rules", "/review/rules"),
  stop(`${IN}/agents`, "agents", "/agents"),
  stop(`${IN}/agents/[name]`, "agent", "/agents/worker"),
  stop(`${IN}/documents`, "documents", "/documents"),
  stop(`${IN}/documents/[name]`, "document", "/documents/system_overview"),
  stop(`${IN}/runbooks`, "runbooks", "/runbooks"),
  stop(`${IN}/runbooks/[name]`, "runbook", "/runbooks/repository-survey"),
  stop(`${IN}/tools`, "tools", "/tools"),
  stop(`${IN}/tools`, "tools-add", "/tools?add"),
  stop(`${IN}/tools/[name]`, "tool", "/tools/find_files?version=2"),
  stop(`${IN}/tools/[name]`, "server", "/tools/notes"),
  stop(`${IN}/tools/[name]`, "server-tool", "/tools/notes__note"),
  stop(`${IN}/tools/[name]`, "server-edit", "/tools/notes", press("Edit")),
  stop(`${IN}/operations`, "operations", "/operations"),
  stop(`${IN}/operations/interventions`, "interventions", "/operations/interventions"),
  stop(`${IN}/operations/audit`, "audit", "/operations/audit"),
  stop(`${IN}/operations/backups`, "backups", "/operations/backups"),
  stop(`${IN}/settings`, "settings", "/settings"),
  stop(`${IN}/settings/keys`, "keys", "/settings/keys"),
  stop(`${IN}/settings/secrets`, "secrets", "/settings/secrets"),
  stop(`${IN}/settings/policy`, "policy", "/settings/policy"),
  stop(`${IN}/settings/users`, "users", "/settings/users"),
  stop(`${IN}/settings/tokens`, "tokens", "/settings/tokens"),
  stop("not-found", "not-found", "/nothing/here"),
  { ...stop("signin", "signin", "/signin"), signedOut: true },
];

const LOOKS = [
  { width: 1440, height: 900, scheme: "light" },
  { width: 1440, height: 900, scheme: "dark" },
  { width: 390, height: 844, scheme: "dark" },
  { width: 390, height: 844, scheme: "light" },
] as const;

/** The number of pages that are checked in parallel. */
const TABS = 2;

const PICTURES = "test-results/pages";

const notes = notesServer();
let folder: string;
let provider: ScriptedProvider;
let server: RealServer;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "banyan-pages-"));
  provider = await startScriptedProvider(script);
  server = await startRealServer(join(folder, "data"), {
    ANTHROPIC_API_KEY: "test-key",
    ANTHROPIC_BASE_URL: provider.url,
    MAX_CONCURRENT_AGENTS: "8",
    BANYAN_KEY_FILE: join(folder, "keys.json"),
  });
});

test.afterAll(async () => {
  await server?.stop();
  await provider?.close();
  notes.remove();
  rmSync(folder, { recursive: true, force: true });
});

test("the list has every page", () => {
  const pages = readdirSync("app", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("page.tsx") && /(^|\/)page\.tsx$/.test(file))
    .map((file) => file.replace(/\/page\.tsx$/, ""));
  expect(pages.filter((file) => !ROUTE.some((stop) => stop.file === file))).toEqual([]);
});

test("every page is accessible on a desktop and a phone, in light and dark mode", async ({ browser }) => {
  test.setTimeout(600_000);
  const options = { viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" } as const;
  const [signedIn, signedOut] = await Promise.all([browser.newContext(options), browser.newContext(options)]);
  const first = await signedIn.newPage();
  await signIn(first, server);
  const seeded = await seed(first, server.url, notes.file);
  await first.close();

  const left = [...ROUTE];
  const faults: string[] = [];
  const walk = async (context: BrowserContext) => {
    for (let next = left.shift(); next; next = left.shift()) {
      const page = await (next.signedOut ? signedOut : context).newPage();
      const found = await faultsOf(page, next, seeded);
      faults.push(...found);
      if (found.length > 0) appendFileSync(`${PICTURES}/faults.txt`, `${found.join("\n")}\n`);
      await page.close();
    }
  };
  await Promise.all(Array.from({ length: TABS }, () => walk(signedIn)));
  await Promise.all([signedIn.close(), signedOut.close()]);
  expect(faults).toEqual([]);
});

async function faultsOf(page: Page, { name, path, first }: Stop, seeded: Seeded): Promise<string[]> {
  const faults: string[] = [];
  const note = (what: string) => faults.push(`${name}: ${what}`);
  page.on("pageerror", (error) => note(error.message));
  page.on("console", (message) => {
    // The not-found page answers with 404.
    if (message.type() === "error" && !(name === "not-found" && message.text().includes("404"))) note(message.text());
  });
  try {
    await page.goto(server.url + path(seeded));
    await page.locator("main").first().waitFor();
    await expect(page.locator("[data-loading]")).toHaveCount(0, { timeout: 120_000 });
    // A divider has a value once the page is hydrated.
    await expect(page.locator("[role=separator]:not([aria-valuenow])")).toHaveCount(0, { timeout: 120_000 });
    await first?.(page);
    if (!/\S · Banyan$/.test(await page.title())) note(`its title is “${await page.title()}”`);
    const headings = await page.getByRole("heading", { level: 1 }).count();
    // Behind a dialog the page is inert, so screen readers find no heading.
    if (headings !== 1 && (await page.getByRole("dialog").count()) === 0) note(`it has ${headings} first headings`);
    for (const { width, height, scheme } of LOOKS) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: scheme });
      const look = `${width} ${scheme}`;
      // Dark mode has the same layout, so only colour rules can fail.
      const rules = scheme === "dark" ? COLOUR_RULES : undefined;
      for (const fault of await axeFaults(page, rules)) note(`${look}: ${fault}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      if (wide > width) note(`${look}: it is ${wide} px wide`);
      await page.screenshot({ path: `${PICTURES}/${name}-${width}-${scheme}.png` });
    }
  } catch (error) {
    note(error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error));
  }
  return faults;
}
