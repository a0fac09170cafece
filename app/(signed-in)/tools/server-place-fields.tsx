import { TwoColumns } from "@/components/layout/columns";
import { FIELD } from "@/components/ui/field-look";
import { Field } from "@/components/ui/forms/field";
import type { ServerFields, ServerFormProps } from "./server-fields";

/** The access of a server to workspaces and hosts, and whether trees share it. */
export function ServerPlaceFields({ fields, change, form }: Omit<ServerFormProps, "isNew">) {
  return (
    <>
      <TwoColumns>
        {fields.kind !== "http" ? (
          <label className={FIELD}>
            <span>Workspace of the tree, mounted at /workspace</span>
            <select
              value={fields.workspace}
              onChange={(event) => {
                const workspace = event.target.value as ServerFields["workspace"];
                change({ workspace, ...(workspace !== "none" && { scope: "tree" }) });
              }}
            >
              <option value="none">No access</option>
              <option value="read">Read</option>
              <option value="write">Read and write</option>
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
            <option value="tree">One per tree</option>
            <option value="shared">Shared by all trees, with shared memory</option>
          </select>
        </label>
      </TwoColumns>
      {fields.kind !== "http" ? (
        <TwoColumns>
          <label className={FIELD}>
            <span>Allowed hosts (one per line; empty for no network)</span>
            <textarea
              rows={2}
              className="font-mono text-mono leading-5"
              placeholder="api.weather.example"
              spellCheck={false}
              value={fields.hosts}
              onChange={(event) => change({ hosts: event.target.value })}
            />
          </label>
          <Field form={form} name="folders" label="Folders, as /srv/papers: read or write (one per line)">
            <textarea
              {...form.register("folders")}
              rows={2}
              className="font-mono text-mono leading-5"
              placeholder="/srv/papers: read"
              spellCheck={false}
              value={fields.folders}
              onChange={(event) => change({ folders: event.target.value })}
            />
          </Field>
        </TwoColumns>
      ) : null}
      {fields.kind !== "http" ? (
        <label className={FIELD}>
          <span>Working directory (optional)</span>
          <input
            type="text"
            className="font-mono text-mono"
            spellCheck={false}
            value={fields.cwd}
            onChange={(event) => change({ cwd: event.target.value })}
          />
        </label>
      ) : null}
    </>
  );
}
