/** Follows a tree until it ends or needs a person. Runs a worker for it while no other worker is alive. */
import { isEnded } from "@/core/log/terms";
import type { Review, Tree } from "@/core/shapes/shapes";
import type { ActingApplication, Context } from "@/scripts/cli/context/context";
import { INTERRUPTED, type Interrupt, listenForInterrupt, needsReader } from "@/scripts/cli/context/interrupt";
import { watchWorkers } from "@/scripts/cli/context/live-workers";
import { type OwnWorker, startOwnWorker } from "@/scripts/cli/context/own-worker";
import { print, printJson, warn } from "@/scripts/cli/print/output";
import { answerHint, askedText } from "@/scripts/cli/print/review-hint";
import { createRoundLines } from "@/scripts/cli/print/rounds";
import { switchHints } from "@/scripts/cli/print/switch-hint";
import { clean, oneLine } from "@/scripts/cli/print/text";
import { linesView, silentView, terminalView, type View } from "@/scripts/cli/print/views";
import { endedText, remedyOf, short } from "@/scripts/cli/print/words";
import { wholeTree } from "./show";

/** A model call in flight has this long to finish. Then it is cut, and repeated when the tree continues. */
const GRACE_MS = 5_000;
/**
 * Least pause between two reads of the tree. A slow read pauses for a multiple of its time, so that a large tree is not
 * read continuously.
 */
const LEAST_PAUSE_MS = 50;
const PAUSE_SHARE = 4;
const WATCH_MS = 1_000;

interface Observed {
  tree: Tree;
  /** Open items of any kind for which a task waits. */
  questions: Review[];
}

/** Resolves with the exit status: 0 succeeded, 1 failed or stopped, 3 waits for a person, 130 interrupted. */
export async function follow(context: Context, acting: ActingApplication, treeId: string): Promise<number> {
  needsReader();
  const view = await viewFor(context);
  const interrupt = listenForInterrupt();
  const report = (sentence: string) => view.note(sentence);
  const work = new WorkWhenNobodyElseDoes(context, acting, treeId, report);
  const rounds = createRoundLines(acting.queries);
  try {
    const last = await followUntilOver(acting, treeId, { view, rounds, interrupt, work });
    if (interrupt.isRequested() && work.isOwn())
      view.note("Interrupted: waiting for calls in flight; press Ctrl-C again to leave now.");
    await work.stop(interrupt.isRequested() ? GRACE_MS : 0);
    // Stopping the worker may have changed the tree since the last read.
    const end = interrupt.isRequested() ? await observe(acting, treeId) : last;
    for (const line of await rounds(end.tree)) view.say(line);
    view.show(end.tree, idsOf(end.questions));
    view.finish();
    return await conclude(context, acting, end, interrupt);
  } finally {
    interrupt.close();
    await work.stop(0);
  }
}

async function viewFor(context: Context): Promise<View> {
  if (context.json) return silentView();
  return process.stdout.isTTY ? terminalView(process.stdout) : linesView();
}

interface Following {
  view: View;
  rounds: ReturnType<typeof createRoundLines>;
  interrupt: Interrupt;
  work: WorkWhenNobodyElseDoes;
}

async function followUntilOver(
  acting: ActingApplication,
  treeId: string,
  { view, rounds, interrupt, work }: Following,
): Promise<Observed> {
  const changes = watchTree(acting, treeId, interrupt);
  try {
    let observed = await observe(acting, treeId);
    view.show(observed.tree, idsOf(observed.questions));
    for (const line of await rounds(observed.tree)) view.say(line);
    let pauseMs = LEAST_PAUSE_MS;
    let wasPaused = false;
    let hinted = new Set<string>();
    while (!isOver(observed) && !interrupt.isRequested()) {
      await work.begin();
      // Without this note the user would wait, although only another terminal or the page can resume the tree.
      const isPaused = isAllPaused(observed.tree);
      if (isPaused && !wasPaused)
        view.note(`The tree is paused. To continue, run in another terminal: ${resumeCommand(observed.tree)}`);
      wasPaused = isPaused;
      const hints = switchHints(observed.tree.tasks);
      for (const hint of hints) if (!hinted.has(hint)) view.note(clean(hint));
      hinted = new Set(hints);
      const changed = await changes.next(pauseMs, view.redrawMs);
      if (changed) {
        const beganMs = performance.now();
        observed = await observe(acting, treeId);
        for (const line of await rounds(observed.tree)) view.say(line);
        pauseMs = Math.max(LEAST_PAUSE_MS, (performance.now() - beganMs) * PAUSE_SHARE);
      }
      view.show(observed.tree, idsOf(observed.questions));
    }
    return observed;
  } finally {
    changes.close();
  }
}

async function observe({ queries }: ActingApplication, treeId: string): Promise<Observed> {
  const tree = await queries.getTree(treeId);
  const reviews = await queries.listReviews({ open: true, treeId });
  return { tree, questions: reviews.items.filter((item) => item.waiting_tasks > 0) };
}

