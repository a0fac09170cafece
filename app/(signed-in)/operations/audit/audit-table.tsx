import Link from "next/link";
import type { ListedAudit } from "@/agents/application";
import { Separator } from "@/components/ui/parts";
import { FactTable } from "@/components/ui/table";
import { type AuditFilter, auditLink } from "./filter";

const COLUMNS = [
  { name: "Row", className: "w-16 narrow:w-12" },
  // Day and time in two lines.
  { name: "When", className: "w-42 narrow:w-24" },
  { name: "Who", className: "w-[16%]" },
  { name: "Action", className: "w-38 narrow:w-[20%]" },
  { name: "On", className: "w-[20%]" },
  "Result",
];

/** The rows of the audit log. A click on a name or an action filters by it. */
export function AuditTable({ rows, filter }: { rows: ListedAudit[]; filter: AuditFilter }) {
  return (
    <FactTable
      aria-label="Audit log"
      stacks
      className="table-fixed phone:block [&_td]:py-1.5 [&_td]:align-top [&_td]:wrap-anywhere phone:[&_tbody]:block"
      columns={COLUMNS}
    >
      {rows.map((row) => (
        <tr key={row.id} data-row={row.id}>
          <td className="text-ink-2">{row.id}</td>
          <td className="text-ink-2">
            <time dateTime={row.at}>{row.at.slice(0, 19).replace("T", " ")}</time>
          </td>
          <td>
            <Link className="hover:underline" href={auditLink({ ...filter, actor: row.actor })} prefetch={false}>
              {row.actor}
            </Link>
          </td>
          <td>
            <Link className="hover:underline" href={auditLink({ ...filter, action: row.action })} prefetch={false}>
              {row.action}
            </Link>
          </td>
          <td className="phone:col-span-2">
            {row.tree ? (
              <Link className="link" href={`/trees/${row.tree}`} prefetch={false}>
                {row.subject || row.tree}
              </Link>
            ) : (
              row.subject
            )}
          </td>
          <td className="text-ink-2 phone:col-span-2">
            <Detail text={row.detail} />
          </td>
        </tr>
      ))}
    </FactTable>
  );
}

/** The outcome, then the other details as they were written. */
function Detail({ text }: { text: string }) {
  const { outcome, ...rest } = partsOf(text);
  const others = Object.entries(rest).map(([name, value]) => {
    return `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`;
  });
  return (
    <>
      {typeof outcome === "string" ? <span className={outcome === "done" ? "" : "text-fail"}>{outcome}</span> : null}
      {outcome !== undefined && others.length > 0 ? <Separator /> : null}
      {others.join(", ")}
    </>
  );
}

/** Returns the fields of a JSON object, or the text itself as `detail`. */
function partsOf(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {
    // Long details are cut and so no longer valid JSON.
  }
  return text === "" ? {} : { detail: text };
}
