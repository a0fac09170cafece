/** Measures memory with a million lessons: how long a search takes, what a task without a hit pays, and what pruning takes. */

import { statSync } from "node:fs";
import { createLessonFinding } from "@/agents/memory/find";
import type { LessonText } from "@/core/lessons/lesson";
import type { Sqlite } from "@/db/file/client";
import { EVERY_LESSON } from "@/db/memory/listed";
import { newId } from "@/lib/new-id";
import { createRandom, type Random } from "@/tests/agents/simulation/random";
import { percentile, type Row, row } from "./rows/row";
import { type BenchTrial, startBenchTrial } from "./trial";

const LESSONS = 1_000_000;
/** With `--quick`. */
const FEW_LESSONS = 100_000;
const BATCH = 20_000;
/** Different words of all lessons together. A few are in every tenth lesson, most in a handful. */
const WORDS = 200_000;
const TRIGGER_WORDS = 10;
const ADVICE_WORDS = 20;
const TASK_WORDS = 60;
const SEARCHES = 500;
const GRAPHS = 100;
/** The part of the lessons that is pruned at the end. */
const PRUNED = 0.01;
const DAY_MS = 86_400_000;

interface Filled {
  name: string;
  /** How many lessons there are. */
  lessons: number;
}

export async function memoryScaleRows({ quick }: { quick: boolean }): Promise<Row[]> {
  const lessons = quick ? FEW_LESSONS : LESSONS;
  const trial = await startBenchTrial({ synchronous: "NORMAL" });
  try {
    const { store } = trial.runtime;
    const before = process.memoryUsage.rss();
    const startedAt = performance.now();
    fill(store.client.sqlite, lessons);
    const filledS = (performance.now() - startedAt) / 1_000;
    store.client.sqlite.pragma("wal_checkpoint(TRUNCATE)");
    const name = `${lessons.toLocaleString("en")} lessons`;
    return [
      row(name, "inserted in", filledS, "s", undefined, `words by Zipf's law, ${WORDS} different ones`),
      row(name, "their file", statSync(store.client.file).size / 1e6, "MB"),
      ...searches(trial, { name, lessons }),
      ...(await graphs(trial, { name, lessons })),
      ...(await additions(trial, { name, lessons })),
      row(name, "memory more than before", (process.memoryUsage.rss() - before) / 1e6, "MB", 200, "after all searches"),
      ...(await pruned(trial, { name, lessons })),
    ];
  } finally {
    await trial.close();
  }
}

/** Writes the rows directly: a learning server adds them one by one, over years. */
function fill(sqlite: Sqlite, lessons: number): void {
  const random = createRandom(1);
  const insert = sqlite.prepare(`
    INSERT INTO lessons (id, uid, kind, scope, place, \`trigger\`, signature, advice, status, reason, maker, twin, shown,
      helped, harmed, last_used_ms, created_at_ms, changed_at_ms)
    VALUES (@id, @uid, @kind, @scope, @place, @trigger, @signature, @advice, @status, @reason, 'host', @twin, @shown,
      @helped, 0, @atMs, @atMs, @atMs)`);
  const index = sqlite.prepare(
    "INSERT INTO lessons_fts (rowid, `trigger`, advice) SELECT id, `trigger`, advice FROM lessons WHERE id BETWEEN ? AND ? AND status <> 'retired'",
  );
  const nowMs = Date.now();
  const add = sqlite.transaction((from: number) => {
    for (let id = from; id < from + BATCH; id += 1) {
      const text = lessonText(random, id, lessons);
      // Nine in ten are live. The others are candidates that nobody looked at, of half a year and more.
      const isLive = id % 10 !== 0;
      insert.run({
        ...text,
        id,
        uid: `lesson-${id}`,
        twin: `twin-${id}`,
        status: isLive ? "live" : "candidate",
        reason: isLive ? null : "outside_content",
        shown: isLive ? id % 7 : 0,
        helped: isLive ? 1 : 0,
        atMs: nowMs - (id % 400) * DAY_MS,
      });
    }
    index.run(from, from + BATCH - 1);
  });
  // What a commit costs, and how much of the file is in memory, counts only when lessons are searched.
  const cachePages = sqlite.pragma("cache_size", { simple: true });
  sqlite.pragma("cache_size = -500000");
  sqlite.pragma("synchronous = OFF");
  for (let from = 1; from <= lessons; from += BATCH) add(from);
  sqlite.pragma(`cache_size = ${cachePages}`);
  sqlite.pragma("synchronous = NORMAL");
}

