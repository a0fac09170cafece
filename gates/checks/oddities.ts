/**
 * Checks the lines that a change adds for secrets, deceptive characters, marks of an unfinished merge, and code that
 * behaves differently under test.
 */
import type { Finding } from "@/core/shapes/improving/gates";
import { plural } from "@/core/words/figures";
import { type Change, fault, flag, type Gate, measured } from "@/gates/model/gate";
import { type AddedLine, addedLines, lineFinder } from "@/gates/source/lines";
import { testSideOfChange } from "@/gates/source/test-side";
import { textIn } from "@/gates/source/trees";
import { findPatterns } from "@/lib/secrets/patterns";
import { unitsOf } from "@/lib/secrets/scan";
import { isJavaScript } from "@/lib/syntax/javascript";
import { selfReadsIn, signsIn } from "@/lib/test-reports/cheat-signs";
import { compileGlobs } from "@/lib/workspace/glob";
import { type HiddenWay, hiddenWaysIn } from "./hidden-ways";
import { oddLinks } from "./links";
import { mixesScripts, oddCharacters } from "./odd-characters";

const CODE = /\.([cm]?[jt]sx?|py|rb|go|rs|java|kt|cs|php|sh|vue|svelte)$/;
/** Many programs ask this for honest reasons, so it is only a flag for the person who reviews the change. */
const ENVIRONMENT = /\bNODE_ENV\b/;
/** The lines that git writes around the two sides of a conflict, in this order. One alone may be text, such as a line below a heading. */
const CONFLICT_MARKS = [/^<{7}( |$)/, /^={7}$/, /^>{7}( |$)/];
const isKeyFile = compileGlobs(["*.pem", "*.p12", "*.pfx", "*.keystore", "id_rsa", "id_ed25519", ".env"]);
/** Settings of linters and compilers, and lines that turn a check of theirs off. */
const isCheckSettings = compileGlobs(["biome.json*", "tsconfig*.json", ".eslintrc*", ".oxlintrc*"]);
const TURNS_OFF = /["']off["']|:\s*(false|0)\b|["']!|"(ignore|exclude|skipLibCheck|skipDefaultLibCheck)"/;
/** Pictures, sounds and fonts, which no program runs. */
const isMedia = compileGlobs(["*.{png,jpg,jpeg,gif,webp,avif,ico,woff,woff2,ttf,otf,mp3,mp4,webm,pdf}"]);
/** More findings of one text in a file say nothing new, except how many they are. */
const MOST_ALIKE = 20;
const MOST_CHARACTERS = 4_000_000;

export const oddities: Gate = {
  name: "oddities",
  needsSandbox: false,
  off: () => null,
  async judge({ change, settings }) {
    const isAllowed = compileGlobs(settings.oddities.allow);
    const isOnSide = testSideOfChange(settings, change);
    const paths = change.paths.filter(({ path, change: kind }) => kind !== "deleted" && !isAllowed(path));
    const ofFiles = paths.flatMap(({ path, change: kind }) => [
      ...(kind === "added" && isKeyFile(path)
        ? [flag("The name of this new file is one of files with keys.", { path })]
        : []),
      ...oddName(path),
      ...unreadable(change, path),
      ...cut(oddText(change, path, { isOnSide: isOnSide(path), trialWords: settings.oddities.trial_words }), path),
    ]);
    const findings = [...ofFiles, ...oddLinks(change, isAllowed)];
    const lines = `${plural(paths.length, "changed file")} read`;
    return measured(findings.length === 0 ? `${lines}, nothing odd.` : `${lines}, ${findings.length} odd.`, findings, {
      files: paths.length,
      odd: findings.length,
    });
  },
};

/** Each text counts for itself, so that many harmless lines hide no other finding. */
function cut(findings: readonly Finding[], path: string): Finding[] {
  const counts = new Map<string, number>();
  const kept = findings.filter(({ text }) => {
    const count = (counts.get(text) ?? 0) + 1;
    counts.set(text, count);
    return count <= MOST_ALIKE;
  });
  const more = [...counts].filter(([, count]) => count > MOST_ALIKE);
  return [...kept, ...more.map(([text, count]) => flag(`${count - MOST_ALIKE} more in this file: ${text}`, { path }))];
}

function oddName(path: string): Finding[] {
  return oddCharacters(path).map(({ name }) => fault(`The name of this file contains ${name}.`, { path }));
}

