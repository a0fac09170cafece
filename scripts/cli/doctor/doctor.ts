/** `doctor`: checks what Banyan needs and what agents may do, and reports what is off or wrong, and how to fix it. */
import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import { dirname, join } from "node:path";
import { testTerminal } from "@/agents/boot/read-runtime";
import { createSecurity } from "@/agents/configuration/security";
import { modelNotes } from "@/agents/providers/model-notes";
import { createProviders, type Providers } from "@/agents/providers/providers";
import { type FoundSources, foundAgents } from "@/agents/tools/coding/detected-agents";
import type { ServerStatus } from "@/core/shapes/status";
import { bytes, plural } from "@/core/words/figures";
import { faultOf } from "@/db/file/backup";
import { openStore, type Store } from "@/db/store";
import { openKnownModels } from "@/lib/models/known-models";
import { alertsOf } from "@/lib/monitor/alerts";
import { sampleOnce } from "@/lib/monitor/monitor";
import { isPackaged, settingsFile, startCommand } from "@/lib/places";
import { livenessOf, ownIdentity } from "@/lib/process/identity";
import { systemName } from "@/lib/process/system";
import type { Context } from "@/scripts/cli/context/context";
import { needsReader } from "@/scripts/cli/context/interrupt";
import { paint, print, printJson, type Style } from "@/scripts/cli/print/output";
import { oneLine } from "@/scripts/cli/print/text";
import { address } from "./address";
import { backups } from "./backups";
import { bucket } from "./bucket";
import { codingAgents } from "./coding-agents";
import type { Finding } from "./finding";
import { platform } from "./platform";
import { commands } from "./sandbox";
import { security } from "./security";
import { askServer, serverFinding } from "./server-view";
import { configurationOf, forges, policy, search, servers } from "./tools";
import { traces } from "./traces";
import { wall } from "./wall";

const LEAST_NODE = [20, 20];
/** Lines before it get no more fixes. */
const RECOMMENDED_NODE = 22;
const LEAST_DISK_BYTES = 50_000_000;
const LOW_DISK_BYTES = 1_000_000_000;
const STYLES: Record<Finding["mark"], Style> = { ok: "green", off: "dim", warn: "yellow", fail: "red" };
const GLYPHS: Record<Finding["mark"], string> = { ok: "✓", off: "–", warn: "!", fail: "✕" };

export async function doctor(context: Context): Promise<number> {
  needsReader();
  const found = await database(context);
  const own = found.providers ?? withoutDatabase(context);
  const ownAgents = foundAgents(outsideAgents(context, own));
  const terminal = await testTerminal();
  const answer = await askServer(context);
  const served = answer.kind === "answered" ? answer : null;
  const here = {
    agents: ownAgents,
    models: own.states(),
    defaultModel: own.defaultModel(),
    hasTerminal: terminal.available,
  };
  const groups: Record<string, Finding[]> = {
    Machine: [
      platform(systemName(), context.settings.dataDir),
      node(),
      git(),
      disk(context),
      ...(await machine(context)),
      serverFinding(answer, here),
      ...(await address(context, answer)),
    ],
    Data: [settingsFound(context), ...documents(context), dataFolder(context), ...found.data, await traces(context)],
    "Limits on agents": [...commands(context, terminal, served?.status.terminal ?? null), wall(), ...found.safety],
    "What agents can reach": [...found.reach, ...codingAgents(served?.agents ?? ownAgents)],
    "Language models": [...noted(found.notes ?? []), ...models(served?.status ?? here)],
  };
  const findings = Object.entries(groups).flatMap(([group, some]) => some.map((finding) => ({ group, ...finding })));
  const isWell = findings.every((finding) => finding.mark !== "fail");
  const summary = summaryOf(findings);
  if (context.json) printJson({ ok: isWell, summary, checks: findings });
  else {
    for (const [group, some] of Object.entries(groups)) {
      if (some.length > 0) print(paint("bold", group));
      for (const finding of some) print(lineOf(finding));
    }
    print(`\n${summary}`);
  }
  return isWell ? 0 : 1;
}

function lineOf({ name, mark, text, remedy }: Finding): string {
  return `${paint(STYLES[mark], `${GLYPHS[mark]} ${mark.padEnd(4)}`)} ${name}: ${oneLine(`${text} ${remedy}`)}`;
}