/** Every second lesson is for an error; each error has a hundred lessons. */
function lessonText(random: Random, id: number, stored: number): LessonText {
  const isFix = id % 2 === 0;
  return {
    kind: isFix ? "error_fix" : "fact",
    scope: "repository",
    place: `/projects/project-${id % 1_000}`,
    trigger: sentence(random, TRIGGER_WORDS),
    signature: isFix ? signatureOf(id % (stored / 100)) : null,
    advice: sentence(random, ADVICE_WORDS),
  };
}

const signatureOf = (number: number) => `error ${wordOf(number)} in ${wordOf(number * 7)}`;

function sentence(random: Random, words: number): string {
  return Array.from({ length: words }, () => wordOf(rankOf(random))).join(" ");
}

/** The word of rank n is drawn as often as 1 ÷ n says (G. Zipf). */
function rankOf(random: Random): number {
  return Math.floor(WORDS ** random.next());
}

const SYLLABLES = [
  "ba",
  "ke",
  "lo",
  "mi",
  "nu",
  "pra",
  "ste",
  "tor",
  "vin",
  "zel",
  "gar",
  "hem",
  "sol",
  "dri",
  "fa",
  "qui",
];

const words = new Map<number, string>();

/** Returns the word of a rank: syllables, of which frequent words have few. */
function wordOf(rank: number): string {
  let word = words.get(rank) ?? "";
  if (word !== "") return word;
  for (let left = rank; left > 0 || word.length < 3; left = Math.floor(left / SYLLABLES.length))
    word += SYLLABLES[left % SYLLABLES.length];
  words.set(rank, word);
  return word;
}

function searches({ runtime: { store } }: BenchTrial, { name, lessons: stored }: Filled): Row[] {
  const random = createRandom(2);
  const { lessons } = store;
  const finding = createLessonFinding(lessons);
  const task = () => sentence(random, TASK_WORDS).split(" ");
  // The first searches read the file's pages, as those of a server that has just started do.
  const cold = timed(SEARCHES, () => lessons.byWords(task()));
  const usedBefore = process.cpuUsage();
  const words = timed(SEARCHES, () => lessons.byWords(task()));
  const used = process.cpuUsage(usedBefore);
  const one = timed(SEARCHES, () => lessons.byWords(sentence(random, 5).split(" ")));
  const errors = timed(SEARCHES, (at) => lessons.bySignature(signatureOf((at * 74) % (stored / 100))));
  const typed = timed(50, () => lessons.search(sentence(random, 2), EVERY_LESSON, 20, 0));
  const unknown = (at: number) => Array.from({ length: TASK_WORDS }, (_, word) => `x${at}w${word}`).join(" ");
  const missedBefore = process.cpuUsage();
  const miss = timed(SEARCHES, (at) =>
    finding.find({ treeId: 1, agent: "coder", text: unknown(at), signature: `no such error ${at}` }),
  );
  const missed = process.cpuUsage(missedBefore);
  return [
    row(name, "search by words, p50", percentile(words, 0.5), "ms", undefined, `${TASK_WORDS} words of a task`),
    row(name, "search by words, CPU", (used.user + used.system) / 1_000 / SEARCHES, "ms", undefined, "mean"),
    row(name, "search by words, p95", percentile(words, 0.95), "ms", 20),
    row(name, "search by words, first 500, p95", percentile(cold, 0.95), "ms", 20, "frequent words are not known yet"),
    row(name, "search by 5 words, p95", percentile(one, 0.95), "ms", 20),
    row(name, "search by error, p50", percentile(errors, 0.5), "ms", undefined, "100 lessons for each error"),
    row(name, "search by error, p95", percentile(errors, 0.95), "ms", 20),
    row(name, "a person's search, p95", percentile(typed, 0.95), "ms", undefined, "2 words, all must occur"),
    row(
      name,
      "task without a hit, p50",
      percentile(miss, 0.5),
      "ms",
      0.3,
      `${TASK_WORDS} unknown words, an unknown error`,
    ),
    row(name, "task without a hit, CPU", (missed.user + missed.system) / 1_000 / SEARCHES, "ms", undefined, "mean"),
    row(name, "task without a hit, p95", percentile(miss, 0.95), "ms", undefined),
  ];
}

