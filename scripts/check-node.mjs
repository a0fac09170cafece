// Every entry point imports this file first. It must run and print its message on a Node that is too old for the rest,
// so it uses only old syntax and imports nothing.

const NEEDED_MAJOR = 20;
const NEEDED_MINOR = 20;

/**
 * @param {string} version as `process.versions.node`
 * @returns {string | undefined} a sentence when this Node is too old, else undefined
 */
export function nodeTooOld(version) {
  const parts = version.split(".").map(Number);
  const major = parts[0] || 0;
  const minor = parts[1] || 0;
  if (major > NEEDED_MAJOR || (major === NEEDED_MAJOR && minor >= NEEDED_MINOR)) return undefined;
  return `Banyan needs Node ${NEEDED_MAJOR}.${NEEDED_MINOR} or newer and this is Node ${version}: install Node 22 or newer from https://nodejs.org (or with your version manager), then start again.`;
}

/** Versions before it get no more fixes of security; it is the oldest that is recommended. */
const RECOMMENDED_MAJOR = 22;

/**
 * @param {string} version as `process.versions.node`
 * @returns {string | undefined} a sentence when this Node works, but is past its end, else undefined
 */
export function nodePastEnd(version) {
  if (parseInt(version, 10) >= RECOMMENDED_MAJOR) return undefined;
  return `Node ${version} works, but gets no more fixes, and a later Banyan will refuse it: install Node 22 or 24.`;
}

/**
 * @param {string} platform as `process.platform`
 * @returns {string | undefined} a sentence when Banyan cannot run on this system, else undefined
 */
export function systemUnfit(platform) {
  if (platform !== "win32") return undefined;
  return "Banyan runs on Linux and macOS. On Windows run it in WSL 2: open its terminal (`wsl --install` installs it), clone the project into its home folder, and start again there.";
}

const sentence = nodeTooOld(process.versions.node) || systemUnfit(process.platform);
if (sentence) {
  console.error(sentence);
  process.exit(2);
}
