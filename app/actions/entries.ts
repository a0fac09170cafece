"use server";

/** Actions on agents, context documents and runbooks. */
import { type Failure, failureAt, failureOf, sentenceOfFailure } from "@/app/act";
import { enter } from "@/app/enter";
import type { Entry, EntryFile, EntryKind, ImportPreview } from "@/core/shapes/configuration";
import { optionalNumber, optionalText, text } from "./values";

export type Saved =
  | { ok: true; sentence: string; name: string; version: number }
  /** `theirs` is the version that somebody else saved meanwhile. */
  | (Failure & { theirs: Entry | null });

interface Wanted {
  /** The version that the person edited; null when no entry of this name may exist yet. */
  ifVersion: number | null;
  why: string;
}

export async function saveEntry(kind: EntryKind, fields: unknown, wanted: Wanted): Promise<Saved> {
  const { commands, queries } = await enter();
  const ifVersion = optionalNumber(wanted?.ifVersion) ?? null;
  try {
    const { sentence, name, version } = await commands.saveEntry({
      kind: kindOf(kind),
      fields,
      ifVersion,
      why: text(wanted?.why),
    });
    return { ok: true, sentence, name, version };
  } catch (error) {
    const name = text((fields as { name?: unknown } | null)?.name);
    const live = ifVersion === null ? null : await queries.getEntry(kindOf(kind), name).catch(() => null);
    return { ...failureOf(error), theirs: live?.version === ifVersion ? null : live };
  }
}

export interface ChosenFile {
  file: string;
  text: string;
}

export type Previewed = { ok: true; previews: ImportPreview[] } | Failure;

export async function previewImport(kind: EntryKind, files: ChosenFile[]): Promise<Previewed> {
  const { queries } = await enter();
  try {
    return { ok: true, previews: await queries.previewImport(kindOf(kind), filesOf(files)) };
  } catch (error) {
    return failureAt("files", error);
  }
}

export type Exported = { ok: true; files: EntryFile[] } | { ok: false; sentence: string };

/** Returns the files of one entry, or of every entry of a kind. */
export async function exportEntries(kind: EntryKind, name?: string): Promise<Exported> {
  const { queries } = await enter();
  try {
    return { ok: true, files: await queries.exportEntries(kindOf(kind), optionalText(name)) };
  } catch (error) {
    return { ok: false, sentence: sentenceOfFailure(error) };
  }
}

function kindOf(kind: unknown): EntryKind {
  return kind === "agent" || kind === "runbook" ? kind : "document";
}

function filesOf(files: unknown): ChosenFile[] {
  const list: unknown[] = Array.isArray(files) ? files : [];
  return list.map((given) => {
    const { file, text: content } = (given ?? {}) as Partial<ChosenFile>;
    return { file: text(file).slice(0, 200) || "pasted text", text: text(content) };
  });
}