/** Graphs around lessons, and questions whose words are drawn like those of lessons, so most of them are frequent. */
async function graphs({ runtime }: BenchTrial, { name, lessons: stored }: Filled): Promise<Row[]> {
  const random = createRandom(4);
  const { queries } = runtime.application;
  const measured = async (run: (at: number) => Promise<unknown>): Promise<number> => {
    const times: number[] = [];
    for (let at = 0; at < GRAPHS; at += 1) {
      const startedAt = performance.now();
      await run(at);
      times.push(performance.now() - startedAt);
    }
    return percentile(times, 0.95);
  };
  const lesson = () => `lesson-${1 + Math.floor(random.next() * stored)}`;
  const ask = (question: string) => queries.getLessonGraph({ lesson: "lesson-1", question });
  return [
    row(name, "a graph, p95", await measured(() => queries.getLessonGraph({ lesson: lesson() })), "ms", 100),
    row(name, "a graph around the best lesson, p95", await measured(() => queries.getLessonGraph()), "ms", 100),
    row(
      name,
      "a question, p95",
      await measured(() => ask(`what helped with ${sentence(random, 2)}?`)),
      "ms",
      200,
      "2 words, with the graph",
    ),
    row(
      name,
      "a question about a repository, p95",
      await measured((at) => ask(`what helped with ${wordOf(at + 1)} in project-${at}?`)),
      "ms",
      200,
      "1 frequent word, with the graph",
    ),
    row(
      name,
      "what failed in a repository, p95",
      await measured((at) => ask(`what failed in project-${at}?`)),
      "ms",
      200,
      "with the graph",
    ),
  ];
}

async function additions({ runtime: { store } }: BenchTrial, { name, lessons: stored }: Filled): Promise<Row[]> {
  const random = createRandom(3);
  const atMs = Date.now();
  const times: number[] = [];
  for (let at = 0; at < 100; at += 1) {
    const lesson = lessonText(random, stored + at, stored);
    const given = { ...lesson, uid: newId(), maker: "host" as const, isTainted: false, reason: null, by: null, atMs };
    const startedAt = performance.now();
    await store.lessons.add([{ ...given, source: null }]);
    times.push(performance.now() - startedAt);
  }
  return [row(name, "a new lesson, p95", percentile(times, 0.95), "ms", undefined, "near twins looked for, committed")];
}

function timed(times: number, run: (at: number) => unknown): number[] {
  return Array.from({ length: times }, (_, at) => {
    const startedAt = performance.now();
    run(at);
    return performance.now() - startedAt;
  });
}

async function pruned({ runtime: { store } }: BenchTrial, { name, lessons: stored }: Filled): Promise<Row[]> {
  const startedAt = performance.now();
  const due = PRUNED * stored;
  const removed = await store.lessons.prune(stored - due);
  const ms = performance.now() - startedAt;
  if (removed < due) throw new Error(`Only ${removed} lessons were pruned.`);
  return [row(name, "pruning, for 1,000 lessons", (ms * 1_000) / removed, "ms", undefined, `${removed} were removed`)];
}
