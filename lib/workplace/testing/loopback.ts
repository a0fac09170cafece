/** A runner in this process, for tests: what is asked of it travels as JSON, and its folders are in a folder of its own. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { SandboxPort } from "../../sandbox/port";
import type { SnapshotStore } from "../../snapshots/port";
import { createSnapshotStore } from "../../snapshots/store";
import type { Terminals } from "../../terminals/port";
import { answerTo } from "../answers";
import { localWorkplaces } from "../local/local";
import { programFolders } from "../programs/folders";
import type { PlaceCaller } from "../remote";
import { type Pack, type PlaceRequest, requestShape } from "../requests";
import { type PlaceHost, performAsked } from "../serve";
import { endOf, noHoles, readEnd, resultOf, withHoles } from "../wire";

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
      const whole = Buffer.concat(chunks);
      packs.set(name, whole);
      return { name, bytes: whole.length, sha256: createHash("sha256").update(whole).digest("hex") };
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
    programs: programFolders(join(dataDir, "programs"), store.checkOut),
    packs: bucket,
    searchPath: process.env.PATH ?? "",
    workplaces: localWorkplaces({ sandbox, terminals, snapshots: store }),
    working: () => 0,
    endPrograms: (tree, task) => (task === null ? terminals.endOf(tree) : terminals.endOfTask(task)),
  };
  const asked: PlaceRequest[] = [];
  return {
    asked,
    store,
    packs: bucket,
    async ask(given) {
      const holes = noHoles();
      const request = requestShape.parse(travel(withHoles(given, holes)));
      asked.push(request);
      const [callers = new AbortController().signal] = holes.signals;
      const filling = {
        signal: AbortSignal.any([callers]),
        onInput: (listener: (data: Uint8Array) => void) =>
          holes.lanes[0]?.carry(async (data) => {
            listener(Buffer.from(data));
            return "taken";
          }),
        call: (at: number, args: readonly unknown[]) => holes.functions[at]?.(...(travel(args) as unknown[])),
      };
      const end = await endOf(() => performAsked(host, request, filling), filling.signal);
      const travelled = readEnd(travel(end));
      if (travelled === null) throw new Error("The end has another form after it travelled.");
      const answer = answerTo(given, resultOf(travelled, callers, "loopback"));
      if (answer === null)
        throw new Error(`The answer to ${given.part}.${given.operation} is none that a runner gives.`);
      return answer.value;
    },
  };
}

/** Returns what arrives. */
function travel(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
