/** `capabilities`: lists everything that can do work, or what fits a need, with its record so far. */
import type { Capability, CapabilityFigures } from "@/core/shapes/capabilities/capabilities";
import { CAPABILITY_KINDS } from "@/core/shapes/capabilities/capabilities";
import { shareWords } from "@/core/words/capabilities";
import type { Arguments } from "@/scripts/cli/commands/act";
import { type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { paint, print, printJson, UsageError } from "@/scripts/cli/print/output";
import { oneLine, padTo } from "@/scripts/cli/print/text";

const MOST_DESCRIPTION = 90;

export function capabilities(context: Context, words: Arguments, flags: Flags): Promise<number> {
  const need = words.filter(Boolean).join(" ");
  const kind = CAPABILITY_KINDS.find((kind) => kind === flags.kind);
  if (flags.kind !== undefined && !kind) throw new UsageError(`--kind is ${CAPABILITY_KINDS.join(", ")}.`);
  const place = { tree: typeof flags.tree === "string" ? flags.tree : undefined };
  return withReadRuntime(context, async ({ queries }) => {
    const all = need ? null : await queries.listCapabilities(place);
    const found: Capability[] = all ? all.items : await queries.findCapabilities(need, place);
    const items = found.filter((item) => kind === undefined || item.kind === kind);
    if (context.json) {
      printJson({ items, next: null, problems: all?.problems ?? [] });
      return 0;
    }
    if (items.length === 0) print(need ? "Nothing fits that need." : "There are no capabilities of that kind.");
    const width = Math.max(0, ...items.map(({ name }) => oneLine(name).length));
    for (const item of items) print(lineOf(item, width));
    for (const problem of all?.problems ?? []) print(`${paint("yellow", "!")} ${oneLine(problem)}`);
    return 0;
  });
}

function lineOf({ kind, name, description, version, unavailable, figures }: Capability, width: number): string {
  const text = oneLine(description);
  const said = text.length > MOST_DESCRIPTION ? `${text.slice(0, MOST_DESCRIPTION)}…` : text;
  const state = unavailable === null ? "" : ` (off: ${oneLine(unavailable)})`;
  const columns = [
    padTo(kind, 9),
    padTo(oneLine(name), width),
    padTo(version === null ? usesOf(figures) : oneLine(version), 34),
    said,
  ];
  return `${columns.join("  ")}${state}`;
}

function usesOf(figures: CapabilityFigures | null): string {
  if (figures === null) return "";
  return figures.success === null ? "not used yet" : shareWords(figures.success);
}
