import type { Metadata } from "next";
import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { buttonLook } from "@/components/ui/button-look";
import { CommandLine } from "@/components/ui/command-line";
import { Icon } from "@/components/ui/icon";
import { Gate } from "@/components/ui/page/gate";
import { Say } from "@/components/ui/parts";
import { currentAuth, currentSignInWays } from "@/lib/auth/current";
import { GOOGLE_BEGIN_PATH } from "@/lib/auth/google";
import { returnPath } from "@/lib/auth/return-path";
import { sentenceOf } from "./problems";

export const metadata: Metadata = { title: "Sign in" };

type SearchParams = Promise<Partial<Record<"problem" | "callbackUrl" | "token", string | string[]>>>;

/** With the token of a one-time link, the page shows a button. The server answers the button itself. */
export default async function SignInPage({ searchParams }: { searchParams: SearchParams }) {
  const { problem, callbackUrl, token } = await searchParams;
  const wanted = returnPath(callbackUrl);
  const given = await headers();
  if (token !== undefined) return <LinkOpened host={given.get("host") ?? ""} />;
  if (!problem && (await currentAuth().authenticate(given.get("cookie")))) redirect(wanted);
  const { google, refusedCookie } = currentSignInWays();
  const refused = (await cookies()).get(refusedCookie)?.value;
  const sentence = typeof problem === "string" ? sentenceOf(problem, refused) : null;
  return (
    <Gate>
      <Brand />
      <h1>Sign in</h1>
      {google ? <Google host={given.get("host") ?? ""} wanted={wanted} /> : null}
      <p className={`text-ink-2 ${google ? "" : "mt-1"}`}>
        Open the link that the server printed at its start. It works once, within 15 minutes. For a new link, run this
        command in Banyan’s folder, on the machine that runs it:
      </p>
      <CommandLine>
        <code>npx banyan signin</code>
      </CommandLine>
      <p className="mt-2 text-small text-ink-2">
        For a demo, or a server on another data folder, add <code>--data</code> as in the command that the server
        printed at its start.
      </p>
      {sentence ? (
        <div className="mt-4">
          <Say look="bad" role="alert">
            {sentence}
          </Say>
        </div>
      ) : null}
    </Gate>
  );
}

/**
 * Without a script that presses the button, because the previews of some chats run scripts. The form has no address, so
 * it is sent to the link itself.
 */
function LinkOpened({ host }: { host: string }) {
  return (
    <Gate>
      <Brand />
      <h1>Sign in</h1>
      <p className="text-ink-2 mt-1">To {host}, as admin. The link works once.</p>
      <form method="post">
        <button type="submit" className={buttonLook("primary", "w-full mt-4 h-9!")}>
          Sign in
        </button>
      </form>
    </Gate>
  );
}

function Brand() {
  return (
    <p className="mb-4 flex h-7 items-center gap-2 text-head">
      <Icon name="banyan" className="size-4.5 text-accent" />
      Banyan
    </p>
  );
}

function Google({ host, wanted }: { host: string; wanted: string }) {
  return (
    <>
      <p className="text-ink-2 mt-1">To {host}. Only addresses on its allow-list can sign in.</p>
      {/* A link, because the content security policy blocks forms that redirect to another site. */}
      <a
        className={buttonLook("plain", "w-full mt-4 h-9!")}
        href={`${GOOGLE_BEGIN_PATH}?callbackUrl=${encodeURIComponent(wanted)}`}
      >
        Continue with Google
      </a>
      <p className="my-4 flex items-center gap-3 text-small text-ink-3 before:flex-1 before:border-t before:border-line after:flex-1 after:border-t after:border-line">
        or, on the machine that runs Banyan
      </p>
    </>
  );
}
