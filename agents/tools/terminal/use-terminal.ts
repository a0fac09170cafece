import { z } from "zod";
import { kind, type ToolContext, type ToolOutcome, type WorldTool, worldTool } from "@/agents/tools/contract/tool";
import { answering, workplaceOf } from "@/agents/tools/files/workspace-tool";
import { plantedFlag } from "@/agents/tools/git/planted-flag";
import { canonicalEntry } from "@/lib/net/host-list";
import type { NetworkAccess, SandboxResult } from "@/lib/sandbox/port";
import { shownIn } from "@/lib/terminals/shown";
import { inTerminal } from "@/lib/terminals/tty";
import type { Workplace } from "@/lib/workplace/port";
import { WorkspaceError } from "@/lib/workspace/path";
import { networkNote, whyUnreached } from "./network-note";

const OUTPUT_MAX_BYTES = 1024 * 1024;
const TIMEOUT_MAX_SECONDS = 3600;
const LIFETIME_MAX_SECONDS = 24 * 3600;
const CPU_MAX_SECONDS = 3600;
const HOSTS_MAX = 20;

export interface UseTerminalOptions {
  /** Maximum of `cpu_seconds` that a call may ask for. */
  maxCpuSeconds?: number | undefined;
  /** Returns a folder of packages that the tree's commands see as `node_modules`, read-only; null for none. */
  packagesOf?: (treeUid: string) => string | null;
}

/**
 * Returns the tool that runs one bash command, in the foreground or in the background. Without `network` a command can
 * only write in the workspace; with `network` it can send anything to the hosts that it names.
 */
export function terminalTool({
  maxCpuSeconds = CPU_MAX_SECONDS,
  packagesOf = () => null,
}: UseTerminalOptions = {}): WorldTool {
  const input = inputShape(maxCpuSeconds);
  return worldTool({
    name: "use_terminal",
    description: [
      "Run bash in /workspace, in a sandbox. It sees no secrets, only /usr, the workspace and a home for caches, and reaches only hosts in `network`, through HTTP_PROXY and HTTPS_PROXY.",
      "No process outlives the command. Returns exit status, output and duration. The output is what a terminal would show, without colours; to see control characters, pipe it through `cat -v`. Nobody answers prompts; pagers and editors end at once.",
      "With `background` it returns an id immediately, and the command runs until it ends or this task ends; see terminal_output, terminal_input and terminal_stop. Your other commands reach its ports on 127.0.0.1, so you can start a server and then test it. A command with `network` shares no ports.",
    ].join(" "),
    input,
    level: "network",
    kinds: [
      kind("commands without network", { level: "write" }),
      kind("commands with network", { level: "network", alsoNeeds: "write", hosts: true, sends: true }),
    ],
    effectOf: ({ network = [] }) =>
      network.length > 0
        ? {
            level: "network",
            alsoNeeds: "write",
            hosts: network.map((host) => canonicalEntry(host) ?? host),
            sends: true,
          }
        : { level: "write" },
    afterCrash: "report_interrupted",
    onlyInWorkplace: true,
    keepsTime: true,
    showsLife: true,
    timeoutMs: ({ timeout_seconds, background }) =>
      timeout_seconds === undefined || background ? undefined : foregroundMs(timeout_seconds),
    run: (given, context) => answering(() => run(given, context, packagesOf(context.treeId))),
  }) as WorldTool;
}

/** One shape holds both limits, so a command that a task waits for may name the longer one. */
function foregroundMs(seconds = TIMEOUT_MAX_SECONDS): number {
  return Math.min(seconds, TIMEOUT_MAX_SECONDS) * 1000;
}

type Input = z.output<ReturnType<typeof inputShape>>;

function inputShape(maxCpuSeconds: number) {
  return z.strictObject({
    command: z.string().min(1).max(100_000).describe("The command, as bash reads it."),
    timeout_seconds: z
      .number()
      .positive()
      .max(LIFETIME_MAX_SECONDS)
      .optional()
      .describe(
        `Seconds after which the command is stopped: at most ${TIMEOUT_MAX_SECONDS}, in the background ${LIFETIME_MAX_SECONDS}. Default: the timeout of tool calls, in the background the maximum.`,
      ),
    cpu_seconds: z
      .int()
      .min(1)
      .max(maxCpuSeconds)
      .optional()
      .describe("The most CPU seconds that each process may use. Default: as many as the timeout allows."),
    network: z
      .array(z.string().min(1).max(300))
      .max(HOSTS_MAX)
      .optional()
      .describe(
        "Hosts that the command may reach: `host` (ports 80 and 443), `host:port`, or `*.host`. Default: none.",
      ),
    background: z.boolean().optional().describe("Return an id immediately and let the command run in the background."),
    tty: z
      .boolean()
      .optional()
      .describe("Give the command a terminal, for programs that need one. stdout then includes stderr."),
  });
}

