/** The commands of web APIs and of agents of other systems. */
import { type Define, of } from "@/scripts/cli/context/define";

export function defineOutside(define: Define): void {
  define("apis [verb] [source]", "show the operations of an OpenAPI document (FILE or URL), or add it", async () => {
    return (await import("@/scripts/cli/settings/apis")).apis;
  })
    .addOption(of(["add"], "--name <name>", "the API's name here; the name of an added API changes it"))
    .addOption(of(["add"], "--base-url <url>", "the address that its paths follow; default: the document's first"))
    .addOption(
      of(
        ["add"],
        "--operations <list>",
        'the operations for agents, as "GET /pets,POST /pets"; default: those that read',
      ),
    )
    .addOption(of(["add"], "--all", "all operations"))
    .addOption(
      of(
        ["add"],
        "--auth <kind>",
        "none, bearer, basic or header; set its secret with: banyan secrets set mcp/NAME/auth",
      ),
    )
    .addOption(of(["add"], "--header <name>", "with --auth header, the header with the key"));
  define(
    "outside-agents [verb] [url]",
    "show the card of an agent outside (A2A) at URL, or add the agent",
    async () => {
      return (await import("@/scripts/cli/settings/outside-agents")).outsideAgents;
    },
  )
    .addOption(of(["add"], "--name <name>", "the agent's name here; the name of an added agent changes it"))
    .addOption(of(["add"], "--skills <list>", 'the skills for our agents, as "scan,explain"'))
    .addOption(of(["add"], "--all", "all skills"))
    .addOption(of(["add"], "--calls-per-minute <n>", "most calls of all trees in a minute; default: 10"))
    .addOption(
      of(
        ["add"],
        "--auth <kind>",
        "none, bearer, basic or header; set its secret with: banyan secrets set mcp/NAME/auth",
      ),
    )
    .addOption(of(["add"], "--header <name>", "with --auth header, the header with the key"));
}
