/** The entry point of `npm start` and `banyan serve`: runs the web server, a worker, or both in one process. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import pino from "pino";
import { commitOf } from "@/agents/boot/commit";
import { followLauncher, laterOrders } from "@/agents/boot/follow-launcher";
import { createHealthReport } from "@/agents/boot/health-report";
import { openJournal } from "@/agents/boot/journal";
import { createRuntime, type Runtime } from "@/agents/boot/runtime";
import { createSignIn } from "@/agents/guard/sign-in";
import { startSender } from "@/agents/webhooks/sender";
import type { Worker } from "@/agents/worker/worker";
import { StoreError } from "@/db/file/errors";
import { startIndexer } from "@/db/trees/search";
import { anchorFileOf, startAnchoring } from "@/lib/audit-anchor";
import { signInLink } from "@/lib/auth/auth";
import { createGoogleSignIn } from "@/lib/auth/google";
import { problemOfReach } from "@/lib/auth/sign-in-settings";
import { readSettings, SettingError, type Settings } from "@/lib/env";
import { type Places, placesOf } from "@/lib/places";
import { livenessOf, ownIdentity } from "@/lib/process/identity";
import { type Launch, LISTENING_FD, launchIn } from "@/lib/process/launch";
import { openLauncherChannel } from "@/lib/process/launcher-channel";
import { SecretError } from "@/lib/secrets/errors";
import { realTimers, reporting } from "@/lib/time/timers";
import { seedInstallation } from "@/seeds/apply";
import { SeedError } from "@/seeds/front-matter";
import { type BoundPort, bindPort, inheritedPort } from "./bound-port";
import { cleanConsole, createCleanLogger } from "./clean-log";
import type { WebServer } from "./web";

const ROLES = ["all", "web", "worker"] as const;
type Role = (typeof ROLES)[number];

/** At shutdown, tasks in a model or tool call get this long to reach the end of their turn; then the call is cut. */
const GRACE_MS = 30_000;
const INDEX_INTERVAL_MS = 500;
const ANCHOR_INTERVAL_MS = 60_000;

export async function main(argv: string[]): Promise<void> {
  try {
    await serve(argv);
  } catch (error) {
    if (!isExpected(error)) throw error;
    console.error(error.message);
    process.exit(2);
  }
}

function isExpected(error: unknown): error is Error {
  // Compared by name, because a process that only works does not load the module of PortError.
  const isPort = error instanceof Error && error.name === "PortError";
  return isPort || [StoreError, SettingError, SeedError, SecretError].some((kind) => error instanceof kind);
}

