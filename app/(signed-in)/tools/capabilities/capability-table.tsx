import Link from "next/link";
import { Badge } from "@/components/ui/parts";
import { FactTable } from "@/components/ui/table";
import { Clock } from "@/components/ui/time";
import type { Capability, CapabilityFigures, CapabilityKind } from "@/core/shapes/capabilities/capabilities";
import { KIND_WORDS, shareWords } from "@/core/words/capabilities";
import { money, shortDuration } from "@/core/words/figures";
import { oneLine } from "../tool-words";

const COLUMNS = [
  "Name",
  { name: "Success", className: "w-62" },
  { name: "Median", className: "w-36 narrow:hidden" },
  { name: "Last used", className: "w-36 narrow:hidden" },
];

interface CapabilityTableProps {
  items: Capability[];
  /** Whether each row names its kind. */
  showsKind?: boolean;
}

export function CapabilityTable({ items, showsKind = false }: CapabilityTableProps) {
  return (
    <FactTable className="phone:[&_thead]:sr-only" columns={COLUMNS}>
      {items.map((item) => (
        <Row key={`${item.kind} ${item.of ?? ""} ${item.name}`} item={item} showsKind={showsKind} />
      ))}
    </FactTable>
  );
}

function Row({ item, showsKind }: { item: Capability; showsKind: boolean }) {
  const { kind, name, description, version, unavailable, figures } = item;
  const href = pageOf(item);
  return (
    <tr className="focus-within:bg-hover phone:block" data-capability={name}>
      <td className="min-w-0 phone:block phone:h-auto phone:border-b-0 phone:px-0 phone:pb-0">
        <span className="flex min-w-0 flex-wrap items-center gap-2">
          {href ? (
            <Link className="wrap-anywhere font-mono text-mono font-medium hover:underline" href={href} data-row-link>
              {name}
            </Link>
          ) : (
            <span className="wrap-anywhere font-mono text-mono font-medium">{name}</span>
          )}
          {version ? <span className="text-ink-2 text-small">{version}</span> : null}
          {showsKind ? <Badge>{KIND_WORDS[kind].one}</Badge> : null}
          {unavailable ? <Badge icon="stopped">Off</Badge> : null}
          {figures?.tried?.outcome === "failed" ? (
            <Badge look="bad" icon="failed">
              Failed its try
            </Badge>
          ) : null}
        </span>
        <span className="block text-ink-2 text-small">{oneLine(description, 180)}</span>
        {unavailable ? <span className="block text-small">{oneLine(unavailable)}</span> : null}
      </td>
      <td className="text-ink-2 text-small phone:block phone:h-auto phone:px-0">
        <Success figures={figures} />
      </td>
      <td className="text-ink-2 text-small narrow:hidden">{medianOf(figures)}</td>
      <td className="text-ink-2 text-small narrow:hidden">
        {figures?.last_used_at ? <Clock at={figures.last_used_at} /> : null}
        {figures?.tried ? (
          <Link className="link block" href={`/trees/${figures.tried.tree_id}`}>
            tried: {figures.tried.outcome}
          </Link>
        ) : null}
      </td>
    </tr>
  );
}

function Success({ figures }: { figures: CapabilityFigures | null }) {
  if (figures === null) return <span className="text-ink-3">Not measured</span>;
  return figures.success === null ? <span className="text-ink-3">Not used yet</span> : shareWords(figures.success);
}

function medianOf(figures: CapabilityFigures | null): string {
  const { median_seconds: seconds = null, median_usd: cost = null } = figures ?? {};
  const words = [seconds === null ? null : shortDuration(seconds * 1_000), cost ? money(cost) : null];
  return words.filter(Boolean).join(", ");
}

const FOLDERS: Partial<Record<CapabilityKind, string>> = {
  tool: "tools",
  operation: "tools",
  agent: "agents",
  runbook: "runbooks",
};

/** Returns the page with the evidence: recent calls and versions; null for what has none. */
function pageOf({ kind, name }: Capability): string | null {
  const folder = FOLDERS[kind];
  return folder ? `/${folder}/${encodeURIComponent(name)}` : null;
}
