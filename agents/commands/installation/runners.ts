/** Draining runners: a person lets one do nothing new, and takes that back. */
import { UserError } from "@/agents/application";
import { type CommandWorld, operation } from "@/agents/commands/world/operation";
import { said } from "@/agents/operations/operation";
import { isName } from "@/lib/nats/names";

export const runnerOperations = {
  drainRunner: operation({
    right: "administer",
    summary: "Lets a runner do nothing new. What runs there ends, and its trees go on at other runners of its pool.",
    on: "name",
    http: "POST runners/:id/drain",
    audit: [],
    result: said,
    async run({ id }, actor, world) {
      const { places } = world.store;
      refuseUnknown(world, id);
      if (places.drains().some(({ runner }) => runner === id))
        throw new UserError("conflict", `The runner ${id} is drained already.`);
      await places.drain(id, actor.name);
      return {
        sentence: `The runner ${id} gets nothing new. What runs there ends, and its trees go on at other runners of its pool.`,
      };
    },
  }),
  resumeRunner: operation({
    right: "administer",
    summary: "Gives a drained runner work again.",
    on: "name",
    http: "POST runners/:id/resume",
    audit: [],
    result: said,
    async run({ id }, _actor, { store }) {
      if (!(await store.places.endDrain(id)))
        throw new UserError("conflict", `The runner ${shown(id)} is not drained.`);
      return { sentence: `The runner ${id} gets work again.` };
    },
  }),
};

function refuseUnknown({ store }: CommandWorld, id: string): void {
  const names = (store.places.seen()?.runners ?? []).map(({ runner }) => runner);
  if (names.includes(id)) return;
  const known = names.length > 0 ? `Runners: ${names.join(", ")}.` : "None has been heard yet.";
  throw new UserError("not_found", `There is no runner ${shown(id)}. ${known}`);
}

/** A wrong name may be any text. */
function shown(id: string): string {
  return isName(id) ? id : "of this name";
}
