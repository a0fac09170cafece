import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { Icon } from "@/components/ui/icon";
import { Say } from "@/components/ui/parts";
import { currentAuth } from "@/lib/auth/current";

export const metadata: Metadata = { title: "Sign in" };

/** The link itself is answered by the server before any page: it sets the cookie and leads on to Home. */
export default async function SignInPage({ searchParams }: { searchParams: Promise<{ problem?: string }> }) {
  const { problem } = await searchParams;
  if (!problem && (await currentAuth().authenticate((await headers()).get("cookie")))) redirect("/");
  return (
    <main className="gate" id="main">
      <div className="card">
        <p className="brand mb-4 px-0">
          <Icon name="banyan" />
          Banyan
        </p>
        <h1>Sign in</h1>
        <p className="dim mt-1">
          Open the link that this command printed when it started. It works once, for 15 minutes; a restart prints a new
          one.
        </p>
        <pre className="command">
          <code>npm start</code>
        </pre>
        {problem ? (
          <div className="mt-4">
            <Say look="bad" role="alert">
              That link is not valid: it was used already, or it is older than 15 minutes. Start the server again for a
              new one.
            </Say>
          </div>
        ) : null}
      </div>
    </main>
  );
}
