/** Remembers which servers speak only versions before 2026, so that they are not asked again for newer ones. */
export interface EraMemory {
  isOld(): Promise<boolean>;
  keep(isOld: boolean): Promise<void>;
}

/** Kept by a key that stands for one version of a server: its configuration with its pinned package or code. */
export interface EraStore {
  isOld(key: string): Promise<boolean>;
  keep(key: string, isOld: boolean): Promise<void>;
}

/** Keeps them as long as this process runs. */
export function erasInMemory(): EraStore {
  const old = new Set<string>();
  return {
    isOld: async (key) => old.has(key),
    async keep(key, isOld) {
      if (isOld) old.add(key);
      else old.delete(key);
    },
  };
}
