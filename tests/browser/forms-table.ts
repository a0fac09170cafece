/**
 * Every form of the pages: how it is opened, how it is filled wrongly, and the messages at its fields. The files come
 * from a search of the source (`tests/forms.test.ts`), which fails for a form that is missing here.
 */
import type { Locator, Page } from "@playwright/test";
import type { Seeded } from "./every-page-seed";

export interface FormRow {
  /** The files with the form and its parts. */
  files: string[];
  /** What is filled wrongly, when a form has several rows. */
  as?: string;
  path: string | ((seeded: Seeded) => string);
  /** Opens the form. */
  open?: (page: Page, at: Places) => Promise<unknown>;
  /** The part of the page with the form. */
  form: (page: Page) => Locator;
  /** The text that is typed, by the label of the field. A list holds the choices of a select. */
  fill: Record<string, string>;
  /** Further actions before it is sent. */
  also?: (page: Page, form: Locator) => Promise<unknown>;
  /** The button that sends it. */
  press: string | RegExp;
  /** The label surrounds a field whose text then counts as its own. */
  isAround?: true;
  /** The sentences, by the label of the field; the first gets the focus. */
  says: Record<string, string | RegExp>;
}

/** Addresses of other programs of the test. */
interface Places {
  agent: string;
}

const SIGNED_IN = "app/(signed-in)";
const HOME = `${SIGNED_IN}/(home)`;
const OPERATIONS = `${SIGNED_IN}/operations`;
const PROJECTS = `${SIGNED_IN}/projects`;
const REVIEW = `${SIGNED_IN}/review`;
const SETTINGS = `${SIGNED_IN}/settings`;
const TOOLS = `${SIGNED_IN}/tools`;
const TREE = `${SIGNED_IN}/trees/[id]`;
const MEMORY = `${SIGNED_IN}/memory`;
const ENTRIES = `${SIGNED_IN}/entries`;

const main = (page: Page) => page.locator("#main");
const dialog = (page: Page) => page.locator("dialog[open]");
const called = (name: string | RegExp) => (page: Page) => page.getByRole("form", { name });
const press = (name: string | RegExp) => (page: Page) => page.getByRole("button", { name }).first().click();

/** Opens the approval of a call in the queue. */
async function openApproval(page: Page): Promise<void> {
  await page.locator("[data-review] a", { hasText: "Find files" }).first().click();
  await page.getByTestId("decide").waitFor();
}

const DOCUMENT = JSON.stringify({
  openapi: "3.0.0",
  info: { title: "Pets", version: "1" },
  servers: [{ url: "https://pets.example" }],
  paths: {
    "/pets": { get: { operationId: "list", summary: "Lists pets", responses: { 200: { description: "ok" } } } },
  },
});

async function readDocument(page: Page): Promise<void> {
  await press("Add API")(page);
  const file = { name: "pets.json", mimeType: "application/json", buffer: Buffer.from(DOCUMENT) };
  await page.getByLabel("Or choose a file").setInputFiles(file);
  await page.getByLabel("Base URL").waitFor();
}

async function readCard(page: Page, { agent }: Places): Promise<void> {
  await press("Add agent")(page);
  await page.getByLabel(/^Address of the agent/).fill(agent);
  await press("Read card")(page);
  await page.getByRole("checkbox", { name: /Scans code/ }).check();
}

const NAME = "The name must be 1 to 20 of a-z, 0-9 and _, and begin with a letter.";

