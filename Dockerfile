# Banyan in a container: the image is the checkout, data and home are volumes. docs/deploy.md explains how to run it.

FROM node:22-bookworm AS build
WORKDIR /opt/banyan
COPY package.json package-lock.json ./
RUN npm ci --include=dev --include=optional --no-audit --no-fund
COPY . .
# The build notices that the packages are there. Every account may read the result, whatever the clone's umask was.
RUN npm run build && chmod -R a+rX .

FROM node:22-bookworm-slim
# Agents' commands see the programs of this image: add here what they need, such as python3 or build-essential.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends bubblewrap ca-certificates git \
  && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin banyan \
  && install --directory --owner=banyan --group=banyan --mode=0700 /var/lib/banyan
WORKDIR /opt/banyan
# Owned by root, so that the account of the server cannot change its own program.
COPY --from=build /opt/banyan ./
ENV NODE_ENV=production BANYAN_DATA_DIR=/var/lib/banyan BANYAN_HOME=/home/banyan/launcher
USER banyan
# The data, and the home folder with the launcher, its releases, the keys of the secrets and the audit's anchor.
VOLUME ["/var/lib/banyan", "/home/banyan"]
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health`).then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "scripts/start.mjs"]
