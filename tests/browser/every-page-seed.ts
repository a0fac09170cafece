/** Seeds a server with all kinds of data: trees in every state, open and decided items, versions, servers and users. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type APIResponse, expect, type Page } from "@playwright/test";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/scripted-provider";

const call = (name: string, input: object): Reply => ({ calls: [{ name, input }] });
const done = (result: string): Reply => call("end_task", { status: "success", result });
const subtask = (title: string) => ({ name: "start_subtask", input: { instruction: title, agent: "worker", title } });

const write = (path: string, content: string) => ({ name: "write_file", input: { path, content } });
const FLAG = { name: "flag_for_review", input: { issue: "No licence.", evidence: "No LICENSE.", severity: "low" } };

const NOTES = `# Release 2.4

- **Quicker**: the first page within a second
- \`npm start\` is all

| part | done |
| --- | --- |
| code | yes |

\`\`\`ts
export const answer = 42;
\`\`\`
`;

const LONG =
  "Write the-changelog-of-the-release-with-a-name-that-is-far-too-long-for-any-row-of-any-page of the release";

/** Scripted work by instruction; each leads to a state that a page shows. */
const WORK: Record<string, (request: ScriptedRequest) => Reply> = {
  "Publish the release"({ turn }) {
    const names = ["Clean the folder", LONG, "Translate the notes"];
    if (turn === 0) return { text: "I split it into parts.\n\n1. name\n2. notes", calls: names.map(subtask) };
    return turn === 1 ? call("wait_for_subtasks", {}) : done("Published.");
  },
  "Choose a name": () => call("ask", { question: "Which name does it get?\n\n- Banyan\n- Baobab" }),
  "Clean the folder": () => call("find_files", { pattern: "*.tmp" }),
  [LONG]({ turn }) {
    if (turn === 0) return { thinking: "What is there?", calls: [{ name: "list_directory", input: { path: "." } }] };
    if (turn === 1) return call("write_file", { path: "NOTES.md", content: NOTES });
    if (turn === 2) return call("read_file", { path: "no-such-file.md" });
    return {
      text: NOTES,
      calls: [
        {
          name: "end_task",
          input: {
            status: "success",
            result: NOTES,
            claims: [
              { statement: "The notes are there.", command: "cat NOTES.md", expect: "Release" },
              { statement: "They read well." },
            ],
          },
        },
      ],
    };
  },
  "Translate the notes": () => call("end_task", { status: "failure", result: "There is no dictionary." }),
  "Count to ten": ({ attempt }) => (attempt === 0 ? { fault: { type: "rate_limit", retryAfter: 3_000 } } : done("10")),
  "Write the rules": ({ turn }) => (turn === 0 ? call("propose_document", DOCUMENT) : done("Proposed.")),
  "Hold the line": () => ({ text: "I begin with it, and then", fault: { type: "stall", afterEvents: 4 } }),
  "Write a note": ({ turn }) => (turn === 0 ? { calls: [write("note.md", "One line.\n"), FLAG] } : done("Written.")),
};

const DOCUMENT = {
  name: "release_rules",
  description: "What a release must fulfil before it is announced to anybody.",
  body: "# Release rules\n\nEvery test is green.\n",
  why: "The changelog needs them.",
};

const SCHEDULE = {
  name: "Nightly notes",
  cron: "30 2 * * *",
  zone: "Europe/Berlin",
  submission: { task: "Tidy up", agent: "worker" },
};

const LESSON = {
  kind: "error_fix",
  advice: "Close the pool in afterAll, or the tests hang at their end.",
  trigger: LONG,
  scope: "repository",
  place: "/srv/a-repository-with-a-name-that-is-far-too-long-for-any-row",
};

const work = (request: ScriptedRequest) => WORK[request.instruction]?.(request) ?? done("Nothing to do.");

export const script = agentScript({
  worker: work,
  context_addition: work,
  "*": done('{"outcome":"pass","reasons":["It is there."]}'),
});

export interface Seeded {
  /** A tree with a waiting, a succeeded and a failed task. */
  tree: string;
  changelog: string;
  failed: string;
  /** A tree that waits for an answer. */
  question: string;
  parked: string;
  finished: string;
  /** The path of a link to its proof. */
  sharedProof: string;
  fork: string;
  schedule: string;
  lesson: string;
}

interface Item {
  id: string;
  kind: string;
  title: string;
}

interface Material {
  /** JSON that names a server of tools. */
  serverFile: string;
  /** A new folder in it becomes a project. */
  folder: string;
}