export const FORMS: FormRow[] = [
  {
    files: [`${HOME}/composer/composer.tsx`],
    path: "/",
    open: press("More options"),
    form: main,
    isAround: true,
    fill: { "What should be done?": " ", "Money, in dollars": "5" },
    press: /^Start(?!ing)/,
    says: { "What should be done?": "Say what should be done." },
  },
  {
    files: [`${HOME}/composer/repeat-dialog.tsx`],
    path: "/",
    open: async (page) => {
      await page.getByLabel("What should be done?").fill("Tidy up");
      await press("Repeat…")(page);
      await dialog(page)
        .getByLabel(/^Repeat/)
        .selectOption("cron");
    },
    form: dialog,
    fill: { Name: "Nightly", "Minute, hour, day of the month, month, day of the week": "at noon" },
    press: "Save schedule",
    says: { "Minute, hour, day of the month, month, day of the week": /at noon/ },
  },
  {
    files: [`${HOME}/composer/template-list.tsx`],
    path: "/",
    open: async (page) => {
      await page.getByLabel("What should be done?").fill("Tidy up");
      await press("Templates")(page);
      const name = page.getByLabel("Name of a new template");
      await name.fill("Tidy");
      await name.press("Enter");
      await page.getByText("Saved as the template “Tidy”.").or(page.getByText("already exists")).waitFor();
    },
    form: (page) => page.getByRole("dialog", { name: "Templates" }),
    fill: { "Name of a new template": "tidy" },
    press: "Save",
    says: { "Name of a new template": "The template “Tidy” already exists: choose another name, or delete it first." },
  },
  {
    files: [`${HOME}/caps-form.tsx`],
    path: "/",
    open: press(/^Change the caps/),
    form: called("Caps on spending"),
    fill: { "All trees, a day": "much", "One tree": "-1" },
    press: "Save",
    says: { "All trees, a day": "The daily cap is not a number", "One tree": "The cap of a tree cannot be -1" },
  },
  {
    files: [`${SIGNED_IN}/schedules/[id]/edit-dialog.tsx`],
    path: ({ schedule }) => `/schedules/${schedule}`,
    open: press("Edit"),
    form: dialog,
    fill: { Name: "Nightly", "Time zone": "Mars/Olympus" },
    press: "Save",
    says: { "Time zone": /Mars\/Olympus/ },
  },
  {
    files: [`${SIGNED_IN}/schedules/[id]/edit-dialog.tsx`],
    as: "without a task",
    path: ({ schedule }) => `/schedules/${schedule}`,
    open: press("Edit"),
    form: dialog,
    fill: { Task: " " },
    press: "Save",
    says: { Task: "The task is empty: say what should be done." },
  },
  {
    files: [`${REVIEW}/rules/new-rule.tsx`, `components/reviews/reason-form.tsx`],
    path: "/review/rules",
    open: press("New rule"),
    form: main,
    fill: { "At most": "many" },
    press: /^Make the rule/,
    says: {
      "Every call of": "Choose the tool whose calls run without approval.",
      "At most": "The limit of a rule is a whole number of calls from 1 to 1000000.",
      "Why may these calls run without approval?": "Say why the rule may approve without a person.",
    },
  },
  {
    files: [`${REVIEW}/rules/change-rule.tsx`],
    path: "/review/rules",
    open: press("Change…"),
    form: main,
    fill: { "At most": "0", "Why may these calls run without approval?": " " },
    press: /^Save/,
    says: {
      "At most": "The limit of a rule is a whole number of calls from 1 to 1000000, not 0.",
      "Why may these calls run without approval?": "Say why the rule may approve without a person.",
    },
  },
  {
    files: [`${REVIEW}/decide/rule-form.tsx`],
    path: "/review",
    open: async (page) => {
      await openApproval(page);
      await press("Make a rule…")(page);
    },
    form: (page) => page.getByTestId("decide"),
    fill: { "At most": "many" },
    press: /^Make the rule/,
    says: {
      "At most": "The limit of a rule is a whole number of calls from 1 to 1000000.",
      "Why may these calls run without approval?": "Say why the rule may approve without a person.",
    },
  },
  {
    files: [`${REVIEW}/decide/edit-form.tsx`],
    path: "/review",
    open: async (page) => {
      await openApproval(page);
      await page.getByTestId("decide").locator('[data-form="edit"]:not([aria-disabled])').click();
    },
    form: (page) => page.getByTestId("decide"),
    fill: { "Arguments of find_files, as JSON": "{" },
    press: /^Approve with changes/,
    says: { "Arguments of find_files, as JSON": "Not valid JSON" },
  },
  {
    files: [`${PROJECTS}/add-project.tsx`],
    path: "/projects",
    open: press(/^Add a project/),
    form: dialog,
    fill: { "Folder or git address": "shop", "Name (default: the last part)": "" },
    press: /^Add/,
    says: { "Folder or git address": /^"shop" is neither a folder nor an address of a git repository/ },
  },
  {
    files: [`${PROJECTS}/new-service/make-dialog.tsx`],
    path: "/projects",
    open: press("New service"),
    form: dialog,
    fill: { "Folder on the server, empty or not there yet": "shop", "Name (default: the folder’s)": "No Name" },
    press: "Make it",
    says: {
      "Name (default: the folder’s)":
        "A service's name has 1 to 60 small letters, digits, dots, dashes or underscores, and begins with a letter or digit.",
    },
  },
  {
    files: [`${PROJECTS}/new-service/make-dialog.tsx`],
    as: "with variables that it cannot have",
    path: "/projects",
    open: async (page) => {
      await press("New service")(page);
      await press("Starting point")(page);
      await dialog(page).getByLabel("Blueprint", { exact: true }).selectOption("worker");
    },
    form: dialog,
    fill: {
      "Folder on the server, empty or not there yet": "/tmp/jobs",
      port: "many",
      concurrency: "0",
    },
    press: "Make it",
    says: {
      port: "The variable port is a whole number from 1 to 65535.",
      concurrency: /^The variable concurrency is a whole number from 1 to /,
    },
  },
  {
    files: [`${PROJECTS}/new-service/make-dialog.tsx`],
    as: "with a folder that is no blueprint",
    path: "/projects",
    open: async (page) => {
      await press("New service")(page);
      await dialog(page).getByLabel("Blueprint", { exact: true }).selectOption("Another folder…");
    },
    form: dialog,
    fill: { "Folder of the blueprint on the server": "our-api" },
    press: "Make it",
    says: {
      "Folder of the blueprint on the server":
        "Name the folder of the blueprint by its whole path, which begins with /.",
    },
  },
  {
    files: [`${PROJECTS}/[name]/project-check.tsx`],
    path: "/projects/shop",
    form: (page) => page.getByRole("region", { name: "How is it shown to work?" }),
    fill: { "Another command": " " },
    press: "Use it",
    says: { "Another command": "Give the check as one line of at most 2000 characters." },
  },
  {
    files: [`${PROJECTS}/[name]/edit-project.tsx`],
    path: "/projects/shop",
    open: press("Change…"),
    form: dialog,
    fill: { "Cap, in dollars": "many" },
    press: /^Save/,
    says: { "Cap, in dollars": "The cap of a project's tasks is more than 0 and at most 10000 dollars." },
  },
  {
    files: [`${PROJECTS}/[name]/repositories/add-repository.tsx`],
    path: "/projects/shop",
    open: press("Add a repository…"),
    form: dialog,
    fill: { "Folder or git address": "lib", "Branch (default: its default branch)": "main" },
    press: "Add",
    says: { "Folder or git address": /^"lib" is neither a folder nor an address of a git repository/ },
  },
  {
    files: [`${PROJECTS}/[name]/repositories/add-repository.tsx`],
    as: "with a folder that is a path",
    path: "/projects/shop",
    open: press("Add a repository…"),
    form: dialog,
    fill: { "Folder or git address": "lib", "Folder in the trees (default: the last part)": "../lib" },
    press: "Add",
    says: { "Folder in the trees (default: the last part)": /^A folder's name has 1 to 60 letters, digits, dots/ },
  },
  {
    files: [`${PROJECTS}/[name]/issues/link-forge.tsx`],
    path: "/projects/shop",
    open: press("Link with its forge"),
    form: dialog,
    fill: {
      "Label of issues that become work": "bug, urgent",
      "Issues in work at a time, at most": "0",
      "Project of Jira, if the issues are there": "ACME",
    },
    press: "Link",
    says: {
      "Label of issues that become work": "A label has 1 to 50 characters and no comma.",
      "Issues in work at a time, at most": "The number of issues in work is a whole number from 1 to 50, not 0.",
      "Project of Jira, if the issues are there":
        "Give the address of a project of Jira, such as https://acme.atlassian.net/browse/ACME.",
    },
  },
  {
    files: [`${PROJECTS}/[name]/insights/dismiss-dialog.tsx`],
    path: "/projects/shop/insights",
    open: press("Dismiss…"),
    form: dialog,
    fill: { "In your words, for whoever looks next": "a".repeat(501) },
    press: "Dismiss",
    says: { "In your words, for whoever looks next": "Say why in 1 to 500 characters." },
  },
  {
    files: [`${PROJECTS}/[name]/environments/new-environment.tsx`],
    path: "/projects/shop/environments",
    open: press("New environment"),
    form: dialog,
    fill: {
      "Name (default: preview)": "No Name",
      "Variables, one NAME=VALUE a line": "no name=1",
      "Days without a visit until it ends (1 to 90)": "91",
    },
    press: "Bring up",
    says: {
      "Name (default: preview)":
        "An environment's name has 1 to 40 small letters, digits or dashes, with a letter or digit at both ends.",
      "Variables, one NAME=VALUE a line":
        "The name of a variable has letters, digits and underscores, and begins with no digit, such as API_KEYS.",
      "Days without a visit until it ends (1 to 90)":
        "The number of days cannot be 91: give a whole number from 1 to 90.",
    },
  },
  {
    files: [`${PROJECTS}/[name]/environments/check-dialog.tsx`],
    path: "/projects/shop/environments",
    open: press("Check…"),
    form: dialog,
    fill: {
      "Generated requests (1 to 5,000)": "0",
      "Path for a load of 10 seconds (default: none)": "reports",
      "95 % of its answers within, in milliseconds (default: only measured)": "0",
    },
    press: "Check",
    says: {
      "Generated requests (1 to 5,000)":
        "The number of generated requests cannot be 0: give a whole number from 1 to 5000.",
      "Path for a load of 10 seconds (default: none)":
        "The path of the load begins with one / and has no blanks, such as /reports?limit=10.",
      "95 % of its answers within, in milliseconds (default: only measured)":
        "The number of milliseconds cannot be 0: give a whole number from 1 to 60000.",
    },
  },
  {
    files: [`${PROJECTS}/[name]/evolve/evolve-dialog.tsx`],
    path: "/projects/shop/evolve",
    open: press("Evolve…"),
    form: dialog,
    fill: { "Cycles, at most (1 to 100)": "101" },
    press: "Evolve",
    says: { "Cycles, at most (1 to 100)": "The number of cycles cannot be 101: give a whole number from 1 to 100." },
  },
  {
    files: [`${PROJECTS}/[name]/evolve/rules-dialog.tsx`],
    path: "/projects/shop/evolve",
    open: press("Edit the rules"),
    form: dialog,
    fill: {
      "A cycle costs at most, in dollars": "0",
      "Changes that may wait for a person": "0",
      "Files that it may change, one glob a line": "",
      "Quiet from": "8",
      "Quiet until": "18:00",
      "Time zone": "Berlin",
    },
    press: "Save",
    says: {
      "A cycle costs at most, in dollars": "The cap of a cycle is from 0.01 to 10000 dollars, not 0.",
      "Changes that may wait for a person": "The number of open changes cannot be 0: give a whole number from 1 to 50.",
      "Files that it may change, one glob a line": "Needs at least one path.",
      "Quiet from": "Give the time as HH:MM, from 00:00 to 23:59.",
      "Time zone": "This is no time zone: use a name such as Europe/Berlin or UTC.",
    },
  },
  {
    files: [`${PROJECTS}/[name]/evolve/cycle-acts.tsx`],
    path: "/projects/shop/evolve",
    open: press("Reject…"),
    form: dialog,
    fill: { "Why, for whoever looks next": "" },
    press: "Reject",
    says: { "Why, for whoever looks next": "Say why in 1 to 500 characters." },
  },
  {
    files: [`${SETTINGS}/tokens/new-token.tsx`],
    path: "/settings/tokens",
    open: press("Create token"),
    form: called("Create token"),
    fill: { Name: "", "Expires in (days)": "many" },
    press: "Create token",
    says: {
      Name: "Name the token after the program that will use it.",
      "Expires in (days)": "A token lasts for 1 to 3650 whole days.",
    },
  },
  {
    files: [`${SETTINGS}/users/add-user.tsx`],
    path: "/settings/users",
    open: press("Add user"),
    form: called("Add user"),
    fill: { "E-mail address of the Google account": "vic at elsewhere", "Name (optional)": "V".repeat(101) },
    press: "Add user",
    says: {
      "E-mail address of the Google account": "“vic at elsewhere” is not an e-mail address",
      "Name (optional)": "A name has at most 100 characters",
    },
  },
  {
    files: [`${SETTINGS}/notifications/webhook-form.tsx`],
    path: "/settings/notifications",
    open: press("Add webhook"),
    form: called("New webhook"),
    fill: { Address: "nonsense" },
    press: "Add",
    says: { Address: /nonsense.* is not a URL/ },
  },
  {
    files: [`${SETTINGS}/notifications/mail-form.tsx`],
    path: "/settings/notifications",
    open: press("Set up e-mail"),
    form: called("E-mail"),
    fill: { Server: "smtp://mail.example.org", "Receivers, separated by commas": "nobody" },
    press: "Save",
    says: { "Receivers, separated by commas": "“nobody” is not an e-mail address" },
  },
  {
    files: [`${SETTINGS}/secrets/secret-form.tsx`],
    path: "/settings/secrets",
    open: press(/^(Add|New) secret/),
    form: called("New secret"),
    fill: { "Name (a–z, 0–9 and _ / . -)": "Bad Name", "Value (never shown again)": "a-value" },
    press: "Save",
    says: { "Name (a–z, 0–9 and _ / . -)": "is not a valid name for a secret" },
  },
  {
    files: [`${SETTINGS}/provider-form.tsx`],
    path: "/settings/keys",
    open: (page) => page.getByRole("region", { name: "OpenAI", exact: true }).getByRole("button").first().click(),
    form: called("Connect OpenAI"),
    fill: { Key: "with a space", "Address (optional)": "https://models.example" },
    press: "Test the key",
    says: { Key: "The key contains characters that keys never contain" },
  },
  {
    files: [`${SETTINGS}/policy/hosts.tsx`],
    path: "/settings/policy",
    form: main,
    fill: { "Host to add": "https://docs.example" },
    press: "Add host",
    says: { "Host to add": "is not a host: write host, host:port or *.host, without https://." },
  },
  {
    files: [`${OPERATIONS}/limits/stop-form.tsx`, "components/ui/forms/values-form.tsx"],
    path: "/operations/limits",
    form: called("Emergency stop"),
    fill: { Violations: "0", "Within minutes": "some" },
    press: "Save",
    says: { Violations: "The number of violations cannot be 0", "Within minutes": "The window is not a number" },
  },
  {
    files: [`${OPERATIONS}/limits/limit-form.tsx`],
    path: "/operations/limits",
    open: press("Edit Disk"),
    form: called(/^Limit of Disk/),
    fill: { "Limit in %": "101" },
    press: "Save",
    says: { "Limit in %": "The limit of Disk cannot be 101: give a percentage from 1 to 100" },
  },
  {
    files: [`${OPERATIONS}/backups/schedule-form.tsx`],
    path: "/operations/backups",
    form: called("Schedule of backups"),
    fill: { "Backups to keep": "0" },
    press: "Save",
    says: { "Backups to keep": "Cannot keep 0 backups" },
  },
  {
    files: [`${OPERATIONS}/space/retention-form.tsx`],
    path: "/operations/space",
    form: called("Retention"),
    fill: { "Days after the end": "many", "At most, in MB": "5" },
    press: "Save",
    says: { "Days after the end": "The age in days is a whole number" },
  },
  {
    files: [`${MEMORY}/help/settings-form.tsx`],
    path: "/memory",
    form: called("Settings of memory"),
    fill: { "One goal without in": "101" },
    press: "Save",
    says: { "One goal without in": /100/ },
  },
  {
    files: [`${MEMORY}/help/import-dialog.tsx`],
    path: "/memory",
    open: press("Import…"),
    form: dialog,
    fill: {},
    also: async (_, form) => {
      const file = { name: "lessons.json", mimeType: "application/json", buffer: Buffer.from("[]") };
      await form.getByLabel("File of lessons (JSON)").setInputFiles(file);
    },
    press: "Import",
    says: { "File of lessons (JSON)": "This is no file of lessons" },
  },
  {
    files: [`${MEMORY}/lessons/acts/edit-dialog.tsx`],
    path: ({ lesson }) => `/memory/lessons/${lesson}`,
    open: press(/^Edit/),
    form: dialog,
    fill: { "Advice (at most 600 characters)": "a".repeat(601) },
    press: "Save",
    says: { "Advice (at most 600 characters)": "The advice has 601 characters; 600 is the limit." },
  },
  {
    files: ["components/memory/reason-dialog.tsx"],
    path: ({ lesson }) => `/memory/lessons/${lesson}`,
    open: press("Retire…"),
    form: dialog,
    fill: { "Why (optional)": "a".repeat(501) },
    press: "Retire",
    says: { "Why (optional)": "The reason has more than 500 characters." },
  },
  {
    files: [`${OPERATIONS}/improvement/settings-form.tsx`],
    path: "/operations/improvement",
    form: called("When the review agent looks"),
    fill: { "Daily cap in $": "0" },
    press: "Save",
    says: { "Daily cap in $": "The cap cannot be 0: give dollars from 0.01 to 1000." },
  },
  {
    files: [`${OPERATIONS}/switch-dialog.tsx`],
    path: "/operations",
    open: press("Switch to another model"),
    form: dialog,
    fill: { "Model (provider/model)": "nonsense" },
    press: /^Switch \d/,
    says: { "Model (provider/model)": "There is no model nonsense." },
  },
  {
    files: [`${TOOLS}/parts/read-form.tsx`, `${TOOLS}/parts/add-from-address.tsx`],
    path: "/tools",
    open: press("Add agent"),
    form: main,
    fill: { "Address of the agent (A2A), or of its card": "nonsense" },
    press: "Read card",
    says: { "Address of the agent (A2A), or of its card": /nonsense/ },
  },
  {
    files: [`${TOOLS}/agents/agent-form.tsx`, `${TOOLS}/parts/save-form.tsx`, `${TOOLS}/parts/use-described.ts`],
    path: "/tools",
    open: readCard,
    form: main,
    fill: { Name: "Bad Name", "Calls per minute": "0" },
    press: /^Add 1 skill/,
    says: { Name: NAME, "Calls per minute": "The calls per minute are a whole number from 1 to 1000." },
  },
  {
    files: [`${TOOLS}/apis/api-form.tsx`],
    path: "/tools",
    open: readDocument,
    form: main,
    fill: { Name: "Bad Name", "Base URL": "https://pets.example" },
    press: /^Add 1 operation/,
    says: { Name: NAME },
  },
  {
    files: [`${TOOLS}/apis/api-form.tsx`],
    as: "with an address that is none",
    path: "/tools",
    open: readDocument,
    form: main,
    fill: { Name: "pets", "Base URL": "pets" },
    press: /^Add 1 operation/,
    says: { "Base URL": "The base URL is not an address" },
  },
  {
    files: [`${TOOLS}/add-server.tsx`],
    path: "/tools?add",
    form: main,
    fill: { Name: "weather", Command: "" },
    press: "Preview",
    says: { Command: "Type the command that starts the server, such as node." },
  },
  {
    files: [`${TOOLS}/[name]/edit-server.tsx`, `${TOOLS}/[name]/use-save.ts`],
    path: "/tools/notes",
    open: press("Edit"),
    form: main,
    fill: { Command: "node", "Environment (NAME=value, one per line)": "no equals sign" },
    press: "Save and start",
    says: { "Environment (NAME=value, one per line)": "Write each variable on a line of its own, as NAME=value." },
  },
  {
    files: [`${ENTRIES}/entry/save-dialog.tsx`],
    path: "/agents/worker",
    open: async (page) => {
      await page.locator(".cm-content").first().click();
      await page.keyboard.type("x");
      await press(/^Save/)(page);
    },
    form: dialog,
    fill: { Why: " " },
    press: /^Save/,
    says: { Why: "Say why in a few words. The reason appears in the list of versions." },
  },
  {
    files: [`${ENTRIES}/entry/entry-view.tsx`],
    path: "/agents/worker",
    form: main,
    isAround: true,
    fill: { "Description (other agents choose it by this)": " " },
    also: async (page) => {
      await press(/^Save/)(page);
      await dialog(page).getByLabel("Why", { exact: true }).fill("Shorter.");
      await dialog(page).getByRole("button", { name: /^Save/ }).click();
    },
    press: "",
    says: { "Description (other agents choose it by this)": /description/ },
  },
  {
    files: [`${ENTRIES}/entry/try-it.tsx`],
    path: "/agents/worker",
    form: (page) => page.getByRole("region", { name: "Try it" }),
    fill: { "Instruction for worker": "Look around", "Maximum tokens": "many" },
    press: /^Run version/,
    says: { "Maximum tokens": "Tokens must be a number above 0." },
  },
  {
    files: [`${ENTRIES}/files/import-dialog.tsx`],
    path: "/agents",
    open: press("Import"),
    form: dialog,
    fill: {},
    also: async (_, form) => {
      const file = { name: "agents.zip", mimeType: "application/zip", buffer: Buffer.from("no archive") };
      await form.getByLabel(/^Files/).setInputFiles(file);
    },
    press: "",
    says: { "Files: Markdown with front matter, or a ZIP archive": /ZIP|archive/ },
  },
  {
    files: [`${TREE}/files/apply-dialog.tsx`],
    path: ({ finished }) => `/trees/${finished}?view=files`,
    open: press(/^Apply as (a )?branch/),
    form: dialog,
    fill: { "Repository (a folder on the server)": "/no/such/folder", "New branch": "banyan/notes" },
    press: "Create branch",
    says: { "Repository (a folder on the server)": /no\/such\/folder/ },
  },
  {
    files: [`${TREE}/control/fork-dialog.tsx`],
    path: ({ finished }) => `/trees/${finished}`,
    open: press(/^Fork$/),
    form: dialog,
    fill: {},
    also: async (_, form) => {
      await form.getByText("Versions and lessons").click();
      await form.getByLabel("Lessons", { exact: true }).selectOption("only");
    },
    press: /^Fork(?!ing)/,
    says: { Lessons: "Choose at least one lesson, or None." },
  },
];

const LISTS = "its lists offer only agents, models and priorities that can be used";

/** Forms in which nothing can be typed wrongly, each with the reason. */
export const HARMLESS: Record<string, string> = {
  [`${REVIEW}/decided/page.tsx`]: "a search, which accepts every text",
  [`${OPERATIONS}/audit/audit-filters.tsx`]: "filters in the address",
  [`${MEMORY}/graph/ask.tsx`]: "a question in the address, which accepts every text",
  [`${MEMORY}/lessons/lesson-filters.tsx`]: "a search in the address, which accepts every text",
  [`${MEMORY}/lessons/acts/merge-dialog.tsx`]: "a choice among the twins that the server found",
  [`${MEMORY}/lessons/acts/try-dialog.tsx`]: "a choice among the trees that the server found",
  [`${PROJECTS}/[name]/insights/insight-filters.tsx`]: "a search in the address, which accepts every text",
  [`${SETTINGS}/page.tsx`]: "one button",
  "app/signin/page.tsx": "one button",
  "components/account.tsx": "one button",
  "components/more-tab.tsx": "one button",
  "components/keys-dialog.tsx": "one button, and a switch that applies at once",
  [`${OPERATIONS}/pause-dialog.tsx`]: "a reason, which accepts every text of its length",
  [`${ENTRIES}/entry/versions.tsx`]: "a reason, which accepts every text of its length",
  [`${REVIEW}/decide/answer-form.tsx`]: "an answer, held for an undo; a refusal stands at its item",
  [`${REVIEW}/decide/edit-file-form.tsx`]: "a text in an editor; that nothing has changed is tested in seen.spec.ts",
  [`${REVIEW}/decide/talk-form.tsx`]: "a text, which cannot be sent while it is empty",
  "components/reviews/answer-box.tsx": "an answer, held for an undo; a refusal stands at its item",
  "components/reviews/proposal-actions.tsx": "a reason, which accepts every text",
  [`${TREE}/control/change-dialog.tsx`]: LISTS,
  [`${TREE}/control/step-dialog.tsx`]: LISTS,
  [`${TREE}/proof/share-dialog.tsx`]: "its days are chosen from a list",
  [`${TREE}/control/stop-dialog.tsx`]: "a reason, which accepts every text",
  [`${TREE}/control/retry-dialog.tsx`]: "held for an undo; a refusal stands at the task",
  [`${TREE}/pane/message-form.tsx`]: "a message, which cannot be sent while it is empty",
};

/**
 * Forms on pages that a server of its own shows; their rows are in `forms.spec.ts`, those of the plan in `plans.spec.ts`, and that
 * of a further repository in `projects.spec.ts`.
 */
export const ELSEWHERE = [
  `${HOME}/first-run.tsx`,
  `${TREE}/goal/scope-form.tsx`,
  `${TREE}/goal/plan/plan-editor.tsx`,
  `${TREE}/goal/plan/hint-dialog.tsx`,
  `${PROJECTS}/[name]/repositories/change-repository.tsx`,
  `${PROJECTS}/[name]/service/change-requirement.tsx`,
];
