/** What commands use of the system, so that tests bring their own. */
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";

export interface World {
  readFile(file: string): Promise<string>;
  readStdin(): Promise<string>;
  print(line: string): void;
  printError(line: string): void;
}

export const SYSTEM: World = {
  readFile: (file) => readFile(file, "utf8"),
  readStdin: () => text(process.stdin),
  print: (line) => void process.stdout.write(`${line}\n`),
  printError: (line) => void process.stderr.write(`${line}\n`),
};

/** A failure that the person who called the command can mend. */
export class Failure extends Error {
  override name = "Failure";
}

export interface Input {
  name: string;
  text: string;
}

/** Resolves with the contents of the files; of stdin without any. Rejects with Failure. */
export async function inputsOf(world: World, files: string[]): Promise<Input[]> {
  if (files.length === 0) return [{ name: "stdin", text: await world.readStdin() }];
  return Promise.all(files.map(async (name) => ({ name, text: await readText(world, name) })));
}

async function readText(world: World, file: string): Promise<string> {
  try {
    return await world.readFile(file);
  } catch {
    throw new Failure(`The file ${file} cannot be read.`);
  }
}
