import type { IconName } from "@/components/ui/icon";
import type { EntryKind } from "@/core/shapes/configuration";

interface Words {
  /** The plural, also the first part of the address. */
  unit: string;
  title: string;
  one: string;
  icon: IconName;
  /** A sentence about its purpose. */
  lead: string;
  /** The text of an empty list. */
  none: string;
}

export const KINDS: Record<EntryKind, Words> = {
  agent: {
    unit: "agents",
    title: "Agents",
    one: "agent",
    icon: "agent",
    lead: "An agent is an instruction with documents, tools and a model. Running tasks keep the version they started with.",
    none: "No agents yet.",
  },
  document: {
    unit: "documents",
    title: "Documents",
    one: "document",
    icon: "doc",
    lead: "A document is Markdown that Banyan adds to the prompt of each agent that lists it.",
    none: "No documents yet.",
  },
  runbook: {
    unit: "runbooks",
    title: "Runbooks",
    one: "runbook",
    icon: "book",
    lead: "A runbook is a list of steps that runs without a language model, with the same tools.",
    none: "No runbooks yet.",
  },
};

export function addressOf(kind: EntryKind, name: string): string {
  return `/${KINDS[kind].unit}/${encodeURIComponent(name)}`;
}
