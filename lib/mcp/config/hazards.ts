import { isInnerHost } from "@/lib/net/address";
import { argumentTexts, packageRunner, programOf } from "./command-line";
import { quoted } from "./errors";
import { headerArguments } from "./header-arguments";
import { shownValue } from "./secret-values";
import type { HttpServer, ServerConfig, StdioServer } from "./types";

/** Variables that make a program load other code. */
const LOADERS =
  /^(NODE_OPTIONS|NODE_PATH|NODE_REPL_EXTERNAL_MODULE|LD_(PRELOAD|LIBRARY_PATH|AUDIT)|DYLD_.*|PYTHON(STARTUP|PATH|HOME|INSPECT)|PERL5(OPT|LIB|DB)|RUBY(OPT|LIB)|BASH_ENV|ENV|BASH_FUNC_.*|PATH|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|GIT_SSH(_COMMAND)?|GIT_CONFIG.*|npm_config_.*)$/i;
const SHELLS = /^(ba|z|da|k|c|tc|fi|a)?sh$|^(cmd|powershell|pwsh|busybox)$/;
/** Programs that only run another program. */
const WRAPPERS =
  /^(env|sudo|su|doas|nohup|setsid|timeout|nice|stdbuf|xargs|exec|script|unshare|nsenter|chroot|ssh|find|watch)$/;
const EXACT_VERSION = /^(@[^/@]+\/)?[^@]+@\d+\.\d+\.\d+([-+][\w.+-]+)?$/;

/** Returns one sentence for each known danger of a configuration, for the person who decides about it. */
export function hazardsOf(config: ServerConfig): string[] {
  return config.kind === "stdio" ? hazardsOfStdio(config) : hazardsOfHttp(config);
}

/**
 * Returns a sentence about each argument that is also sent in a header of the request. Only servers over HTTP get
 * headers.
 */
export function hazardsOfTools(
  { kind }: ServerConfig,
  tools: readonly { name: string; inputSchema: Record<string, unknown> }[],
): string[] {
  if (kind === "stdio") return [];
  return tools.flatMap(({ name, inputSchema }) =>
    (headerArguments(inputSchema) ?? []).map(
      ({ path, header }) =>
        `The tool ${name} repeats its argument “${quoted(path.join("."))}” in an HTTP header (${header}). Proxies and gateways on the way to the server read headers and often log them, so no secret belongs in this argument.`,
    ),
  );
}

function hazardsOfStdio(config: StdioServer): string[] {
  const found: string[] = [];
  const program = programOf(config.command);
  const args = argumentTexts(config.args);
  if (!config.package) found.push(...hazardsOfProgram(program, args), ...hazardsOfRunner(config));
  if (WRAPPERS.test(program)) {
    found.push(`${program} only starts another program, which is easy to overlook among its arguments.`);
    // The program that it starts is checked in the same way.
    const inner = args.findIndex((arg) => !arg.startsWith("-") && !arg.includes("="));
    if (inner >= 0) found.push(...hazardsOfProgram(programOf(args[inner] ?? ""), args.slice(inner + 1)));
  }
  for (const name of Object.keys(config.env))
    if (LOADERS.test(name)) found.push(`The variable ${name} can make the program load other code.`);
  for (const arg of args) {
    if (/^(NODE_OPTIONS|LD_PRELOAD|BASH_ENV|PATH)=/.test(arg))
      found.push(`Its argument "${quoted(arg)}" can make the program load other code.`);
    else if (/^\/$|^~|^\/(etc|root|proc|sys|dev|boot|home|var)\/?$/.test(arg))
      found.push(`It can access the folder ${quoted(arg)}.`);
  }
  if (config.hosts?.some((host) => host.startsWith("*")))
    found.push("It can reach every host below a domain, so what it reads can be sent there.");
  if (!config.package && /[\\/]/.test(config.command))
    found.push(`It starts the file ${quoted(config.command)}, whose content is not pinned.`);
  return [...new Set(found)];
}

function hazardsOfProgram(program: string, args: readonly string[]): string[] {
  const has = (pattern: RegExp) => args.some((arg) => pattern.test(arg));
  if (SHELLS.test(program)) {
    const asked = has(/^([-/][a-z]*c|-command|-encodedcommand)$/i)
      ? `${program} -c runs any text as shell commands.`
      : `${program} is a shell.`;
    return [asked];
  }
  if (
    /^(node|nodejs|bun|deno|tsx|ts-node)$/.test(program) &&
    has(/^(-[a-z]*[epr][a-z]*|--(eval|print|require|import|loader|experimental-loader|env-file)(=.*)?|eval|-)$/)
  )
    return [`${program} runs code from its arguments, or loads another file first.`];
  if (/^(node|nodejs)$/.test(program) && has(/^--inspect/))
    return ["node --inspect opens a debugger, which can run any code."];
  if (/^(python|pypy)[\d.]*$/.test(program) && has(/^(-[a-zA-Z]*c.*|-)$/))
    return [`${program} -c runs any text as a program.`];
  if (/^(perl|ruby|php|lua|osascript)[\d.]*$/.test(program) && has(/^-[a-zA-Z]*[eErR]/))
    return [`${program} runs code from its arguments.`];
  if (/^(docker|podman|nerdctl)$/.test(program))
    return [
      `${program} starts containers, which are outside the sandbox and can access any folder of the host; it does not work in the sandbox.`,
    ];
  return [];
}

function hazardsOfRunner(config: StdioServer): string[] {
  const program = programOf(config.command);
  const runner = packageRunner(config);
  if (runner.kind === "refused") return [`It will not be started, because ${runner.reason}.`];
  if (runner.kind === "package") {
    const { spec } = runner.command;
    if (!EXACT_VERSION.test(spec))
      return [`The package ${quoted(spec)} has no exact version: the newest version is installed and pinned.`];
    return [`The package ${quoted(spec)} is its publisher's code.`];
  }
  if (/^(uvx?|pipx|pip3?)$/.test(program))
    return [`${program} downloads Python packages when it runs, without pinning them.`];
  return [];
}

function hazardsOfHttp(config: HttpServer): string[] {
  const shown = shownValue(config.url);
  const url = URL.canParse(shown) ? new URL(shown) : undefined;
  if (!url) return ["Its address is known only when its secret is filled in."];
  const found: string[] = [];
  if (isInnerHost(url.hostname)) found.push(`${url.host} is an address of this machine or of a private network.`);
  if (url.protocol === "http:")
    found.push("It is reached without TLS: anyone on the network path can read and change the traffic.");
  if (typeof config.url !== "string")
    found.push("Its address contains a secret, which ends up in the logs of servers on the path.");
  return found;
}