async function serve(argv: string[]): Promise<void> {
  const places = placesOf(import.meta.url, process.env);
  const { settings, role, dev } = readArguments(argv, places);
  const fault = role === "worker" ? null : problemOfReach(settings);
  if (fault) throw new SettingError(fault);
  const { program } = places;
  const launch = launchIn(process.env);
  const isTrial = launch?.isTrial === true;
  const { version } = JSON.parse(readFileSync(join(program, "package.json"), "utf8")) as { version: string };
  const { logger, cleanWith } = createCleanLogger(settings, pino.destination({ dest: 2, sync: true }));
  const report = (message: string, error?: unknown) => logger.error({ err: error }, message);
  mkdirSync(settings.dataDir, { recursive: true, mode: 0o700 });
  // First, so that a process without a port changes nothing.
  const bound = role === "worker" ? null : await boundPort(settings, launch);
  const { channel, shutDown, asked, orders } = openShutdown(launch, () => void settle());
  const release = { ...places, version, raisesLevel: !isTrial, ...(launch && { claim: claimOf(launch) }) };
  const runtime = await createRuntime({ settings, ...release, report, shutDown });
  const { vault, redactor } = runtime.security;
  // Throws if the key file is unreadable: without its secrets the server could not redact them.
  vault.values();
  cleanWith(redactor);
  cleanConsole(redactor);
  const anchoring = startAnchoring({
    file: anchorFileOf(settings.keyFile, settings.databaseFile),
    head: () => runtime.store.audit.head(),
    intervalMs: ANCHOR_INTERVAL_MS,
    now: Date.now,
    report,
  });
  const seed = async () => {
    const { kept } = await seedInstallation(runtime.store, join(program, "seeds"));
    for (const entry of kept)
      logger.info(`The ${entry} was edited and differs from its seed. The edited version stays.`);
  };
  /** What a release on trial leaves undone, so that the release before it can go on. */
  const settle = async () => {
    await runtime.store.installation.raiseLevel();
    await seed();
    await runtime.followRelease();
  };
  if (!isTrial) await seed();

  const commit = commitOf(program);
  const journal = openJournal({
    ...{ store: runtime.store, own: ownIdentity(), role, version, commit, report },
    ...{ timers: reporting(realTimers, report), now: Date.now },
  });
  const web = bound && (await prepareWeb(runtime, settings, { bound, program, version, commit, launch, dev, report }));
  const worker = role === "web" ? null : await startWork(runtime, { role, address: web?.url, launch, report });
  const ownId = worker?.id ?? (await registerWeb(runtime, web?.url ?? null));
  await journal.started();
  // Before anybody hears of the server, and may send a signal.
  const ends: (() => unknown)[] = [anchoring.stop];
  const journalStop = (signal: string) => journal.stopped(asked() === null ? "signal" : "asked", asked() ?? signal);
  stopOnSignals({ runtime, worker, web, ownId, settings, journalStop }, ends);
  // Last, so that whoever can connect gets an answer.
  await web?.listen();
  if (web) await announce(web, settings, version, launch?.launcherPid ?? process.pid);
  else console.log(`Banyan ${version} works on ${settings.databaseFile}`);
  const address = settings.publicUrl ?? web?.url ?? `http://${settings.host}:${settings.port}`;
  if (worker) ends.push(startWebhooks(runtime, address, report), runtime.watchBackups());
  ends.push(runtime.watchModels((sentence) => console.log(sentence)));
  // An unhandled rejection must not end the process: it is logged, and the next poll finds the affected work.
  process.on("unhandledRejection", (error) => report("Unhandled promise rejection.", error));
  if (worker && web)
    ends.push(await followLauncher(runtime, worker, { channel, launch, orders, say: console.log, report }));
  if (web && !isTrial) void runtime.followRelease();
  if (web) runtime.sweep().catch((error) => report("The leftovers of deleted trees could not be removed.", error));
  channel?.ready({ ...runtime.store.installation.levels(), url: web?.url ?? null });
}

/** Lets people and the launcher end the process, and remembers who asked. */
function openShutdown(launch: Launch | null, makePermanent: () => void) {
  let asked: string | null = null;
  const end = (by: string) => {
    const isSignal = by === "SIGINT" || by === "SIGTERM";
    if (!isSignal) asked ??= by;
    process.kill(process.pid, by === "SIGINT" ? by : "SIGTERM");
  };
  const orders = laterOrders(makePermanent);
  const channel = launch && openLauncherChannel({ stop: end, ...orders.passOn });
  return {
    channel,
    orders,
    /** Returns who asked; null: only a signal came. */
    asked: () => asked,
    shutDown(by: string) {
      if (!channel) return end(by);
      asked = by;
      channel.ask("stop", by);
    },
  };
}

/** Tells programs and people where the server listens. */
async function announce(web: WebServer, settings: Settings, version: string, pid: number): Promise<void> {
  writeFileSync(
    join(settings.dataDir, "server.json"),
    `${JSON.stringify({ pid, port: Number(new URL(web.url).port), url: web.url })}\n`,
  );
  console.log(`Banyan ${version} listens on ${web.url}`);
  if (settings.google) console.log(`Sign in with Google at ${settings.publicUrl ?? web.url}`);
  const link = signInLink(web.url, await web.auth.createLinkToken());
  console.log(`Sign in once with this link, within 15 minutes: ${link}`);
  console.log("For a new link: npx banyan signin");
}

/** Sends webhooks. Returns the function that stops it. */
function startWebhooks(
  { webhooks, a2a, application: { queries } }: Runtime,
  address: string,
  report: (message: string, error?: unknown) => void,
): () => Promise<void> {
  return startSender({
    ...webhooks,
    others: a2a.pushes,
    queries,
    address,
    timers: reporting(realTimers, report),
    report,
  });
}

/** A launcher in another folder runs when it holds the lock of its folder. */
function claimOf({ home }: Launch) {
  return { home, isInUse: (other: string) => existsSync(join(other, "lock")) };
}

function boundPort({ host, port }: Settings, launch: Launch | null): Promise<BoundPort> {
  return launch?.holdsPort ? inheritedPort(LISTENING_FD, host, port) : bindPort(host, port);
}

