/** What is known while the spans of a task are made, and how one is added. */
import type { Content, TracedCall } from "./attributes";
import { type SpanRef, type TaskPlace, taskSpan } from "./ids";
import type { Cut, Span, TracedEntry, TracedTask } from "./span";

export interface ProjectOptions {
  task: TracedTask;
  /** The entries of the turns that are told, and of two turns before, so that it is known when each effect began. */
  entries: readonly TracedEntry[];
  /** Kills during the task's work, in their order. */
  cuts: readonly Cut[];
  /** Whether spans that end with this entry are wanted. */
  isNew(seq: number): boolean;
  /** Whether spans that end with this kill are wanted. */
  isNewCut(cut: Cut): boolean;
  content: Content;
}

export interface OpenCall extends TracedCall {
  turn: number;
  fromMs: number;
  /** The span of its part before a kill. */
  before: SpanRef | null;
  review: string | null;
}

export interface OpenTurn {
  number: number;
  fromMs: number;
  ref: SpanRef;
  hasReply: boolean;
  /** The attempt has ended with it. */
  isOver: boolean;
  /** The span of its part before a kill. */
  before: SpanRef | null;
}

export interface Folding {
  options: ProjectOptions;
  place: TaskPlace;
  attempt: number;
  turn: OpenTurn | null;
  calls: Map<string, OpenCall>;
  /** When what happens now began. */
  sinceMs: number;
  /** The charge for a lost or failed model call is an entry before the one that tells of the failure. */
  charges: number;
  wanted: boolean;
  spans: Span[];
}

type Given = Pick<Span, "name" | "fromMs" | "toMs" | "attributes"> &
  Partial<Pick<Span, "kind" | "error" | "links">> & { parent: SpanRef | null };

/** Adds a span, if it is wanted. */
export function add({ spans, wanted }: Folding, ref: SpanRef, { parent, fromMs, toMs, ...given }: Given): void {
  if (!wanted) return;
  const error = given.error ?? null;
  const { attributes, kind = "internal", links = [], name } = given;
  spans.push({
    ...ref,
    parentId: parent?.spanId ?? null,
    name,
    kind,
    // Clocks may be set back between two commits.
    fromMs: Math.min(fromMs, toMs),
    toMs,
    attributes: error === null ? attributes : { ...attributes, "error.type": error },
    error,
    links,
  });
}

/** Returns the span of the attempt. */
export const ownSpan = ({ place, attempt }: Folding) => taskSpan(place.treeUid, place.taskUid, attempt);
