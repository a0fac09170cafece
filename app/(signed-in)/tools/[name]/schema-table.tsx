import { Hint } from "@/components/ui/hint";
import { uniqueKeys } from "@/components/ui/hooks/unique-keys";
import { FactTable } from "@/components/ui/table";
import { FoldedText } from "./folded-text";
import { schemaRows } from "./schema-rows";

const COLUMNS = ["Argument", "Type", "Description"];

/** The arguments of a tool as a table, followed by the raw schema. */
export function SchemaTable({ schema }: { schema: Record<string, unknown> }) {
  const { rows, more } = schemaRows(schema);
  const keys = uniqueKeys(rows.map(({ name, depth }) => `${depth} ${name}`));
  return (
    <>
      {rows.length === 0 ? (
        <p className="text-ink-2">No arguments.</p>
      ) : (
        <div className="-mx-1 overflow-x-auto px-1">
          <FactTable className="[&_td]:min-w-24" columns={COLUMNS}>
            {rows.map((row, index) => (
              <tr key={keys[index]}>
                <td style={{ paddingLeft: row.depth * 16 }}>
                  <span className="font-mono text-mono wrap-anywhere">{row.name}</span>
                  {row.required ? null : <span className="block text-ink-3 text-small">optional</span>}
                </td>
                <td className="text-ink-2">{row.type}</td>
                <td className="text-ink-2">
                  {row.about}
                  {row.limits ? <span className="block text-ink-3 text-small">{row.limits}</span> : null}
                </td>
              </tr>
            ))}
          </FactTable>
          {more ? <Hint>Not all arguments are shown; the raw schema has the rest.</Hint> : null}
        </div>
      )}
      <FoldedText title="Raw JSON" text={JSON.stringify(schema, null, 2)} />
    </>
  );
}