/** Whether no task can run until somebody resumes one. The tree's status may still be running, for the finishing agents. */
function isAllPaused({ status, tasks }: Tree): boolean {
  if (status !== "running") return status === "paused";
  const open = tasks.filter((task) => !isEnded(task.status));
  const isAtWork = open.some((task) => task.status === "ready" || task.status === "running");
  return !isAtWork && open.some((task) => task.status === "paused");
}

/** Also names `step`, because resuming ends the task's manual stepping. */
function resumeCommand({ id, tasks, root_task_id }: Tree): string {
  const paused = tasks.find((task) => task.status === "paused");
  const step = paused ? ` (one turn only: npx banyan step ${short(paused.id)})` : "";
  return `npx banyan resume ${short(paused && paused.id !== root_task_id ? paused.id : id)} --detach${step}`;
}

function isOver({ tree, questions }: Observed): boolean {
  return tree.ended_at !== null || (tree.status === "waiting" && questions.length > 0 && !isOverdue(tree));
}

/** Whether an item has timed out: its task continues without a person as soon as a worker runs. */
function isOverdue({ tasks }: Tree): boolean {
  return tasks.some(
    ({ status, parked_until }) =>
      status === "waiting" && parked_until !== null && Date.parse(parked_until) <= Date.now(),
  );
}

function idsOf(reviews: Review[]): ReadonlySet<string> {
  return new Set(reviews.map((review) => review.id));
}

function watchTree(acting: ActingApplication, treeId: string, interrupt: Interrupt) {
  let changed = false;
  let wake = () => {};
  const unsubscribe = acting.live.onTree(treeId, () => {
    changed = true;
    wake();
  });
  interrupt.onRequest(() => wake());
  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  return {
    /** Resolves with whether the tree changed. Waits at least `leastMs`, then at most `mostMs` for a change. */
    async next(leastMs: number, mostMs: number): Promise<boolean> {
      await new Promise((resolve) => setTimeout(resolve, leastMs));
      if (!changed && !interrupt.isRequested()) await sleep(mostMs);
      const was = changed;
      changed = false;
      return was;
    },
    close: unsubscribe,
  };
}

/** Runs this process's own worker for the tree from the moment that no server or worker is alive. */
class WorkWhenNobodyElseDoes {
  private own: OwnWorker | null = null;
  private readonly watch;
  private polledMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly context: Context,
    private readonly acting: ActingApplication,
    private readonly treeId: string,
    private readonly report: (sentence: string) => void,
  ) {
    this.watch = watchWorkers(acting.store);
  }

  isOwn(): boolean {
    return this.own !== null;
  }

  async begin(): Promise<void> {
    if (this.own || performance.now() - this.polledMs < WATCH_MS) return;
    const isFirst = this.polledMs === Number.NEGATIVE_INFINITY;
    this.polledMs = performance.now();
    if (this.watch.isLive()) return;
    if (!isFirst) this.report("The server has stopped: this command now runs the tree.");
    const key = this.acting.store.queries.trees.treeKey(this.treeId);
    this.own = await startOwnWorker(this.context, key, this.report);
  }

  async stop(graceMs: number): Promise<void> {
    const { own } = this;
    this.own = null;
    await own?.stop(graceMs);
  }
}

async function conclude(
  context: Context,
  acting: ActingApplication,
  observed: Observed,
  interrupt: Interrupt,
): Promise<number> {
  const { tree, questions } = observed;
  const root = await acting.queries.getTask(tree.root_task_id);
  if (context.json) printJson(await wholeTree(acting.queries, tree.id));
  if (tree.ended_at !== null) {
    const text = root.result ?? root.summary;
    if (!context.json && text) print(`${process.stdout.isTTY ? "\n" : ""}${clean(text).trimEnd()}`);
    if (tree.status === "succeeded") return 0;
    warn(`The task has ${endedText({ ...root, status: tree.status })} ${remedyOf(root)}`.trim());
    if (tree.status === "failed") await markSeen(acting, tree.id);
    return 1;
  }
  if (isOver(observed)) {
    for (const question of questions) {
      warn(`Waiting for you: ${askedText(question)}`);
      warn(answerHint(question));
    }
    if (!watchWorkers(acting.store).isLive())
      warn(`No worker is running. After you answer, continue with: npx banyan resume ${short(tree.id)}`);
    return 3;
  }
  if (interrupt.isRequested()) {
    const goesOn = watchWorkers(acting.store).isLive()
      ? `it keeps running; follow it with: npx banyan resume ${short(tree.id)}`
      : `it continues at the next start, or with: npx banyan resume ${short(tree.id)}`;
    warn(`Interrupted. The tree “${oneLine(tree.title)}” is kept, and ${goesOn}`);
  }
  return INTERRUPTED;
}

/** Marks a failure as seen if a terminal has shown it. Perhaps nobody has read the output in a file or a pipe. */
async function markSeen({ application }: ActingApplication, treeId: string): Promise<void> {
  if (!process.stderr.isTTY) return;
  // If this fails, the tree is listed once more among those that need a person.
  await application.commands.markSeen({ id: treeId }).catch(() => {});
}
