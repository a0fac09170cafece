/** Runs the web server, a worker, or both, in this process: as a whole server, or as one side of it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pino from "pino";
import { commitOf } from "@/agents/boot/commit";
import { followLauncher } from "@/agents/boot/follow-launcher";
import { createHealthReport } from "@/agents/boot/health-report";
import { openJournal } from "@/agents/boot/journal";
import { connectPeer } from "@/agents/boot/peer/peer";
import { createRuntime } from "@/agents/boot/runtime";
import type { Runtime } from "@/agents/boot/runtime-parts";
import { keepWebRow } from "@/agents/boot/web-row";
import { takeDelivery } from "@/agents/forges/hook";
import { createSignIn } from "@/agents/guard/sign-in";
import { startWritingCounts } from "@/agents/measuring/write";
import { seedLessons } from "@/agents/memory/seed-lessons";
import { proposeSeeds } from "@/agents/self/seed-proposals";
import { startSender } from "@/agents/webhooks/sender";
import type { Worker } from "@/agents/worker/worker";
import { startIndexer } from "@/db/trees/search";
import { anchorFileOf, startAnchoring } from "@/lib/audit-anchor";
import { signInLink } from "@/lib/auth/auth";
import { createGoogleSignIn } from "@/lib/auth/google";
import type { Settings } from "@/lib/env";
import { type Places, signInCommand } from "@/lib/places";
import { ownIdentity, statOf } from "@/lib/process/identity";
import { type Launch, LISTENING_FD } from "@/lib/process/launch";
import type { Side } from "@/lib/process/side";
import { realTimers, reporting } from "@/lib/time/timers";
import { changedSeeds, seedInstallation } from "@/seeds/apply";
import { heldSeeds } from "@/seeds/held-seeds";
import { loadPatterns } from "@/seeds/patterns";
import { type BoundPort, bindPort, inheritedPort, urlOf } from "./bound-port";
import { cleanConsole, createCleanLogger } from "./clean-log";
import { type PageClock, startPageClock } from "./page-times";
import { openStopping } from "./stopping";
import type { Pages, PagesOptions, WebServer } from "./web";

/** What the process does: pages and tasks, or one of them. */
export type Role = "all" | "web" | "worker";

const INDEX_INTERVAL_MS = 500;
const ANCHOR_INTERVAL_MS = 60_000;

export interface ServeOptions {
  places: Places;
  settings: Settings;
  role: Role;
  dev: boolean;
  /** null: no launcher runs the process. */
  launch: Launch | null;
  /** null: no supervisor runs the process, which is then a whole server, or a role of its own. */
  side: Side | null;
  /** Replaces those of Next.js, for tests. */
  pages?: Pages;
}

