/**
 * `lessons` and `learn`: lists and shows lessons, writes, approves, changes, retires and merges them, and moves them as
 * files.
 */
import type { ReadRuntime } from "@/agents/boot/read-runtime";
import type { OperationInput } from "@/agents/guard/guard";
import { LESSON_KINDS, LESSON_STATUSES } from "@/core/lessons/lesson";
import { repositoryKey } from "@/core/projects/repository";
import type { Lesson, LessonFile, LessonList, LessonQuery } from "@/core/shapes/memory";
import { plural } from "@/core/words/figures";
import { type Arguments, act } from "@/scripts/cli/commands/act";
import { type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { readFileText } from "@/scripts/cli/context/file-text";
import { numberFlag, positionIn, textFlag } from "@/scripts/cli/context/flags";
import { writeNewFile } from "@/scripts/cli/context/new-file";
import { print, printJson, UsageError, warn } from "@/scripts/cli/print/output";
import { oneLine } from "@/scripts/cli/print/text";
import { answerLines, detailLines, graphLines, lessonLines, taskLines } from "./lines";
import type { LESSON_VERBS } from "./verbs";

type Verb = (context: Context, target: string | undefined, flags: Flags) => Promise<number>;

const VERBS: Record<string, Verb> = {
  list: (context, _, flags) => list(context, flags),
  show,
  graph,
  ask,
  add,
  approve,
  edit,
  retire: (context, target, flags) => {
    const given = { id: named("retire", target), why: textFlag(flags, "why") };
    return act(context, ({ application }) => application.commands.retireLesson(given));
  },
  merge: (context, target, flags) => {
    const [id, into] = [named("merge", target), textFlag(flags, "into")];
    if (into === undefined) throw new UsageError("Say which lesson stays: add --into ID.");
    return act(context, ({ application }) => application.commands.mergeLessons({ id, into }));
  },
  wrong: (context, target, flags) => {
    const [id, task] = [named("wrong", target), textFlag(flags, "task")];
    if (task === undefined) throw new UsageError("Say in which task it was wrong: add --task TASK.");
    return act(context, ({ application }) =>
      application.commands.wrongLesson({ id, task, why: textFlag(flags, "why") }),
    );
  },
  export: exportTo,
  import: importFrom,
} satisfies Record<(typeof LESSON_VERBS)[number], Verb>;

/** A first word that is no verb begins a need, for which lessons are found. */
export function lessons(context: Context, [verb = "list", target]: Arguments, flags: Flags): Promise<number> {
  const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  return run ? run(context, target, flags) : list(context, flags, [verb, target].filter(Boolean).join(" "));
}

/** Returns what a tree teaches, and makes candidates of it when it has ended. */
export function learn(context: Context, [tree = ""]: Arguments): Promise<number> {
  return act(context, ({ application }) => application.commands.learnFromTree({ id: tree }), {
    lines: async ({ candidates }) => candidates.map((id) => `Lesson ${id}`),
  });
}

function named(verb: string, target: string | undefined): string {
  if (target) return target;
  throw new UsageError(`Say which lesson: npx banyan lessons ${verb} ID. \`npx banyan lessons\` lists them.`);
}

const LISTED = 50;
/** As many as one query lists. */
const PAGE = 500;

/** `need`: what a person wants to do, for which live lessons are found. */
function list(context: Context, flags: Flags, need?: string): Promise<number> {
  const task = textFlag(flags, "task");
  if (task !== undefined) return listOfTask(context, task);
  const status = wordIn(flags, "status", LESSON_STATUSES) ?? (need === undefined ? undefined : "live");
  const limit = numberFlag(flags, "limit", { least: 1, most: PAGE, whole: true }) ?? LISTED;
  const offset = positionIn(flags);
  return withReadRuntime(context, async (runtime) => {
    const wanted = { status, text: need ?? textFlag(flags, "find"), limit, offset };
    const project = textFlag(flags, "project");
    const found = await (project === undefined
      ? runtime.queries.listLessons(wanted)
      : listOfProject(runtime, project, wanted));
    const { items, next, counts, waiting } = found;
    if (context.json) {
      printJson(found);
      return 0;
    }
    if (items.length === 0) print(need === undefined ? "No lesson is listed." : "No lesson fits that need.");
    for (const lesson of items) for (const line of lessonLines(lesson)) print(line);
    print(
      `${counts.live} live, ${plural(counts.candidate, "candidate")} (${waiting} wait for you), ${counts.retired} retired.`,
    );
    if (next) warn(`More lessons: add --after ${next}`);
    return 0;
  });
}

/** Lessons name their repository as trees did, in one of several spellings of its address. */
async function listOfProject(
  { queries, store }: ReadRuntime,
  name: string,
  { limit, offset: from, ...wanted }: LessonQuery & { limit: number; offset: number },
): Promise<LessonList> {
  const { address } = await queries.getProject(name);
  const keys = store.projects.get(name)?.keys ?? [];
  const isOf = ({ scope, place }: Lesson) =>
    scope === "repository" && place !== null && (place === address || keys.includes(repositoryKey(place) ?? place));
  const items: Lesson[] = [];
  for (let offset = from; ; offset += PAGE) {
    const page = await queries.listLessons({ ...wanted, limit: PAGE, offset });
    for (const [at, lesson] of page.items.entries()) {
      if (!isOf(lesson)) continue;
      if (items.length === limit) return { ...page, items, next: String(offset + at) };
      items.push(lesson);
    }
    if (page.next === null) return { ...page, items };
  }
}

function listOfTask(context: Context, task: string): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.listLessonsOfTask(task);
    if (context.json) printJson({ items: found, next: null });
    else if (found.length === 0) print("The task was shown no lesson.");
    else for (const lesson of found) for (const line of taskLines(lesson)) print(line);
    return 0;
  });
}

