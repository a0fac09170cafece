import { argumentTexts, packageRunner, programOf } from "@/lib/mcp/config/command-line";
import type { StdioServer } from "@/lib/mcp/config/types";

/** Returns the name of the package that a server starts, without its version; undefined when it starts none. */
export function packageIn(config: StdioServer): string | undefined {
  if (config.package) return config.package.name;
  const runner = packageRunner(config);
  if (runner.kind === "package") return withoutVersion(runner.command.spec);
  const first = argumentTexts(config.args).find((arg) => !arg.startsWith("-"));
  return programOf(config.command) === "uvx" && first ? withoutVersion(first) : undefined;
}

function withoutVersion(spec: string): string {
  const at = spec.lastIndexOf("@");
  return at > 0 ? spec.slice(0, at) : spec;
}
