/** AWS's shared files of profiles: `~/.aws/config` and `~/.aws/credentials`. */
import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { AwsSettings } from "./settings";

export type Section = Readonly<Record<string, string>>;

export interface ProfileFiles {
  /** Returns the settings of a profile; null when neither file has it. */
  profile(name: string): Section | null;
  ssoSession(name: string): Section | null;
}

/** Reads the files that the settings name. A file that is missing or unreadable counts as empty. */
export function readProfiles(settings: AwsSettings): ProfileFiles {
  const config = sectionsOf(settings.AWS_CONFIG_FILE ?? join(homedir(), ".aws", "config"));
  const credentials = sectionsOf(settings.AWS_SHARED_CREDENTIALS_FILE ?? join(homedir(), ".aws", "credentials"));
  return {
    profile(name) {
      const inConfig = config.get(name === "default" ? "default" : `profile ${name}`) ?? config.get(`profile ${name}`);
      const inCredentials = credentials.get(name);
      return inConfig || inCredentials ? { ...inConfig, ...inCredentials } : null;
    },
    ssoSession: (name) => config.get(`sso-session ${name}`) ?? null,
  };
}

/** Returns the region of the profile that `AWS_PROFILE` names, where no setting names one; null: there is none. */
export function regionOfProfile(settings: AwsSettings): string | null {
  const { AWS_PROFILE, AWS_REGION, AWS_DEFAULT_REGION } = settings;
  if (!AWS_PROFILE || AWS_REGION || AWS_DEFAULT_REGION) return null;
  return readProfiles(settings).profile(AWS_PROFILE)?.region ?? null;
}

const kept = new Map<string, { mtimeMs: number; sections: Map<string, Section> }>();

/** The files are small but asked for with each call of a model, so they are read again only when they changed. */
function sectionsOf(file: string): Map<string, Section> {
  try {
    const { mtimeMs } = statSync(file);
    const known = kept.get(file);
    if (known?.mtimeMs === mtimeMs) return known.sections;
    const sections = parseSections(readFileSync(file, "utf8"));
    kept.set(file, { mtimeMs, sections });
    return sections;
  } catch {
    return new Map();
  }
}

/** Reads the sections of an INI file. Nested settings, which begin with a space, are left out: none of them is needed. */
export function parseSections(text: string): Map<string, Section> {
  const sections = new Map<string, Record<string, string>>();
  let current: Record<string, string> | undefined;
  for (const line of text.split(/\r?\n/)) {
    const named = /^\s*\[\s*([^\]]+?)\s*\]/.exec(line)?.[1]?.replace(/\s+/g, " ");
    if (named !== undefined) {
      current = sections.get(named) ?? {};
      sections.set(named, current);
      continue;
    }
    const [, name = "", value = ""] = /^([A-Za-z0-9_]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    // A comment after a value begins with a space.
    if (current && name) current[name.toLowerCase()] = value.replace(/\s[#;].*$/, "");
  }
  return sections;
}