export async function seed(page: Page, origin: string, { serverFile, folder }: Material): Promise<Seeded> {
  const api = (path: string) => `${origin}/api/v1/${path}`;
  /** Retries, because the server closes idle connections, on a busy machine even one on which a request is under way. */
  const get = (path: string) => page.request.get(api(path), { maxRetries: 3 });
  const read = async <Body>(path: string): Promise<Body> => (await get(path)).json() as Promise<Body>;
  const whole = async <Body>(answer: APIResponse): Promise<Body> => {
    expect(answer.ok(), `${answer.url()}: ${await answer.text()}`).toBe(true);
    return answer.json() as Promise<Body>;
  };
  const post = async <Body = { id: string }>(path: string, data: object) =>
    whole<Body>(await page.request.post(api(path), { data, timeout: 240_000 }));
  const submit = (task: string, agent = "worker") => post("trees", { task, agent, grant: { cost_usd: 5 } });
  const items = async () => (await read<{ items: Item[] }>("reviews?open=1")).items;

  await post("tools/find_files/policy", { policy: "ask" });
  const [finished, main, question] = await Promise.all([
    submit("Write a note"),
    submit("Publish the release"),
    submit("Choose a name"),
    submit("Write the rules", "context_addition"),
    submit("Hold the line"),
    submit(LONG),
  ]);
  await post("tools/import", { text: serverFile });
  await whole(await page.request.put(api("secrets/search%2Fbrave"), { data: { value: "a-key-of-a-search-1234" } }));
  await post("users", { email: "vera@example.org", role: "viewer" });
  await post("policy", { levels: {}, add_hosts: ["docs.example.org"] });
  await post("rules", { tool: "web_search", why: "Searching does no harm." });
  await post("backups", {});
  await post("projects", { address: shopIn(folder), name: "shop" });
  await post("projects/shop/look", {});
  execFileSync(process.execPath, ["scripts/run-ts.mjs", "tests/put-cycles.ts", join(folder, "data"), "shop"]);
  const { id: environment } = await post("projects/shop/environments", { command: SERVES });
  const runs = async () => (await read<{ state: string }>(`environments/${environment}`)).state;
  await expect.poll(runs, { timeout: 60_000 }).toBe("running");
  const lesson = await post("lessons", LESSON);
  await post("lessons/import", { banyan_lessons: 1, lessons: [{ ...LESSON, advice: "Name the port in one place." }] });
  await expect.poll(async () => (await items()).map((item) => item.kind).sort(), { timeout: 120_000 }).toEqual(WAITING);
  const flag = (await items()).find((item) => item.kind === "flag");
  await post(`reviews/${flag?.id}/approve`, { reason: "It is known." });
  const tree = async (id: string) =>
    read<{ status: string; tasks: { id: string; title: string; status: string }[] }>(`trees/${id}`);
  await expect.poll(async () => (await tree(finished.id)).status, { timeout: 120_000 }).toBe("succeeded");
  const { tasks } = await tree(finished.id);
  const { items: log } = await read<{ items: { seq: number; kind: string }[] }>(
    `tasks/${tasks[0]?.id}/messages?limit=50`,
  );
  const at = log.filter((message) => message.kind === "tool_response")[0]?.seq;
  const fork = await post(`tasks/${tasks[0]?.id}/fork`, { at });
  await expect.poll(async () => (await tree(fork.id)).status, { timeout: 120_000 }).toBe("succeeded");
  const ended = async () =>
    (await tree(main.id)).tasks.filter((task) => /^(succeeded|failed)$/.test(task.status)).length;
  await expect.poll(ended, { timeout: 120_000 }).toBeGreaterThanOrEqual(2);
  const shared = await post<{ path: string }>(`trees/${finished.id}/proofs`, { days: 7 });
  const schedule = await post("schedules", SCHEDULE);
  await post("schedules", { ...SCHEDULE, name: LONG.slice(0, 100) });
  const { tree: run } = await post<{ tree: string }>(`schedules/${schedule.id}/run`, {});
  await expect.poll(async () => (await tree(run)).status, { timeout: 120_000 }).toBe("succeeded");
  // Last, because no task can call the provider after this.
  const parked = await submit("Count to ten");
  await expect.poll(async () => (await tree(parked.id)).status, { timeout: 120_000 }).toBe("parked");
  const parts = (await tree(main.id)).tasks;
  const named = (title: string) => parts.find((task) => task.title === title)?.id ?? "";
  return {
    tree: main.id,
    changelog: named(LONG),
    failed: named("Translate the notes"),
    question: question.id,
    parked: parked.id,
    finished: finished.id,
    sharedProof: shared.path,
    fork: fork.id,
    schedule: schedule.id,
    lesson: lesson.id,
  };
}

/** Starts a service without files. */
const SERVES = `exec node -e "require('node:http').createServer((_, answer) => answer.end('ok')).listen(process.env.PORT, process.env.HOST)"`;

const WAITING = ["approval", "flag", "proposal", "question"];

/** Makes a folder in which two files say how it is tested. */
function shopIn(folder: string): string {
  const shop = join(folder, "shop");
  mkdirSync(shop);
  writeFileSync(join(shop, "package.json"), '{"scripts":{"test":"node --test"}}');
  writeFileSync(join(shop, "Makefile"), "test:\n\tnode --test\n");
  writeFileSync(
    join(shop, "tax.py"),
    "def tax(amount, rate):\n    if amount < 0:\n        return 0\n    return amount * rate\n",
  );
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", shop, "-c", "user.name=T", "-c", "user.email=t@example.org", ...args]);
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "-m", "A start");
  return shop;
}
