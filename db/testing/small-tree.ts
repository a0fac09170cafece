import { expect } from "vitest";
import { NO_CAPS } from "@/core/log/amounts";
import type { Entry, Setup } from "@/core/log/entries";
import type { Store } from "@/db/store";

const SETUP: Setup = {
  agent: "worker",
  agentVersion: 1,
  model: "runbook",
  tools: [],
  documents: [],
  runbook: null,
  rights: ["read"],
  finishing: { evaluate: "never", summarize: "never", document: "never" },
  maxTurns: null,
  timeoutMs: 1_000,
};

/** Inserts a tree of one task, whose id is that of the tree with “-root”. */
export async function insertSmallTree(
  store: Store,
  {
    uid,
    instruction,
    events = [],
    workspace,
  }: { uid: string; instruction: string; events?: Entry[]; workspace: string },
): Promise<void> {
  const title = instruction.slice(0, 50);
  const inserted = await store.trees.insert({
    uid,
    rootUid: `${uid}-root`,
    title,
    workspace,
    inPlace: false,
    priority: 0,
    createdBy: "tester",
    caps: NO_CAPS,
    setup: SETUP,
    events,
    assignment: {
      instruction,
      title,
      role: "work",
      purpose: null,
      depth: 0,
      chosen: false,
      dependsOn: [],
      grant: NO_CAPS,
      workspace: "none",
      criteria: null,
      material: null,
      stepping: "automatic",
    },
  });
  expect(inserted.ok).toBe(true);
}
