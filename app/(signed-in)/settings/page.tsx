import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { buttonLook } from "@/components/ui/button-look";
import { Facts } from "@/components/ui/facts";
import { Section } from "@/components/ui/page/section";
import { FactTable } from "@/components/ui/table";
import { ROLE_WORDS } from "@/core/words/roles";
import { currentSignInWays } from "@/lib/auth/current";
import { settingsFile } from "@/lib/places";

const COLUMNS = [{ name: "Setting", className: "w-1/2 phone:w-[42%]" }, "Value", { name: "From", className: "w-24" }];

export const metadata: Metadata = { title: "Settings" };

export default async function GeneralPage() {
  const { actor, queries } = await enter();
  const [{ version }, settings] = await Promise.all([queries.getStatus(), queries.listSettings()]);
  const { google } = currentSignInWays();
  return (
    <>
      <section aria-labelledby="you">
        <div className="mb-3 flex min-h-control items-center gap-2">
          <h2 id="you">You</h2>
        </div>
        <Facts>
          <dt>Signed in as</dt>
          <dd className="wrap-anywhere">{actor.name}</dd>
          <dt>Signed in with</dt>
          <dd>{actor.id === "owner" ? "the one-time link on this machine" : "Google"}</dd>
          <dt>Role</dt>
          <dd>
            {actor.role}: {ROLE_WORDS[actor.role]}
          </dd>
        </Facts>
        <form action="/signout" method="post" className="mt-3">
          <button type="submit" className={buttonLook()}>
            Sign out
          </button>
        </form>
      </section>
      <Section id="server" title="This server" beside={`Banyan ${version}`}>
        <p className="text-ink-2 mb-2">
          People sign in with {google ? "Google or the one-time link on this machine" : "the one-time link only"}. Set
          values in the environment or in <code className="wrap-anywhere">{settingsFile()}</code>; they take effect at
          the next start.
        </p>
        <FactTable className="table-fixed [&_td]:wrap-anywhere" columns={COLUMNS}>
          {settings.map(({ name, value, is_set }) => (
            <tr key={name}>
              <td className="font-mono text-mono">{name}</td>
              <td className="font-mono text-mono wrap-anywhere">{value || <span className="text-ink-3">none</span>}</td>
              <td>{is_set ? "Environment" : <span className="text-ink-2">Default</span>}</td>
            </tr>
          ))}
        </FactTable>
      </Section>
    </>
  );
}
