/** What is known while the code of one resource is written. */
import type { Resource } from "@/core/services/document/resources";
import type { ServiceModel } from "@/core/services/model/model";

/** What the code of one file uses of others, so that it imports just that. */
export class Uses {
  readonly names = new Map<string, Set<string>>();

  of(file: string, name: string): string {
    const known = this.names.get(file) ?? new Set();
    this.names.set(file, known.add(name));
    return name.replace(/^type /, "");
  }

  imports(): string[] {
    return [...this.names]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([file, names]) => {
        const all = [...names].sort((a, b) => plainName(a).localeCompare(plainName(b), "en"));
        const areTypes = all.every((name) => name.startsWith("type "));
        const listed = all.map((name) => (areTypes ? plainName(name) : name)).join(", ");
        return `import ${areTypes ? "type " : ""}{ ${listed} } from "${file}";`;
      });
  }
}

const plainName = (name: string) => name.replace(/^type /, "");

export interface Writing {
  model: ServiceModel;
  resource: Resource;
  uses: Uses;
  /** How an item is called in code, such as `petOwner`, and in sentences, such as `pet owner`. */
  noun: string;
  words: string;
}

export const API = "../api/operation.ts";
export const TYPES = "../api/types.ts";
export const ITEMS = "./items.ts";
export const PROBLEM = "../api/problem.ts";
export const STORE = "../storage/store.ts";
