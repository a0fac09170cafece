import { FIELD } from "@/components/ui/field-look";
import { Field } from "@/components/ui/forms/field";
import { Hint } from "@/components/ui/hint";
import type { ServerFormProps } from "./server-fields";

/** The command, package or address of a server. */
export function ServerStartFields({ fields, change, form }: Omit<ServerFormProps, "isNew">) {
  if (fields.kind === "http")
    return (
      <Field form={form} name="url" label="Address">
        <input
          {...form.register("url")}
          type="text"
          inputMode="url"
          className="font-mono text-mono"
          placeholder="https://mcp.example.com/mcp"
          spellCheck={false}
          value={fields.url}
          onChange={(event) => change({ url: event.target.value })}
        />
      </Field>
    );
  const plain = { type: "text", className: "font-mono text-mono", spellCheck: false, autoCapitalize: "off" } as const;
  const isPackage = fields.kind === "package";
  return (
    <>
      {isPackage ? (
        <Field form={form} name="pack" label="npm package">
          <input
            {...form.register("pack")}
            {...plain}
            placeholder="@modelcontextprotocol/server-filesystem"
            value={fields.pack}
            onChange={(event) => change({ pack: event.target.value })}
          />
        </Field>
      ) : (
        <Field form={form} name="command" label="Command">
          <input
            {...form.register("command")}
            {...plain}
            placeholder="node"
            value={fields.command}
            onChange={(event) => change({ command: event.target.value })}
          />
        </Field>
      )}
      <label className={FIELD}>
        <span>Arguments (one per line)</span>
        <textarea
          rows={3}
          className="font-mono text-mono leading-5"
          placeholder={isPackage ? "/srv/papers" : "/srv/weather/server.mjs\n--metric"}
          spellCheck={false}
          value={fields.args}
          onChange={(event) => change({ args: event.target.value })}
        />
      </label>
      <Hint>
        The server runs in the sandbox and sees only the folders that its arguments name, and those below.
        {isPackage
          ? " Banyan installs the package without scripts and pins its version; without a version it takes the newest."
          : ""}
      </Hint>
    </>
  );
}
