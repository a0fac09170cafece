/** Lessons for the bench, with words drawn by Zipf's law, as in a natural language. */
import type { LessonText } from "@/core/lessons/lesson";
import type { Sqlite } from "@/db/file/client";
import { createRandom, type Random } from "@/tests/agents/simulation/random";
import { startBenchTrial } from "./trial";

const BATCH = 20_000;
/** Different words of all lessons together. A few are in every tenth lesson, most in a handful. */
export const WORDS = 200_000;
const TRIGGER_WORDS = 10;
const ADVICE_WORDS = 20;
const DAY_MS = 86_400_000;

/** Fills a new folder in the process that the bench starts for it. Prints the seconds that the lessons took. */
export async function fillFolder(dataDir: string, lessons: number): Promise<void> {
  const trial = await startBenchTrial({ synchronous: "NORMAL", dataDir, seeded: false });
  const { sqlite } = trial.runtime.store.client;
  const startedAt = performance.now();
  fill(sqlite, lessons);
  console.log((performance.now() - startedAt) / 1_000);
  sqlite.pragma("wal_checkpoint(TRUNCATE)");
  await trial.leave();
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
      // Nine in ten are live. The others are candidates, at least half a year old, that nobody has decided.
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
  // Only searches are measured, so the filling may skip safe commits and use much memory.
  const cachePages = sqlite.pragma("cache_size", { simple: true });
  sqlite.pragma("cache_size = -500000");
  sqlite.pragma("synchronous = OFF");
  for (let from = 1; from <= lessons; from += BATCH) add(from);
  sqlite.pragma(`cache_size = ${cachePages}`);
  sqlite.pragma("synchronous = NORMAL");
}

/** Every second lesson is for an error; each error has a hundred lessons. */
export function lessonText(random: Random, id: number, stored: number): LessonText {
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

export const signatureOf = (number: number) => `error ${wordOf(number)} in ${wordOf(number * 7)}`;

export function sentence(random: Random, words: number): string {
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
export function wordOf(rank: number): string {
  let word = words.get(rank) ?? "";
  if (word !== "") return word;
  for (let left = rank; left > 0 || word.length < 3; left = Math.floor(left / SYLLABLES.length))
    word += SYLLABLES[left % SYLLABLES.length];
  words.set(rank, word);
  return word;
}
