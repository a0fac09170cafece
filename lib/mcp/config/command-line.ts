import type { StdioServer, Value } from "./types";

/** The program's name without folders and `.exe`. */
export function programOf(command: string): string {
  return (command.split(/[\\/]/).at(-1) ?? command).toLowerCase().replace(/\.(exe|cmd|bat|ps1)$/, "");
}

/** The texts of arguments, where a secret counts as its name: for looking at, never for running. */
export function argumentTexts(args: readonly Value[]): string[] {
  return args.map((arg) => (typeof arg === "string" ? arg : `${arg.before ?? ""}<${arg.secret}>`));
}

export interface PackageCommand {
  /** As written: `name`, `name@1.2.3`, or whatever else npm would take. */
  spec: string;
  /** What follows the package. */
  args: Value[];
}

export type PackageRunner =
  | { kind: "package"; command: PackageCommand }
  | { kind: "refused"; reason: string }
  | { kind: "none" };

/** `npx [-y] pkg args…`, recognised; `refused`: a runner of packages that is not run, with the sentence's rest that says why. */
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
  if (first === undefined || first === "") return refused("npx is given no package");
  if (typeof first !== "string") return refused("the package's name holds a secret; write it out");
  if (/^(-c|--call)(=|$)/.test(first)) return refused("npx -c runs a shell command; name a package instead");
  if (first.startsWith("-")) return refused(`npx's option ${first} is not supported; use npx -y PACKAGE@VERSION`);
  return { kind: "package", command: { spec: first, args: args.slice(index + 1) } };
}