/** A file that is not text may be a program, and no reader sees what it does. */
function unreadable({ base, head, blobs }: Change, path: string): Finding[] {
  const file = head.files.get(path);
  if (!file || file.kind === "link" || base.files.get(path)?.oid === file.oid || isMedia(path)) return [];
  return textIn(head, path, blobs) === null
    ? [flag("This file is no text, so no reader sees what it does.", { path })]
    : [];
}

interface TextOptions {
  isOnSide: boolean;
  trialWords: readonly string[];
}

function oddText({ base, head, blobs }: Change, path: string, { isOnSide, trialWords }: TextOptions): Finding[] {
  const text = textIn(head, path, blobs);
  if (text === null) return [];
  if (text.length > MOST_CHARACTERS) return [flag("This file is too large to look for oddities.", { path })];
  const fresh = addedLines(textIn(base, path, blobs), text);
  const added = new Set(fresh.map(({ line }) => line));
  const lineAt = lineFinder(text);
  const secrets = findPatterns(text, unitsOf(text))
    .filter(({ start, end }) => overlaps(added, lineAt(start), lineAt(end)))
    .map(({ start, name }) => fault(`A secret, as it seems: ${name}.`, { path, line: lineAt(start) }));
  const characters = oddCharacters(text)
    .map(({ index, name }) => ({ line: lineAt(index), name }))
    .filter(({ line }) => added.has(line))
    .map(({ line, name }) => fault(`This line contains ${name}.`, { path, line }));
  const lines = text.split("\n");
  const selfReads = new Set(selfReadsIn(path, text));
  const readings = [...added].flatMap((line) => [
    ...mixedScripts(lines[line - 1] ?? "", path, line),
    ...(isOnSide ? [] : signFlags(lines[line - 1] ?? "", path, line, selfReads.has(line))),
  ]);
  const flagged = new Set(readings.map(({ line }) => line));
  return [
    ...conflictsIn(fresh, path),
    ...secrets,
    ...characters,
    ...readings,
    ...hiddenFlags(path, text, trialWords)
      .filter(({ line, inTests }) => added.has(line ?? 0) && (inTests || !(isOnSide || flagged.has(line))))
      .map(({ says, line }) => flag(says, { path, line })),
    ...turnedOff(fresh, path),
  ];
}

/** Names the first line of each conflict that git has left in the file. */
function conflictsIn(fresh: readonly AddedLine[], path: string): Finding[] {
  const found: Finding[] = [];
  let [next, first] = [0, 0];
  for (const { line, text } of fresh) {
    const mark = CONFLICT_MARKS.findIndex((pattern) => pattern.test(text.replace(/\r$/, "")));
    if (mark === 0) [next, first] = [1, line];
    else if (mark > 0 && mark === next) next += 1;
    if (next < CONFLICT_MARKS.length) continue;
    found.push(fault("A merge was not finished: git's marks of a conflict are still here.", { path, line: first }));
    next = 0;
  }
  return found;
}

/** A line that is flagged already needs no second reason, unless that reason also matters in tests. */
function hiddenFlags(path: string, text: string, trialWords: readonly string[]): HiddenWay[] {
  if (!isJavaScript(path)) return [];
  const unread = { line: 1, says: "This code could not be parsed, so nothing hidden was looked for.", inTests: false };
  return hiddenWaysIn(path, text, trialWords) ?? [unread];
}

function turnedOff(fresh: readonly AddedLine[], path: string): Finding[] {
  if (!isCheckSettings(path)) return [];
  const lines = fresh.filter(({ text }) => TURNS_OFF.test(text));
  return lines.map(({ line }) => flag("This setting turns a check off, or leaves files out of it.", { path, line }));
}

function mixedScripts(text: string, path: string, line: number): Finding[] {
  return CODE.test(path) && mixesScripts(text) ? [flag("A word mixes letters of two scripts.", { path, line })] : [];
}

function signFlags(text: string, path: string, line: number, readsItself: boolean): Finding[] {
  const says =
    signsIn(path, text) ?? (readsItself ? "reads its own code" : ENVIRONMENT.test(text) ? "asks where it runs" : null);
  return says && CODE.test(path)
    ? [flag(`This line ${says}, so the code may behave otherwise in tests.`, { path, line })]
    : [];
}

function overlaps(lines: ReadonlySet<number>, first: number, last: number): boolean {
  for (let line = first; line <= last; line += 1) if (lines.has(line)) return true;
  return false;
}
