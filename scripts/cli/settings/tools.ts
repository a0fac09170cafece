/** `tools`: manages the tools that agents can call, and the servers that people add. */
import type { ImportedServer, ListedTool, ShownServer } from "@/agents/application";
import { UserError } from "@/agents/application";
import { configIn } from "@/agents/tools/outside/added-config";
import { isServer } from "@/agents/tools/outside/server-tools";
import type { ServerFinding } from "@/core/shapes/tools";
import { plural } from "@/core/words/figures";
import { kindSentence } from "@/core/words/policy";
import { answeringSentence } from "@/core/words/servers";
import type { ServerConfig } from "@/lib/mcp/config/types";
import { type Arguments, act } from "@/scripts/cli/commands/act";
import { type Context, type Flags, withActing, withReadRuntime } from "@/scripts/cli/context/context";
import { readFileText } from "@/scripts/cli/context/file-text";
import { INTERRUPTED, needsReader } from "@/scripts/cli/context/interrupt";
import { askYes, canAsk } from "@/scripts/cli/context/question";
import { serversFile } from "@/scripts/cli/context/servers-file";
import { paint, print, printJson, UsageError, warn } from "@/scripts/cli/print/output";
import { clean, oneLine, padTo } from "@/scripts/cli/print/text";
import { testServer } from "./test-server";

type Verb = (context: Context, args: Arguments, flags: Flags) => Promise<number>;

const VERBS: Record<string, { usage: string; most: number; run: Verb }> = {
  list: { usage: "list", most: 0, run: list },
  show: { usage: "show NAME", most: 1, run: (context, [name]) => show(context, needed(name, "show NAME")) },
  add: { usage: "add FILE", most: 1, run: (context, [file], flags) => add(context, needed(file, "add FILE"), flags) },
  import: {
    usage: "import FILE",
    most: 1,
    run: (context, [file], flags) => add(context, needed(file, "import FILE"), flags),
  },
  preview: {
    usage: "preview FILE",
    most: 1,
    run: (context, [file], flags) => preview(context, needed(file, "preview FILE"), flags),
  },
  test: {
    usage: "test NAME",
    most: 1,
    run: (context, [name], flags) => testServer(context, needed(name, "test NAME"), flags),
  },
  signin: {
    usage: "signin NAME",
    most: 1,
    run: (context, [name]) => testServer(context, needed(name, "signin NAME"), {}),
  },
  remove: { usage: "remove NAME", most: 1, run: (context, [name]) => remove(context, needed(name, "remove NAME")) },
  policy: { usage: "policy NAME auto|ask|deny|inherit", most: 2, run: setPolicy },
  export: { usage: "export [NAME]", most: 1, run: (context, [name]) => exportServers(context, name) },
};

export function tools(context: Context, [verb = "list", ...given]: Arguments, flags: Flags): Promise<number> {
  const found = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  const usages = Object.values(VERBS).map(({ usage }) => usage);
  if (!found) throw new UsageError(`There is no \`banyan tools ${verb}\`: use ${usages.join(", ")}.`);
  const args = given.filter((value) => value !== undefined);
  if (args.length > found.most)
    throw new UsageError(`Too many arguments for \`banyan tools ${verb}\`: use ${found.usage}.`);
  return found.run(context, args, flags);
}

function needed(given: string | undefined, usage: string): string {
  if (given) return given;
  throw new UsageError(`An argument is missing: npx banyan tools ${usage}.`);
}

async function setPolicy(context: Context, [name, policy]: Arguments): Promise<number> {
  if (!name || !policy)
    throw new UsageError("Give the tool and the policy: npx banyan tools policy NAME auto|ask|deny|inherit.");
  return act(context, ({ application }) => application.commands.setToolPolicy({ id: name, policy }));
}

function remove(context: Context, name: string): Promise<number> {
  return act(context, ({ application }) => application.commands.removeTool({ id: name }));
}

async function list(context: Context): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.listTools();
    if (context.json) {
      printJson({ items: found, next: null });
      return 0;
    }
    if (found.length === 0) print("There are no tools yet: import them with npx banyan seed.");
    const width = Math.max(0, ...found.map(({ name }) => name.length));
    for (const tool of found) print(toolLine(tool, width));
    return 0;
  });
}

function toolLine(tool: ListedTool, width: number): string {
  const { name, source, level, policy, calls, failures, last_used_at: last } = tool;
  const used = calls === 0 ? "not used" : `${plural(calls, "call")}, ${failures} failed, last ${last ?? "unknown"}`;
  const columns = [padTo(name, width), padTo(source, 7), padTo(level, 7), padTo(`policy: ${policy}`, 15), used];
  return `${columns.join("  ")}  ${oneLine(tool.description)}${stateOf(tool)}`;
}

