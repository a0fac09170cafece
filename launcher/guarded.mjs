/**
 * Files that decide what agents may do. Only a person at the machine lets a release of agents change them. A room says
 * so itself, by a file with this name that says why. It guards all that is below its folder, or, where lines of it begin
 * with a dash, the files that these lines name. A `*` stands for a part of a name.
 */
export const MARK = "GUARDED";

/** The text of each mark by its path. @typedef {readonly (readonly [string, string])[]} Marks */

/** @param {string} file @returns {boolean} */
export function isMark(file) {
  return file === MARK || file.endsWith(`/${MARK}`);
}

/** @param {Marks} marks @returns {(file: string) => boolean} whether a file is guarded */
export function guardOf(marks) {
  const guards = marks.map(([mark, text]) => ({ folder: mark.slice(0, -MARK.length), names: namesIn(text) }));
  return (file) =>
    isMark(file) ||
    guards.some(({ folder, names }) => {
      if (!file.startsWith(folder)) return false;
      const rest = file.slice(folder.length);
      return names.length === 0 || names.some((name) => fits(rest, name));
    });
}

/**
 * The marks before a change and those after it both count, so no change can take a file out. A release without a mark is
 * older than the marks and cannot say what it guards.
 * @param {readonly string[]} files those that a change touches @param {{ before: Marks, after: Marks }} marks
 * @returns {string[]} those that are guarded
 */
export function guardedFilesIn(files, { before, after }) {
  return before.length === 0 ? [...files] : files.filter(guardOf([...before, ...after]));
}

/** @param {string} text @returns {string[]} */
function namesIn(text) {
  const lines = text.split("\n").map((line) => line.trim());
  return lines.filter((line) => line === "-" || line.startsWith("- ")).map((line) => line.slice(1).trim());
}

/** Without a regular expression, which the mark of a change could make as slow as it likes. @param {string} file @param {string} name */
function fits(file, name) {
  const [start = "", end, more] = name.split("*");
  // A name that is not plain frees no file.
  if (name === "" || more !== undefined) return true;
  if (end === undefined) return file === name;
  if (file.length < name.length - 1 || !file.startsWith(start) || !file.endsWith(end)) return false;
  return !file.slice(start.length, file.length - end.length).includes("/");
}