function show(context: Context, target: string | undefined): Promise<number> {
  const id = named("show", target);
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.getLesson(id);
    if (context.json) printJson(found);
    else for (const line of detailLines(found)) print(line);
    return 0;
  });
}

function graph(context: Context, target: string | undefined): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.getLessonGraph({ lesson: target });
    if (context.json) printJson(found);
    else for (const line of graphLines(found)) print(line);
    return 0;
  });
}

function ask(context: Context, target: string | undefined): Promise<number> {
  if (!target)
    throw new UsageError('Write the question: npx banyan lessons ask "what helped with ECONNRESET in shop?".');
  return withReadRuntime(context, async ({ queries }) => {
    const { answer, examples } = await queries.getLessonGraph({ question: target });
    if (context.json) printJson({ answer, examples });
    else for (const line of answerLines(answer, examples)) print(line);
    return 0;
  });
}

function add(context: Context, target: string | undefined, flags: Flags): Promise<number> {
  if (!target) throw new UsageError('Write the advice: npx banyan lessons add "ADVICE" --for "WORDS".');
  const given = {
    kind: wordIn(flags, "kind", LESSON_KINDS) ?? "approach",
    advice: target,
    trigger: textFlag(flags, "for") ?? "",
    signature: textFlag(flags, "error") ?? null,
    ...(placeIn(flags) ?? { scope: "everywhere" as const, place: null }),
  };
  return act(context, ({ application }) => application.commands.addLesson(given), {
    lines: async ({ id }) => [`Lesson ${id}`],
  });
}

function approve(context: Context, target: string | undefined, flags: Flags): Promise<number> {
  const given = { id: named("approve", target), ...placeIn(flags) };
  return act(context, ({ application }) => application.commands.approveLesson(given));
}

function edit(context: Context, target: string | undefined, flags: Flags): Promise<number> {
  const [advice, trigger] = [textFlag(flags, "advice"), textFlag(flags, "for")];
  const kind = wordIn(flags, "kind", LESSON_KINDS);
  const change = {
    ...(advice !== undefined && { advice }),
    ...(trigger !== undefined && { trigger }),
    ...(kind !== undefined && { kind }),
    ...placeIn(flags),
  };
  const id = named("edit", target);
  if (Object.keys(change).length === 0)
    throw new UsageError(`Say what to change: npx banyan lessons edit ${oneLine(id)} --advice "TEXT".`);
  return act(context, ({ application }) => application.commands.changeLesson({ id, ...change }));
}

type Place = Pick<OperationInput<"addLesson">, "scope" | "place">;

/** Returns where a lesson applies; undefined when no flag says so. */
function placeIn(flags: Flags): Place | undefined {
  const [repository, agent] = [textFlag(flags, "repository"), textFlag(flags, "agent")];
  const given: Place[] = [
    ...(repository === undefined ? [] : [{ scope: "repository" as const, place: repository }]),
    ...(agent === undefined ? [] : [{ scope: "agent" as const, place: agent }]),
    ...(flags.everywhere === true ? [{ scope: "everywhere" as const, place: null }] : []),
  ];
  if (given.length > 1) throw new UsageError("Use only one of --repository, --agent and --everywhere.");
  return given[0];
}

async function exportTo(context: Context, target: string | undefined): Promise<number> {
  if (!target) throw new UsageError("Name the file: npx banyan lessons export FILE; - prints it.");
  return withReadRuntime(context, async ({ queries }) => {
    const file = await queries.exportLessons();
    const text = `${JSON.stringify(file, null, 2)}\n`;
    if (target === "-") {
      print(text.trimEnd());
      return 0;
    }
    writeNewFile(context, target, text);
    const leftOut = file.left_out === undefined ? "" : ` It has no room for ${file.left_out} more.`;
    const sentence = `Wrote ${plural(file.lessons.length, "live lesson")} to ${oneLine(target)}.${leftOut}`;
    if (context.json) printJson({ sentence, lessons: file.lessons.length });
    else print(sentence);
    return 0;
  });
}

/** As much as an export writes: 10,000 lessons of usual length have a quarter of this. */
const MOST_FILE_MB = 16;

async function importFrom(context: Context, target: string | undefined): Promise<number> {
  if (!target) throw new UsageError("Name the file: npx banyan lessons import FILE.");
  const text = await readFileText(context, target, MOST_FILE_MB);
  let file: LessonFile;
  try {
    // The operation checks its shape.
    file = JSON.parse(text) as LessonFile;
  } catch {
    throw new UsageError(`The file ${oneLine(target)} is no file of lessons: it is not JSON.`);
  }
  return act(context, ({ application }) => application.commands.importLessons(file));
}

/** Throws UsageError unless the word is one of `words`. */
function wordIn<Word extends string>(flags: Flags, name: string, words: readonly Word[]): Word | undefined {
  const given = textFlag(flags, name);
  const found = words.find((word) => word === given);
  if (given !== undefined && found === undefined)
    throw new UsageError(`--${name} cannot be "${oneLine(given)}": use ${words.join(", ")}.`);
  return found;
}