function stateOf({ name, available, unavailable_reason: reason, held_back: held }: ListedTool): string {
  const off = available ? "" : ` (off: ${oneLine(reason ?? "not available")})`;
  const check = `check it with “banyan tools test ${name}”`;
  return `${off}${held === null ? "" : ` (held back: ${oneLine(held)} ${check})`}`;
}

async function show(context: Context, name: string): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const tool = await queries.getTool(name);
    if (context.json) {
      printJson(tool);
      return 0;
    }
    const { server, schema, description, source, level, policy, hazards = [] } = tool;
    print(`name: ${name}`);
    print(`description: ${oneLine(description)}`);
    print(`source: ${source}, level: ${level}, policy: ${policy}`);
    for (const kind of tool.kinds) print(`calls: ${kindSentence(kind)}`);
    print(`state: ${stateOf(tool).trim() || "on"}, ${plural(tool.calls, "call")}, ${tool.failures} failed`);
    if (tool.last_used_at) print(`last used: ${tool.last_used_at}`);
    for (const hazard of hazards) print(`warning: ${oneLine(hazard)}`);
    if (server) for (const line of serverLines(server)) print(line);
    else print(`\n${clean(JSON.stringify(schema, null, 2))}`);
    return 0;
  });
}

function serverLines(server: ShownServer): string[] {
  const { kind, start, package: pinned, folders, hosts, settings, secrets, hazards } = server;
  const place = server.workspace === "none" ? "does not see the workspace" : `sees the workspace (${server.workspace})`;
  return [
    `${kind === "stdio" ? "command" : "address"}: ${oneLine(start)}`,
    ...(pinned ? [`package: ${pinned.name}@${pinned.version} ${pinned.integrity}`] : []),
    ...Object.entries(folders).map(([folder, access]) => `folder: ${oneLine(folder)} (${access})`),
    `hosts: ${hosts.join(", ") || "none (no network)"}`,
    `scope: ${server.scope === "tree" ? "one process for each tree" : "one process for all trees"}; it ${place}`,
    ...(settings.length > 0 ? [`settings: ${settings.map(oneLine).join(", ")}`] : []),
    ...(secrets.length > 0 ? [`secrets: ${secrets.join(", ")}`] : []),
    ...hazards.map((hazard) => `warning: ${oneLine(hazard)}`),
    ...server.left_out.map((sentence) => `left out: ${oneLine(sentence)}`),
    ...server.tools.flatMap((tool) => [
      `\n${tool.name} (policy: ${tool.policy}): ${oneLine(tool.description)}`,
      `  ${oneLine(JSON.stringify(tool.schema))}`,
    ]),
  ];
}

async function add(context: Context, file: string, flags: Flags): Promise<number> {
  needsReader();
  const text = await readFileText(context, file);
  const mends = flags.mend === true || (file !== "-" && canAsk(context) ? await asksToMend(context, text) : false);
  if (mends === null) return INTERRUPTED;
  return withActing(context, async ({ application }) => {
    const given = { text, ...(mends && { mend: "all" as const }) };
    if (context.json) {
      const done = await application.commands.importServers(given);
      printJson(done);
      return isWell(done) ? 0 : 1;
    }
    const { servers, already, text: mended } = await application.queries.previewServers(text, given.mend);
    for (const sentence of already) print(`${paint("green", "✓")} ${oneLine(sentence)}`);
    // One after another, so that each has its line as soon as it is done: a package may take a minute to install.
    const all: Imported[] = [];
    if (servers.length === 0) all.push(await application.commands.importServers(given));
    for (const { name } of servers) {
      const done = await importedOnly(() => application.commands.importServers({ text: mended ?? text, only: [name] }));
      for (const server of done.servers)
        for (const line of [...importedLines(server), ...findingLines(server.name, done.findings[server.name] ?? [])])
          print(line);
      all.push(done);
    }
    printEnd(all, file);
    return all.every(isWell) ? 0 : 1;
  });
}

interface Imported {
  sentence: string;
  servers: ImportedServer[];
  problems: string[];
  findings: Record<string, ServerFinding[]>;
}

/** One server that is refused does not stop those after it. */
async function importedOnly(work: () => Promise<Imported>): Promise<Imported> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { sentence: error.message, servers: [], problems: [error.message], findings: {} };
  }
}

function isWell({ problems, servers }: Imported): boolean {
  return problems.length === 0 && servers.every(({ problem }) => problem === null);
}

