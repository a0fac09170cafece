/** Models on a person's own servers. */
import { parseModel } from "@/lib/models/model-name";
import { PROVIDERS, providerNamed } from "@/lib/models/providers/table";
import { isInnerHost } from "@/lib/net/address";
import type { Providers } from "./providers";

/** A model without a price on this machine, or in a private network, is taken for a person's own, which costs nothing. */
export function isOnOwnServer(providers: Pick<Providers, "settings">, model: string): boolean {
  const name = providerNamed(parseModel(model)?.provider ?? "");
  if (!name) return false;
  const address = providers.settings()[name]?.baseUrl;
  if (address === undefined) return PROVIDERS[name].isFree === true;
  return URL.canParse(address) && isInnerHost(new URL(address).hostname);
}
