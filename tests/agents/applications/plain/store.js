import { readFile, rename, writeFile } from "node:fs/promises";

/** Opens a database in one JSON file. A change is on disk before it is answered. */
export async function openStore(file) {
  const data = await read(file);
  let writing = Promise.resolve();
  const save = () => {
    // One write at a time, each of the newest data, and never a file that is half written.
    writing = writing.then(async () => {
      await writeFile(`${file}.new`, JSON.stringify(data));
      await rename(`${file}.new`, file);
    });
    return writing;
  };
  return { data, save };
}

async function read(file) {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    return { users: [], todos: [], next: 1 };
  }
}
