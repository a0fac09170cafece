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
  define(
    "contract <file>",
    "check a running service against its OpenAPI document, or the document against an older one",
    async () => (await import("./contract")).contract,
  )
    .option("--url <url>", "the address of the service; the paths of the document follow it")
    .option("--against <file>", "name the changes since this older document, and which of them break clients")
    .option("--requests <n>", "how many requests are made of the document; default: 1000")
    .option("--seed <n>", "make the same requests as the run with this seed; default: 1")
    .option("--seconds <n>", "how long it may take; default: 300")
    .option("--header <line>", '"Name: value" for every request; repeatable', many, []);
  define("mock <file>", "answer as the OpenAPI document says, before there is code", async () => {
    return (await import("./mock")).mock;
  }).option("--port <n>", "port on this machine; default: any free one");
}

function many(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
