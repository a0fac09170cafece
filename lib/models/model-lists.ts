/**
 * The lists of models that providers gave, kept in memory and in `model-lists.json` of the data folder with the time at
 * which each was asked for. Reading never asks; `refresh` does.
 */
import { join } from "node:path";
import { z } from "zod";
import { MEDIA } from "@/core/log/model";
import { createDataFile } from "./data-file";
import { askForModels } from "./list-models";
import type { ListedModel } from "./listed-model";
import type { ProviderAccess } from "./protocols/model-provider";
import { PROVIDER_NAMES, PROVIDERS, type ProviderName, type ProviderSettings } from "./providers/table";

interface ProviderList {
  askedAtMs: number;
  /** Where it was asked for: another address may have other models. */
  address: string;
  models: ListedModel[];
}

export interface ModelLists {
  /** null while the provider, at its present address, has not answered. */
  of(provider: ProviderName, access: ProviderAccess): ProviderList | null;
  /**
   * Asks the providers whose list is older, and stores what they answer. Resolves with those that gave no list, also
   * when they were not asked because they had just failed. Never rejects.
   */
  refresh(providers: ProviderSettings, options: RefreshOptions): Promise<Unanswered[]>;
  /** Changes whenever a list does. */
  version(): string;
  /** Ends requests that are under way. */
  close(): void;
}

export interface Unanswered {
  provider: ProviderName;
  /** Why, and what to do. */
  sentence: string;
}

interface RefreshOptions {
  olderThanMs: number;
  /** Absent: all that have a key or an address. */
  only?: readonly ProviderName[];
}

const tokens = z.int().positive().optional();
/** `satisfies` names a field of a listed model that the file would drop. */
const listed = z.object({
  id: z.string(),
  contextTokens: tokens,
  maxOutputTokens: tokens,
  reads: z.array(z.enum(MEDIA)).optional(),
  retiresAt: z.string().optional(),
  cost: z
    .object({
      input: z.number(),
      output: z.number(),
      cache_read: z.number().optional(),
      cache_write: z.number().optional(),
    })
    .optional(),
} satisfies Record<keyof ListedModel, z.ZodType>);
const fileShape = z.record(
  z.string(),
  z.object({ askedAt: z.iso.datetime(), address: z.string(), models: z.array(listed) }),
);

type Lists = Record<string, ProviderList>;

/** How long a provider that did not answer is not asked again. */
const PAUSE_MS = 30_000;
const NOT_STORED = "Its list could not be stored in model-lists.json: look at the disk of the data folder.";

export function createModelLists(dataDir: string, now: () => number): ModelLists {
  const file = createDataFile(join(dataDir, "model-lists.json"), parse);
  const closing = new AbortController();
  const asking = new Map<ProviderName, Promise<void>>();
  const failed = new Map<ProviderName, { atMs: number; sentence: string }>();

  async function ask(provider: ProviderName, access: ProviderAccess): Promise<void> {
    const answer = await askForModels({ provider, ...access }, { signal: closing.signal });
    if (!answer.ok) {
      failed.set(provider, { atMs: now(), sentence: answer.sentence });
      return;
    }
    failed.delete(provider);
    const list: ProviderList = { askedAtMs: now(), address: addressOf(provider, access), models: answer.listed };
    if (!closing.signal.aborted) file.write(textOf({ ...file.read(), [provider]: list }));
  }

  const lists: ModelLists = {
    of(provider, access) {
      const list = file.read()[provider];
      return list?.address === addressOf(provider, access) ? list : null;
    },
    async refresh(providers, { olderThanMs, only }) {
      const due = (only ?? PROVIDER_NAMES).filter((name) => {
        const access = providers[name] ?? {};
        if (!only && !access.key && !access.baseUrl && !PROVIDERS[name].isGiven?.(access)) return false;
        const ageMs = now() - (lists.of(name, access)?.askedAtMs ?? Number.NEGATIVE_INFINITY);
        // A clock that was set back makes a list look newer than now.
        return ageMs >= olderThanMs || ageMs < 0;
      });
      const isPaused = (name: ProviderName) =>
        Math.abs(now() - (failed.get(name)?.atMs ?? Number.NEGATIVE_INFINITY)) < PAUSE_MS;
      await Promise.all(
        due.map((name) => {
          if (isPaused(name)) return undefined;
          const present = asking.get(name);
          if (present) return present;
          const made = ask(name, providers[name] ?? {})
            // A full disk keeps the old list.
            .catch(() => void failed.set(name, { atMs: now(), sentence: NOT_STORED }))
            .finally(() => asking.delete(name));
          asking.set(name, made);
          return made;
        }),
      );
      return due.flatMap((provider) => {
        const sentence = failed.get(provider)?.sentence;
        return sentence === undefined ? [] : [{ provider, sentence }];
      });
    },
    version: file.version,
    close: () => closing.abort(),
  };
  return lists;
}

function addressOf(provider: ProviderName, access: ProviderAccess): string {
  const own = PROVIDERS[provider].addressFor?.(access) ?? PROVIDERS[provider].address;
  return (access.baseUrl ?? own).replace(/\/+$/, "");
}

function textOf(lists: Lists): string {
  const stored = Object.entries(lists).map(([name, { askedAtMs, ...list }]) => [
    name,
    { askedAt: new Date(askedAtMs).toISOString(), ...list },
  ]);
  return `${JSON.stringify(Object.fromEntries(stored), null, 1)}\n`;
}

/** The file is a cache: an unreadable one counts as empty, and the next answer replaces it. */
function parse(json: unknown): Lists {
  const parsed = fileShape.safeParse(json ?? {});
  if (!parsed.success) return {};
  return Object.fromEntries(
    Object.entries(parsed.data).map(([name, { askedAt, ...list }]) => [
      name,
      { askedAtMs: Date.parse(askedAt), ...list },
    ]),
  );
}
