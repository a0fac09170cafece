/** Switches off the rules of people who may no longer decide. Another reviewer can switch a rule on again. */
import { tokenActorName } from "@/core/rules/roles";
import type { Sqlite } from "@/db/file/client";

export function createMadeRules(sqlite: Sqlite) {
  const ON = "revoked_at_ms IS NULL AND expires_at_ms > @now";
  const ofPerson = sqlite.prepare(`
    UPDATE approval_rules SET revoked_by = @by, revoked_at_ms = @now
    WHERE (created_by = @person OR substr(created_by, 1, length(@person) + 8) = @person || ' (token ') AND ${ON}`);
  const ofToken = sqlite.prepare(
    `UPDATE approval_rules SET revoked_by = @by, revoked_at_ms = @now WHERE created_by = @maker AND ${ON}`,
  );
  return {
    /** Also the rules that the person made with tokens. */
    endOfPerson: (person: string, by: string, nowMs: number) => void ofPerson.run({ person, by, now: nowMs }),
    endOfToken: (person: string, token: string, by: string, nowMs: number) =>
      void ofToken.run({ maker: tokenActorName(person, token), by, now: nowMs }),
  };
}
