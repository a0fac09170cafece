/** `outside-agents`: shows and adds agents of other systems (A2A) by their cards. */
import { plural } from "@/core/words/figures";
import type { Arguments } from "@/scripts/cli/commands/act";
import { type Context, type Flags, withActing, withReadRuntime } from "@/scripts/cli/context/context";
import { paint, print, printJson, UsageError } from "@/scripts/cli/print/output";
import { clean, oneLine, padTo } from "@/scripts/cli/print/text";

const AUTHS = ["none", "bearer", "basic", "header"] as const;

export function outsideAgents(context: Context, [verb, url]: Arguments, flags: Flags): Promise<number> {
  if (!url || (verb !== "show" && verb !== "add"))
    throw new UsageError(
      "Give an address: npx banyan outside-agents show URL, or npx banyan outside-agents add URL --skills LIST.",
    );
  return verb === "show" ? show(context, url) : add(context, url, flags);
}

async function show(context: Context, url: string): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const preview = await queries.previewOutsideAgent(url);
    if (context.json) {
      printJson(preview);
      return 0;
    }
    const { title, version, provider, description, endpoint, signed_by, skills, hazards } = preview;
    print(oneLine([title, version, provider && `of ${provider}`].filter(Boolean).join(" ")));
    print(oneLine(description));
    print(`card: ${oneLine(preview.url)}`);
    print(`messages go to: ${oneLine(endpoint)}`);
    print(`signed by: ${signed_by ?? "nobody"}`);
    const width = Math.max(0, ...skills.map(({ id }) => oneLine(id).length));
    for (const skill of skills) print(`${padTo(oneLine(skill.id), width)}  ${oneLine(skill.description)}`);
    for (const hazard of hazards) print(`${paint("yellow", "!")} ${oneLine(hazard)}`);
    return 0;
  });
}

async function add(context: Context, url: string, flags: Flags): Promise<number> {
  const auth = AUTHS.find((auth) => auth === flags.auth);
  if (flags.auth !== undefined && !auth) throw new UsageError(`--auth is ${AUTHS.join(", ")}.`);
  const most = textOf(flags.callsPerMinute);
  if (most !== undefined && !/^\d{1,6}$/.test(most)) throw new UsageError("--calls-per-minute is a whole number.");
  const listed = textOf(flags.skills)
    ?.split(",")
    .map((id) => id.trim());
  return withActing(context, async ({ application }) => {
    const preview = await application.queries.previewOutsideAgent(url);
    const skills = flags.all === true ? preview.skills.map(({ id }) => id) : listed;
    const request = {
      name: textOf(flags.name) ?? preview.name,
      url,
      card: preview.card,
      skills,
      auth,
      header: textOf(flags.header),
      calls_per_minute: most === undefined ? undefined : Number(most),
    };
    const done = await application.commands.saveOutsideAgent(request);
    if (context.json) printJson(done);
    else {
      print(`${paint("green", "✓")} ${clean(done.sentence)}`);
      print(`  ${plural(done.server.tools.length, "tool")}: ${done.server.tools.join(", ")}`);
      for (const hazard of done.server.hazards) print(`  warning: ${oneLine(hazard)}`);
      for (const problem of done.problems) print(`${paint("yellow", "!")} ${oneLine(problem)}`);
    }
    return 0;
  });
}

function textOf(flag: unknown): string | undefined {
  return typeof flag === "string" ? flag : undefined;
}
