/** Reads the usage from an answer while it passes through. */
import type { Usage } from "@/core/log/model";
import { isJson } from "./forms/fields";
import type { Json, Reading, WireForm } from "./forms/form";

export interface Meter {
  push(bytes: Uint8Array): void;
  /** Call it at the answer's proper end. */
  end(): void;
  /** Returns the usage that the provider told to the end; null when it did not. */
  usage(): Usage | null;
  /** Returns the input that the provider told, even when the answer was cut; null when it did not. */
  inputTokens(): number | null;
}

export function meterOf(form: WireForm, isEventStream: boolean): Meter {
  const decoder = new TextDecoder();
  let known: Partial<Reading> = {};
  let rest = "";
  let data = "";
  const read = (text: string) => {
    // Most events carry a piece of text and no usage.
    if (!text.includes('"usage')) return;
    const document = documentIn(text);
    const reading = document && form.usageIn(document);
    if (reading) known = grown(known, reading);
  };
  const line = (text: string) => {
    if (text === "") {
      read(data);
      data = "";
    } else if (text.startsWith("data:")) data += text.slice("data:".length);
  };
  return {
    push(bytes) {
      rest += decoder.decode(bytes, { stream: true });
      if (!isEventStream) return;
      const lines = rest.split("\n");
      rest = lines.pop() ?? "";
      for (const raw of lines) line(raw.endsWith("\r") ? raw.slice(0, -1) : raw);
    },
    end() {
      rest += decoder.decode();
      if (!isEventStream) return read(rest);
      line(rest.trimEnd());
      line("");
    },
    usage() {
      const { inputTokens, outputTokens, cacheReadTokens = 0, cacheWriteTokens = 0, isFinal } = known;
      if (!isFinal || inputTokens === undefined || outputTokens === undefined) return null;
      return { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens };
    },
    inputTokens: () => known.inputTokens ?? null,
  };
}

const COUNTS = ["inputTokens", "cacheReadTokens", "cacheWriteTokens", "outputTokens"] as const;

/** Counts of an answer only grow: some servers end a stream with zeros. */
function grown(known: Partial<Reading>, reading: Reading): Partial<Reading> {
  const counts = COUNTS.flatMap((name) => {
    const values = [known[name], reading[name]].filter((value) => value !== undefined);
    return values.length > 0 ? [[name, Math.max(...values)] as const] : [];
  });
  return { ...Object.fromEntries(counts), isFinal: reading.isFinal };
}

function documentIn(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return isJson(value) ? value : null;
  } catch {
    return null;
  }
}
