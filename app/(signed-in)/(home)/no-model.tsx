import Link from "next/link";
import { Say } from "@/components/ui/parts";

/** Notice at the top of Home while no model is connected. */
export function NoModel({ mayConnect }: { mayConnect: boolean }) {
  return (
    <div className="mb-6">
      <Say>
        <b>No model is connected.</b> Runbooks work without one. Agents need a provider's key or a local model server:{" "}
        {mayConnect ? (
          <Link className="link" href="/settings/keys" prefetch={false}>
            connect one
          </Link>
        ) : (
          "ask an admin to connect one"
        )}
        .
      </Say>
    </div>
  );
}
