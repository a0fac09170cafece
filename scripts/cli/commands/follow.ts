/** Follows a tree until it has ended or needs a person; works on it as long as nobody else does. */
import type { Acting } from "@/agents/boot/acting";
import { isEnded } from "@/core/log/terms";
import type { Review, Tree } from "@/core/shapes/shapes";
import type { Context } from "@/scripts/cli/context/context";
import { INTERRUPTED, type Interrupt, listenForInterrupt } from "@/scripts/cli/context/interrupt";
import { watchWorkers } from "@/scripts/cli/context/live-workers";
import { type OwnWorker, startOwnWorker } from "@/scripts/cli/context/own-worker";
import { print, printJson, warn } from "@/scripts/cli/print/output";
import { answerHint, askedText } from "@/scripts/cli/print/review-hint";
import { clean, oneLine } from "@/scripts/cli/print/text";
import { linesView, silentView, terminalView, type View } from "@/scripts/cli/print/views";
import { endedText, remedyOf, short } from "@/scripts/cli/print/words";

/** A model call that is under way may end within this; then it is cut, and made again when the tree goes on. */
const GRACE_MS = 5_000;
/** Between two looks at least so long, and several times as long as the look took: a large tree is not read all the time. */
const LEAST_PAUSE_MS = 50;
const PAUSE_SHARE = 4;
const WATCH_MS = 1_000;

interface Look {
  tree: Tree;
  /** Questions and approvals that are before a person. */
  questions: Review[];
}