function readArguments(argv: string[], { checkout }: Places): { settings: Settings; role: Role; dev: boolean } {
  const { values } = parseArgs({
    args: argv,
    options: { port: { type: "string" }, host: { type: "string" }, role: { type: "string" }, data: { type: "string" } },
    allowPositionals: true,
  });
  const role = (values.role ?? "all") as Role;
  if (!ROLES.includes(role)) throw new SettingError(`Unknown role "${role}". Use all, web or worker.`);
  const given = {
    ...process.env,
    ...(values.port && { PORT: values.port }),
    ...(values.host && { HOST: values.host }),
    ...(values.data && { BANYAN_DATA_DIR: values.data }),
  };
  return { settings: readSettings(given, checkout), role, dev: process.env.NODE_ENV === "development" };
}

type ServerWorker = Pick<Worker, "id" | "active" | "stop" | "drain" | "resume" | "workOn">;

interface WorkOptions {
  role: "all" | "worker";
  address: string | undefined;
  launch: Launch | null;
  report(message: string, error?: unknown): void;
}

/** Starts the worker, and the indexer that makes its output searchable. */
async function startWork(runtime: Runtime, { role, address, launch, report }: WorkOptions): Promise<ServerWorker> {
  // A release that is watched claims nobody's tasks before it is proved.
  const claims = launch?.isWatched ? { treeId: "none" as const } : {};
  const worker = await runtime.startWorker({ role, ...claims, ...(address && { address }) });
  const indexer = startIndexer(runtime.store, { intervalMs: INDEX_INTERVAL_MS, report });
  const { active, drain, resume, workOn } = worker;
  return {
    ...{ active, drain, resume, workOn },
    // A getter, because a worker gets a new id when it registers again.
    get id() {
      return worker.id;
    },
    async stop(graceMs) {
      await indexer.stop();
      await worker.stop(graceMs);
    },
  };
}

async function registerWeb(runtime: Runtime, address: string | null): Promise<number> {
  const own = ownIdentity();
  return runtime.store.workers.register(own, "web", address, (other) => livenessOf(other, own) === "alive");
}

interface WebOptions {
  bound: BoundPort;
  program: string;
  version: string;
  commit: string | null;
  launch: Launch | null;
  dev: boolean;
  report(message: string, error?: unknown): void;
}

async function prepareWeb(
  runtime: Runtime,
  settings: Settings,
  { bound, program, version, commit, launch, dev, report }: WebOptions,
): Promise<WebServer> {
  const { createWebServer } = await import("./web");
  const { google, publicUrl, allowedUsers } = settings;
  return createWebServer({
    publicUrl,
    google: google && {
      signIn: createGoogleSignIn(google, report),
      admit: createSignIn(runtime.store, allowedUsers),
    },
    app: runtime.application,
    people: runtime.store.people,
    answers: runtime.store.answers,
    a2a: { records: runtime.a2a.records, version },
    host: settings.host,
    bound,
    dir: program,
    dev,
    health: createHealthReport({ runtime, version, commit, launch, timers: realTimers }),
  });
}

/** What a signal stops. */
interface Running {
  runtime: Runtime;
  worker: Pick<Worker, "id" | "active" | "stop"> | null;
  web: WebServer | null;
  ownId: number;
  settings: Settings;
  /** Writes the stop into the journal. */
  journalStop(signal: string): Promise<void>;
}

/**
 * The first signal stops after the present turn of each task; a second signal exits immediately. Neither loses work.
 */
function stopOnSignals({ runtime, worker, web, ownId, settings, journalStop }: Running, ends: (() => unknown)[]): void {
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) process.exit(130);
    stopping = true;
    // A full disk may block the last writes. Exit anyway; the next start decides them again.
    setTimeout(() => process.exit(1), GRACE_MS + 10_000).unref();
    if (worker && worker.active() > 0) console.log(`Stopping: ${worker.active()} tasks finish their turn.`);
    await journalStop(signal);
    // Pages answer while turns end: people read, and what they ask for waits in the database.
    web?.drain();
    if (worker) await worker.stop(GRACE_MS);
    else await runtime.store.workers.leave(ownId);
    await web?.close();
    await journalStop(signal);
    rmSync(join(settings.dataDir, "server.json"), { force: true });
    await Promise.all(ends.map((end) => end()));
    await runtime.close();
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop(signal));
}
