/**
 * What Next.js gives to a server action, for tests: the headers of its request, and the cookies of its answer. It takes the
 * place of `next/headers` in all unit tests (vitest.config.ts): files of one worker share modules, so an action that an
 * earlier file has loaded must have it, too.
 */
export const request: { cookie: string | null; set: string[] } = { cookie: null, set: [] };

export async function headers(): Promise<Headers> {
  if (request.cookie === null) throw new Error("No test has set a request: `headers` has none.");
  return new Headers({ cookie: request.cookie });
}

export async function cookies(): Promise<{ set(name: string): void }> {
  return { set: (name) => void request.set.push(name) };
}
