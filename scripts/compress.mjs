import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const TEXTS = /\.(js|css)$/;
/** Smaller files gain nothing: their answer is mostly headers. */
const LEAST_BYTES = 1_000;

/**
 * Writes `<file>.br` and `<file>.gz` beside each script and style in a folder and its subfolders. The build does it once, so
 * it takes the best compression, which is too slow for each answer.
 * @param {string} folder
 */
export async function compressFolder(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => TEXTS.test(file));
  await Promise.all(files.map((file) => compressFile(path.join(folder, file))));
}

/** @param {string} file */
async function compressFile(file) {
  const text = readFileSync(file);
  if (text.length < LEAST_BYTES) return;
  const best = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(text, best),
    promisify(gzip)(text, { level: constants.Z_BEST_COMPRESSION }),
  ]);
  writeFileSync(`${file}.br`, br);
  writeFileSync(`${file}.gz`, gz);
}
