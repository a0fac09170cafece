/**
 * Checks every page on a real server with all kinds of data: it passes axe on a desktop and a phone in light and dark mode, fits into
 * a window of 320 px, which is a zoom of 400 %, has a heading and a title, stands still when the person wants no motion, and logs no
 * errors. Screenshots go to test-results/pages.
 */
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page } from "@playwright/test";
import { notesServer } from "@/tests/agents/notes-server";
import { type ScriptedProvider, startScriptedProvider } from "@/tests/agents/scripted-provider";
import { putGateRuns } from "../put-gate-runs";
import { axeFaults, COLOUR_RULES } from "./axe";
import { type Seeded, script, seed } from "./every-page-seed";
import { expect, type RealServer, signIn, startRealServer, test } from "./real-server";

interface Stop {
  /** The file of the page, below `app/`. */
  file: string;
  /** The name of its screenshot. */
  name: string;
  path: (seeded: Seeded) => string;
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

/** Opens the dialog that saves the composer's task as a schedule, with its next times. */
const repeatTask: Act = async (page) => {
  await page.getByLabel("What should be done?").fill("Tidy up");
  await press("Repeat…")(page);
  await page.locator("[data-preview=ready]").waitFor();
};

const IN = "(signed-in)";
const TREE = `${IN}/trees/[id]`;
const ROUTE: Stop[] = [
  stop(`${IN}/(home)`, "home", "/", {
    "home-account": press(/^Account of/),
    "home-templates": press("Templates"),
    "home-options": press("More options"),
    "home-repeat": repeatTask,
    "home-keys": pressKey("?"),
  }),
  stop(`${IN}/trees/(list)`, "trees", "/trees"),
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
  stop(`${IN}/operations`, "operations", "/operations"),
  stop(`${IN}/operations/limits`, "limits", "/operations/limits", { "limit-edit": press("Edit") }),
  stop(`${IN}/operations/interventions`, "interventions", "/operations/interventions"),
  stop(`${IN}/operations/improvement`, "improvement", "/operations/improvement"),
  stop(`${IN}/operations/gates`, "gate-runs", "/operations/gates"),
  stop(`${IN}/operations/gates/[run]`, "gate-run", () => `/operations/gates/${gateRun}`),
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

/** Each width and each scheme is checked with all rules once. The other two looks can only have wrong colours. */
const LOOKS = [
  { width: 1440, height: 900, scheme: "light", rules: undefined },
  { width: 1440, height: 900, scheme: "dark", rules: COLOUR_RULES },
  { width: 390, height: 844, scheme: "dark", rules: undefined },
  { width: 390, height: 844, scheme: "light", rules: COLOUR_RULES },
] as const;

const BROWSER = { viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" } as const;
/** The narrowest window in which a page must not scroll sideways: 1280 px at a zoom of 400 %. */
const NARROWEST = 320;

/** The number of pages that are checked in parallel. */
const TABS = 2;

const PICTURES = "test-results/pages";

const notes = notesServer();
let folder: string;
let provider: ScriptedProvider;
let server: RealServer;

let signedIn: BrowserContext;
let seeded: Seeded;
let gateRun: string | undefined;

test.beforeAll(async ({ browser }) => {
  folder = mkdtempSync(join(tmpdir(), "banyan-pages-"));
  provider = await startScriptedProvider(script);
  server = await startRealServer(join(folder, "data"), {
    ANTHROPIC_API_KEY: "test-key",
    ANTHROPIC_BASE_URL: provider.url,
    MAX_CONCURRENT_AGENTS: "8",
    BANYAN_KEY_FILE: join(folder, "keys.json"),
  });
  signedIn = await browser.newContext(BROWSER);
  const page = await signedIn.newPage();
  await signIn(page, server);
  seeded = await seed(page, server.url, notes.file);
  [gateRun] = putGateRuns(join(folder, "data"), 12);
  await page.close();
});

test.afterAll(async () => {
  await signedIn?.close();
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
  const signedOut = await browser.newContext(BROWSER);
  const left = [...ROUTE];
  const faults: string[] = [];
  const walk = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const page = await (next.signedOut ? signedOut : signedIn).newPage();
      const found = await faultsOf(page, next);
      faults.push(...found);
      if (found.length > 0) appendFileSync(`${PICTURES}/faults.txt`, `${found.join("\n")}\n`);
      await page.close();
    }
  };
  await Promise.all(Array.from({ length: TABS }, walk));
  await signedOut.close();
  expect(faults).toEqual([]);
});

async function faultsOf(page: Page, stop: Stop): Promise<string[]> {
  const faults: string[] = [];
  const note = (what: string) => faults.push(`${stop.name}: ${what}`);
  page.on("pageerror", (error) => note(error.message));
  page.on("console", (message) => {
    // The not-found pages answer with 404.
    if (message.type() === "error" && !(stop.name.endsWith("not-found") && message.text().includes("404")))
      note(message.text());
  });
  try {
    await open(page, stop);
    if (!/\S · Banyan$/.test(await page.title())) note(`its title is “${await page.title()}”`);
    const headings = await page.getByRole("heading", { level: 1 }).count();
    if (headings !== 1) note(`it has ${headings} first headings`);
    for (const look of LOOKS) await check(page, stop.name, look, note);
    await page.setViewportSize({ width: NARROWEST, height: 640 });
    await checkWidth(page, NARROWEST, note);
    for (const [name, act] of Object.entries(stop.opened)) {
      await page.setViewportSize(BROWSER.viewport);
      await open(page, stop);
      await act(page);
      // What opens has few colours and boxes, so that the two looks that differ most are enough.
      for (const look of [LOOKS[0], LOOKS[2]]) await check(page, name, look, (what) => note(`${name}: ${what}`));
    }
  } catch (error) {
    note(error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error));
  }
  return faults;
}

