/**
 * The supervisor of a server in two processes. It starts the side that answers people and the side that works, gives
 * them a socket to each other, passes the launcher's orders on, and restarts a side that crashed. It opens no database
 * and holds the port, so that connections wait while the pages start again.
 */
import { type Launch, withOrder } from "@/lib/process/launch";
import { type OrderLine, openLauncherLines } from "@/lib/process/launcher-channel";
import { ALIVE_EVERY_MS, type FromSide, type SideName } from "@/lib/process/side";
import { type SideEnd, type SideProcess, startSide } from "./side-process";
import { SILENCE_LIMITS, type SilenceLimits, type SilenceWatch, watchSilence } from "./silence";

/** A side that still runs turns after this time is ended; see GRACE_MS of the sides. */
const STOP_LIMIT_MS = 45_000;
const CRASH_WINDOW_MS = 600_000;
/** This many crashes of a side within the window end the server: the program that started it decides what to do. */
const MOST_CRASHES = 5;
const LONGEST_DELAY_MS = 30_000;
export const USUAL_DELAY_MS = 500;
const USUAL_LIMITS: SideLimits = { ...SILENCE_LIMITS, delayMs: USUAL_DELAY_MS };

export interface SideLimits extends SilenceLimits {
  /** A side that crashes for the second time waits four times as long before it starts again, then twice as long each time. */
  delayMs: number;
}

export interface SupervisorOptions {
  /** The address of the module with the server's `main`, which runs the sides, too. */
  entry: string;
  argv: string[];
  launch: Launch | null;
  port: { fd: number; port: number } | null;
  say(sentence: string): void;
  /** Tests shorten them. */
  limits?: SideLimits | undefined;
}

interface Supervision {
  options: SupervisorOptions;
  /** The orders for the next side that starts; the launcher changes them. */
  launch: Launch | null;
  sides: Partial<Record<SideName, SideProcess>>;
  /** The sides that were ready, with their reports. */
  ready: Partial<Record<SideName, FromSide & { type: "ready" }>>;
  /** Whether both were ready once. */
  isUp: boolean;
  /** The launcher's order to let turns end, until it takes it back. */
  draining: OrderLine | null;
  crashes: Record<SideName, number[]>;
  silence: SilenceWatch;
  isStopping: boolean;
  tellLauncher(line: object): void;
}

const NAMES = { web: "The process of the pages", worker: "The worker's process" };

/** Runs until the process ends. */
export function supervise(options: SupervisorOptions): void {
  const { launch } = options;
  const context: Supervision = {
    options,
    launch,
    sides: {},
    ready: {},
    isUp: false,
    draining: null,
    isStopping: false,
    crashes: { web: [], worker: [] },
    silence: watchSilence(
      options.limits ?? USUAL_LIMITS,
      () => performance.now(),
      (side, seconds) =>
        options.say(`${NAMES[side.name]} has given no sign of life for ${seconds} seconds: it is ended.`),
    ),
    tellLauncher: () => {},
  };
  if (launch) context.tellLauncher = openLauncherLines((line) => followLauncher(context, line));
  let signals = 0;
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      signals += 1;
      // A side may report a signal before this process gets it: a signal to all processes counts as one request.
      if (signals > 1) endNow(context, 130);
      else void stop(context, signal, 0);
    });
  start(context, "web");
  start(context, "worker");
  setInterval(() => context.silence.check(), ALIVE_EVERY_MS);
}

function start(context: Supervision, name: SideName): void {
  const { options, launch, sides } = context;
  const other = sides[name === "web" ? "worker" : "web"];
  const hasLink = other !== undefined && !other.hasEnded();
  const plan = { ...options, name, launch, hasLink, isFirst: !context.isUp, isDraining: context.draining !== null };
  const side = startSide(plan, (line) => hear(context, side, line));
  sides[name] = side;
  context.silence.begin(side);
  if (side.link) other?.tell({ type: "link" }, side.link);
  void side.ended.then((end) => afterEnd(context, side, end));
}

function hear(context: Supervision, side: SideProcess, line: FromSide): void {
  const { options, sides, draining, silence } = context;
  silence.heard(side);
  if (line.type === "alive") return;
  if (line.type === "opened") sides.web?.tell({ type: "go" });
  else if (line.type === "signal") void stop(context, line.signal, 0);
  else if (line.type === "ready") {
    context.ready[side.name] = line;
    silence.ready(side);
    if (context.isUp && side.name === "worker" && draining) side.tell(draining);
    tellReady(context);
  } else if (options.launch) {
    context.launch = withOrder(context.launch, line);
    context.tellLauncher(line);
  } else if (line.type === "ask" && line.what === "stop") void stop(context, line.by, 0);
}

/** The launcher hears it again when the worker has raised the level of the database. */
function tellReady(context: Supervision): void {
  const { web, worker } = context.ready;
  if (!web || !worker) return;
  context.isUp = true;
  context.tellLauncher({ ...worker, url: web.url });
}

function followLauncher(context: Supervision, line: OrderLine): void {
  if (line.type === "stop") {
    void stop(context, line.by ?? "the launcher", 0);
    return;
  }
  context.launch = withOrder(context.launch, line);
  if (line.type === "drain") context.draining = line;
  if (line.type === "resume") context.draining = null;
  context.sides.worker?.tell(line);
}

/**
 * A side that ends without a request starts again, after growing delays. At the start and on trial it ends the server,
 * as any fault does.
 */
function afterEnd(context: Supervision, side: SideProcess, { how, status }: SideEnd): void {
  const { options, crashes } = context;
  if (context.isStopping) return;
  // The side has reported the reason.
  if (!context.isUp) endNow(context, status || 1);
  const now = Date.now();
  const times = [...crashes[side.name].filter((atMs) => now - atMs < CRASH_WINDOW_MS), now];
  crashes[side.name] = times;
  if (context.launch?.isTrial || times.length >= MOST_CRASHES) {
    options.say(`${NAMES[side.name]} ${how}${times.length > 1 ? `, the ${times.length}th time in ten minutes` : ""}.`);
    return void stop(context, "a crash", status || 1);
  }
  options.say(`${NAMES[side.name]} ${how}. It starts again.`);
  context.tellLauncher({ type: "crashed", side: side.name, how });
  const { delayMs: unit } = options.limits ?? USUAL_LIMITS;
  const delayMs = times.length < 2 ? 0 : Math.min(LONGEST_DELAY_MS, unit * 2 ** times.length);
  setTimeout(() => {
    if (!context.isStopping) start(context, side.name);
  }, delayMs);
}

/** Pages answer while turns end: people can read, and their requests wait in the database. */
async function stop(context: Supervision, by: string, status: number): Promise<void> {
  if (context.isStopping) return;
  context.isStopping = true;
  const { web, worker } = context.sides;
  setTimeout(() => endNow(context, 1), STOP_LIMIT_MS);
  web?.tell({ type: "drainPages" });
  worker?.tell({ type: "stop", by });
  await worker?.ended;
  web?.tell({ type: "stop", by });
  await web?.ended;
  process.exit(status);
}

function endNow({ sides }: Supervision, status: number): never {
  for (const side of Object.values(sides)) side.kill();
  process.exit(status);
}
