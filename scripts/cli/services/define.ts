/** The commands of services: each is a command below `service`, except the one that lists blueprints. */
import type { Define } from "@/scripts/cli/context/define";

/** `below` defines commands below `service`. */
export function defineServices(define: Define, below: Define): void {
  define(
    "blueprints",
    "list what services can be made like, with their parts and variables",
    async () => (await import("./blueprints")).blueprints,
  );
  below(
    "new [requirement]",
    "make a whole service, of a document or of a kind that needs none, as a repository and a project",
    async () => {
      return (await import("./make")).make;
    },
  )
    .option(
      "--openapi <file>",
      "an OpenAPI document, 3.0 or 3.1, in YAML or JSON, for a blueprint that is made from one",
    )
    .option("--entities <file>", "entities with their fields, in YAML, in place of a document")
    .option("--workspace <dir>", "an empty or absent folder, which becomes its repository")
    .option("--name <name>", "how the service and its project are called; default: the folder's name")
    .option("--blueprint <name>", "what it is made like, a name or a folder such as ./blueprint; default: rest-api")
    .option("--with <part>", "a part that it has beside, such as sqlite; repeatable", many)
    .option("--set <variable>", "a variable of the blueprint, such as port=3000; repeatable", many);
  below(
    "upgrade <folder>",
    "make a service again from the newest version of its blueprint, with your own changes",
    async () => (await import("./make")).upgrade,
  );
  below(
    "run [folder]",
    "run a service in the sandbox, without a network and with data of its own, until Ctrl-C",
    async () => (await import("./run")).runInSandbox,
  )
    .option("--port <n>", "port on this machine; default: any free one")
    .option("--command <command>", "starts it; default: the script preview or start of its package.json")
    .option("--env <setting>", "a variable of its environment, such as API_KEYS=choose-a-key; repeatable", many)
    .option("--fresh", "forget what it kept when it ran before");
  below(
    "contract <file>",
    "check a running service against its OpenAPI document, or the document against an older one",
    async () => (await import("./contract")).contract,
  )
    .option("--url <url>", "the address of the service; the paths of the document follow it")
    .option("--against <file>", "name the changes since this older document, and which of them break clients")
    .option("--requests <n>", "how many requests are made of the document; default: 1000")
    .option("--seed <n>", "make the same requests as the run with this seed; default: 1")
    .option("--seconds <n>", "how long it may take; default: 300")
    .option("--header <line>", '"Name: value" for every request; repeatable', many);
  below("mock <file>", "answer as the OpenAPI document says, before there is code", async () => {
    return (await import("./mock")).mock;
  }).option("--port <n>", "port on this machine; default: any free one");
}

function many(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