/** Resolves with the exit status: 0 succeeded, 1 failed or stopped, 3 waits for a person, 130 interrupted. */
export async function follow(context: Context, acting: Acting, treeId: string): Promise<number> {
  const view = await viewFor(context);
  const interrupt = listenForInterrupt();
  const report = (sentence: string) => view.note(sentence);
  const work = new WorkWhenNobodyElseDoes(context, acting, treeId, report);
  try {
    const last = await lookUntilOver(acting, treeId, view, interrupt, work);
    if (interrupt.isRequested() && work.isOwn())
      view.note("Interrupted: calls under way come to their end; Ctrl-C again leaves at once.");
    await work.stop(interrupt.isRequested() ? GRACE_MS : 0);
    // Stopping may have changed what was seen last.
    const end = interrupt.isRequested() ? await lookAt(acting, treeId) : last;
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

async function lookUntilOver(
  acting: Acting,
  treeId: string,
  view: View,
  interrupt: Interrupt,
  work: WorkWhenNobodyElseDoes,
): Promise<Look> {
  const changes = watchTree(acting, treeId, interrupt);
  try {
    let look = await lookAt(acting, treeId);
    view.show(look.tree, idsOf(look.questions));
    let pauseMs = LEAST_PAUSE_MS;
    let wasPaused = false;
    while (!isOver(look) && !interrupt.isRequested()) {
      await work.begin();
      // Nobody is told to wait for what another terminal or the page has to do.
      const isPaused = standsPaused(look.tree);
      if (isPaused && !wasPaused)
        view.note(`The tree is paused: from another terminal, ${goOn(look.tree)} lets it go on.`);
      wasPaused = isPaused;
      const changed = await changes.next(pauseMs, view.redrawMs);
      if (changed) {
        const beganMs = performance.now();
        look = await lookAt(acting, treeId);
        pauseMs = Math.max(LEAST_PAUSE_MS, (performance.now() - beganMs) * PAUSE_SHARE);
      }
      view.show(look.tree, idsOf(look.questions));
    }
    return look;
  } finally {
    changes.close();
  }
}

async function lookAt({ queries }: Acting, treeId: string): Promise<Look> {
  const tree = await queries.getTree(treeId);
  const reviews = await queries.listReviews({ open: true, treeId });
  return { tree, questions: reviews.items.filter((one) => one.kind === "question" || one.kind === "approval") };
}

/** Nothing of it runs until somebody resumes something, though it may still have to be documented. */
function standsPaused({ status, tasks }: Tree): boolean {
  if (status !== "running") return status === "paused";
  const open = tasks.filter((task) => !isEnded(task.status));
  const isAtWork = open.some((task) => task.status === "ready" || task.status === "running");
  return !isAtWork && open.some((task) => task.status === "paused");
}

/** Resuming ends manual stepping of that task, so the step is named as well. */
function goOn({ id, tasks, root_task_id }: Tree): string {
  const paused = tasks.find((task) => task.status === "paused");
  const step = paused ? ` (by one turn: npx banyan step ${short(paused.id)})` : "";
  return `npx banyan resume ${short(paused && paused.id !== root_task_id ? paused.id : id)} --detach${step}`;
}

function isOver({ tree, questions }: Look): boolean {
  return tree.ended_at !== null || (tree.status === "waiting" && questions.length > 0 && !isOverdue(tree));
}

/** A question or an approval whose time is over goes on without a person, as soon as somebody works on the tree. */
function isOverdue({ tasks }: Tree): boolean {
  return tasks.some(
    ({ status, parked_until }) =>
      status === "waiting" && parked_until !== null && Date.parse(parked_until) <= Date.now(),
  );
}

function idsOf(reviews: Review[]): ReadonlySet<string> {
  return new Set(reviews.map((review) => review.id));
}

function watchTree(acting: Acting, treeId: string, interrupt: Interrupt) {
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
    /** Waits for a change, at least `leastMs` and at most `mostMs`. Resolves with whether there was one. */
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

/** A worker of this process for this tree, from the moment when no server or worker is there any more. */
class WorkWhenNobodyElseDoes {
  private own: OwnWorker | null = null;
  private readonly watch;
  private lookedMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly context: Context,
    private readonly acting: Acting,
    private readonly treeId: string,
    private readonly report: (sentence: string) => void,
  ) {
    this.watch = watchWorkers(acting.store);
  }

  isOwn(): boolean {
    return this.own !== null;
  }

  async begin(): Promise<void> {
    if (this.own || performance.now() - this.lookedMs < WATCH_MS) return;
    const isFirst = this.lookedMs === Number.NEGATIVE_INFINITY;
    this.lookedMs = performance.now();
    if (this.watch.isLive()) return;
    if (!isFirst) this.report("The server is gone: this command works on the tree now.");
    const key = this.acting.store.queries.trees.treeKey(this.treeId);
    this.own = await startOwnWorker(this.context, key, this.report);
  }

  async stop(graceMs: number): Promise<void> {
    const { own } = this;
    this.own = null;
    await own?.stop(graceMs);
  }
}

async function conclude(context: Context, acting: Acting, look: Look, interrupt: Interrupt): Promise<number> {
  const { tree, questions } = look;
  const root = await acting.queries.getTask(tree.root_task_id);
  if (context.json) printJson(await acting.queries.getTree(tree.id, { tasks: "whole" }));
  if (tree.ended_at !== null) {
    const text = root.result ?? root.summary;
    if (!context.json && text) print(`${process.stdout.isTTY ? "\n" : ""}${clean(text).trimEnd()}`);
    if (tree.status === "succeeded") return 0;
    warn(`The task has ${endedText({ ...root, status: tree.status })} ${remedyOf(root)}`.trim());
    return 1;
  }
  if (isOver(look)) {
    for (const question of questions) {
      warn(`Waiting for you: ${askedText(question)}`);
      warn(answerHint(question));
    }
    if (!watchWorkers(acting.store).isLive())
      warn(`Nothing works on the tree until then; go on after that with: npx banyan resume ${short(tree.id)}`);
    return 3;
  }
  if (interrupt.isRequested()) {
    const goesOn = watchWorkers(acting.store).isLive()
      ? `it goes on; follow it with: npx banyan resume ${short(tree.id)}`
      : `it goes on at the next start, or with: npx banyan resume ${short(tree.id)}`;
    warn(`Interrupted. The tree “${oneLine(tree.title)}” is kept, and ${goesOn}`);
  }
  return INTERRUPTED;
}
