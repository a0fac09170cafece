import { all, holds, succeeded } from "../task/checks";
import { writes } from "../task/replies";
import type { EvalTask } from "../task/task";

const LINES = Array.from(
  { length: 20_000 },
  (_, at) => `2026-05-01T10:00:00Z request ${at} took ${(at * 37) % 900} ms`,
);
LINES[13_370] = "2026-05-01T10:00:00Z request 13370 failed: E5521 lease expired";
LINES[402] = "2026-05-01T10:00:00Z request 402 retried after E5512";

export const largeFile: EvalTask = {
  name: "large-file",
  about: "searches a large file instead of reading it",
  agent: "worker",
  instruction: "Exactly one request in server.log failed. Write its number, and nothing else, into failed.txt.",
  files: { "server.log": `${LINES.join("\n")}\n` },
  check: (ended) => all(succeeded(ended), holds(ended, "failed.txt", "13370")),
  scripts: { pass: writes({ "failed.txt": "13370\n" }), wrong: writes({ "failed.txt": "402\n" }) },
};
