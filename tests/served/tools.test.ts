/** Every tool that there is, called by an agent of a release that is served as `npm start` serves it. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CORE_TOOLS, createCatalogue } from "@/agents/tools/catalogue";
import { NO_SERVICES, worldTools } from "@/agents/tools/world-tools";
import type { Message, Review, Tree } from "@/core/shapes/shapes";
import { specificationTexts } from "@/core/specification/testing/texts";
import { TEST_AGENTS } from "@/tests/agents/coding/agent-world";
import type { ProviderScript, Reply, ScriptedRequest } from "@/tests/agents/provider-script";
import { call, endTask, passed } from "@/tests/agents/replies";
import { quickBlueprint, ROUNDS, writes } from "@/tests/agents/specifying/script";
import { type ServedRelease, startServedRelease } from "./release";
import { ownSourceWalk, startWalk, type Walk, walk } from "./walk";

const AGENT = "every_tool";
const catalogue = createCatalogue(worldTools(NO_SERVICES));
/** Only the program of a goal calls these; the tests below let such programs run. */
const OF_PROGRAMS = ["check_goal", "restore_files", "check_specification", "make_service", "change_service"];

/** A page, and a search service that finds it. */
const site = createServer((request, response) => {
  const isSearch = request.url?.startsWith("/search");
  const title = "A page of this house";
  const body = isSearch
    ? JSON.stringify({ results: [{ title, url: `http://${request.headers.host}/`, content: "Red doors." }] })
    : `<html><head><title>${title}</title></head><body><article><h1>${title}</h1><p>Doors are red.</p></article></body></html>`;
  response.writeHead(200, { "content-type": isSearch ? "application/json" : "text/html" });
  response.end(body);
});

let release: ServedRelease;
let everyTool: Walk;
const ownSource = startWalk(ownSourceWalk);
/** Names of tools that answered without an error, in all trees of this file. */
const worked = new Set<string>();
let approving: NodeJS.Timeout;

beforeAll(async () => {
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(site.address() as AddressInfo).port}`;
  everyTool = startWalk(walk(`http://${host}/`));
  release = await startServedRelease(script, {
    BANYAN_CODING_AGENTS: TEST_AGENTS,
    BANYAN_PRIVATE_HOSTS: host,
    BANYAN_ALLOWED_HOSTS: host,
    SEARXNG_URL: `http://${host}`,
  });
  const file = (name: string, text: string) => writeFileSync(path.join(release.folder, name), text);
  const named = [...catalogue.world.keys(), ...catalogue.control.keys(), "everything__echo"];
  const unlisted = [...OF_PROGRAMS, ...CORE_TOOLS.map(({ name }) => name)];
  const tools = named.filter((name) => !unlisted.includes(name));
  file(
    `${AGENT}.md`,
    `---\nname: ${AGENT}\ndescription: Has every tool that there is, and calls it once.\ntools: [${tools.join(", ")}]\nmodel: inherit\ndocuments: []\nweb_search: true\nfinishing: { evaluate: auto, summarize: auto, document: auto }\n---\nCall every tool.\n`,
  );
  const everything = path.resolve("node_modules/@modelcontextprotocol/server-everything/dist/index.js");
  const servers = { everything: { command: "node", args: [everything, "stdio"] } };
  file("servers.json", JSON.stringify({ mcpServers: servers }));
  for (const args of [
    ["tools", "add", "servers.json"],
    ["agents", "add", `${AGENT}.md`],
    ...["write", "network", "host"].map((level) => ["policy", level, "auto"]),
  ]) {
    const { status, stdout, stderr } = await release.banyan(args, release.folder);
    if (status !== 0) throw new Error(`banyan ${args.join(" ")}: ${stdout}${stderr}`);
  }
  approving = setInterval(() => void settleReviews(), 200);
});

afterAll(async () => {
  clearInterval(approving);
  await release?.stop();
  site.close();
});

/** A person who approves every call and answers every question. */
async function settleReviews(): Promise<void> {
  const { body } = await release.api("GET", "/reviews?open=1");
  for (const { id, kind } of (body as { items: Review[] }).items) {
    if (kind === "question") await release.api("POST", `/reviews/${id}/answer`, { text: "Yes" });
    else if (kind === "approval") await release.api("POST", `/reviews/${id}/approve`, {});
  }
}

const OWN_SOURCE = "Change the documents.";

const script: ProviderScript = (request) => {
  if (request.agent === AGENT) return (request.instruction === OWN_SOURCE ? ownSource : everyTool).reply(request);
  if (request.instruction.startsWith("SUBTASK"))
    return request.turn === 0 ? call("ask", { question: "What colour?" }) : endTask("coloured");
  return ofPrograms(request) ?? (request.agent === "task_evaluator" ? passed() : endTask("noted"));
};

