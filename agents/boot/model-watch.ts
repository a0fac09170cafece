/** Keeps the providers' lists of models fresh while a server runs, and says what needs attention. */
import { modelNotes, type NotedModels } from "@/agents/providers/model-notes";
import type { KnownModels } from "@/lib/models/known-models";
import type { Timers } from "@/lib/time/timers";

export interface ModelWatchOptions extends Omit<NotedModels, "models"> {
  models: KnownModels;
  timers: Timers;
  /** Called once for each new sentence. */
  say(sentence: string): void;
}

/** How often it looks for lists that are older than a day. */
const POLL_MS = 60 * 60_000;

/** Says what is known now, then asks the providers in the background. Returns a function that ends it. */
export function startModelWatch(options: ModelWatchOptions): () => void {
  const { models, timers, say } = options;
  let said = new Set<string>();
  function check(): void {
    const notes = modelNotes(options);
    for (const note of notes) if (!said.has(note)) say(note);
    said = new Set(notes);
  }
  const refresh = () => void models.refresh().then(check);
  check();
  refresh();
  return timers.every(POLL_MS, refresh);
}
