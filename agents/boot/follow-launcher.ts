/**
 * Connects a server with its launcher: follows orders once it can, and reports what people want done with releases by
 * agents.
 */
import type { Worker } from "@/agents/worker/worker";
import type { WatchCounts } from "@/db/people/watcher";
import type { Launch } from "@/lib/process/launch";
import type { LauncherChannel, LauncherOrders } from "@/lib/process/launcher-channel";
import { createOrders } from "./launcher-orders";
import type { Runtime } from "./runtime-parts";

type Following = Omit<LauncherOrders, "stop">;

/** `tidy`: the release is permanent, and puts in order what a trial left. */
type Begun = Omit<Following, "makePermanent"> & { tidy(): void };

export interface LaterOrders {
  /** Orders for the channel; those that arrive before `begin` wait for it. */
  passOn: Following;
  /** Whether the launcher has made this release permanent. */
  isPermanent(): boolean;
  begin(orders: Begun): void;
}

export function laterOrders(makePermanent: () => void): LaterOrders {
  let orders: Begun | null = null;
  let isPermanent = false;
  const waiting: (() => void)[] = [];
  const follow = (order: () => void) => void (orders ? order() : waiting.push(order));
  return {
    passOn: {
      makePermanent() {
        isPermanent = true;
        makePermanent();
        follow(() => orders?.tidy());
      },
      canary: (nonce, asks) => follow(() => orders?.canary(nonce, asks)),
      claim: () => follow(() => orders?.claim()),
      drain: (limits) => follow(() => orders?.drain(limits)),
      resume: () => follow(() => orders?.resume()),
      status: (status) => follow(() => orders?.status(status)),
    },
    isPermanent: () => isPermanent,
    begin(given) {
      orders = given;
      for (const order of waiting.splice(0)) order();
    },
  };
}

export interface FollowOptions {
  /** null: no launcher runs the process. */
  channel: LauncherChannel | null;
  launch: Launch | null;
  orders: LaterOrders;
  say(sentence: string): void;
  report(message: string, error?: unknown): void;
}

/** Resolves with the function that ends it. */
export async function followLauncher(
  runtime: Runtime,
  worker: Pick<Worker, "active" | "drain" | "resume" | "workOn">,
  { channel, launch, orders, say, report }: FollowOptions,
): Promise<() => void> {
  const { store, application, live, terminals } = runtime;
  if (!channel || !launch) {
    await store.selfReleases.tell(null);
    return () => {};
  }
  let { status } = launch;
  const tell = (told: Launch["status"]) => {
    status = told;
    void store.selfReleases
      .tell(told)
      .catch((error: unknown) => report("The state of agents' releases could not be kept.", error));
  };
  tell(status);
  const isTrial = () => launch.isTrial && !orders.isPermanent();
  const own = createOrders({
    commands: application.commands,
    store,
    worker,
    report,
    terminals,
    activities: live.activities,
    drained: channel.drained,
  });
  const { takenBack } = launch;
  const settle = async () => {
    if (!takenBack) return;
    say(await runtime.settleTrial(takenBack));
    channel.settled(takenBack.n);
  };
  // Runs beside the start, which must not fail because of the leftovers of a trial; the next start tries again.
  const tidy = () => {
    own.removeCanaries();
    store.people
      .endWatch(countsIn(status))
      .catch((error: unknown) => report("The end of a watch could not be written into the audit.", error));
    settle().catch((error: unknown) => report("What a trial left could not be put right.", error));
  };
  orders.begin({ ...own, status: tell, tidy });
  if (!isTrial()) tidy();
  return runtime.watchReleases(channel, isTrial);
}

/** What was counted in the newest trial. */
function countsIn({ releases }: Launch["status"]): WatchCounts | null {
  const watched = releases.findLast(({ numbers }) => numbers !== null);
  return watched?.numbers ? { release: watched.n, asked: watched.numbers.asked, failed: watched.numbers.failed } : null;
}
