import type { Template } from "@/core/shapes/trees";
import type { ComposerDraft, Problem } from "./draft";

export interface FieldsProps {
  draft: ComposerDraft;
  change: (fields: Partial<ComposerDraft>) => void;
  problem: Problem | null;
}

export interface Choices {
  agents: string[];
  runbooks: { name: string; description: string }[];
  templates: Template[];
}
