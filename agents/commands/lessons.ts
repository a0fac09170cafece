/** Lessons: written, approved, changed, retired, merged and imported by people; and whether tasks are shown them. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { z } from "zod";
import { UserError } from "@/agents/application";
import { said } from "@/agents/operations/operation";
import { changeOf, text, whole, wholeNumber, yesOrNo } from "@/agents/operations/parse";
import { lessonOf } from "@/agents/queries/lesson-of";
import { candidatesOf, patternsOf, type SessionPatterns } from "@/core/learning/ended-tree";
import { HOLDOUT_DEFAULT, type MemorySettings, MOST_HOLDOUT } from "@/core/lessons/holdout";
import {
  LESSON_KINDS,
  LESSON_SCOPES,
  type LessonText,
  MOST_ADVICE,
  MOST_IN_FILE,
  MOST_TRIGGER,
} from "@/core/lessons/lesson";
import { FAULT_SENTENCES, faultsOf } from "@/core/lessons/limits";
import { plural } from "@/core/words/figures";
import { RESTORED } from "@/db/memory/keep";
import type { Store } from "@/db/store";
import { newId } from "@/lib/new-id";
import { operation } from "./world/operation";

const advice = text
  .trim()
  .refine((value) => value !== "", whole("Write the advice: what to do, and why."))
  .refine(
    (value) => [...value].length <= MOST_ADVICE,
    whole((value: string) => `The advice has ${[...value].length} characters; ${MOST_ADVICE} is the limit.`),
  );
const trigger = text.trim().refine(
  (value) => [...value].length <= MOST_TRIGGER,
  whole((value: string) => `The words have ${[...value].length} characters; ${MOST_TRIGGER} is the limit.`),
);
const kind = z.enum(LESSON_KINDS, `must be one of: ${LESSON_KINDS.join(", ")}`);
const scope = z.enum(LESSON_SCOPES, `must be one of: ${LESSON_SCOPES.join(", ")}`);
const place = text.trim().min(1).max(500).nullable();
const signature = text.trim().min(1).max(500).nullable();
const why = text.trim().max(500, whole("The reason has more than 500 characters."));

const sessionShape = {
  successful_patterns: z
    .array(
      z.object({
        pattern: z.string().describe("What worked."),
        agent: z.string().describe("Name of the agent that did it."),
        shown_by: z.string().describe("The command that showed that it works."),
      }),
    )
    .describe("What worked, with the command that showed it."),
  error_patterns: z
    .array(
      z.object({
        error: z.string().describe("The error without names and numbers."),
        times: z.number().describe("How often it was met."),
        fixed_by: z
          .string()
          .nullable()
          .describe("The change after which it did not come again; null where it was not fixed."),
      }),
    )
    .describe("Errors that were met."),
  recovery_strategies: z
    .array(
      z.object({
        after: z.string().describe("What had gone wrong before."),
        strategy: z.string().describe("What was tried then."),
        worked: z.boolean().describe("Whether the work went on after it."),
      }),
    )
    .describe("What was tried after something had gone wrong."),
  time_per_task_type: z
    .array(
      z.object({
        type: z.string().describe("Name of the agent."),
        tasks: z.number().describe("Number of tasks."),
        median_seconds: z.number().describe("The median of the time that they worked, without waits, in seconds."),
        longest_seconds: z.number().describe("The longest time that one of them worked, without waits, in seconds."),
      }),
    )
    .describe("How long tasks worked, by their agent."),
};

/** Lessons of a file that are checked without a pause for other work. */
const READ_TOGETHER = 50;

const lessonFields = { kind, advice, trigger, signature: signature.optional(), scope, place: place.optional() };

const lessonFile = z.strictObject({
  banyan_lessons: z.literal(1, "must be 1: this is no file of lessons"),
  lessons: z
    .array(z.strictObject(lessonFields))
    .max(MOST_IN_FILE, `holds too many lessons: ${MOST_IN_FILE} is the limit of one file`),
  left_out: z
    .number()
    .int()
    .positive()
    .optional()
    .describe("How many lessons its writer left out, which changes nothing here."),
});

