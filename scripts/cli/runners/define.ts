/** The commands of runners: each is a command below `runner`. */
import type { Define } from "@/scripts/cli/context/define";

export function defineRunners(below: Define): void {
  below(
    "credentials <name>",
    "make the key of a runner, and the file of users for nats-server",
    async () => (await import("./credentials")).credentials,
  )
    .option("--cell <name>", "what this installation is called on NATS, set with the first key; default: main")
    .option("--renew", "make a new key in place of the one that it has")
    .option("--remove", "take the runner out of the file of users");
}
