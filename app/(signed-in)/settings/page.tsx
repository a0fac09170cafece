import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { ROLE_WORDS } from "@/components/settings/role-words";
import { currentSignInWays } from "@/lib/auth/current";

export const metadata: Metadata = { title: "Settings" };

export default async function GeneralPage() {
  const { actor, queries } = await enter();
  const [{ version }, settings] = await Promise.all([queries.getStatus(), queries.listSettings()]);
  const { google } = currentSignInWays();
  return (
    <>
      <section aria-labelledby="you">
        <div className="flex settingshead">
          <h2 id="you">You</h2>
        </div>
        <dl className="facts left">
          <dt>Signed in as</dt>
          <dd className="wrapany">{actor.name}</dd>
          <dt>By</dt>
          <dd>{actor.id === "owner" ? "the one-time link of this machine" : "Google"}</dd>
          <dt>Role</dt>
          <dd>
            {actor.role}: {ROLE_WORDS[actor.role]}
          </dd>
        </dl>
        <form action="/signout" method="post" className="mt-3">
          <button type="submit" className="btn">
            Sign out
          </button>
        </form>
      </section>
      <section className="sect" aria-labelledby="server">
        <header>
          <h2 id="server">This server</h2>
          <span className="faint">Banyan {version}</span>
        </header>
        <p className="dim mb-2">
          People sign in with {google ? "Google, or by the one-time link on this machine" : "the one-time link only"}.
          What is set in the environment or in <code>.env</code> takes effect at the next start; the rest is as Banyan
          has it by itself.
        </p>
        <table className="t settingtable">
          <thead>
            <tr>
              <th scope="col">Setting</th>
              <th scope="col">Value</th>
              <th scope="col">From</th>
            </tr>
          </thead>
          <tbody>
            {settings.map(({ name, value, is_set }) => (
              <tr key={name}>
                <td className="mono">{name}</td>
                <td className="mono wrapany">{value || <span className="faint">none</span>}</td>
                <td>{is_set ? "Environment" : <span className="dim">Default</span>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}
