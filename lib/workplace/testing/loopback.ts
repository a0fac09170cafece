/** A runner in this process, for tests: what is asked of it travels as JSON, and its folders are in a folder of its own. */

import { join } from "node:path";
import type { SandboxPort } from "../../sandbox/port";
import type { SnapshotStore } from "../../snapshots/port";
import { createSnapshotStore } from "../../snapshots/store";
import type { Terminals } from "../../terminals/port";
import { localWorkplaces } from "../local/local";
import type { PlaceCaller } from "../remote";
import { type Pack, type PlaceRequest, requestShape } from "../requests";
import { type PlaceHost, performAsked } from "../serve";
import { endOf, endShape, type Holes, resultOf, withHoles } from "../wire";

export interface Loopback extends PlaceCaller {
  /** What was asked, in order. */
  asked: PlaceRequest[];
  store: SnapshotStore;
}

export function loopback(dataDir: string, sandbox: SandboxPort, terminals: Terminals): Loopback {
  const packs = new Map<string, Buffer>();
  const bucket = {
    async put(name: string, bytes: AsyncIterable<Uint8Array>): Promise<Pack> {
      const chunks: Uint8Array[] = [];
      for await (const chunk of bytes) chunks.push(Buffer.from(chunk));
      packs.set(name, Buffer.concat(chunks));
      return { name, bytes: packs.get(name)?.length ?? 0, sha256: "" };
    },
    async *get({ name }: Pack) {
      const bytes = packs.get(name);
      if (!bytes) throw new Error(`There is no pack ${name}.`);
      yield bytes;
    },
    remove: async (name: string) => void packs.delete(name),
  };
  const store = createSnapshotStore({ dir: join(dataDir, "snapshots") });
  const host: PlaceHost = {
    dataDir,
    store,
    packs: bucket,
    workplaces: localWorkplaces({ sandbox, terminals, snapshots: store }),
    endPrograms: (tree, task) => (task === null ? terminals.endOf(tree) : terminals.endOfTask(task)),
  };
  const asked: PlaceRequest[] = [];
  return {
    asked,
    store,
    packs: bucket,
    async ask(given) {
      const holes: Holes = { signals: [], functions: [] };
      const request = requestShape.parse(travel(withHoles(given, holes)));
      asked.push(request);
      const [callers = new AbortController().signal] = holes.signals;
      const filling = {
        signal: AbortSignal.any([callers]),
        call: (at: number, args: readonly unknown[]) => holes.functions[at]?.(...(travel(args) as unknown[])),
      };
      const end = await endOf(() => performAsked(host, request, filling), filling.signal);
      return resultOf(endShape.parse(travel(end)), callers);
    },
  };
}

/** Returns what arrives. */
function travel(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