export const lessonOperations = {
  addLesson: operation({
    right: "configure",
    summary: "Writes a lesson. It is live at once, and tried until outcomes speak for or against it.",
    http: "POST lessons",
    input: z.strictObject(lessonFields),
    audit: ["kind", "scope", "place"],
    result: said.extend({ id: z.string().describe("Id of the lesson.") }),
    made: ({ id }) => ({ subject: id, tree: "" }),
    async run(fields, actor, { store, security: { redactor }, now }) {
      const lesson = checked(textOf(fields), redactor.redact);
      const given = { ...lesson, uid: newId(), maker: "person" as const, isTainted: false, reason: null };
      const [added] = await store.lessons.add([{ ...given, by: actor.name, atMs: now(), source: null }]);
      const id = added?.uid ?? given.uid;
      if (!added?.isNew) throw new UserError("conflict", `There is a lesson that says the same: ${id}.`);
      await store.lessons.change(id, { isApproved: true }, { by: actor.name, action: "approved", detail: {} });
      return { sentence: "The lesson is live.", id };
    },
  }),
  approveLesson: operation({
    right: "configure",
    summary: "Makes a candidate live, for the place that it names or for another one.",
    on: "name",
    http: "POST lessons/:id/approve",
    input: z.strictObject({ scope: scope.optional(), place: place.optional() }),
    audit: ["scope", "place"],
    result: said,
    async run({ id, scope: to, place: at }, actor, { store, security: { redactor } }) {
      const lesson = lessonOf(store, id);
      if (lesson.status === "live") throw new UserError("conflict", "The lesson is live already.");
      const given = { ...lesson, ...(to && { scope: to }), ...(at !== undefined && { place: at }) };
      checked(given, redactor.redact);
      await store.lessons.change(
        lesson.uid,
        { text: { scope: given.scope, place: given.place }, status: { to: "live", reason: null }, isApproved: true },
        { by: actor.name, action: lesson.status === "retired" ? RESTORED : "approved", detail: {} },
      );
      return { sentence: "The lesson is live. It is tried until outcomes speak for or against it." };
    },
  }),
  changeLesson: operation({
    right: "configure",
    summary: "Changes what a lesson says, and where it applies. What was counted stays.",
    on: "name",
    http: "POST lessons/:id/change",
    input: changeOf({
      kind: kind.optional(),
      advice: advice.optional(),
      trigger: trigger.optional(),
      scope: scope.optional(),
      place: place.optional(),
    }),
    audit: ["kind", "scope", "place"],
    result: said,
    async run({ id, ...fields }, actor, { store, security: { redactor } }) {
      const lesson = lessonOf(store, id);
      const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
      checked({ ...lesson, ...given }, redactor.redact);
      const names = Object.keys(given).join(", ");
      await store.lessons.change(
        lesson.uid,
        { text: given },
        { by: actor.name, action: "edited", detail: { fields: names, before: lesson.advice } },
      );
      return { sentence: "The lesson was changed." };
    },
  }),
  retireLesson: operation({
    right: "configure",
    summary: "Retires a lesson, or rejects a candidate: no task is shown it any more.",
    on: "name",
    http: "POST lessons/:id/retire",
    input: z.strictObject({ why: why.optional().describe("The reason, which its history shows.") }),
    audit: ["why"],
    result: said,
    async run({ id, why: reason = "" }, actor, { store }) {
      const { uid, status } = lessonOf(store, id);
      if (status === "retired") throw new UserError("conflict", "The lesson is retired already.");
      await store.lessons.change(
        uid,
        { status: { to: "retired", reason: "by_person" } },
        { by: actor.name, action: "retired", detail: { why: reason } },
      );
      return { sentence: "The lesson is retired: no task is shown it any more." };
    },
  }),
  mergeLessons: operation({
    right: "configure",
    summary: "Gives what speaks for or against a lesson to its twin, and retires it. A round counts once.",
    on: "name",
    http: "POST lessons/:id/merge",
    input: z.strictObject({ into: text.describe("Id of the lesson that stays.") }),
    audit: ["into"],
    result: said,
    async run({ id, into }, actor, { store }) {
      const [from, other] = [lessonOf(store, id), lessonOf(store, into)];
      if (from.uid === other.uid) throw new UserError("invalid", "A lesson cannot be merged with itself.");
      if (other.status === "retired")
        throw new UserError("conflict", "The other lesson is retired: merge with one that is not.");
      await store.lessons.merge(from.uid, other.uid, actor.name);
      return { sentence: "The lessons are one now." };
    },
  }),
  wrongLesson: operation({
    right: "configure",
    summary: "Says that a lesson was wrong for a task that was shown it. It then counts as harmed there.",
    on: "name",
    http: "POST lessons/:id/wrong",
    input: z.strictObject({
      task: text.describe("Id of the task that was shown the lesson."),
      why: why.optional().describe("The reason, which its history shows."),
    }),
    audit: ["task", "why"],
    result: said,
    async run({ id, task, why: reason = "" }, actor, { store, ids }) {
      const { uid } = lessonOf(store, id);
      const wasShown = await store.lessons.wrong(uid, ids.task(task), { by: actor.name, why: reason });
      if (!wasShown) throw new UserError("not_found", "This task was not shown the lesson.");
      return { sentence: "The lesson counts as harmed in this task." };
    },
  }),
  importLessons: operation({
    right: "configure",
    summary: "Reads a file of lessons. All of them become candidates, which a person approves one by one.",
    http: "POST lessons/import",
    input: lessonFile,
    audit: [],
    result: said.extend({
      added: z.number().describe("Lessons that were added as candidates."),
      known: z.number().describe("Lessons that say what a lesson here says."),
      refused: z.number().describe("Lessons that may not be stored."),
    }),
    async run({ lessons }, actor, { store, security: { redactor }, now }) {
      const kept: Awaited<ReturnType<typeof store.lessons.add>> = [];
      for (let from = 0; from < lessons.length; from += READ_TOGETHER) {
        const read = lessons.slice(from, from + READ_TOGETHER).map(textOf);
        const made = read
          .filter((lesson) => faultsOf(lesson, redactor.redact).length === 0)
          .map((lesson) => ({
            ...lesson,
            uid: newId(),
            maker: "import" as const,
            isTainted: true,
            reason: "imported" as const,
            by: actor.name,
            atMs: now(),
            source: null,
          }));
        kept.push(...(await store.lessons.add(made)));
        // A part in which nothing can be a lesson waits for no transaction.
        await nextTurn();
      }
      const added = kept.filter(({ isNew }) => isNew).length;
      const counts = { added, known: kept.length - added, refused: lessons.length - kept.length };
      return { sentence: importSentence(counts), ...counts };
    },
  }),
  learnFromTree: operation({
    right: "run",
    summary: "Returns what a tree teaches so far, and, once it has ended, makes candidates of what commands showed.",
    on: "unit",
    reach: () => ({}),
    http: "POST :unit/:id/learn",
    audit: [],
    result: said.extend({
      ...sessionShape,
      candidates: z.array(z.string()).describe("Ids of the lessons that were made of it, and wait for a person."),
    }),
    async run({ id }, actor, { store, queries, ids, security: { redactor }, now }) {
      const { kind: unit, uid } = ids.treeOrTask(id);
      const treeUid = unit === "tree" ? uid : store.queries.trees.findTask(uid).treeUid;
      const tree = await queries.getTree(treeUid, { tasks: "whole" });
      const goal = await queries.getGoal(treeUid);
      const patterns = patternsOf(goal?.rounds ?? [], tree.tasks, workedSeconds(store, treeUid, now()));
      const root = tree.tasks.find((task) => task.id === tree.root_task_id);
      const about = (root?.instruction ?? tree.title).split("\n", 1)[0] ?? tree.title;
      // What a goal teaches, the host learns from its rounds; and what goes on may still turn out otherwise.
      const made = goal || tree.ended_at === null ? [] : candidatesOf(patterns, about);
      const fine = made.filter((lesson) => faultsOf(lesson, redactor.redact).length === 0);
      const source = { tree: tree.id, task: tree.root_task_id, evidence: {}, hasHelped: false };
      const kept = await store.lessons.add(
        fine.map((lesson) => ({
          ...lesson,
          uid: newId(),
          maker: "session" as const,
          isTainted: true,
          reason: "from_session" as const,
          by: actor.name,
          atMs: now(),
          source,
        })),
      );
      const candidates = kept.filter(({ isNew }) => isNew).map(({ uid }) => uid);
      return { sentence: learntSentence(patterns, candidates.length), ...patterns, candidates };
    },
  }),
  setMemory: operation({
    right: "administer",
    summary: "Sets whether tasks are shown lessons, and how many goals run without them.",
    http: "POST memory",
    input: changeOf({
      on: yesOrNo.optional().describe("Whether tasks are shown lessons."),
      holdout: wholeNumber("holdout", 0, MOST_HOLDOUT)
        .optional()
        .describe("One goal of so many is shown no lessons, to see whether they help; 0: none."),
    }),
    audit: ["on", "holdout"],
    result: said,
    async run({ on, holdout }, _actor, { store }) {
      const change = { ...(on !== undefined && { on }), ...(holdout !== undefined && { holdout }) };
      return { sentence: memorySentence(await store.lessons.setSettings(change)) };
    },
  }),
};

