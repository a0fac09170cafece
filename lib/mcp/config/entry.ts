import type { ServerConfig, ServerPlacement, Value } from "./types";

/**
 * Returns a configuration as an entry of a file of servers. Importing it again gives the same configuration with the
 * same secrets.
 */
export function entryOf(config: ServerConfig, { scope, workspace }: ServerPlacement): Record<string, unknown> {
  const placed = { ...(scope !== "tree" && { scope }), ...(workspace !== "none" && { workspace }) };
  if (config.kind === "http") {
    const { clientId, clientSecret, scope: asked } = config.oauth ?? {};
    const oauth = {
      ...(clientId && { clientId }),
      ...(clientSecret && { clientSecret: written(clientSecret) }),
      ...(asked && { scope: asked }),
    };
    return {
      url: written(config.url),
      ...given("headers", config.headers),
      ...(config.oauth && { oauth }),
      ...placed,
    };
  }
  const args = config.args.map(written);
  const { package: pinned, cwd, folders, keeps, hosts } = config;
  const start = pinned
    ? { command: "npx", args: ["-y", `${pinned.name}@${pinned.version}`, ...args] }
    : { command: config.command, args };
  return {
    ...start,
    ...given("env", config.env),
    ...(cwd && { cwd }),
    ...(folders && { folders }),
    ...(keeps && { keeps }),
    ...(hosts && { hosts }),
    ...placed,
  };
}

function given(name: "env" | "headers", values: Readonly<Record<string, Value>>): Record<string, unknown> {
  const texts = Object.entries(values).map(([key, value]) => [key, written(value)]);
  return texts.length > 0 ? { [name]: Object.fromEntries(texts) } : {};
}

function written(value: Value): string {
  if (typeof value === "string") return value;
  return `${value.before ?? ""}\${${value.secret.split("/").at(-1)}}${value.after ?? ""}`;
}