/** Serves until a signal, a person or the launcher ends it. */
export async function serve({ places, settings, role, dev, launch, side, pages }: ServeOptions): Promise<void> {
  const { program } = places;
  const isTrial = launch?.isTrial === true;
  /** Answers people only. */
  const isPages = side?.name === "web";
  const { version } = JSON.parse(readFileSync(join(program, "package.json"), "utf8")) as { version: string };
  const { logger, cleanWith } = createCleanLogger(settings, pino.destination({ dest: 2, sync: true }));
  const report = (message: string, error?: unknown) => logger.error({ err: error }, message);
  mkdirSync(settings.dataDir, { recursive: true, mode: 0o700 });
  // First, so that a process without a port changes nothing.
  const bound = role === "worker" ? null : await boundPort(settings, launch, side);
  const stopping = openStopping(launch, side, () => void settle());
  const { channel, orders } = stopping;
  // Pages need only their files, so they get ready while the database is opened, or made what this release needs.
  const loading = bound && load({ dev, dir: program, host: settings.host, port: bound.port }, pages);
  if (isPages) await stopping.side?.go;
  else channel?.doing("database");
  const release = { ...places, version, raisesLevel: !isTrial, ...(launch && { claim: claimOf(launch) }) };
  const runtime = await createRuntime({
    settings,
    ...release,
    isPages,
    report,
    shutDown: stopping.shutDown,
    restart: stopping.restart,
  });
  const { vault, redactor } = runtime.security;
  // Throws if the key file is unreadable: without its secrets the server could not redact them.
  vault.values();
  cleanWith(redactor);
  cleanConsole(redactor);
  const anchoring = anchor(runtime, settings, report);
  const seed = () => seedRelease(runtime, { program, launch, say: (line) => logger.info(line), report });
  /** What a release on trial leaves undone, so that the release before it can continue. */
  const settle = async () => {
    await runtime.store.installation.raiseLevel();
    // The launcher goes back to no release that cannot read this level. The address it knows.
    channel?.ready({ ...runtime.store.installation.levels(), url: null });
    await seed();
    await runtime.followRelease();
  };
  if (!isPages) channel?.doing("configuration");
  if (!isTrial && !isPages) await seed();
  stopping.side?.opened();
  if (side) stopping.link.begin(connectPeer(runtime, side.name));

  const commit = commitOf(program);
  const journal = openJournal({
    store: runtime.store,
    own: ownIdentity(),
    role,
    version,
    commit,
    report,
    timers: reporting(realTimers, report),
    now: Date.now,
  });
  const clock =
    bound &&
    startPageClock({ add: runtime.store.measurements.pages.add, timers: reporting(realTimers, report), report });
  channel?.doing(bound ? "pages" : "worker");
  const web =
    bound &&
    loading &&
    clock &&
    createWeb(runtime, settings, { ...(await loading), bound, version, commit, launch, dev, clock, report });
  const worker = role === "web" ? null : await startWork(runtime, { role, address: web?.url, launch, side, report });
  const webRow = worker ? null : await registerWeb(runtime, web?.url ?? null, report);
  await journal.started();
  // Before the server announces itself, because people may send a signal from then on.
  const ends: (() => unknown)[] = [anchoring.stop, ...(clock ? [clock.stop] : []), storeCounts(runtime, report)];
  stopping.begin({ runtime, worker, web, webRow, settings, journal }, ends);
  // Last, so that whoever can connect gets an answer.
  await web?.listen();
  // The two processes of a whole server have roles of their own, with which nobody starts it.
  if (web) await announce(web, settings, { places, version, launch, side, role: side ? "all" : role });
  else if (!side) console.log(`Banyan ${version} works on ${settings.databaseFile}`);
  const address = settings.publicUrl ?? web?.url ?? urlOf(settings.host, settings.port);
  const isOnTrial = () => isTrial && !orders.isPermanent();
  if (worker)
    ends.push(startWebhooks(runtime, address, report), runtime.watchBackups(), runtime.watchRetention(isOnTrial));
  // One side is enough for what a server does once.
  if (!isPages) ends.push(runtime.watchModels((sentence) => console.log(sentence)));
  // An unhandled rejection must not end the process: it is logged, and the next poll finds the affected work.
  process.on("unhandledRejection", (error) => report("Unhandled promise rejection.", error));
  if (worker && (web || side))
    ends.push(await followLauncher(runtime, worker, { channel, launch, orders, say: console.log, report }));
  if (side ? !isPages : web !== null) tidy(runtime, { isTrial, isFirst: side?.isFirst !== false, report });
  channel?.ready({ ...runtime.store.installation.levels(), url: web?.url ?? null });
}

interface SeedOptions extends Pick<ServeOptions, "launch"> {
  program: string;
  say(line: string): void;
  report: WorkOptions["report"];
}

/** Takes the release's seeds into the configuration, except those that agents changed: a person decides about these. */
async function seedRelease(runtime: Runtime, options: SeedOptions): Promise<void> {
  const { program, launch, say, report } = options;
  const isHeld = heldSeeds(launch?.status ?? null, launch?.release ?? null);
  const { kept } = await seedInstallation(runtime.store, join(program, "seeds"), isHeld);
  for (const entry of kept) say(`The ${entry} was edited and differs from its seed. The edited version stays.`);
  await seedLessons(runtime.store.lessons, await loadPatterns(join(program, "seeds")), Date.now());
  // A fault in seeds that nobody has approved must not end a serving release: the next start tries again.
  await proposeChanged(runtime, options).catch((error: unknown) =>
    report("Seeds that agents changed could not be put before a person.", error),
  );
}

/** Puts the seeds that agents changed before a person. */
async function proposeChanged({ store }: Runtime, { program, launch, say }: SeedOptions): Promise<void> {
  const { held_seeds: held = null, releases } = launch?.status ?? { releases: [] };
  // When the origin of a release is unknown, none of its seeds were taken in, and there is nothing to compare them
  // with.
  if (!launch || held === null) return;
  const changed = await changedSeeds(join(program, "seeds"), held, say);
  for (const { file } of changed) say(`Agents changed ${file}: it is in effect only as a person has approved it.`);
  for (const file of await proposeSeeds(store, changed, { n: launch.release, releases }))
    say(`Nobody can be asked about ${file}: to use it, read it and import it as configuration.`);
}

interface TidyOptions {
  isTrial: boolean;
  isFirst: boolean;
  report: WorkOptions["report"];
}

/**
 * Runs the parts that a server does once. A worker that starts again sweeps nothing, because pages may be creating
 * something that has no row yet.
 */
function tidy(runtime: Runtime, { isTrial, isFirst, report }: TidyOptions): void {
  if (!isTrial) void runtime.followRelease();
  if (!isFirst) return;
  runtime.sweep().catch((error) => report("The leftovers of deleted trees could not be removed.", error));
}

