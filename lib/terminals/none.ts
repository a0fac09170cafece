import { WorkspaceError } from "../workspace/path";
import type { Terminals } from "./port";

/** For processes in which nothing runs in the background. */
export const NO_TERMINALS: Terminals = {
  start: refuse,
  output: refuse,
  input: refuse,
  stop: refuse,
  hostsOf: () => [],
  endOfTask: async () => undefined,
  endOf: async () => undefined,
  endAll: async () => undefined,
  close: async () => undefined,
};

function refuse(): Promise<never> {
  return Promise.reject(
    new WorkspaceError(
      "Commands cannot run in the background here; run it in the foreground, with timeout_seconds if it is long.",
    ),
  );
}
