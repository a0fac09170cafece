/** The commands of runners: one that is a runner, and those below it. */
import type { Command } from "commander";
import type { Define } from "@/scripts/cli/context/define";

export function defineRunners(define: Define, below: (parent: Command) => Define): void {
  const runner = define(
    "runner",
    "hold folders of trees on this machine and do what happens in them, for a server that NATS connects it with",
    async () => (await import("./run")).run,
  )
    .option("--nats <url>", "a NATS node, such as tls://nats.example.org:4222; several with commas between them")
    .option("--pool <name>", "the name that alike runners share; default: that of its key")
    .option("--slots <n>", "how many commands it runs at once, 1 to 1000; default: the number of processors")
    .option("--key <file>", "its key file, as `runner credentials` made it")
    .option("--ca <file>", "the certificate authority of the NATS nodes, as PEM; default: the system's");
  const under = below(runner);
  under(
    "list",
    "list pools and runners, with the trees that have their folders there",
    async () => (await import("./list")).list,
  );
  under(
    "drain <name>",
    "let a runner do nothing new; its trees go on at other runners of its pool",
    async () => (await import("./list")).drain,
  );
  under("resume <name>", "give a drained runner work again", async () => (await import("./list")).resume);
  under(
    "credentials <name>",
    "make the key of a runner, and the file of users for nats-server",
    async () => (await import("./credentials")).credentials,
  )
    .option("--cell <name>", "what this installation is called on NATS, set with the first key; default: main")
    .option("--pool <name>", "the only pool that it can enter; default: default, or the one that it has")
    .option("--renew", "make a new key in place of the one that it has")
    .option("--remove", "take the runner out of the file of users");
}
