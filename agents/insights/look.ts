/** Looks at the repository of a project, and keeps what is worth doing there. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@/agents/application";
import type { Seen } from "@/core/evolution/dealt-with";
import type { KnownInsight } from "@/core/insights/insight";
import { repositoryKey } from "@/core/projects/repository";
import type { Settled } from "@/db/projects/insights";
import type { StoredProject } from "@/db/projects/projects";
import type { Store } from "@/db/store";
import { mirrorOf } from "@/lib/git/mirror";
import type { Compared, LookResult, QuotedInsight } from "@/lib/insights/request";
import { runLook } from "@/lib/insights/run-look";
import type { Source } from "@/lib/insights/source";
import type { Redactor } from "@/lib/secrets/redact";
import { deadline } from "@/lib/time/deadline";
import { orAborted } from "@/lib/time/or-aborted";
import { WorkspaceError } from "@/lib/workspace/path";
import { makeScratchFolder } from "@/lib/workspace/scratch-folder";

/** Calls `work` with the repository of a project as git reads it here. */
export type OpenRepository = <Result>(
  place: Pick<StoredProject, "address" | "branch"> & {
    /** Opens it at this commit, which may outlive its branch; absent: at the end of the branch. */
    commit?: string;
  },
  options: { dir: string; signal: AbortSignal },
  work: (source: Source) => Promise<Result>,
) => Promise<Result>;

export interface InsightSources {
  store: Pick<Store, "insights">;
  openRepository: OpenRepository;
  /** Lines that are quoted may hold keys. */
  security: { redactor: Pick<Redactor, "redactValue"> };
  dataDir: string;
  /** The folder of the release. */
  program: string;
  now(): number;
}

export interface Looked extends Settled {
  result: LookResult;
}

const LOOK_MS = 20 * 60_000;
/** Looks that run now by project: two people who ask at once get the same one. */
const running = new Map<string, Promise<Looked>>();

/** Resolves with what a look found, which is then kept. Throws UserError with one sentence, and the reason of `server`. */
export function lookAtProject(
  sources: InsightSources,
  project: StoredProject,
  by: string,
  server = new AbortController().signal,
): Promise<Looked> {
  const key = `${sources.dataDir} ${project.name}`;
  const known = running.get(key);
  if (known) return orAborted(() => known, server);
  const look = looked(sources, project, by, server).finally(() => running.delete(key));
  running.set(key, look);
  return look;
}

/** Removes what is kept of the repository of a project. */
export function forgetRepository(dataDir: string, project: Pick<StoredProject, "address" | "name">): void {
  const folder = folderIn(dataDir);
  const kept = join(folder, "kept", keptName(project));
  for (const path of [kept, `${kept}.judged`, mirrorOf(folder, project.address).gitDir])
    rmSync(path, { recursive: true, force: true });
}

/** Where looks keep facts, copies of repositories that are elsewhere, and temporary files. */
export function folderIn(dataDir: string): string {
  return join(dataDir, "insights");
}

async function looked(
  sources: InsightSources,
  project: StoredProject,
  by: string,
  server: AbortSignal,
): Promise<Looked> {
  const { store, dataDir, program, now } = sources;
  const folder = folderIn(dataDir);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const dir = makeScratchFolder(folder, "look-");
  const limit = deadline(server, LOOK_MS);
  const { signal } = limit;
  try {
    const result = await sources.openRepository(project, { dir, signal }, ({ gitDir, commit }) =>
      runLook(
        {
          gitDir,
          commit,
          dir,
          kept: join(folder, "kept", keptName(project)),
          root: project.address.startsWith("/") ? project.address : null,
          known: knownOf(store, project.name),
          compared: null,
          nowMs: now(),
        },
        { program, signal },
      ),
    );
    const insights = sources.security.redactor.redactValue(result.insights.map(asSeen));
    const found = { insights, unmeasured: result.unmeasured };
    const settled = await store.insights.settle(project.name, found, {
      by,
      figures: {
        commit: result.commit,
        files: result.files,
        code: result.code,
        parsed: result.parsed,
        left_out: result.leftOut,
        seconds: Math.round(result.ms / 100) / 10,
        not_measured: result.notMeasured,
      },
    });
    if (settled === null) throw new UserError("conflict", `The project ${project.name} was removed meanwhile.`);
    return { ...settled, result };
  } catch (error) {
    if (server.aborted)
      throw new UserError(
        "unavailable",
        `The look at ${project.name} was ended, because the server stops: look again.`,
      );
    if (error instanceof WorkspaceError) throw new UserError("invalid", error.message);
    if (limit.isLate())
      throw new UserError("unavailable", `The look at ${project.name} took longer than 20 minutes and was ended.`);
    throw error;
  } finally {
    limit.end();
    rmSync(dir, { recursive: true, force: true });
  }
}

interface FindingAt extends Source, Compared {
  dir: string;
  signal: AbortSignal;
  nowMs: number;
}

/**
 * Resolves with what is found at a commit that is compared with another one. Nothing keeps it, and no coverage report is
 * read.
 */
export async function findAt(
  { store, dataDir, program }: Pick<InsightSources, "store" | "dataDir" | "program">,
  project: Pick<StoredProject, "address" | "name">,
  { gitDir, commit, dir, signal, nowMs, asOf, paths }: FindingAt,
): Promise<Seen & { unread: string[] }> {
  const known = knownOf(store, project.name);
  const kept = join(folderIn(dataDir), "kept", `${keptName(project)}.judged`);
  const request = { gitDir, commit, dir, kept, root: null, known, compared: { asOf, paths }, nowMs };
  return runLook(request, { program, signal });
}

function knownOf({ insights }: InsightSources["store"], project: string): KnownInsight[] {
  const atMs = insights.look(project)?.atMs;
  return insights.of(project).map(({ uid: id, lastSeenMs, kind, path, symbol, state, evidence }) => {
    // Of what is not done, a look that did not find it could not measure it.
    const isFound = lastSeenMs === atMs || state === "open" || state === "planned";
    const places = evidence.places.map((place) => place.path);
    return { id, kind, path, symbol, isFound, places, byReport: evidence.by_report === true };
  });
}

/** Facts belong to a repository, so a project that is added again finds them. */
function keptName({ address, name }: Pick<StoredProject, "address" | "name">): string {
  return Buffer.from(repositoryKey(address) ?? name)
    .toString("base64url")
    .slice(0, 200);
}

function asSeen({ id, kind, title, path, line, end, symbol, score, ...rest }: QuotedInsight) {
  const { facts, places, quote, impact, confidence, effort, byReport } = rest;
  const rounded = (value: number) => Math.round(value * 100) / 100;
  const evidence = {
    facts,
    places,
    quote,
    impact: rounded(impact),
    confidence: rounded(confidence),
    effort: rounded(effort),
    ...(byReport && { by_report: byReport }),
  };
  return { uid: id, kind, title, path, line, end, symbol, score, evidence };
}