function summaryOf(findings: Finding[]): string {
  const named = (mark: Finding["mark"], words: string) => {
    const names = findings.filter((finding) => finding.mark === mark).map(({ name }) => name);
    return names.length > 0 ? [`${words}: ${names.join(", ")}.`] : [];
  };
  const parts = [...named("fail", "Fix first"), ...named("warn", "Check"), ...named("off", "Off")];
  return parts.length > 0 ? parts.join(" ") : "No problems, and everything is on.";
}

function ok(name: string, text: string): Finding {
  return { name, mark: "ok", text, remedy: "" };
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0] = LEAST_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) {
    return ok(
      "Node",
      major < RECOMMENDED_NODE
        ? `${process.version}; it gets no more fixes: 22 or 24 is better.`
        : `${process.version}.`,
    );
  }
  return {
    name: "Node",
    mark: "fail",
    text: `${process.version}.`,
    remedy: `Install ${LEAST_NODE.join(".")} or newer.`,
  };
}

function git(): Finding {
  try {
    return ok("git", `${execFileSync("git", ["--version"], { encoding: "utf8" }).trim()}.`);
  } catch {
    const how = process.platform === "darwin" ? "macOS: xcode-select --install" : "Debian: apt-get install -y git";
    const remedy = `Install it (${how}): agents need git to work in repositories.`;
    return { name: "git", mark: "fail", text: "git is not on the PATH.", remedy };
  }
}

function settingsFound(context: Context): Finding {
  const file = settingsFile(process.env, context.checkout);
  return ok(
    "Settings",
    existsSync(file) ? `${file}, and the environment.` : `The environment; ${file} does not exist.`,
  );
}

/** Sentences name documents by their place, which the person of a clone knows. */
function documents({ program }: Context): Finding[] {
  return isPackaged() ? [ok("Documents", `${join(program, "docs")}.`)] : [];
}

function dataFolder({ settings }: Context): Finding {
  const name = "Data folder";
  const { dataDir } = settings;
  const folder = existing(dataDir);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return ok(name, folder === dataDir ? `${dataDir}.` : `${dataDir} (created at the first start).`);
  } catch {
    const remedy = "Make it writable for this user, or set BANYAN_DATA_DIR to another folder.";
    return { name, mark: "fail", text: `This user cannot write to ${folder}.`, remedy };
  }
}

/** Returns the folder, or its nearest parent that exists. */
function existing(folder: string): string {
  return existsSync(folder) || folder === dirname(folder) ? folder : existing(dirname(folder));
}

function disk({ settings }: Context): Finding {
  const { bavail, bsize } = statfsSync(existing(settings.dataDir));
  const free = bavail * bsize;
  const text = `${(free / 1e9).toFixed(1)} GB free.`;
  if (free >= LOW_DISK_BYTES) return ok("Disk", text);
  const mark = free < LEAST_DISK_BYTES ? "fail" : "warn";
  return { name: "Disk", mark, text, remedy: "Free some space: below 50 MB Banyan accepts no new trees." };
}

/** Returns one finding for each resource that runs short, or one that says all is well. The database's size is checked elsewhere. */
async function machine({ settings }: Context): Promise<Finding[]> {
  const sample = await sampleOnce(settings.dataDir);
  const alerts = alertsOf(sample);
  if (alerts.length > 0)
    return alerts.map(({ sentence, remedy }) => ({ name: "Machine", mark: "warn", text: sentence, remedy }));
  const { cpu, memory } = sample;
  const part = Math.round((memory.usedBytes / memory.totalBytes) * 100);
  const busy = cpu.percent === null ? "" : `${Math.round(cpu.percent)} % of `;
  return [
    ok("Machine", `${busy}${plural(Math.round(cpu.cores * 10) / 10, "core")} and ${part} % of memory are in use.`),
  ];
}

/** Findings that need an open database. */
interface Found {
  data: Finding[];
  safety: Finding[];
  reach: Finding[];
  providers?: KnownProviders;
  /** Findings about models in use. */
  notes?: string[];
}

const only = (finding: Finding): Found => ({ data: [finding], safety: [], reach: [] });

