/** `models`: lists and shows what is known about models, and sets limits and prices that the built-in table lacks. */
import { MEDIA } from "@/core/log/model";
import type { ListedModel, ModelSettings, Models } from "@/core/shapes/models";
import { type Arguments, act } from "@/scripts/cli/commands/act";
import { type Context, type Flags, withReadRuntimeEvenNew } from "@/scripts/cli/context/context";
import { numberFlag, textFlag } from "@/scripts/cli/context/flags";
import { print, printJson, UsageError, warn } from "@/scripts/cli/print/output";
import { oneLine, padTo } from "@/scripts/cli/print/text";

const VERBS: Record<string, (context: Context, name: string | undefined, flags: Flags) => Promise<number>> = {
  list,
  show,
  set,
  remove: (context, name) =>
    act(context, ({ application }) => application.commands.removeModel({ id: named("remove", name) })),
};

export async function models(context: Context, [verb = "list", name]: Arguments, flags: Flags): Promise<number> {
  const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (!run)
    throw new UsageError(`There is no \`banyan models ${verb}\`: use list, show NAME, set NAME or remove NAME.`);
  return run(context, name, flags);
}

function named(verb: string, name: string | undefined): string {
  if (name) return name;
  throw new UsageError(`Name the model: npx banyan models ${verb} PROVIDER/MODEL.`);
}

async function list(context: Context, name: string | undefined, flags: Flags): Promise<number> {
  if (name !== undefined)
    throw new UsageError("`banyan models list` takes no name: use --provider, or show one with `models show NAME`.");
  return withReadRuntimeEvenNew(context, async ({ queries, models: known, providers }, isNew) => {
    const unanswered = flags.refresh === true ? await known.refresh({ olderThanMs: 0 }) : [];
    for (const { provider: name, sentence } of unanswered)
      warn(`${name} gave no list, so its models are as they were. ${sentence}`);
    const status = unanswered.length > 0 ? 1 : 0;
    const provider = textFlag(flags, "provider");
    const found = await queries.listModels({ provider });
    if (context.json) {
      printJson({ ...found, ...(flags.refresh === true && { not_answered: unanswered }) });
      return status;
    }
    const usable = new Set(providers.states().flatMap((state) => (state.available ? [state.name] : [])));
    const ofUse = found.items.filter((item) => provider !== undefined || usable.has(providerOf(item)));
    printList(ofUse.length > 0 ? ofUse : found.items, found);
    if (isNew) print(NOT_STARTED);
    return status;
  });
}

const NOT_STARTED =
  "Banyan has not been started here yet, so this is what its table, your settings and the files of the data folder say.";

function providerOf({ name }: ListedModel): string {
  return name.slice(0, name.indexOf("/"));
}

function printList(items: readonly ListedModel[], { checked_at, default_model, notes }: Models): void {
  const isGone = ({ standing }: ListedModel) => standing === "retired" || standing === "missing";
  const shown = items.filter((item) => !isGone(item) || item.is_default);
  const rows = shown.map((model) => [model.name, tokens(model), price(model), remark(model)]);
  const widths = [0, 1, 2].map((at) => Math.max(0, ...rows.map((row) => (row[at] ?? "").length)));
  for (const row of rows)
    print(
      row
        .map((cell, at) => oneLine(at < widths.length ? padTo(cell, widths[at] ?? 0) : cell))
        .join("  ")
        .trimEnd(),
    );
  const hidden = items.length - shown.length;
  if (hidden > 0) print(`Not shown: ${hidden} that are retired or not in their provider's list; --json lists them.`);
  print(`Tokens of context / longest answer; US dollars per million tokens of input / output.`);
  print(`Default: ${default_model}. The table of this version was checked on ${checked_at}.`);
  for (const note of notes) print(note);
}

function tokens({ context_tokens, max_output_tokens, limits_from }: ListedModel): string {
  const assumed = limits_from === "assumed" ? " (assumed)" : "";
  return `${short(context_tokens)} / ${short(max_output_tokens)}${assumed}`;
}

function short(count: number): string {
  if (count >= 1_000_000) return `${Math.round(count / 10_000) / 100}M`;
  return count >= 1_000 ? `${Math.round(count / 1_000)}k` : String(count);
}

function price({ price: prices, price_from }: ListedModel): string {
  if (!prices) return "no price";
  return price_from === "free" ? "free" : `$${prices.input} / $${prices.output}`;
}

function remark({ is_default, limits_from, price_from, standing, retires_at, replaced_by }: ListedModel): string {
  const own = limits_from === "own" || price_from === "own" ? ["set here"] : [];
  const gone = standing === "retires_soon" ? [`retires on ${retires_at}: use ${replaced_by ?? "another"}`] : [];
  return [...(is_default ? ["default"] : []), ...own, ...gone].join("; ");
}

