/** The commands of services: each is a command below `service`. */
import type { Define } from "@/scripts/cli/context/define";

export function defineServices(define: Define): void {
  define(
    "run [folder]",
    "run a service in the sandbox, without a network and with data of its own, until Ctrl-C",
    async () => (await import("./run")).runInSandbox,
  )
    .option("--port <n>", "port on this machine; default: any free one")
    .option("--command <command>", "starts it; default: the script preview or start of its package.json")
    .option("--fresh", "forget what it kept when it ran before");
}
