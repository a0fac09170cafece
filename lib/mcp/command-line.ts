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

export type PackageRunner = { kind: "package"; command: PackageCommand } | { kind: "refused"; reason: string } | { kind: "none" };

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
  let named: string | undefined;
  let index = 0;
  for (; index < texts.length; index += 1) {
    const text = texts[index] ?? "";
    if (/^(-y|--yes|-q|--quiet)$/.test(text)) continue;
    const [, inOne] = /^(?:--package|-p)=(.+)$/.exec(text) ?? [];
    if (inOne) named = inOne;
    else if (text === "--package" || text === "-p") named = texts[(index += 1)];
    else if (/^(-c|--call)(=|$)/.test(text)) return refused("npx -c runs a shell command; name a package instead");
    else if (text === "--") index += 1;
    if (text === "--" || !text.startsWith("-")) break;
    if (!/^(-p|--package)/.test(text)) return refused(`npx's option ${text} is not supported; use npx -y PACKAGE@VERSION`);
  }
  const first = args[index];
  if (typeof first !== "string" || first === "") return refused("npx is given no package");
  if (named !== undefined) return refused("npx --package with a command is not supported; use npx -y PACKAGE@VERSION");
  return { kind: "package", command: { spec: first, args: args.slice(index + 1) } };
}