const MEDIA_WORDS = { image: "images", pdf: "PDF files" } as const;

const SOURCES = {
  own: "set here",
  provider: "from its provider's list",
  table: "from the table of this version",
  assumed: "assumed, because nobody says it",
  free: "runs on your own machine",
} as const;

async function show(context: Context, name: string | undefined): Promise<number> {
  const wanted = named("show", name);
  return withReadRuntimeEvenNew(context, async ({ queries }) => {
    const { items } = await queries.listModels();
    const found = items.find((item) => item.name === wanted);
    if (!found)
      throw new UsageError(
        `Nothing is known of ${wanted}: ask the providers with \`npx banyan models --refresh\`, or set its limits with \`npx banyan models set ${wanted}\`.`,
      );
    if (context.json) {
      printJson(found);
      return 0;
    }
    const { price: prices, price_from, reads } = found;
    print(`${found.name}${found.is_default ? " (default)" : ""}`);
    print(
      `Limits: ${found.context_tokens} tokens of context, ${found.max_output_tokens} of output; ${SOURCES[found.limits_from]}.`,
    );
    const read = MEDIA.filter((media) => reads.includes(media)).map((media) => MEDIA_WORDS[media]);
    print(`Reads: ${["text", ...read].join(", ")}${read.length === 0 ? ", and nothing else as far as is known" : ""}.`);
    if (prices && price_from)
      print(
        `Price per million tokens: $${prices.input} input, $${prices.output} output, $${prices.cache_read} read from the cache, $${prices.cache_write} written to it; ${SOURCES[price_from]}.`,
      );
    else
      print(`Price: not known. Set it with \`npx banyan models set ${found.name} --input-price X --output-price X\`.`);
    if (found.listed !== null) print(found.listed ? "Its provider lists it." : "Its provider does not list it.");
    if (found.sentence) print(found.sentence);
    return 0;
  });
}

interface Given {
  limit: Partial<NonNullable<ModelSettings["limit"]>>;
  cost: Partial<NonNullable<ModelSettings["cost"]>>;
  modalities: ModelSettings["modalities"];
}

async function set(context: Context, name: string | undefined, flags: Flags): Promise<number> {
  const wanted = named("set", name);
  const given = givenIn(flags);
  return act(
    context,
    // Settings that no flag names stay as they were.
    ({ application, models: known }) =>
      application.commands.setModel({ id: wanted, ...settingsFrom(known.own.all()[wanted] ?? {}, given) }),
  );
}

function givenIn(flags: Flags): Given {
  const tokensOf = (flag: string) => numberFlag(flags, flag, { whole: true, least: 1 });
  const usdOf = (flag: string) => numberFlag(flags, flag, { least: 0, orZero: true });
  const limit = withoutGaps({ context: tokensOf("context"), output: tokensOf("output") });
  const cost = withoutGaps({
    input: usdOf("inputPrice"),
    output: usdOf("outputPrice"),
    cache_read: usdOf("cacheReadPrice"),
    cache_write: usdOf("cacheWritePrice"),
  });
  const modalities = modalitiesIn(flags);
  if (Object.keys({ ...limit, ...cost, ...modalities }).length === 0)
    throw new UsageError("Say what to set: --context and --output, --input-price and --output-price, --reads.");
  return { limit, cost, modalities };
}

function modalitiesIn(flags: Flags): ModelSettings["modalities"] {
  const given = textFlag(flags, "reads");
  if (given === undefined) return undefined;
  const chosen = given === "nothing" ? [] : given.split(",").map((word) => word.trim());
  const unknown = chosen.find((word) => !MEDIA.some((media) => media === word));
  if (unknown !== undefined)
    throw new UsageError(`--reads takes image, pdf, both with a comma, or nothing; not “${unknown}”.`);
  return { input: ["text", ...MEDIA.filter((media) => chosen.includes(media))] };
}

function withoutGaps<Fields extends object>(fields: Fields): { [Name in keyof Fields]?: NonNullable<Fields[Name]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;
}

function settingsFrom(before: ModelSettings, given: Given): ModelSettings {
  const limit = { ...before.limit, ...given.limit };
  const cost = { ...before.cost, ...given.cost };
  const modalities = given.modalities ?? before.modalities;
  const { context } = limit;
  const { input, output } = cost;
  if (context === undefined && limit.output !== undefined) throw new UsageError("--output needs --context.");
  const isPriced = input !== undefined && output !== undefined;
  if (!isPriced && Object.keys(cost).length > 0)
    throw new UsageError("A price needs both --input-price and --output-price.");
  return {
    ...(context !== undefined && { limit: { ...limit, context } }),
    ...(isPriced && { cost: { ...cost, input, output } }),
    ...(modalities && { modalities }),
  };
}
