# Banyan in a container: the image holds the package, data and home are volumes. docs/deploy.md explains how to run it.
ARG BUILD_BASE=node:22-bookworm
ARG BASE=node:22-bookworm-slim

FROM ${BUILD_BASE} AS build
WORKDIR /opt/banyan
COPY package.json package-lock.json ./
RUN npm ci --include=dev --include=optional --no-audit --no-fund
COPY . .
# The package takes the files that git lists. The clone's history is not part of the build.
RUN git init --quiet && git add --all \
  && npm run package -- --this-node --out /opt/package \
  && npm install --global --no-audit --no-fund --prefix /opt/installed /opt/package/banyan-*.tgz \
  && chmod -R a+rX /opt/installed

FROM ${BASE}
# Agents' commands see the programs of this image: add here what they need, such as python3 or build-essential.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends bubblewrap ca-certificates git \
  && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin banyan \
  && install --directory --owner=banyan --group=banyan --mode=0700 /var/lib/banyan
# Owned by root, so that the account of the server cannot change its own program.
COPY --from=build /opt/installed /usr/local
# Settings of `.env` and of the container replace these.
ENV NODE_ENV=production BANYAN_DATA_DIR=/var/lib/banyan BANYAN_BACKUP_EVERY=24h
USER banyan
WORKDIR /home/banyan
# The data, and the home folder with the keys of the secrets and the audit's anchor.
VOLUME ["/var/lib/banyan", "/home/banyan"]
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health`).then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "/usr/local/lib/node_modules/banyan/scripts/start.mjs"]
