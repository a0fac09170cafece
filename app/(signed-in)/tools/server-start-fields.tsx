import type { ReactNode } from "react";
import { FIELD } from "@/components/ui/field-look";
import { Hint } from "@/components/ui/hint";
import type { FieldName, ServerFormProps } from "./server-fields";

interface ServerStartFieldsProps extends Pick<ServerFormProps, "fields" | "change"> {
  /** Returns the aria attributes of a field, which mark it as invalid. */
  invalid: (field: FieldName) => object;
  /** Returns the message below a field with a problem. */
  problemOf: (field: FieldName) => ReactNode;
}

/** The command, package or address of a server. */
export function ServerStartFields({ fields, change, invalid, problemOf }: ServerStartFieldsProps) {
  if (fields.kind === "http")
    return (
      <label className={FIELD}>
        <span>Address</span>
        <input
          type="text"
          inputMode="url"
          className="font-mono text-mono"
          placeholder="https://mcp.example.com/mcp"
          spellCheck={false}
          value={fields.url}
          onChange={(event) => change({ url: event.target.value })}
          {...invalid("url")}
        />
        {problemOf("url")}
      </label>
    );
  const plain = { type: "text", className: "font-mono text-mono", spellCheck: false, autoCapitalize: "off" } as const;
  const isPackage = fields.kind === "package";
  return (
    <>
      {isPackage ? (
        <label className={FIELD}>
          <span>npm package</span>
          <input
            {...plain}
            placeholder="@modelcontextprotocol/server-filesystem"
            value={fields.pack}
            onChange={(event) => change({ pack: event.target.value })}
            {...invalid("pack")}
          />
          {problemOf("pack")}
        </label>
      ) : (
        <label className={FIELD}>
          <span>Command</span>
          <input
            {...plain}
            placeholder="node"
            value={fields.command}
            onChange={(event) => change({ command: event.target.value })}
            {...invalid("command")}
          />
          {problemOf("command")}
        </label>
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
        The server runs in the sandbox and sees only the folders that its arguments name.
        {isPackage
          ? " Banyan installs the package without scripts and pins its version; without a version it takes the newest."
          : ""}
      </Hint>
    </>
  );
}
