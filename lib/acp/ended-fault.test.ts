import { PassThrough } from "node:stream";
import { setImmediate as soon } from "node:timers/promises";
import { expect, test } from "vitest";
import { endedFault } from "./converse";
import { agentLines } from "./lines";

test("the last words of an agent are heard when its end is known before they are read", async () => {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const ended = Promise.resolve({ exitStatus: 7 });
  const agent = { stdin, stdout, stderr, ended, kill: async () => {} };
  const { lastWords } = agentLines(agent, { take: () => true, onClose: () => {} });
  const fault = endedFault(agent, lastWords);
  await soon();
  stderr.end("The agent has lost its mind\n");
  expect(await fault).toEqual({ code: "ended", exitStatus: 7, said: "The agent has lost its mind", problem: null });
});
