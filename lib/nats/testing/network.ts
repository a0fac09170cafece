/**
 * Machines of a network of its own, for tests that cut it: each is a network namespace, joined with the others by a bridge.
 * Nothing of it has a name on this machine, and all of it ends with this process. It needs no rights of root where user
 * namespaces are allowed.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { findProgram } from "@/scripts/system.mjs";

export type Command = [file: string, args: string[]];

export interface Machine {
  name: string;
  /** What clients and servers reach each other by. */
  address: string;
  /** What the nodes of a cluster reach each other by. */
  routes: string;
  /** Returns the command that runs this one on the machine. */
  command(file: string, args: readonly string[]): Command;
  /** Takes the cable of one of its two networks out: nothing arrives, and nobody is told. */
  cut(which?: Cable): void;
  /** Lets only what it sends, or only what it receives, get lost. `join` ends it. */
  cutOneWay(lost: Way, which?: Cable): void;
  join(which?: Cable): void;
}

type Cable = "clients" | "routes";
type Way = "sent" | "received";

export interface Network {
  machine(name: string): Machine;
  close(): void;
}

const CABLES: readonly Cable[] = ["clients", "routes"];
/** Both are private networks, which no command of an agent may reach. */
const NETWORKS: Readonly<Record<Cable, string>> = { clients: "10.77.0", routes: "10.77.1" };
/** The last number of the first machine's addresses. */
const FIRST = 11;

/** Resolves with the machines of these names, in the order of their addresses. */
export async function startNetwork(names: readonly string[]): Promise<Network> {
  const [ip, unshare] = [programOf("ip", "iproute2"), programOf("unshare", "util-linux")];
  programOf("nsenter", "util-linux");
  const keepers: ChildProcess[] = [];
  const close = () => {
    for (const keeper of keepers) keeper.kill("SIGKILL");
  };
  const keep = async ([file, args]: Command) => {
    const [guard, guarded] = dying(["sh", ["-c", "echo up; exec sleep infinity"]]);
    const keeper = spawn(file, [...args, guard, ...guarded], { stdio: ["ignore", "pipe", "pipe"] });
    keepers.push(keeper);
    let said = "";
    keeper.stderr?.on("data", (data: Buffer) => {
      said += data;
    });
    const isUp = await Promise.race([
      once(keeper.stdout, "data").then(() => true),
      once(keeper, "close").then(() => false),
    ]);
    if (!isUp) throw new Error(refusedSentence(said));
    return keeper.pid ?? 0;
  };
  try {
    const bridge = await keep([unshare, [...OWN_USERS, "--net"]]);
    const within = (pid: number, args: readonly string[]): Command => [NSENTER, [...inNamespaces(pid), ...args]];
    const pids = await Promise.all(names.map(() => keep(within(bridge, [unshare, "--net"]))));
    const batch = (pid: number, lines: readonly string[]) => {
      const [file, args] = within(pid, [ip, "-batch", "-"]);
      execFileSync(file, args, { input: lines.join("\n"), stdio: ["pipe", "ignore", "pipe"] });
    };
    batch(bridge, [
      ...CABLES.flatMap((cable) => [`link add ${cable} type bridge`, `link set ${cable} up`]),
      ...pids.flatMap((pid, at) =>
        CABLES.flatMap((cable) => [
          `link add ${cable}${at} type veth peer name ${cable} netns ${pid}`,
          `link set ${cable}${at} master ${cable} up`,
        ]),
      ),
    ]);
    const addressOf = (cable: Cable, at: number) => `${NETWORKS[cable]}.${FIRST + at}`;
    for (const [at, pid] of pids.entries()) {
      const lines = CABLES.flatMap((cable) => [
        `addr add ${addressOf(cable, at)}/24 dev ${cable}`,
        `link set ${cable} up`,
      ]);
      batch(pid, ["link set lo up", ...lines]);
    }
    const machines = pids.map((pid, at): Machine => {
      const set = (cable: Cable, state: "up" | "down") => batch(bridge, [`link set ${cable}${at} ${state}`]);
      const others = pids.map((_, other) => other).filter((other) => other !== at);
      const lose = (lost: Way, cable: Cable) => {
        const [senders, receivers] = lost === "sent" ? [[at], others] : [others, [at]];
        const addresses = receivers.map((receiver) => addressOf(cable, receiver));
        for (const sender of senders) batch(pids[sender] ?? 0, wrongNeighbours(cable, addresses));
      };
      const forget = (cable: Cable) => {
        for (const each of pids) batch(each, [`neigh flush dev ${cable} nud all`]);
      };
      return {
        name: names[at] ?? "",
        address: addressOf("clients", at),
        routes: addressOf("routes", at),
        command: (file, args) => within(pid, [...asBefore(), file, ...args]),
        cut: (cable = "clients") => set(cable, "down"),
        cutOneWay: (lost, cable = "clients") => lose(lost, cable),
        join(cable = "clients") {
          set(cable, "up");
          forget(cable);
        },
      };
    });
    return {
      machine(name) {
        const found = machines.find((machine) => machine.name === name);
        if (!found) throw new Error(`There is no machine ${name}.`);
        return found;
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** Returns lines after which frames to these addresses go to a machine that is not there. */
function wrongNeighbours(cable: Cable, addresses: readonly string[]): string[] {
  return addresses.map((address) => `neigh replace ${address} lladdr 02:00:00:00:00:ff dev ${cable} nud permanent`);
}

/** In a container, root may lack the right to make networks. */
const IS_ROOT = process.getuid?.() === 0 && spawnSync("unshare", ["--net", "--mount", "true"]).status === 0;
/** Without root, a user namespace in which this user is root makes the networks. */
const OWN_USERS = IS_ROOT ? [] : ["--user", "--map-root-user"];
const NSENTER = "nsenter";

function inNamespaces(pid: number): string[] {
  return ["--target", String(pid), ...(IS_ROOT ? [] : ["--user"]), "--net", "--"];
}

/** Programs behave differently for root, so they run as the user that the tests run as. */
function asBefore(): string[] {
  if (IS_ROOT) return [];
  return ["unshare", "--user", `--map-user=${process.getuid?.()}`, `--map-group=${process.getgid?.()}`, "--"];
}

/** Returns the command of a program that ends with this process, so that an interrupted test leaves none behind. */
export function dying([file, args]: Command): Command {
  const guard = findProgram("setpriv");
  return guard ? [guard, ["--pdeathsig", "KILL", "--", file, ...args]] : [file, args];
}

const MOUNTED = `mount -t tmpfs -o "size=$1,mode=700" banyan "$0" && shift && exec "$@"`;

/** Returns what goes before a command that finds a disk of its own in the folder: in memory, and of this size. */
export function withDisk(folder: string, megabytes: number): string[] {
  const mounted = ["sh", "-c", MOUNTED, folder, `${megabytes}m`];
  return ["unshare", ...OWN_USERS, "--mount", "--", ...mounted, ...asBefore()];
}

function programOf(program: string, part: string): string {
  const found = findProgram(program) ?? findProgram(program, "/usr/sbin:/sbin");
  if (found) return found;
  throw new Error(
    `There is no program ${program}, which tests of runners make networks with: npm test installs ${part}, or says how.`,
  );
}

function refusedSentence(said: string): string {
  return `This machine allows no network namespaces (${said.trim()}), which tests of runners cut networks in: run the tests as root, or allow user namespaces (on Ubuntu: sysctl kernel.apparmor_restrict_unprivileged_userns=0).`;
}
