import type { ReactNode } from "react";
import { FIELD } from "@/components/ui/field-look";
import { Hint } from "@/components/ui/hint";
import type { FieldName } from "./server-fields";
import type { ServerFormProps } from "./server-form";

interface ServerStartFieldsProps extends Pick<ServerFormProps, "fields" | "change"> {
  /** Attributes of a field, which say when it is the one that is wrong. */
  wrong: (field: FieldName) => object;
  /** The sentence about a field that is wrong. */
  said: (field: FieldName) => ReactNode;
}

/** How a server is started, or where it is reached. */
export function ServerStartFields({ fields, change, wrong, said }: ServerStartFieldsProps) {
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
          {...wrong("url")}
        />
        {said("url")}
      </label>
    );
  const plain = { type: "text", className: "font-mono text-mono", spellCheck: false, autoCapitalize: "off" } as const;
  const isPackage = fields.kind === "package";
  return (
    <>
      {isPackage ? (
        <label className={FIELD}>
          <span>Package of npm</span>
          <input
            {...plain}
            placeholder="@modelcontextprotocol/server-filesystem"
            value={fields.pack}
            onChange={(event) => change({ pack: event.target.value })}
            {...wrong("pack")}
          />
          {said("pack")}
        </label>
      ) : (
        <label className={FIELD}>
          <span>Command</span>
          <input
            {...plain}
            placeholder="node"
            value={fields.command}
            onChange={(event) => change({ command: event.target.value })}
            {...wrong("command")}
          />
          {said("command")}
        </label>
      )}
      <label className={FIELD}>
        <span>Arguments, one a line</span>
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
        It runs in the sandbox: it sees the folders that its arguments name, and nothing else of this machine.
        {isPackage
          ? " The package is installed without scripts, and exactly this version is what runs from then on; without one, the newest is taken."
          : ""}
      </Hint>
    </>
  );
}
