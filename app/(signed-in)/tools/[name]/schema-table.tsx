import { uniqueKeys } from "@/components/ui/unique-keys";
import { FoldedText } from "./folded-text";
import { schemaRows } from "./schema-rows";

/** What a call takes, as a table, and the schema itself for whoever wants it. */
export function SchemaTable({ schema }: { schema: Record<string, unknown> }) {
  const { rows, more } = schemaRows(schema);
  const keys = uniqueKeys(rows.map(({ name, depth }) => `${depth} ${name}`));
  return (
    <>
      {rows.length === 0 ? (
        <p className="dim">It takes no arguments.</p>
      ) : (
        <div className="overx">
          <table className="t schema">
            <thead>
              <tr>
                <th scope="col">Argument</th>
                <th scope="col">Is</th>
                <th scope="col">What it means</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row, index) => (
                <tr key={keys[index]}>
                  <td style={{ paddingLeft: row.depth * 16 }}>
                    <span className="mono wrapany">{row.name}</span>
                    {row.required ? null : <span className="small faint what">may be left out</span>}
                  </td>
                  <td className="dim">{row.type}</td>
                  <td className="dim">
                    {row.about}
                    {row.limits ? <span className="small faint what">{row.limits}</span> : null}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {more ? <p className="hint">There are more; the raw schema has them all.</p> : null}
        </div>
      )}
      <FoldedText title="Raw JSON" text={JSON.stringify(schema, null, 2)} />
    </>
  );
}