/** Prints what concerns the whole file. Each part of the import names the same problems of it. */
function printEnd(all: readonly Imported[], file: string): void {
  for (const problem of new Set(all.flatMap(({ problems }) => problems)))
    print(`${paint("yellow", "!")} ${oneLine(problem)}`);
  const findings = all.flatMap(({ servers, findings }) => servers.flatMap(({ name }) => findings[name] ?? []));
  if (findings.some(({ mends }) => mends.length > 0))
    print(`See what --mend would change: npx banyan tools preview ${oneLine(file)} --mend`);
  const servers = all.flatMap((done) => done.servers);
  const working = servers.filter(({ problem }) => problem === null).length;
  const [first] = all;
  if (servers.length > 0) print(answeringSentence(working, servers.length));
  else if (first?.problems.length === 0) print(first.sentence);
}

/** Says what will not work, and asks whether to mend it. Resolves with null when the person leaves. */
function asksToMend(context: Context, text: string): Promise<boolean | null> {
  return withReadRuntime(context, async ({ queries }) => {
    const { servers } = await queries.previewServers(text);
    const broken = servers.filter(({ findings }) => findings.some(({ mends }) => mends.length > 0));
    if (broken.length === 0) return false;
    for (const { name, findings } of broken) for (const line of findingLines(name, findings)) print(line);
    return askYes("Mend it?");
  });
}

/** Says what would be added. With `--mend` it ends with the changed file, so that a person can keep it. */
async function preview(context: Context, file: string, flags: Flags): Promise<number> {
  needsReader();
  const text = await readFileText(context, file);
  return withReadRuntime(context, async ({ queries }) => {
    const before = await queries.previewServers(text);
    const after = flags.mend === true ? await queries.previewServers(text, "all") : before;
    const isFine = after.problems.length === 0 && after.servers.every(({ findings }) => findings.length === 0);
    if (context.json) printJson(after);
    else {
      for (const { name, start, findings, hazards, missing } of before.servers) {
        print(`${name}: ${oneLine(start)}`);
        for (const line of findingLines(name, findings)) print(line);
        for (const hazard of hazards) print(`  ${name}: warning: ${oneLine(hazard)}`);
        for (const secret of missing) print(`  ${name}: set the secret ${secret}`);
      }
      for (const sentence of after.already) print(oneLine(sentence));
      for (const problem of after.problems) print(`${paint("yellow", "!")} ${oneLine(problem)}`);
      if (after.text === null) return isFine ? 0 : 1;
      print("\nAfter the first mend of each:");
      for (const { name, findings } of after.servers) for (const line of findingLines(name, findings)) print(line);
      print(clean(after.text));
    }
    return isFine ? 0 : 1;
  });
}

function findingLines(name: string, findings: readonly ServerFinding[]): string[] {
  return findings.flatMap(({ sentence, mends }) => [
    `  ${name}: ${paint("yellow", "will not work")}: ${oneLine(sentence)}`,
    ...(mends[0] ? [`  ${name}: --mend: ${oneLine(mends[0].label)}`] : []),
  ]);
}

function importedLines({ name, tools: names, left_out, hazards, problem, sign_in }: ImportedServer): string[] {
  const first =
    problem === null
      ? `${paint("green", "✓")} ${name}: ${plural(names.length, "tool")}: ${names.join(", ")}`
      : `${paint("red", "✕")} ${name}: ${oneLine(problem)} It stays off until “banyan tools test ${name}” succeeds.`;
  return [
    first,
    ...(sign_in ? [`  ${name}: sign in at ${oneLine(sign_in)}`] : []),
    ...left_out.map((sentence) => `  ${name}: left out: ${oneLine(sentence)}`),
    ...hazards.map((hazard) => `  ${name}: warning: ${oneLine(hazard)}`),
  ];
}

async function exportServers(context: Context, name: string | undefined): Promise<number> {
  return withReadRuntime(context, async ({ configuration }) => {
    const servers = configuration.tools().filter((tool) => isServer(tool));
    const wanted = servers.filter((server) => name === undefined || server.name === name);
    if (name !== undefined && wanted.length === 0) {
      const names = servers.map((server) => server.name).join(", ") || "none";
      throw new UserError("not_found", `There is no tool server ${name}. Servers: ${names}.`);
    }
    const made = wanted.filter((server) => server.server?.files);
    for (const server of made)
      warn(`${server.name} is left out: an agent made it with its own code, which a file of servers cannot contain.`);
    const configs = wanted.flatMap(({ name: own, server }): ServerConfig[] => {
      const config = server && !server.files ? configIn(server) : null;
      if (config?.kind === "openapi")
        warn(`${own} is left out: it is a web API, which a file of servers cannot contain.`);
      if (config?.kind === "a2a")
        warn(`${own} is left out: it is an outside agent, which a file of servers cannot contain.`);
      return config && config.kind !== "openapi" && config.kind !== "a2a" ? [{ ...config, name: own }] : [];
    });
    printJson(serversFile(configs));
    return 0;
  });
}
