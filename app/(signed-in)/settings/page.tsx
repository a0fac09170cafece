import type { Metadata } from "next";
import { enter } from "@/app/enter";

export const metadata: Metadata = { title: "Settings" };

export default async function GeneralPage() {
  const { actor, queries } = await enter();
  const { version } = await queries.getStatus();
  return (
    <section className="sect" aria-labelledby="you">
      <header>
        <h2 id="you">You</h2>
      </header>
      <dl className="facts left mt-3">
        <dt>Signed in as</dt>
        <dd>{actor.name}</dd>
        <dt>Role</dt>
        <dd>{actor.role}</dd>
        <dt>Banyan</dt>
        <dd>{version}</dd>
      </dl>
    </section>
  );
}