async function run(input: Input, context: ToolContext, packages: string | null): Promise<ToolOutcome> {
  if (input.command.includes("\0")) throw new WorkspaceError("The command contains a NUL character; leave it out.");
  const workplace = workplaceOf(context);
  const { commands, git } = workplace;
  const network = networkOf(input.network ?? [], context);
  const status = await commands.status();
  if (!status.available) throw new WorkspaceError(status.reason);
  if (network && status.noNetwork) throw new WorkspaceError(status.noNetwork);
  const common = {
    command: input.tty ? inTerminal(input.command) : input.command,
    packages,
    ...(network ? { network } : { sharedNetwork: context.taskId }),
    ...(input.cpu_seconds !== undefined && { limits: { cpuSeconds: input.cpu_seconds } }),
  };
  await git.rememberRepositories(context.signal);
  if (input.background) {
    const seconds = input.timeout_seconds ?? LIFETIME_MAX_SECONDS;
    const start = { ...common, lifetimeMs: seconds * 1000, isTerminal: input.tty ?? false };
    const { id } = await commands.start(start, context.signal);
    const note = network ? undefined : status.noSharedNetwork;
    return { content: JSON.stringify({ id, state: "running", ...(note && { note }) }) };
  }
  const timeoutMs = Math.min(context.timeoutMs, foregroundMs(input.timeout_seconds));
  const { signal, onActivity, onOutput } = context;
  const result = await commands.run(
    { ...common, timeoutMs, maxOutputBytes: OUTPUT_MAX_BYTES },
    { signal, onActivity, onOutput },
  );
  const told = { ...result, endedBy: endOf(result, context) };
  return {
    content: JSON.stringify(await answerOf(told, input, context)),
    isError: told.endedBy !== undefined,
    ...faultOf(told),
    ...(network && { outside: true }),
    ...(await flagOf(workplace, context)),
  };
}

type Told = Omit<SandboxResult, "endedBy"> & { endedBy: SandboxResult["endedBy"] | "silence" };

/** The host aborts the command of a call whose time is over, too. */
function endOf({ endedBy }: SandboxResult, context: ToolContext): Told["endedBy"] {
  const why = endedBy === "abort" ? (context.endedBy?.() ?? null) : null;
  if (why === null) return endedBy;
  return why === "time" ? "timeout" : "silence";
}

/** What the command printed is told in any case: after an aborted look, the task's last check finds the repositories. */
async function flagOf(workplace: Workplace, { signal }: ToolContext): Promise<Pick<ToolOutcome, "flag">> {
  try {
    return await plantedFlag(workplace, signal);
  } catch (error) {
    if (signal.aborted) return {};
    throw error;
  }
}

/** Returns the command's network access. Throws a `WorkspaceError` for invalid hosts and without the network right. */
function networkOf(hosts: readonly string[], { network }: ToolContext): NetworkAccess | null {
  if (hosts.length === 0) return null;
  if (!network?.allowed) {
    throw new WorkspaceError("This task may not use the network; leave out `network`, or ask for the right.");
  }
  const wrong = hosts.find((host) => canonicalEntry(host) === null);
  if (wrong !== undefined) {
    throw new WorkspaceError(
      `${JSON.stringify(wrong)} in \`network\` is not a host; write example.com, example.com:8443 or *.example.com, without https://.`,
    );
  }
  return { hosts, privateHosts: network.privateHosts ?? [] };
}

function faultOf({ endedBy, network }: Told): Pick<ToolOutcome, "fault"> {
  if (endedBy === "silence") return { fault: "silent" };
  if (endedBy !== undefined && endedBy !== "abort") return { fault: endedBy };
  return endedBy === undefined && network && network.refused.length > 0 ? { fault: "host_refused" } : {};
}

async function answerOf(result: Told, { tty, network }: Input, context: ToolContext) {
  const { refused = [], unreached = [] } = result.network ?? {};
  const written = tty ? "terminal" : "pipe";
  const stdout = await shownIn(result.stdout, written);
  const stderr = await shownIn(result.stderr, written);
  const isFailed = result.exitStatus !== 0 || result.endedBy !== undefined;
  const note = networkNote(`${stdout}\n${stderr}`, { hosts: network ?? [], isFailed, context });
  return {
    exit_status: result.exitStatus,
    ...(result.endedBy && { ended_by: result.endedBy }),
    ...(result.problem !== undefined && { problem: result.problem }),
    ...(note !== null && { note }),
    duration_ms: result.durationMs,
    stdout,
    stderr,
    ...(result.truncated && { truncated: true }),
    ...(refused.length > 0 && { hosts_refused: refused }),
    ...(unreached.length > 0 && { hosts_not_reached: unreached.map(whyUnreached) }),
  };
}
