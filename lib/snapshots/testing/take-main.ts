import fs from "node:fs";
import path from "node:path";
import { createSnapshotStore } from "../store";

// Its argument: '{"dir": …, "folder": …, "tree": …, "times": …}'
const { dir, folder, tree, times } = JSON.parse(process.argv[2] ?? "") as {
  dir: string;
  folder: string;
  tree: string;
  times: number;
};
const store = createSnapshotStore({ dir });

async function main(): Promise<void> {
  let previous: string | null = null;
  for (let count = 0; count < times; count++) {
    if (count > 0) fs.writeFileSync(path.join(folder, `from-${tree}`), String(count));
    const taken = await store.take({ tree, folder, label: `s${count}`, previous, hiddenPaths: [] });
    previous = taken.commit;
    console.log(previous);
  }
  await store.close();
}

void main();
