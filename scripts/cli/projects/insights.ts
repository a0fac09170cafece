/** `insights`: what is worth doing in the repository of a project. */
import { type InsightKind, type InsightList, KINDS } from "@/core/shapes/insights";
import { plural } from "@/core/words/figures";
import { insightReport, KIND_WORDS, placeOf } from "@/core/words/insights/insights";
import { type Arguments, act } from "@/scripts/cli/commands/act";
import { type Context, type Flags, withActing, withReadRuntimeEvenNew } from "@/scripts/cli/context/context";
import { textFlag } from "@/scripts/cli/context/flags";
import { writeNewFile } from "@/scripts/cli/context/new-file";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { clean, oneLine } from "@/scripts/cli/print/text";

const SHOWN = 20;

export function insights(context: Context, [project, verb, insight]: Arguments, flags: Flags): Promise<number> {
  if (!project)
    throw new UsageError("Say of which project: npx banyan insights PROJECT. `npx banyan project` lists them.");
  if (verb === undefined) return list(context, project, flags);
  if (verb !== "dismiss" && verb !== "reopen")
    throw new UsageError(`There is no \`banyan insights ${project} ${oneLine(verb)}\`: use dismiss ID or reopen ID.`);
  if (!insight) throw new UsageError(`Say which insight: npx banyan insights ${project} ${verb} ID.`);
  if (verb === "reopen")
    return act(context, ({ application }) => application.commands.reopenInsight({ id: project, insight }));
  const reason = textFlag(flags, "reason");
  if (reason === undefined)
    throw new UsageError(`Say why: npx banyan insights ${project} dismiss ${insight} --reason "on purpose".`);
  return act(context, ({ application }) => application.commands.dismissInsight({ id: project, insight, reason }));
}

async function list(context: Context, project: string, flags: Flags): Promise<number> {
  const file = textFlag(flags, "report");
  if (flags.markdown && (context.json || file !== undefined))
    throw new UsageError("--markdown prints the report: leave out --json and --report.");
  const kind = kindOf(textFlag(flags, "kind"));
  if (flags.look) {
    const { sentence } = await withActing(context, ({ application }) =>
      application.commands.lookForInsights({ id: project }),
    );
    if (!context.json && !flags.markdown) print(sentence);
  }
  return withReadRuntimeEvenNew(context, async ({ queries }) => {
    const found = await queries.listInsights(project, { state: "open", ...(kind && { kind }) });
    if (file !== undefined) {
      writeNewFile(context, file, insightReport(project, found));
      if (context.json) printJson({ file });
      else print(`Wrote the report to ${oneLine(file)}.`);
    } else if (context.json) printJson(found);
    else if (flags.markdown) print(clean(insightReport(project, found)));
    else show(project, found);
    return 0;
  });
}

function kindOf(given: string | undefined): InsightKind | undefined {
  const kind = KINDS.find((one) => one === given);
  if (given === undefined || kind !== undefined) return kind;
  throw new UsageError(`There is no kind ${JSON.stringify(oneLine(given))}: use ${KINDS.join(", ")}.`);
}

function show(project: string, { items, look }: InsightList): void {
  if (look === null) {
    print(`Nobody has looked yet: npx banyan insights ${project} --look.`);
    return;
  }
  for (const sentence of look.not_measured) print(oneLine(sentence));
  print(
    `${plural(items.length, "open insight")} in ${plural(look.code, "file")} of code at ${look.commit.slice(0, 7)}.`,
  );
  for (const insight of items.slice(0, SHOWN)) {
    print(`${insight.score.toFixed(2)}  ${oneLine(insight.title)}`);
    print(`      ${KIND_WORDS[insight.kind]}; ${oneLine(placeOf(insight))}; ${insight.id}`);
  }
  if (items.length > SHOWN) print(`${items.length - SHOWN} more: use --json, --markdown or --report.`);
}
