/** A span as Banyan makes it from its log, before it takes the form of OpenTelemetry. Pure data. */
import type { Entry } from "@/core/log/entries";
import type { SpanRef } from "./ids";

export type SpanAttributes = Record<string, string | number | boolean | string[]>;

export interface Span extends SpanRef {
  /** The span's parent in the same trace; null for the root. */
  parentId: string | null;
  name: string;
  /** `client`: it waits for a program elsewhere. */
  kind: "internal" | "client";
  fromMs: number;
  toMs: number;
  attributes: SpanAttributes;
  /** A code that says why it failed; null when it did not. */
  error: string | null;
  links: SpanRef[];
}

/** A task with the figures that its spans tell. */
export interface TracedTask {
  id: number;
  uid: string;
  treeUid: string;
  title: string;
  agent: string;
  model: string;
  role: string;
  purpose: string | null;
  /** The runbook whose steps are its turns; null for a task of an agent. */
  runbook: string | null;
  depth: number;
  tokensIn: number;
  tokensOut: number;
  microUsd: number;
  createdAtMs: number;
  startedAtMs: number | null;
  /** Its earlier and present ends, by attempt. */
  ends: { resultSeq: number; endedAtMs: number }[];
  /** When each attempt after the first began. */
  retriedAtMs: number[];
  /** null for the root. */
  parent: { uid: string; attempt: number; endsMs: number[] } | null;
  tree: TracedTree;
  /** When items of its tasks began to wait for a person, by their public ids. */
  reviews: ReadonlyMap<string, number>;
}

interface TracedTree {
  isSystem: boolean;
  /** The tree that it is a fork of. */
  forkedFrom: string | null;
  tokensIn: number;
  tokensOut: number;
  microUsd: number;
  tasks: number;
  /** The span of the program that submitted it. */
  caller: SpanRef | null;
}

export interface TracedEntry {
  seq: number;
  /** Its place in the task's log, from 0. */
  at: number;
  atMs: number;
  entry: Entry;
}

/** A kill of the process that worked on a task. */
export interface Cut {
  taskUid: string;
  /** The last entry before it. */
  afterSeq: number;
  /** The last sign of life of the process. */
  diedAtMs: number;
  /** When the next process took over. */
  foundAtMs: number;
}
