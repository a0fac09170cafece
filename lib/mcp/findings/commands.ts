/** Findings about the command of a server: whether it can start, and whether it starts what it should. */
import { packageRunner, programOf } from "@/lib/mcp/config/command-line";
import type { Entry } from "@/lib/mcp/config/config";
import type { StdioServer } from "@/lib/mcp/config/types";
import type { Finding, Mend } from "./finding";
import type { Machine } from "./machine";
import { packageIn } from "./package-in";

const CONTAINERS = /^(docker|podman|nerdctl)$/;
/** Options of mcp-remote that an entry with an address does not need. */
const BRIDGE_SWITCHES = /^--(allow-http|debug|silent|enable-proxy)$/;
const BRIDGE_VALUES = /^--(transport|host|auth-timeout)$/;

export function commandFindings(config: StdioServer, entry: Entry, machine: Machine): Finding[] {
  const program = programOf(config.command);
  if (packageIn(config) === "mcp-remote") return bridgeFindings(entry);
  if (CONTAINERS.test(program)) return [{ fault: { code: "container", program }, mends: [] }];
  const wrapped = behindWindowsShell(program, entry.args);
  const runner = packageRunner(config);
  if (wrapped || runner.kind === "refused") {
    const args = wrapped ?? npxArguments(program, entry.args);
    const changes = [
      { path: ["command"], value: "npx" },
      { path: ["args"], value: args },
    ];
    const mends: Mend[] = args ? [{ id: "package_runner", does: { what: "use_npx" }, changes }] : [];
    return program === "npx" ? [] : [{ fault: { code: "package_runner", program }, mends }];
  }
  const isHere = config.command.includes("/") || machine.hasProgram(config.command);
  return isHere ? [] : [{ fault: { code: "missing_program", program }, mends: [] }];
}

/** Returns the arguments for npx of `cmd /c npx -y PACKAGE`, which documents show for Windows. */
function behindWindowsShell(program: string, [option = "", started = "", ...rest]: readonly string[]): string[] | null {
  return program === "cmd" && /^\/c$/i.test(option) && programOf(started) === "npx" ? rest : null;
}

/** Returns the arguments for npx of another runner; null when they say more than a package. */
function npxArguments(program: string, args: readonly string[]): string[] | null {
  const isVerb = program === "npm" || program === "pnpm" || program === "yarn" || program === "bun";
  const [verb = "", ...behind] = args;
  if (isVerb && !/^(exec|x|dlx)$/.test(verb)) return null;
  const given = (isVerb ? behind : args).filter((arg) => !/^(-y|--yes|--bun|--)$/.test(arg));
  const [name = ""] = given;
  return program !== "deno" && /^[@a-z0-9]/i.test(name) ? ["-y", ...given] : null;
}

/** `mcp-remote URL` needs a browser and the network of its own; Banyan reaches the address itself. */
function bridgeFindings(entry: Entry): Finding[] {
  const start = entry.args.findIndex((arg) => arg === "mcp-remote" || arg.startsWith("mcp-remote@"));
  const headers: Record<string, string> = {};
  let url: string | undefined;
  let isKnown = true;
  for (let n = start + 1; n < entry.args.length; n += 1) {
    const arg = entry.args[n] ?? "";
    if (arg === "--header") {
      n += 1;
      const [, name, value] = /^([^:]+):\s*([\s\S]*)$/.exec(entry.args[n] ?? "") ?? [];
      if (name && value !== undefined) headers[name] = filled(value, entry.env);
    } else if (BRIDGE_VALUES.test(arg)) n += 1;
    else if (/^https?:\/\//.test(arg)) url ??= arg;
    else if (!/^\d{1,5}$/.test(arg) && !BRIDGE_SWITCHES.test(arg)) isKnown = false;
  }
  if (url === undefined) return [];
  const { scope } = entry;
  const value = {
    url,
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(scope !== "tree" && { scope }),
  };
  const mend: Mend = { id: "bridge", does: { what: "use_address", url }, changes: [{ path: [], value }] };
  return [{ fault: { code: "bridge", url }, mends: isKnown ? [mend] : [] }];
}

/** Writes variables of the entry into a header, because an address has no environment. */
function filled(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(env, name) ? (env[name] ?? "") : whole));
}
