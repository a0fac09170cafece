import type { StdioServer, Value } from "./types";

/** Returns the program's name without folders and `.exe`. */
export function programOf(command: string): string {
  return (command.split(/[\\/]/).at(-1) ?? command).toLowerCase().replace(/\.(exe|cmd|bat|ps1)$/, "");
}

/** Returns the arguments with the name of each secret in place of its value: for inspection, never for running. */
export function argumentTexts(args: readonly Value[]): string[] {
  return args.map((arg) => (typeof arg === "string" ? arg : `${arg.before ?? ""}<${arg.secret}>`));
}

interface PackageCommand {
  /** As written: `name`, `name@1.2.3`, or anything else that npm accepts. */
  spec: string;
  /** The arguments after the package. */
  args: Value[];
}

export type PackageRunner =
  | { kind: "package"; command: PackageCommand }
  | { kind: "refused"; reason: string }
  | { kind: "none" };

/** Recognises `npx [-y] pkg args…`. `refused`: another package runner, with the end of the sentence that says why. */
export function packageRunner(server: StdioServer): PackageRunner {
  const program = programOf(server.command);
  const texts = argumentTexts(server.args);
  if (program === "npx") return npxCommand(server.args, texts);
  const isExec = program === "npm" && /^(exec|x|create|init)$/.test(texts[0] ?? "");
  const isDlx = /^(pnpm|yarn)$/.test(program) && /^(dlx|exec|create)$/.test(texts[0] ?? "");
  if (isExec || isDlx || /^(bunx|pnpx|deno|bun)$/.test(program))
    return { kind: "refused", reason: `it starts its package with ${program}; write it as npx -y PACKAGE@VERSION` };
  return { kind: "none" };
}

function npxCommand(args: readonly Value[], texts: readonly string[]): PackageRunner {
  const refused = (reason: string): PackageRunner => ({ kind: "refused", reason });
  const index = texts.findIndex((text) => !/^(-y|--yes|-q|--quiet|--)$/.test(text));
  const first = args[index];
  if (first === undefined || first === "") return refused("npx needs a package");
  if (typeof first !== "string") return refused("the package's name contains a secret; write the name out");
  if (/^(-c|--call)(=|$)/.test(first)) return refused("npx -c runs a shell command; name a package instead");
  if (first.startsWith("-")) return refused(`npx's option ${first} is not supported; use npx -y PACKAGE@VERSION`);
  return { kind: "package", command: { spec: first, args: args.slice(index + 1) } };
}
