/** One call on its runner: what it sends, what it is sent, and its cancellation. */
import { headers } from "@nats-io/transport-node";
import type { NatsLink } from "./connect";
import { subjects } from "./names";
import type { ReceivedCall } from "./port";
import { NUMBER_HEADER, refuseLarge } from "./wire";

/** The newest chunks, kept to be sent again after a lost connection. The server drops what it has. */
const MOST_KEPT_BYTES = 1_000_000;
/** Names of inputs that are remembered, to know one that comes again. */
const MOST_INPUTS = 1_000;

export interface CallContent {
  callId: string;
  place: number;
  level: number;
  deadlineMs: number;
  body: unknown;
}

export interface RunningCall {
  received: ReceivedCall;
  takeInput(id: string, data: Uint8Array): void;
  cancel(): void;
  /** How many chunks were sent. */
  sent(): number;
  close(): void;
}

export function createRunningCall(
  { link, cell, runner }: { link: NatsLink; cell: string; runner: string },
  content: CallContent,
): RunningCall {
  const subject = subjects.chunk(cell, runner, content.callId);
  const controller = new AbortController();
  const kept: { number: number; data: Uint8Array }[] = [];
  let keptBytes = 0;
  let sent = 0;
  const inputs = new Set<string>();
  const early: Uint8Array[] = [];
  let listener: ((data: Uint8Array) => void) | null = null;

  const publish = ({ number, data }: { number: number; data: Uint8Array }) => {
    const numbered = headers();
    numbered.set(NUMBER_HEADER, String(number));
    link.connection.publish(subject, data, { headers: numbered });
  };
  const keep = (chunk: { number: number; data: Uint8Array }) => {
    kept.push(chunk);
    keptBytes += chunk.data.length;
    while (keptBytes > MOST_KEPT_BYTES && kept.length > 1) keptBytes -= kept.shift()?.data.length ?? 0;
  };
  const offBack = link.onBack(() => kept.forEach(publish));
  return {
    received: {
      ...content,
      signal: controller.signal,
      send(data) {
        refuseLarge(data);
        const chunk = { number: sent++, data };
        keep(chunk);
        // While the connection is lost the client would keep all of it in memory.
        if (link.isUp()) publish(chunk);
      },
      onInput(heard) {
        listener = heard;
        for (const data of early.splice(0)) heard(data);
      },
    },
    takeInput(id, data) {
      if (inputs.has(id)) return;
      inputs.add(id);
      const [oldest = ""] = inputs;
      if (inputs.size > MOST_INPUTS) inputs.delete(oldest);
      if (listener) listener(data);
      else early.push(data);
    },
    cancel: () => controller.abort(),
    sent: () => sent,
    close: offBack,
  };
}
