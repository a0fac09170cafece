import { TwoColumns } from "@/components/layout/columns";
import { FIELD } from "@/components/ui/field-look";
import type { ServerFields } from "./server-fields";
import type { ServerFormProps } from "./server-form";

/** What a program may see and reach, and how many of it run. */
export function ServerPlaceFields({ fields, change }: Pick<ServerFormProps, "fields" | "change">) {
  return (
    <>
      <TwoColumns>
        {fields.kind !== "http" ? (
          <label className={FIELD}>
            <span>A tree’s folder, seen at /workspace</span>
            <select
              value={fields.workspace}
              onChange={(event) => {
                const workspace = event.target.value as ServerFields["workspace"];
                change({ workspace, ...(workspace !== "none" && { scope: "tree" }) });
              }}
            >
              <option value="none">Not seen</option>
              <option value="read">May be read</option>
              <option value="write">May be read and written</option>
            </select>
          </label>
        ) : null}
        <label className={FIELD}>
          <span>{fields.kind !== "http" ? "Processes" : "Connections"}</span>
          <select
            value={fields.scope}
            disabled={fields.workspace !== "none"}
            onChange={(event) => change({ scope: event.target.value as ServerFields["scope"] })}
          >
            <option value="tree">One for each tree</option>
            <option value="shared">One for all trees, which share its memory</option>
          </select>
        </label>
      </TwoColumns>
      {fields.kind !== "http" ? (
        <TwoColumns>
          <label className={FIELD}>
            <span>Hosts that it may reach, one a line; none: no network</span>
            <textarea
              rows={2}
              className="font-mono text-mono leading-5"
              placeholder="api.weather.example"
              spellCheck={false}
              value={fields.hosts}
              onChange={(event) => change({ hosts: event.target.value })}
            />
          </label>
          <label className={FIELD}>
            <span>Folder in which it starts, if not its own</span>
            <input
              type="text"
              className="font-mono text-mono"
              spellCheck={false}
              value={fields.cwd}
              onChange={(event) => change({ cwd: event.target.value })}
            />
          </label>
        </TwoColumns>
      ) : null}
    </>
  );
}
