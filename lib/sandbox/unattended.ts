/**
 * Settings for commands that nobody watches: no pager, no editor and no question waits for a key, and without a network
 * programs fail at once instead of trying again for a minute. Where a program has a file of settings for the whole
 * machine, it is used, because what the command or a person's project sets comes before it; few have only variables.
 */
import fs from "node:fs";

/** The file that npm and pnpm read in place of the machine's own, which it includes. */
const NPMRC = "/etc/npmrc";
const MACHINE_NPMRC = "/usr/etc/npmrc";

export const UNATTENDED_ENVIRONMENT: Readonly<Record<string, string>> = {
  PAGER: "cat",
  EDITOR: "true",
  VISUAL: "true",
  GIT_TERMINAL_PROMPT: "0",
  DEBIAN_FRONTEND: "noninteractive",
  POETRY_NO_INTERACTION: "1",
  COMPOSER_NO_INTERACTION: "1",
  COREPACK_ENABLE_DOWNLOAD_PROMPT: "0",
  NPM_CONFIG_GLOBALCONFIG: NPMRC,
};

export const OFFLINE_ENVIRONMENT: Readonly<Record<string, string>> = {
  UV_HTTP_RETRIES: "0",
  BUNDLE_RETRY: "0",
  POETRY_REQUESTS_MAX_RETRIES: "0",
};

/** Returns the files of settings with their contents. */
export function unattendedFiles(isOffline: boolean): Record<string, string> {
  return {
    // Without a file the C library asks a name server that is not there, and reports that it may answer later.
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "/etc/gitconfig": "[core]\n\tpager = cat\n\teditor = true\n",
    "/etc/ssh/ssh_config": "Host *\n  BatchMode yes\n",
    "/etc/pip.conf": `[global]\nno-input = true\ndisable-pip-version-check = true\n${isOffline ? "retries = 0\n" : ""}`,
    [NPMRC]: `yes=true\nupdate-notifier=false\n${isOffline ? "fetch-retries=0\n" : ""}${machineNpmrc()}`,
    // They look for settings in all folders above the project, and the nearest comes first.
    ...(isOffline && { "/.cargo/config.toml": "[net]\nretry = 0\n", "/.yarnrc.yml": "httpRetry: 0\n" }),
  };
}

/** Commands see the machine's file below /usr, unless only its owner may read it. */
function machineNpmrc(): string {
  try {
    const isForAll = (fs.statSync(MACHINE_NPMRC).mode & 0o004) !== 0;
    return isForAll ? fs.readFileSync(MACHINE_NPMRC, "utf8") : "";
  } catch {
    return "";
  }
}
