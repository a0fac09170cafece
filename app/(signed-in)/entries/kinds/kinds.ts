import type { IconName } from "@/components/ui/icon";
import type { EntryKind } from "@/core/shapes/configuration";

interface Words {
  /** The first part of its addresses. */
  unit: string;
  title: string;
  one: string;
  icon: IconName;
  /** What it is there for, in one sentence. */
  lead: string;
  /** An empty list. */
  none: string;
}

export const KINDS: Record<EntryKind, Words> = {
  agent: {
    unit: "agents",
    title: "Agents",
    one: "agent",
    icon: "agent",
    lead: "Who does the work: an instruction, documents, tools and a model. Tasks that run keep the version they began with.",
    none: "There is no agent yet.",
  },
  document: {
    unit: "documents",
    title: "Documents",
    one: "document",
    icon: "doc",
    lead: "What agents know: named Markdown that stands in the prompt of each agent that lists it.",
    none: "There is no context document yet.",
  },
  runbook: {
    unit: "runbooks",
    title: "Runbooks",
    one: "runbook",
    icon: "book",
    lead: "Explicit steps that are followed without a language model, with the same tools.",
    none: "There is no runbook yet.",
  },
};

export function addressOf(kind: EntryKind, name: string): string {
  return `/${KINDS[kind].unit}/${encodeURIComponent(name)}`;
}
