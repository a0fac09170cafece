import { WorkspaceError } from "../workspace/path";
import type { Terminals } from "./port";

/** For processes without background commands. */
export const NO_TERMINALS: Terminals = {
  start: refuse,
  output: refuse,
  input: refuse,
  stop: refuse,
  hostsOf: () => null,
  running: () => [],
  endOfTask: async () => undefined,
  endOf: async () => undefined,
  endAll: async () => undefined,
  close: async () => undefined,
};

function refuse(): Promise<never> {
  return Promise.reject(
    new WorkspaceError(
      "Commands cannot run in the background here; run the command in the foreground, with timeout_seconds if it takes long.",
    ),
  );
}
