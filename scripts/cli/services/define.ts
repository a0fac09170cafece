/** The commands of services: each is a command below `service`, except the one that lists blueprints. */
import { MODEL_FORM } from "@/lib/models/providers/table";
import { type Define, firstWord, many, of, onlyOf } from "@/scripts/cli/context/define";

/** `below` defines commands below `service`. */
export function defineServices(define: Define, below: Define): void {
  define(
    "blueprints",
    "list what services can be made like, with their parts and variables",
    async () => (await import("./blueprints")).blueprints,
  );
  below(
    "new [requirement]",
    "make a whole service, of a document, of requirements, or of a kind that needs neither, as a repository and a project",
    async () => (await import("./make")).make,
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
    .option("--set <variable>", "a variable of the blueprint, such as port=3000; repeatable", many)
    .option("--requirements <file>", "a document or user stories that say what the service has to do")
    .option("--mode <mode>", "with requirements: autonomous, or supervised, which asks before the service is made")
    .option("--executor <agent>", "with requirements: agent that finishes the service; default: coder")
    .option("--max-iterations <n>", "with requirements: most rounds; default: 50")
    .option("--model <model>", `with requirements: ${MODEL_FORM}; default: the setting BANYAN_MODEL`)
    .option("--max-cost-usd <x>", "with requirements: limit for the whole tree, in dollars, or none")
    .option("--max-tokens <n>", "with requirements: limit for the whole tree, in tokens")
    .option("--on-success <what>", "with requirements: branch, commit or nothing; default: a branch of its own")
    .option("--detach", "with requirements: begin, and do not follow it");
  below(
    "change [project] [requirement]",
    "change what a service has to do: its specification first, a question before clients break, then the service",
    async () => (await import("./requirements")).change,
  )
    .option("--requirements <file>", "a document that says what should be different")
    .option("--mode <mode>", "autonomous, or supervised, which asks before the service is made again")
    .option("--executor <agent>", "agent that does the work; default: coder")
    .option("--max-iterations <n>", "most rounds; default: 50")
    .option("--model <model>", `${MODEL_FORM}; default: the project's, or the setting BANYAN_MODEL`)
    .option("--max-cost-usd <x>", "limit for the whole tree, in dollars, or none")
    .option("--max-tokens <n>", "limit for the whole tree, in tokens")
    .option("--on-success <what>", "branch, commit or nothing; default: a branch of its own")
    .option("--detach", "begin, and do not follow it");
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
  const environments = below(
    "env [verb] [target]",
    "environments of projects: up PROJECT, down, restart, check or log NAME, list [PROJECT]",
    async () => (await import("./environments")).environment,
  )
    .option("--name <name>", "of the environment; default: preview")
    .option("--branch <branch>", "the branch that it shows; default: the project's")
    .option(
      "--command <command>",
      "starts it; default: the project's, or the script preview or start of its package.json",
    )
    .option("--env <setting>", "a variable of its environment, such as API_KEYS=choose-a-key; repeatable", many)
    .option(
      "--secret <setting>",
      "a variable whose value is a secret of the vault, such as KEY=shop.key; repeatable",
      many,
    )
    .option("--keep <days>", "days without a visit after which it ends; default: 3")
    .addOption(of(["check"], "--requests <n>", "how many requests are made of its OpenAPI document; default: 500"))
    .addOption(of(["check"], "--load <path>", "measure how many requests to this path it answers, and how fast"))
    .addOption(of(["check"], "--connections <n>", "so many at a time; default: 10"))
    .addOption(of(["check"], "--seconds <n>", "so long; default: 10"))
    .addOption(of(["check"], "--p95 <ms>", "95 % of the answers must take no longer"));
  onlyOf(environments, ["up"]);
  below(
    "target [project] [name]",
    "set how commits of a project go to a target such as production (admins); without a name: list them",
    async () => (await import("./promotions")).target,
  )
    .option("--deploy <command>", "brings the commit BANYAN_COMMIT there; may run twice")
    .option("--plan <command>", "prints what would change, for whoever approves it")
    .option("--smoke <command>", "shows that it works there")
    .option("--rollback <command>", "brings BANYAN_FORMER_COMMIT back; default: --deploy of it")
    .option(
      "--secret <setting>",
      "a variable whose value is a secret of the vault, such as TOKEN=shop.token; repeatable",
      many,
    )
    .option(
      "--plan-secret <setting>",
      "the same for --plan, which runs before an approval: one that can only read",
      many,
    )
    .option("--host <host>", "a host that the commands reach, such as api.example.org; repeatable", many)
    .option("--remove", "remove the target");
  below(
    "promote [project]",
    "ask for a commit of a project to go to a target; a person approves it with its plan",
    async () => (await import("./promotions")).promote,
  )
    .option("--to <target>", "the target, such as production")
    .option("--branch <branch>", "the newest commit of it; default: the project's branch")
    .option("--commit <id>", "this commit, by its 40 digits");
  below(
    "rollback [project]",
    "ask for the version that a target had before to come back",
    async () => (await import("./promotions")).rollback,
  ).option("--to <target>", "the target, such as production");
  const promotions = below(
    "promotions [verb] [id]",
    "list targets and promotions of a project; approve ID, reject ID, stop ID, log ID",
    async () => (await import("./promotions")).promotions,
  ).addOption(of(["reject"], "--reason <text>", "why"));
  firstWord(promotions, ["approve", "reject", "stop", "log"], "PROJECT");
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
  below(
    "spec [folder]",
    "print the requirements of a service, with what carries and shows each, and what is missing or contradicts itself",
    async () => (await import("./spec")).spec,
  ).option("--against <revision>", "name the requirements that changed since this commit, and what breaks clients");
  below(
    "infrastructure [folder]",
    "check the files of a folder for Terraform, Kubernetes and Compose, as a promotion does before its plan",
    async () => (await import("./infrastructure")).infrastructure,
  );
  below("mock <file>", "answer as the OpenAPI document says, before there is code", async () => {
    return (await import("./mock")).mock;
  }).option("--port <n>", "port on this machine; default: any free one");
}
