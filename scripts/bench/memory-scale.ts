/** Measures memory with a million lessons: the time of a search, of a task without a hit, and of pruning. */
import { mkdtempSync, statSync } from "node:fs";
import { join } from "node:path";
import { createLessonFinding } from "@/agents/memory/find";
import type { Lessons } from "@/db/memory/lessons";
import { EVERY_LESSON } from "@/db/memory/listed";
import { newId } from "@/lib/new-id";
import { createRandom } from "@/tests/agents/simulation/random";
import { linesOf, spawnBench } from "./child";
import { lessonText, sentence, signatureOf, WORDS, wordOf } from "./memory-lessons";
import { percentile, type Row, row } from "./rows/row";
import { type BenchTrial, benchFolder, startBenchTrial } from "./trial";

const LESSONS = 1_000_000;
/** With `--quick`. */
const FEW_LESSONS = 100_000;
const TASK_WORDS = 60;
const SEARCHES = 500;
const GRAPHS = 100;
/** The part of the lessons that is pruned at the end. */
const PRUNED = 0.01;

interface Filled {
  name: string;
  /** How many lessons there are. */
  lessons: number;
}

export async function memoryScaleRows({ quick }: { quick: boolean }): Promise<Row[]> {
  const lessons = quick ? FEW_LESSONS : LESSONS;
  const dataDir = mkdtempSync(join(benchFolder(), "data-"));
  const filledS = await filledIn(dataDir, lessons);
  const before = process.memoryUsage.rss();
  const trial = await startBenchTrial({ synchronous: "NORMAL", dataDir });
  try {
    const { store } = trial.runtime;
    const name = `${lessons.toLocaleString("en")} lessons`;
    return [
      row(name, "inserted in", filledS, "s", undefined, `words by Zipf's law, ${WORDS} different ones`),
      row(name, "their file", statSync(store.client.file).size / 1e6, "MB"),
      ...(await caredFor(trial, { name, lessons })),
      ...searches(trial, { name, lessons }),
      ...(await lists(trial, name)),
      ...(await graphs(trial, { name, lessons })),
      ...(await additions(trial, { name, lessons })),
      row(name, "memory more than before", (process.memoryUsage.rss() - before) / 1e6, "MB", 200, "after all of this"),
      ...(await pruned(trial, { name, lessons })),
    ];
  } finally {
    await trial.close();
  }
}

/** Fills a folder in another process, whose memory is not measured. Resolves with how many seconds it took. */
async function filledIn(dataDir: string, lessons: number): Promise<number> {
  const child = spawnBench(["--lessons", String(lessons), "--in", dataDir]);
  const ended = new Promise((resolve) => child.on("close", resolve));
  const seconds = (await linesOf(child).next()).value;
  if ((await ended) !== 0 || seconds === undefined) throw new Error("The lessons could not be written.");
  return Number(seconds);
}

/** A server cares for its lessons each day: where nothing is to be removed, it merges the parts of the search index. */
async function caredFor({ runtime: { store } }: BenchTrial, { name, lessons }: Filled): Promise<Row[]> {
  const startedAt = performance.now();
  await store.lessons.prune(lessons);
  const ms = performance.now() - startedAt;
  return [row(name, "the day's care", ms / 1_000, "s", undefined, "merges the search index, in short transactions")];
}

function searches({ runtime: { store } }: BenchTrial, { name, lessons: stored }: Filled): Row[] {
  const random = createRandom(2);
  const { lessons } = store;
  const task = () => sentence(random, TASK_WORDS).split(" ");
  // The first searches read the file's pages, as they do after a server's start.
  const cold = timed(SEARCHES, () => lessons.byWords(task()));
  const usedBefore = process.cpuUsage();
  const words = timed(SEARCHES, () => lessons.byWords(task()));
  const used = process.cpuUsage(usedBefore);
  const one = timed(SEARCHES, () => lessons.byWords(sentence(random, 5).split(" ")));
  const errors = timed(SEARCHES, (at) => lessons.bySignature(signatureOf((at * 74) % (stored / 100))));
  const typed = timed(50, () => lessons.search(sentence(random, 2), EVERY_LESSON, 20, 0));
  return [
    row(name, "search by words, p50", percentile(words, 0.5), "ms", undefined, `${TASK_WORDS} words of a task`),
    row(name, "search by words, CPU", (used.user + used.system) / 1_000 / SEARCHES, "ms", undefined, "mean"),
    row(name, "search by words, p95", percentile(words, 0.95), "ms", 20),
    row(name, "search by words, first 500, p95", percentile(cold, 0.95), "ms", 20, "frequent words are not known yet"),
    row(name, "search by 5 words, p95", percentile(one, 0.95), "ms", 20),
    row(name, "search by error, p50", percentile(errors, 0.5), "ms", undefined, "100 lessons for each error"),
    row(name, "search by error, p95", percentile(errors, 0.95), "ms", 20),
    row(name, "a person's search, p95", percentile(typed, 0.95), "ms", undefined, "2 words, all must occur"),
    ...misses(lessons, name, "task without a hit"),
  ];
}

function misses(lessons: Lessons, name: string, what: string): Row[] {
  const finding = createLessonFinding(lessons);
  const unknown = (at: number) => Array.from({ length: TASK_WORDS }, (_, word) => `x${at}w${word}`).join(" ");
  const usedBefore = process.cpuUsage();
  const times = timed(SEARCHES, (at) =>
    finding.find({ treeId: 1, agent: "coder", text: unknown(at), signature: `no such error ${at}` }),
  );
  const used = process.cpuUsage(usedBefore);
  const how = `${TASK_WORDS} unknown words, an unknown error`;
  return [
    row(name, `${what}, p50`, percentile(times, 0.5), "ms", 0.3, how),
    row(name, `${what}, CPU`, (used.user + used.system) / 1_000 / SEARCHES, "ms", undefined, "mean"),
    row(name, `${what}, p95`, percentile(times, 0.95), "ms"),
  ];
}

/** The queries of the pages of Memory. */
async function lists({ runtime }: BenchTrial, name: string): Promise<Row[]> {
  const { queries } = runtime.application;
  const list = await measured(() => queries.listLessons({ limit: 50 }));
  const candidates = await measured(() => queries.listLessons({ status: "candidate", seeded: false, limit: 50 }));
  const overview = await measured(() => queries.getMemory());
  return [
    row(name, "a page of the list, p95", list, "ms", undefined, "50 lessons, with the counts"),
    row(name, "a page of candidates, p95", candidates, "ms"),
    row(name, "the overview, p95", overview, "ms"),
  ];
}

/** Returns the 95th percentile of its time, in milliseconds. */
async function measured(run: (at: number) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let at = 0; at < GRAPHS; at += 1) {
    const startedAt = performance.now();
    await run(at);
    times.push(performance.now() - startedAt);
  }
  return percentile(times, 0.95);
}

/** Graphs around lessons, and questions whose words are drawn like those of lessons, so most of them are frequent. */
async function graphs({ runtime }: BenchTrial, { name, lessons: stored }: Filled): Promise<Row[]> {
  const random = createRandom(4);
  const { queries } = runtime.application;
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
  return [
    row(name, "a new lesson, p95", percentile(times, 0.95), "ms", undefined, "near twins looked for, committed"),
    ...misses(store.lessons, name, `task without a hit after ${times.length} of them`),
  ];
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
