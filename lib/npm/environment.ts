/** Returns what npm needs of an environment: its own settings, proxies, certificates and PATH, and nothing else. */
export function npmEnvironment(env: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  const wanted = /^(PATH|HOME|npm_config_.*|(https?|no|all)_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE)$/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => wanted.test(name))) as NodeJS.ProcessEnv;
}
