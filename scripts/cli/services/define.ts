/** The commands for services and their blueprints. */
import type { Define } from "@/scripts/cli/context/define";

export function defineServices(define: Define): void {
  define(
    "service [verb] [folder]",
    "services made from a document: new, or upgrade FOLDER",
    async () => (await import("./verbs")).service,
  )
    .option("--openapi <file>", "new: an OpenAPI document, 3.0 or 3.1, in YAML or JSON")
    .option("--entities <file>", "new: entities with their fields, in YAML")
    .option("--workspace <dir>", "new: an empty or absent folder, which becomes its repository")
    .option("--name <name>", "new: how the service and its project are called; default: the folder's name")
    .option(
      "--blueprint <name>",
      "new: what it is made like, a name or a folder such as ./blueprint; default: rest-api",
    )
    .option("--with <part...>", "new: parts that it has beside, such as sqlite docker github-ci")
    .option("--set <variable...>", "new: variables of the blueprint, such as port=3000");
  define(
    "blueprints",
    "list what services can be made like, with their parts and variables",
    async () => (await import("./blueprints")).blueprints,
  );
}