async function database(context: Context): Promise<Found> {
  const { databaseFile } = context.settings;
  if (!existsSync(databaseFile)) return only(ok("Database", `${databaseFile} is created at the first start.`));
  let store: Store;
  try {
    store = openStore(databaseFile, { migrations: join(context.program, "drizzle"), migrate: false });
  } catch (error) {
    return only({ name: "Database", mark: "fail", text: (error as Error).message, remedy: "" });
  }
  try {
    const fault = faultOf(store.client.sqlite);
    const size = store.queries.status.sizeBytes();
    const sound = ok("Database", `${databaseFile}, ${bytes(size)}, current version, no damage.`);
    const remedy = "Replace it by a backup with `banyan restore FILE`.";
    const broken: Finding = { name: "Database", mark: "fail", text: `The database is damaged: ${fault}.`, remedy };
    const data = [
      fault === null ? sound : broken,
      ...limit(context, size),
      backups(context, store, Date.now()),
      bucket(context, store, Date.now()),
      workers(store),
    ];
    const configuration = configurationOf(context, store);
    const own = createSecurity({ store, settings: context.settings, checkout: context.checkout });
    const { settings } = context;
    const known = openKnownModels(settings.dataDir, { access: () => providers.settings(), now: Date.now });
    const addresses = store.providerAddresses;
    const providers: Providers = createProviders({ settings, vault: own.vault, addresses, models: known });
    // Read now, because the database is closed before the caller uses the findings.
    const [states, defaultModel] = [providers.states(), providers.defaultModel()];
    return {
      data,
      safety: [policy(context, configuration), ...(await security(context, store, own))],
      reach: [...servers(store, configuration), search(context, own, providers), forges(context, own)],
      providers: { states: () => states, defaultModel: () => defaultModel },
      notes: modelNotes({ models: known, defaultModel: () => defaultModel, agents: configuration.agents }),
    };
  } catch (error) {
    return only({ name: "Database", mark: "fail", text: (error as Error).message, remedy: "" });
  } finally {
    await store.close();
  }
}

function limit({ settings }: Context, sizeBytes: number): Finding[] {
  if (settings.maxDbBytes === null) return [];
  const part = sizeBytes / settings.maxDbBytes;
  const text = `The database is at ${Math.round(part * 100)} % of BANYAN_MAX_DB_MB.`;
  if (part < 0.9) return [ok("Size limit", text)];
  return [
    { name: "Size limit", mark: part < 1 ? "warn" : "fail", text, remedy: "Delete trees, or raise the setting." },
  ];
}

function workers(store: Store): Finding {
  const own = ownIdentity();
  const alive = store.workers.list().filter((worker) => livenessOf(worker, own) !== "dead");
  const named = alive.map(
    (worker) => `${worker.role}, process ${worker.pid}${worker.address ? ` at ${worker.address}` : ""}`,
  );
  const running = store.queries.status.running();
  const who = named.length > 0 ? named.join("; ") : "None";
  const text = `${who}; ${plural(running, "task")} running.`;
  const open = store.queries.status.queued() + running;
  if (alive.some((worker) => worker.role !== "web") || open === 0) return ok("Workers", text);
  return {
    name: "Workers",
    mark: "warn",
    text: `No worker runs for ${plural(open, "open task")}.`,
    remedy: `Start the server with \`${startCommand()}\`, or resume one tree here: \`npx banyan resume ID\`.`,
  };
}

type KnownProviders = Pick<Providers, "states" | "defaultModel">;

function withoutDatabase({ settings }: Context): KnownProviders {
  const nothing = { vault: { get: () => null, version: () => "" }, addresses: { read: () => null } };
  return createProviders({ settings, ...nothing });
}

function outsideAgents({ settings }: Context, providers: KnownProviders): FoundSources {
  const usable = new Set(providers.states().flatMap(({ name, available }) => (available ? [name] : [])));
  return {
    configured: settings.codingAgents,
    searchPath: settings.searchPath,
    isAvailable: (provider) => usable.has(provider),
  };
}

function noted(notes: string[]): Finding[] {
  return notes.map((text) => ({ name: "Model", mark: "warn", text, remedy: "" }));
}

function models({ models: states, defaultModel }: Pick<ServerStatus, "models" | "defaultModel">): Finding[] {
  const usable = states.filter((state) => state.available && state.name !== "runbook").map((state) => state.name);
  const wanted = defaultModel.split("/")[0];
  const chosen = states.find((state) => state.name === wanted);
  if (chosen && !chosen.available) {
    const remedy = "Set the key in .env or under Settings, or choose another model with BANYAN_MODEL.";
    return [{ name: "Models", mark: "fail", text: `The default is ${defaultModel}, but ${chosen.reason}`, remedy }];
  }
  if (usable.length === 0) {
    const remedy = "Set a key in .env or under Settings, for tasks that match no runbook.";
    return [{ name: "Models", mark: "warn", text: "Runbooks only: no language model is configured.", remedy }];
  }
  return [ok("Models", `The default is ${defaultModel}; keys are set for: ${usable.join(", ")}.`)];
}
