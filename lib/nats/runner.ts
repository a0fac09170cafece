/** A runner's side of its cell. */
import { connectNats } from "./connect";
import { leaveCutOffNodes, RUNNER_LEAVES_MS } from "./cut-off";
import { createOutcomeStore } from "./outcomes";
import { packsOver } from "./packs";
import type { LinkOptions, RunnerLink } from "./port";
import { createAnnouncer } from "./presence";
import { serveCalls } from "./serve";

/** Connects the runner of this name. Throws NatsError. */
export async function connectRunner(options: LinkOptions & { runner: string }): Promise<RunnerLink> {
  const { cell, runner } = options;
  const link = await connectNats(options, runner);
  const announcer = createAnnouncer(link, cell, runner, options.announceMs);
  const endLeaving = leaveCutOffNodes(link, announcer.unheardMs, RUNNER_LEAVES_MS);
  const outcomes = createOutcomeStore(link, cell, runner);
  let bootId: string | null = null;
  let stop = () => {};
  return {
    isUp: link.isUp,
    onLost: link.onLost,
    onBack: link.onBack,
    announce(state) {
      bootId = state.bootId;
      announcer.announce(state);
    },
    unheardMs: announcer.unheardMs,
    leave() {
      endLeaving();
      return announcer.leave();
    },
    async serve(answer) {
      stop = await serveCalls({ link, cell, runner, outcomes, bootId: () => bootId }, answer);
    },
    packs: packsOver(link, cell, runner),
    waitingOutcomes: outcomes.waiting,
    settled: outcomes.settled,
    async close() {
      endLeaving();
      announcer.close();
      outcomes.close();
      stop();
      await link.close();
    },
  };
}