/** Resolves with an ended tree, and notes which of its calls worked. */
async function ended(id: string): Promise<Tree> {
  for (;;) {
    const tree = (await release.api("GET", `/trees/${id}`)).body as Tree;
    if (tree.ended_at) {
      for (const task of tree.tasks) await noteCalls(task.id);
      return tree;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function noteCalls(task: string): Promise<void> {
  const { body } = await release.api("GET", `/tasks/${task}/messages?limit=500`);
  for (const { kind, tool, content } of (body as { items: Message[] }).items)
    if (kind === "tool_response" && tool && content.isError !== true) worked.add(tool);
}

/** Submits by a request, and resolves with the tree when it has ended. */
async function whole(at: string, body: object): Promise<Tree> {
  const submitted = await release.api("POST", at, body);
  expect(submitted.status, JSON.stringify(submitted.body)).toBe(201);
  return ended((submitted.body as Tree).id);
}

const GRANT = { tokens: 5_000_000, cost_usd: 100 };

test("an agent that has every tool calls each of them", async () => {
  const workspace = path.join(release.folder, "walk");
  mkdirSync(workspace);
  const rights = ["read", "write", "network", "host"];
  const tree = await whole("/trees", { task: "Call every tool.", agent: AGENT, workspace, rights, grant: GRANT });
  expect(everyTool.wrong().join("\n")).toBe("");
  expect(tree.status).toBe("succeeded");
});

test("a copy of Banyan's own source without a change has nothing to propose", async () => {
  await whole("/trees", { task: OWN_SOURCE, agent: AGENT, repository: { url: "banyan:self" }, grant: GRANT });
  expect(ownSource.wrong().join("\n")).toBe("");
});

/** What agents do in the two trees below, whose programs call the tools of goals and services. */
function ofPrograms(request: ScriptedRequest): Reply | null {
  if (request.agent === "specification_writer") return writes(request, isOfChange(request) ? CHANGED : PLAIN);
  if (request.agent === "goal_planner") return ROUNDS.goal_planner();
  if (request.agent !== "coder") return null;
  return request.rawBody.includes(GOAL) ? goalRound(request) : ROUNDS.coder(request);
}

const GOAL = "Keep what is good.";
let goalRounds = 0;

/** The second round makes it worse than the first, so the files are put back. */
function goalRound({ turn }: ScriptedRequest): Reply {
  if (turn > 0) return endTask("Written.");
  goalRounds += 1;
  return call("write_file", { path: "a.txt", content: goalRounds === 1 ? "good" : "bad" });
}

const isOfChange = ({ instruction }: ScriptedRequest) => instruction.includes("A service has this specification");
const PLAIN = specificationTexts(({ specification }) => {
  specification.ambiguities = [];
});
const CHANGED = specificationTexts(({ specification, openapi }) => {
  specification.ambiguities = [];
  const [first] = specification.requirements;
  if (first) first.text = "A guest books a free slot, and may leave a note.";
  specification.criteria.push({ id: "C9", requirement: "R1", text: "A note is kept.", check: { kind: "test" } });
  const { schemas } = openapi.components as { schemas: Record<string, { properties?: Record<string, unknown> }> };
  for (const { properties } of Object.values(schemas)) if (properties?.guest) properties.note = { type: "string" };
});

test("the program of a goal checks, and puts the best files back", async () => {
  const workspace = path.join(release.folder, "goal");
  mkdirSync(workspace);
  const criteria = ["grep -q good a.txt", "test -e b.txt"].map((command) => ({ statement: command, command }));
  await whole("/trees", { task: GOAL, workspace, goal: { criteria, max_iterations: 2 } });
  expect(readFileSync(path.join(workspace, "a.txt"), "utf8")).toBe("good");
});

test("the program of a service makes it of its specification, and changes it", async () => {
  const workspace = path.join(release.folder, "studio");
  const blueprint = quickBlueprint(release.folder);
  const requirements = "A booking API for a small studio.";
  expect((await whole("/services/specify", { workspace, requirements, blueprint })).status).toBe("succeeded");
  await whole("/services/studio/change", { change: "Guests leave a note." });
  expect(readFileSync(path.join(workspace, "openapi.yaml"), "utf8")).toContain("note");
});

test("no tool is missing here", () => {
  const names = [...catalogue.world.keys(), ...catalogue.control.keys()];
  // These two were called, too, and said that nothing had changed.
  expect(names.filter((name) => !worked.has(name))).toEqual(["check_change", "propose_change"]);
});
