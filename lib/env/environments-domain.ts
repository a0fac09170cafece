/** The domain below which environments have their host names. */
import { z } from "zod";
import { SettingError } from "./setting-error";

export const environmentsDomain = z
  .string()
  .toLowerCase()
  .regex(/^(?=.{1,180}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/, "a domain, such as environments.example.net");

/**
 * Returns it; null: it is not set. Pages of environments must be another site than Banyan's own, whose cookies they could
 * otherwise replace. Throws SettingError where both would be below one domain: their last two labels are compared, which
 * refuses a few domains that would do, and accepts none that would not.
 */
export function environmentsDomainOf(domain: string | undefined, url: string | undefined): string | null {
  if (domain === undefined) return null;
  const site = (name: string) => name.split(".").slice(-2).join(".");
  if (url !== undefined && site(new URL(url).hostname) === site(domain))
    throw new SettingError(
      `The setting BANYAN_ENVIRONMENTS_DOMAIN cannot be "${domain}": pages of environments could act as Banyan there. Use a domain that does not end like Banyan's own, such as environments.example.net.`,
    );
  return domain;
}
