/** Finds what will not work about a server before it is stored or started, and which changes would mend it. Pure. */
import path from "node:path";
import { programOf } from "@/lib/mcp/config/command-line";
import type { EntryInFile } from "@/lib/mcp/config/config";
import { knownServer } from "@/lib/mcp/config/known-servers";
import type { HttpServer, ServerConfig, StdioServer } from "@/lib/mcp/config/types";
import { STATE_PLACE } from "@/lib/mcp/transport/launch";
import { isInnerHost, isOwnAddress } from "@/lib/net/address";
import { entryOf as hostEntry, isCovered, isListed, parseHostAndPort } from "@/lib/net/host-list";
import { isAtOrBelow } from "@/lib/workspace/spelling";
import { commandFindings } from "./commands";
import type { Fault, Finding, Mend } from "./finding";
import type { Machine } from "./machine";
import { packageIn } from "./package-in";
import { pathFindings } from "./paths";

/** Returns the findings of a server as it would be added. `given` is its entry as the file has it. */
export function findingsOf(config: ServerConfig, given: EntryInFile, machine: Machine): Finding[] {
  const placeholders = given.placeholders.map((secret) => plain({ code: "placeholder", secret }));
  const own = config.kind === "http" ? ofAddress(config, machine) : ofProgram(config, given, machine);
  return [...own, ...placeholders].map(({ fault, mends }) => ({
    fault,
    mends: mends.map((mend) => ({ ...mend, id: `${config.name}.${mend.id}` })),
  }));
}

function ofProgram(config: StdioServer, { entry }: EntryInFile, machine: Machine): Finding[] {
  const commands = commandFindings(config, entry, machine);
  // Another command comes with other arguments: the rest is looked at once the command is mended.
  if (commands.some(({ mends }) => mends.length > 0)) return commands;
  return [
    ...commands,
    ...pathFindings(entry, machine),
    ...fileFindings(config, entry),
    ...browserFindings(config, entry.args, machine),
    ...hostFindings(config, machine),
  ];
}

/** A server that keeps what it learns in a file needs a place for it that stays. */
function fileFindings(config: StdioServer, { env, keeps }: EntryInFile["entry"]): Finding[] {
  const server = packageIn(config);
  const file = server && knownServer(server)?.file;
  if (!server || !file) return [];
  const { variable, name } = file;
  const given = env[variable];
  const isKept = given !== undefined && isAtOrBelow(STATE_PLACE, given);
  // A path that is not full begins at the program's folder too.
  if (given !== undefined && path.isAbsolute(given) && (!isKept || keeps)) return [];
  const place = isKept ? given : `${STATE_PLACE}/${name}`;
  const changes = [
    { path: ["env", variable], value: place },
    { path: ["keeps"], value: true },
  ];
  const mend: Mend = { id: "own_file", does: { what: "keep", file: place }, changes };
  return [{ fault: { code: "own_file", server, variable }, mends: [mend] }];
}

/** `args` are the arguments as the file has them, so that a change keeps the values of secrets. */
function browserFindings(config: StdioServer, args: readonly string[], machine: Machine): Finding[] {
  const server = packageIn(config);
  const browser = server && knownServer(server)?.browser;
  if (!server || !browser) return [];
  if (machine.browser === null) return [plain({ code: "missing_browser", server })];
  const missing = browser.args(machine.browser).filter((arg) => !hasOption(args, arg));
  if (missing.length === 0) return [];
  const changes = [{ path: ["args"], value: [...args, ...missing] }];
  const mend: Mend = { id: "browser_arguments", does: { what: "add_arguments", args: missing }, changes };
  return [{ fault: { code: "browser_arguments", server, missing }, mends: [mend] }];
}

/** Whether the arguments name this option, with whatever value: a person may have chosen another browser. */
function hasOption(texts: readonly string[], wanted: string): boolean {
  const isRepeated = wanted.startsWith("--chromeArg=");
  const option = isRepeated ? wanted : wanted.split("=", 1)[0];
  return texts.some((text) => text === option || (!isRepeated && text.startsWith(`${option}=`)));
}

function hostFindings(config: StdioServer, machine: Machine): Finding[] {
  const hosts = config.hosts ?? [];
  const inner = hosts.filter((host) => isInnerHost(host.replace(/:\d+$/, "").replace(/^\*\./, "")));
  const found = inner.map((host) => plain({ code: "inner_host", host }));
  const server = packageIn(config);
  const needed = [
    ...((server && knownServer(server)?.hosts) ?? []),
    ...(/^(uvx?|pipx)$/.test(programOf(config.command)) && machine.hasProgram(config.command)
      ? ["pypi.org", "files.pythonhosted.org"]
      : []),
  ];
  const missing = needed.filter((host) => !isCovered(hosts, host));
  if (missing.length === 0) return found;
  const changes = [{ path: ["hosts"], value: [...hosts, ...missing] }];
  const mend: Mend = { id: "missing_hosts", does: { what: "allow_hosts", hosts: missing }, changes };
  return [
    ...found,
    { fault: { code: "missing_hosts", server: server ?? config.command, hosts: missing }, mends: [mend] },
  ];
}

function ofAddress(config: HttpServer, { privateHosts }: Machine): Finding[] {
  const text = typeof config.url === "string" ? config.url : `${config.url.before ?? ""}x${config.url.after ?? ""}`;
  if (!URL.canParse(text)) return [];
  const url = new URL(text);
  const target = parseHostAndPort(url.host, url.protocol === "https:" ? 443 : 80);
  const found: Finding[] = [];
  if (target && isInnerHost(url.hostname) && !isListed(privateHosts, target)) {
    const host = hostEntry(target);
    const mayBeAllowed = isOwnAddress(target.host) || /[a-z]/.test(target.host.replace(/:.*/, ""));
    const line = mayBeAllowed ? `BANYAN_PRIVATE_HOSTS=${[...privateHosts, host].join(",")}` : null;
    found.push(plain({ code: "private_address", host, line }));
  }
  if (/\/sse\/?$/.test(url.pathname)) found.push(plain({ code: "old_transport", url: `${url.host}${url.pathname}` }));
  return found;
}

function plain(fault: Fault): Finding {
  return { fault, mends: [] };
}
