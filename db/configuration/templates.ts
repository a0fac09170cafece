/** Stores the templates for new trees in one small row for the whole installation. */
import type { Template } from "@/core/shapes/trees";
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import type { Writes } from "@/db/file/writes";

const FACT = "templates";

interface Kept {
  saved: Template[];
  /** Names of Banyan's own templates that somebody deleted or renamed. */
  removed: string[];
}

export interface Templates {
  read(): Kept;
  /** `replaces` names the template to replace. */
  save(template: Template, replaces?: string): Promise<void>;
  remove(name: string): Promise<void>;
}

export function createTemplates(sqlite: Sqlite, log: Writes): Templates {
  const facts = createFacts(sqlite);
  const read = (): Kept => ({
    saved: [],
    removed: [],
    ...(JSON.parse(facts.read(FACT) ?? "{}") as Partial<Kept>),
  });
  /** Reads and writes in one transaction, because two people may save at the same time. */
  const change = (work: (kept: Kept) => Kept) => log.write(() => facts.write(FACT, JSON.stringify(work(read()))));
  const without = ({ saved, removed }: Kept, name: string): Kept =>
    saved.some((template) => template.name === name)
      ? { saved: saved.filter((template) => template.name !== name), removed }
      : { saved, removed: [...new Set([...removed, name])] };

  return {
    read,
    save: (template, replaces) =>
      change((kept) => {
        const rest = replaces === undefined ? kept : without(kept, replaces);
        const saved = rest.saved.filter((saved) => saved.name !== template.name);
        return { ...rest, saved: [...saved, template] };
      }),
    remove: (name) => change((kept) => without(kept, name)),
  };
}
