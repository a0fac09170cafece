/** The kill switch: everything pauses immediately and resumes only when a person resumes it. */
import { z } from "zod";
import { UserError } from "@/agents/application";
import { said } from "@/agents/operations/operation";
import { number, text } from "@/agents/operations/parse";
import { startCommand } from "@/lib/places";
import { operation } from "./world/operation";

export const haltOperations = {
  pauseEverything: operation({
    right: "run",
    summary:
      "The kill switch: cuts every call, ends the programs of tasks, environments and promotions, and starts none until everything is resumed.",
    http: "POST pause",
    input: z.strictObject({ reason: text.optional().describe("Why, for everybody who sees the pause.") }),
    audit: ["reason"],
    result: said,
    async run({ reason = "" }, actor, { store: { halts } }) {
      if (!(await halts.begin(actor.name, reason.trim()))) {
        const by = halts.current()?.by ?? "somebody";
        throw new UserError("conflict", `${by} has already paused everything.`);
      }
      return {
        sentence:
          "Everything is paused: running calls are cut, background commands, services and commands of promotions end, and nothing runs until you resume everything.",
      };
    },
  }),
  resumeEverything: operation({
    right: "run",
    summary: "Resumes everything after the kill switch.",
    http: "POST resume",
    audit: [],
    result: said,
    async run(_, _actor, { store, now }) {
      const halt = await store.halts.end();
      if (!halt) throw new UserError("conflict", "Nothing to resume: nothing was paused with “pause everything”.");
      const minutes = Math.round((now() - halt.sinceMs) / 60_000);
      const after = minutes > 0 ? ` after ${minutes} ${minutes === 1 ? "minute" : "minutes"}` : "";
      return {
        sentence: `Everything is resumed${after}: tasks continue from their logs, and their agents read which calls were cut. Services start again, and promotions repeat the step that was cut.`,
      };
    },
  }),
  /** For a person who wants to see that nothing is lost. */
  stopForSeconds: operation({
    right: "administer",
    summary: "Ends the server when each task has finished its turn; its launcher starts it again after some seconds.",
    onPages: true,
    input: z.strictObject({ seconds: number.int("must be a whole number").min(1).max(60) }),
    audit: ["seconds"],
    result: said,
    async run({ seconds }, actor, { restart }) {
      if (!restart)
        throw new UserError(
          "unavailable",
          `No launcher runs this server, so nothing would start it again: press Ctrl+C in its terminal, then run \`${startCommand()}\`.`,
        );
      // Deferred, so that the answer is sent first.
      setImmediate(() => restart(actor.name, seconds * 1_000));
      return { sentence: `The server stops for ${seconds} seconds, then starts again.` };
    },
  }),
  /** As a signal would, the server ends when each task has finished its turn. */
  shutDown: operation({
    right: "administer",
    summary: "Ends the server when each task has finished its turn.",
    audit: [],
    result: said,
    async run(_input, actor, { shutDown }) {
      if (!shutDown)
        throw new UserError("unavailable", "No server runs in this process: there is nothing to shut down.");
      // Deferred, so that the answer is sent first.
      setImmediate(() => shutDown(actor.name));
      return { sentence: "Shutting down: the server ends when each task has finished its turn, after 30 s at most." };
    },
  }),
};