/** Returns how long the tasks of a tree worked, in seconds, by their ids: the stretches on its timeline in which they ran. */
function workedSeconds({ queries }: Pick<Store, "queries">, treeUid: string, nowMs: number): Map<string, number> {
  const { from, tasks } = queries.timeline.timeline(treeUid, null, nowMs);
  const untilMs = nowMs - Date.parse(from);
  return new Map(
    tasks.map(({ id, stretches }) => {
      const ran = stretches.map(([kind, start, end]) => (kind === "ran" ? (end ?? untilMs) - start : 0));
      return [id, Math.round(ran.reduce((sum, ms) => sum + ms, 0) / 1_000)];
    }),
  );
}

function learntSentence(patterns: SessionPatterns, candidates: number): string {
  const { successful_patterns: worked, error_patterns: errors } = patterns;
  const found = `${plural(worked.length, "pattern")} that worked, ${plural(errors.length, "error")}.`;
  return candidates === 0 ? found : `${found} ${plural(candidates, "candidate")} for a lesson.`;
}

function textOf(fields: Omit<LessonText, "signature" | "place"> & Partial<LessonText>): LessonText {
  return { ...fields, signature: fields.signature ?? null, place: fields.place ?? null };
}

/** Throws UserError for what a lesson may not hold, and for a place that is missing. */
function checked<Of extends LessonText>(lesson: Of, redact: (text: string) => string): Of {
  if (lesson.scope !== "everywhere" && lesson.place === null)
    throw new UserError("invalid", "Name the repository or the agent for which the lesson is, with `place`.");
  const [fault] = faultsOf(lesson, redact);
  if (fault !== undefined) throw new UserError("invalid", `This cannot be a lesson. ${FAULT_SENTENCES[fault]}`);
  return lesson;
}

function importSentence({ added, known, refused }: { added: number; known: number; refused: number }): string {
  const parts = [
    `${plural(added, "lesson")} ${added === 1 ? "waits" : "wait"} for a decision.`,
    ...(known > 0 ? [`${known} said what a lesson here says.`] : []),
    ...(refused > 0 ? [`${refused} cannot be lessons and were left out.`] : []),
  ];
  return parts.join(" ");
}

function memorySentence({ on, holdout }: MemorySettings): string {
  if (!on) return "Tasks are shown no lessons.";
  if (holdout === 0)
    return "Tasks are shown lessons, and no goal runs without them: whether they help is not measured.";
  const usual = holdout === HOLDOUT_DEFAULT ? ", as usual" : "";
  return `Tasks are shown lessons. One goal in ${holdout} runs without them${usual}.`;
}
