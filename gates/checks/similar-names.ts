/**
 * Package names that look like another package's, as those do that wait for a typing error. A name is compared with the
 * names in the lock and with a short list of the most used packages. One wrong, missing, doubled or swapped letter,
 * other separators and a scope that became a part of the name are found; a name that only sounds alike is not.
 */

/** The most used packages of npm, without those whose names are short. */
const MOST_USED = new Set(
  `angular apollo-server archiver axios babel-core bcrypt bcryptjs better-sqlite3 bluebird body-parser bootstrap browserify
  chalk cheerio chokidar colors commander compression concurrently connect cookie cookies cookie-parser coffee-script cross-env
  cross-spawn d3-time d3-timer dayjs debug discord.js dotenv drizzle-orm ejs electron esbuild eslint ethers event-stream express fastify fast-glob
  firebase follow-redirects form-data fs-extra glob google-auth-library graphql gulp handlebars helmet highlight.js
  html-webpack-plugin http-proxy husky immer immutable inquirer ioredis jasmine jquery js-yaml jsdom jsonwebtoken knex koa
  lint-staged lodash lru-cache markdown-it marked minimatch minimist mkdirp mocha moment mongodb mongoose morgan mysql mysql2
  nanoid nest next next-auth node-fetch node-gyp node-sass nodemailer nodemon npm nunjucks openai passport pino playwright
  postcss preact prettier prisma prop-types puppeteer react react-dom react-native react-redux react-router redis redux
  request rimraf rollup rxjs
  safe-buffer safer-buffer sass semver sequelize sharp shelljs sinon socket.io socket.io-client sqlite3 stripe styled-components
  superagent supertest svelte tailwindcss three through2 tslib typescript uglify-js underscore undici uuid validator vite
  vitest vue vue-router web3 webpack webpack-cli webpack-dev-server winston yargs yup zod zustand
  @angular/core @aws-sdk/client-s3 @babel/core @babel/runtime @biomejs/biome @nestjs/core @playwright/test @prisma/client
  @reduxjs/toolkit @sveltejs/kit @tailwindcss/postcss @tanstack/react-query @types/node @types/react @vitejs/plugin-react`.split(
    /\s+/,
  ),
);
/** Short names are alike by chance. */
const LEAST_LETTERS = 5;

/** Returns the name that a new name looks like; null for a name that is well known itself, or like no other. */
export function similarName(name: string, known: Iterable<string>): string | null {
  if (MOST_USED.has(name)) return null;
  const bare = bareName(name);
  for (const other of new Set([...MOST_USED, ...known])) {
    if (other === name) continue;
    // Names in one scope have one owner.
    if (name.startsWith("@") && scopeOf(name) === scopeOf(other)) continue;
    const otherBare = bareName(other);
    if (Math.min(bare.length, otherBare.length) < LEAST_LETTERS) continue;
    if (bare === otherBare || isOneSlip(name, other)) return other;
  }
  return null;
}

/** `@Babel/core`, `babel-core` and `babelcore` are the same in this form. */
function bareName(name: string): string {
  return name.toLowerCase().replace(/[@/._-]/g, "");
}

function scopeOf(name: string): string {
  return name.startsWith("@") ? (name.split("/", 1)[0] ?? "") : "";
}

/** Whether one letter is wrong, missing or too many, or two neighbours are swapped. */
function isOneSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}