/** Stores what the process counts of its work. Returns its end. */
function storeCounts({ counts, store }: Runtime, report: WorkOptions["report"]): () => Promise<void> {
  const { add } = store.measurements.work;
  return startWritingCounts({ counts, add, timers: reporting(realTimers, report), report });
}

/** Keeps the audit's newest hash outside of the database. */
function anchor({ store }: Runtime, settings: Settings, report: WorkOptions["report"]) {
  return startAnchoring({
    file: anchorFileOf(settings.keyFile, settings.databaseFile),
    head: () => store.audit.head(),
    intervalMs: ANCHOR_INTERVAL_MS,
    now: Date.now,
    report,
  });
}

type Announcing = Pick<ServeOptions, "places" | "launch" | "side" | "role"> & { version: string };

/** Tells programs and people where the server listens. */
async function announce(
  web: WebServer,
  settings: Settings,
  { places, version, launch, side, role }: Announcing,
): Promise<void> {
  const pid = launch?.launcherPid ?? side?.supervisorPid ?? process.pid;
  // It tells the server from a later process with its number. `runningServer` compares it with the launcher's `startOf`.
  const started = launch?.launcherStarted ?? statOf(pid)?.start ?? "";
  // Host and role are for the next start, because of a host such as 0.0.0.0 the address tells nothing.
  const announced = { pid, started, port: Number(new URL(web.url).port), url: web.url, host: settings.host, role };
  writeFileSync(join(settings.dataDir, "server.json"), `${JSON.stringify(announced)}\n`);
  // Pages that start again announce nothing.
  if (side?.isFirst === false) return;
  console.log(`Banyan ${version} listens on ${web.url}`);
  if (settings.google) console.log(`Sign in with Google at ${settings.publicUrl ?? web.url}`);
  const link = signInLink(web.url, await web.auth.createLinkToken());
  console.log(`Sign in once with this link, within 15 minutes: ${link}`);
  console.log(`For a new link: ${signInCommand(places, settings)}`);
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

function boundPort({ host, port }: Settings, launch: Launch | null, side: Side | null): Promise<BoundPort> {
  const isInherited = side ? side.port !== null : launch?.holdsPort;
  return isInherited ? inheritedPort(LISTENING_FD, host, port) : bindPort(host, port);
}

type ServerWorker = Pick<Worker, "id" | "active" | "stop" | "drain" | "resume" | "workOn">;

interface WorkOptions {
  role: "all" | "worker";
  address: string | undefined;
  launch: Launch | null;
  side: Side | null;
  report(message: string, error?: unknown): void;
}

/** Starts the worker, and the indexer that makes its output searchable. */
async function startWork(
  runtime: Runtime,
  { role, address, launch, side, report }: WorkOptions,
): Promise<ServerWorker> {
  // A release that is watched claims nobody's tasks before it is proved.
  const claims = launch?.isWatched ? { treeId: "none" as const } : {};
  const worker = await runtime.startWorker({ role, ...claims, ...(address && { address }) });
  // In the same turn of the event loop, before it can claim.
  if (side?.isDraining) worker.drain();
  const indexer = startIndexer(runtime.store, { intervalMs: INDEX_INTERVAL_MS, report });
  const { active, drain, resume, workOn } = worker;
  return {
    active,
    drain,
    resume,
    workOn,
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

function registerWeb({ store: { workers } }: Runtime, address: string | null, report: WorkOptions["report"]) {
  return keepWebRow({ workers, own: ownIdentity(), address, timers: reporting(realTimers, report), report });
}

/** Only a process that answers people loads the code for it. */
async function load(options: PagesOptions, pages: Pages | undefined) {
  const { createWebServer, preparePages } = await import("./web");
  return { createWebServer, pages: pages ?? (await preparePages(options)) };
}

interface WebOptions extends Awaited<ReturnType<typeof load>> {
  bound: BoundPort;
  version: string;
  commit: string | null;
  launch: Launch | null;
  dev: boolean;
  clock: PageClock;
  report(message: string, error?: unknown): void;
}

function createWeb(
  runtime: Runtime,
  settings: Settings,
  { createWebServer, pages, bound, version, commit, launch, dev, clock, report }: WebOptions,
): WebServer {
  const { google, publicUrl, allowedUsers, environmentsDomain } = settings;
  const { store, security } = runtime;
  const hookSources = { store, secret: (name: string) => security.vault.get(name), now: Date.now };
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
    environments: { ...store.environments, isPaused: () => store.halts.current() !== null },
    environmentsDomain,
    takeDelivery: (delivery) => takeDelivery(hookSources, delivery),
    host: settings.host,
    bound,
    pages,
    clock,
    counts: runtime.counts,
    dev,
    health: createHealthReport({ runtime, version, commit, launch, timers: realTimers }),
  });
}