/** Opens a page and waits until it is complete and reacts to keys. */
async function open(page: Page, { path, signedOut, name }: Stop): Promise<void> {
  await page.goto(server.url + path(seeded));
  await page.locator("main").first().waitFor();
  await expect(page.locator("[data-loading]")).toHaveCount(0);
  if (!signedOut && name !== "not-found")
    await page.locator("[data-connection=live]").first().waitFor({ state: "attached" });
}

type Look = (typeof LOOKS)[number];

async function check(page: Page, name: string, look: Look, note: (what: string) => void): Promise<void> {
  const { width, height, scheme, rules } = look;
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme: scheme });
  for (const fault of await axeFaults(page, rules)) note(`${width} ${scheme}: ${fault}`);
  // What appears a little later is an animation that ends; what turns or blinks goes on.
  const isStill = () => document.getAnimations().every((one) => one.playState !== "running");
  const comesToRest = page.waitForFunction(isStill, null, { timeout: 30_000 });
  if (!(await comesToRest.catch(() => null))) note(`${width} ${scheme}: something keeps moving`);
  await checkWidth(page, width, note);
  await page.screenshot({ path: `${PICTURES}/${name}-${width}-${scheme}.png` });
}

async function checkWidth(page: Page, width: number, note: (what: string) => void): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  if (wide > width) note(`in ${width} px it is ${wide} px wide`);
}

test("the name of each row says what it is and its state", async () => {
  const page = await signedIn.newPage();
  const row = (role: "link" | "listitem" | "treeitem" | "row", name: RegExp) => page.getByRole(role, { name }).first();
  await page.goto(server.url);
  await expect(
    row("link", /^Publish the release – Waiting for you\. 1 waits for you, .*1 failed.*\$\d.* of \$5\.00 spent, /),
  ).toBeVisible();
  await expect(row("listitem", /^Answer: Which name does it get\?$/)).toBeVisible();
  await page.goto(`${server.url}/trees`);
  await expect(row("link", /^Write a note – Succeeded\. /)).toBeVisible();
  await page.goto(`${server.url}/trees/${seeded.tree}`);
  await expect(row("treeitem", /^Translate the notes, Failed$/)).toHaveAccessibleDescription(
    /worker, 1 turn, \$\S+ spent$/,
  );
  await page.goto(`${server.url}/trees/${seeded.tree}?view=timeline`);
  await expect(row("treeitem", /^Translate the notes, Failed: ran, failed/)).toBeVisible();
  await page.goto(`${server.url}/review`);
  await expect(row("listitem", /^Find files \S+, open$/)).toBeVisible();
  await page.goto(`${server.url}/review/decided`);
  await expect(row("listitem", /^Flag: No licence\., dealt with$/)).toBeVisible();
  await page.goto(`${server.url}/operations/audit`);
  await expect(page.getByRole("table", { name: "Audit log" })).toBeVisible();
  await expect(row("row", /you submitTree \S+ done/)).toBeVisible();
  await page.close();
});

test("the focus goes first to the content, and returns to the button of what closes", async () => {
  const page = await signedIn.newPage();
  const focused = page.locator(":focus");
  await page.goto(`${server.url}/trees/${seeded.tree}`);
  await page.locator("[data-connection=live]").first().waitFor();
  await page.keyboard.press("Tab");
  await expect(focused).toHaveText("Skip to content");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.locator("main :focus")).toHaveCount(1);
  for (const [name, role] of [
    ["More actions", "menu"],
    ["Filter", "dialog"],
    [/^Account of/, "dialog"],
    // Again: from the second press on, their code is loaded.
    ["More actions", "menu"],
    [/^Account of/, "dialog"],
  ] as const) {
    await page.getByRole("button", { name }).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole(role)).toBeVisible();
    await expect(page.getByRole(role).locator(":focus, :scope:focus")).not.toHaveCount(0);
    await page.keyboard.press("Escape");
    await expect(page.getByRole(role)).toHaveCount(0);
    await expect(page.getByRole("button", { name })).toBeFocused();
  }
  await page.goto(server.url);
  await page.locator("[data-connection=live]").first().waitFor();
  await page.getByRole("button", { name: "Templates" }).press("Enter");
  await expect(page.getByRole("dialog", { name: "Templates" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Templates" })).toBeFocused();
  await page.close();
});
