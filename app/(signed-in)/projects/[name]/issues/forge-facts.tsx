import Link from "next/link";
import { ForgeLink } from "@/components/trees/forge-link";
import { Say, Separator } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import type { ForgeOfProject } from "@/core/shapes/forges";
import { plural } from "@/core/words/figures";
import { withoutDisguise } from "@/core/words/visible";

/** Where the issues come from, what becomes work, and what hinders it. */
export function ForgeFacts({ forge }: { forge: ForgeOfProject }) {
  const { host, path, url, jira, label, most_open, login, looked_at } = forge;
  return (
    <>
      <p className="py-2 text-ink-2 wrap-anywhere">
        <ForgeLink address={url} host={host} className="link">
          {host}/{path}
        </ForgeLink>
        {jira === null ? null : (
          <>
            <Separator />
            issues of{" "}
            <ForgeLink address={`${jira.url}/browse/${jira.key}`} host={jira.host} className="link">
              {jira.key} in Jira
            </ForgeLink>
          </>
        )}
        <Separator />
        label <code>{label}</code>
        <Separator />
        at most {plural(most_open, "issue")} at a time
        {login === null ? null : (
          <>
            <Separator />
            as {login}
          </>
        )}
        {looked_at === null ? null : (
          <>
            <Separator />
            looked at <Clock at={looked_at} />
          </>
        )}
      </p>
      <Hindrance forge={forge} />
    </>
  );
}

/** Why nothing becomes work now, with what a person can do. */
function Hindrance({ forge: { host, paused, trouble, next_look_at } }: { forge: ForgeOfProject }) {
  const why = trouble === null ? "" : ` ${withoutDisguise(trouble)}`;
  if (paused)
    return (
      <Say className="mb-2" look={paused.by === null ? "bad" : undefined} icon="pause">
        Paused by {paused.by ?? "Banyan"}, <Clock at={paused.at} />.{why} Nothing becomes work, and nothing is sent to{" "}
        {host}.{paused.by === null ? " Who resumes it gives it their rights." : ""}
      </Say>
    );
  if (trouble === null) return null;
  return (
    <Say className="mb-2" look="bad">
      <span className="wrap-anywhere">{why.trim()}</span>
      {next_look_at === null ? null : (
        <>
          {" "}
          Banyan looks again at <Clock at={next_look_at} />.
        </>
      )}{" "}
      <Link className="link" href="/settings/secrets">
        Open Secrets
      </Link>
    </Say>
  );
}
