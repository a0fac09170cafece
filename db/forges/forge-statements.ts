import type { Sqlite } from "@/db/file/client";

const LINK = `link.id, link.project_id AS projectId, project.name AS project, link.kind, link.host, link.api_url AS apiUrl,
  link.path, link.jira, link.clone_url AS cloneUrl, link.label, link.rules, link.most_open AS mostOpen, link.maker,
  link.login, link.etags,
  link.comments_since_ms AS commentsSinceMs, link.next_at_ms AS nextAtMs, link.trouble, link.failures,
  link.failing_since_ms AS failingSinceMs,
  link.looked_at_ms AS lookedAtMs, link.paused_at_ms AS pausedAtMs, link.paused_by AS pausedBy,
  link.created_by AS createdBy, link.created_at_ms AS createdAtMs`;
const LINKS = `SELECT ${LINK} FROM forge_links link JOIN projects project ON project.id = link.project_id`;

/** No look waits longer, in ms: a later time comes from a clock that was ahead, and must not hold the looks back. */
const MOST_AHEAD_MS = 2 * 3_600_000;

/** A link that Banyan has paused, or whose last looks failed. */
const STUCK = `((link.paused_at_ms IS NOT NULL AND link.paused_by IS NULL)
  OR (link.paused_at_ms IS NULL AND link.failures >= @failures))`;

const ISSUE = `issue.id, issue.project_id AS projectId, issue.number, issue.title, issue.url, issue.body, issue.author,
  issue.asked_by AS askedBy, issue.asked, issue.tree, issue.state, issue.why, issue.branch, issue.snapshot, issue.head, issue.base,
  issue.measured, issue.pull, issue.pull_url AS pullUrl, issue.rounds, issue.seen, issue.words, issue.cycle,
  issue.taken_back_at_ms AS takenBackAtMs,
  issue.created_at_ms AS createdAtMs,
  issue.changed_at_ms AS changedAtMs`;

/** Of a row of `forge_issues`: it is not settled. */
const UNSETTLED = "state IN ('claimed', 'working', 'open')";
const OF_PROJECT = "project_id = @projectId AND cycle IS NULL";

export function forgeStatements(sqlite: Sqlite) {
  return {
    links: sqlite.prepare(`${LINKS} ORDER BY project.name`),
    link: sqlite.prepare(`${LINKS} WHERE project.name = ?`),
    setLink: sqlite.prepare(`
      INSERT INTO forge_links (project_id, kind, host, api_url, path, jira, clone_url, label, rules, most_open, maker,
        login, comments_since_ms, next_at_ms, created_by, created_at_ms)
      SELECT id, @kind, @host, @apiUrl, @path, @jira, @cloneUrl, @label, @rules, @mostOpen, @maker,
        @login, @nowMs, @nowMs, @createdBy, @nowMs
      FROM projects WHERE name = @project
      ON CONFLICT (project_id) DO UPDATE SET kind = excluded.kind, host = excluded.host, api_url = excluded.api_url,
        path = excluded.path, jira = excluded.jira, clone_url = excluded.clone_url, label = excluded.label,
        rules = excluded.rules, most_open = excluded.most_open,
        maker = excluded.maker, login = excluded.login, etags = '{}', next_at_ms = excluded.next_at_ms, trouble = NULL,
        failures = 0, failing_since_ms = NULL, paused_at_ms = NULL, paused_by = NULL`),
    unlink: sqlite.prepare("DELETE FROM forge_links WHERE project_id = (SELECT id FROM projects WHERE name = ?)"),
    pause: sqlite.prepare(`
      UPDATE forge_links SET paused_at_ms = @nowMs, paused_by = @by, trouble = ifnull(@why, trouble)
      WHERE id = @id AND (paused_at_ms IS NULL OR (paused_by IS NULL AND @by IS NOT NULL))`),
    stuck: sqlite.prepare(`
      ${LINKS} WHERE ${STUCK} ORDER BY ifnull(link.paused_at_ms, link.looked_at_ms) DESC LIMIT @limit`),
    countStuck: sqlite.prepare(`SELECT count(*) FROM forge_links link WHERE ${STUCK}`).pluck(),
    resume: sqlite.prepare(`
      UPDATE forge_links SET paused_at_ms = NULL, paused_by = NULL, trouble = NULL, failures = 0, failing_since_ms = NULL, maker = @maker,
        next_at_ms = @nowMs
      WHERE id = @id AND paused_at_ms IS NOT NULL`),
    /** Also where it is due already: a look that has begun may have read past what is new, and knows its link by this time. */
    makeDue: sqlite.prepare("UPDATE forge_links SET next_at_ms = @ms WHERE id = @id AND next_at_ms <> @ms"),
    due: sqlite.prepare(`
      ${LINKS} WHERE link.paused_at_ms IS NULL AND (link.next_at_ms <= @nowMs OR link.next_at_ms > @nowMs + ${MOST_AHEAD_MS})
      ORDER BY link.next_at_ms`),
    looked: sqlite.prepare(`
      UPDATE forge_links SET login = @login, etags = @etags, comments_since_ms = @commentsSinceMs, trouble = @trouble,
        failures = @failures, looked_at_ms = @nowMs,
        failing_since_ms = CASE WHEN @failures = 0 THEN NULL ELSE ifnull(failing_since_ms, @nowMs) END,
        next_at_ms = CASE WHEN next_at_ms = @expectedMs THEN @nextAtMs ELSE next_at_ms END
      WHERE id = @id`),
    issues: sqlite.prepare(`
      SELECT ${ISSUE} FROM forge_issues issue
      WHERE ${OF_PROJECT} AND (${UNSETTLED} OR id IN (
        SELECT id FROM forge_issues WHERE ${OF_PROJECT} AND NOT (${UNSETTLED}) ORDER BY id DESC LIMIT @limit))
      ORDER BY id DESC`),
    countIssues: sqlite.prepare(`SELECT count(*) FROM forge_issues WHERE ${OF_PROJECT}`).pluck(),
    newestIssue: sqlite.prepare(`
      SELECT ${ISSUE} FROM forge_issues issue JOIN projects project ON project.id = issue.project_id
      WHERE project.name = ? AND issue.cycle IS NULL ORDER BY issue.id DESC LIMIT 1`),
    unsettled: sqlite.prepare(
      `SELECT ${ISSUE} FROM forge_issues issue WHERE project_id = ? AND ${UNSETTLED} ORDER BY id`,
    ),
    failedBeside: sqlite.prepare(`
      SELECT ${ISSUE} FROM forge_issues issue
      WHERE project_id = @projectId AND state = 'failed' AND EXISTS (
        SELECT 1 FROM forge_pulls beside
        WHERE beside.issue_id = issue.id AND beside.state = 'open' AND beside.pull_url IS NOT issue.pull_url)
      ORDER BY changed_at_ms DESC, id DESC LIMIT @limit`),
    merged: sqlite.prepare(`
      SELECT ${ISSUE} FROM forge_issues issue
      WHERE project_id = @projectId AND state = 'merged' AND taken_back_at_ms IS NULL AND changed_at_ms >= @sinceMs
        AND ifnull(taken_back_read_ms, 0) < min(@readBeforeMs, changed_at_ms + @watchedMs)
      ORDER BY ifnull(taken_back_read_ms, 0), id LIMIT @limit`),
    takenBack: sqlite.prepare(`
      UPDATE forge_issues SET taken_back_at_ms = @takenBackAtMs, taken_back_read_ms = @nowMs
      WHERE id = @id AND state = 'merged' AND taken_back_at_ms IS NULL`),
    issue: sqlite.prepare(`SELECT ${ISSUE} FROM forge_issues issue WHERE project_id = @projectId AND number = @number`),
    issueOfPull: sqlite.prepare(
      `SELECT ${ISSUE} FROM forge_issues issue WHERE project_id = @projectId AND pull = @number ORDER BY id DESC`,
    ),
    ofCycle: sqlite.prepare(`SELECT ${ISSUE} FROM forge_issues issue WHERE cycle = ?`),
    byId: sqlite.prepare(`SELECT ${ISSUE} FROM forge_issues issue WHERE id = ?`),
    ofTree: sqlite.prepare(`
      SELECT ${ISSUE}, project.name AS project FROM forge_issues issue JOIN projects project ON project.id = issue.project_id
      WHERE issue.tree = ?`),
    claim: sqlite.prepare(`
      INSERT INTO forge_issues AS issue (project_id, number, title, url, body, author, asked_by, asked, tree, state, branch, seen,
        cycle, created_at_ms, changed_at_ms)
      VALUES (@projectId, @number, @title, @url, @body, @author, @askedBy, @asked, @tree, @state, @branch, @seen, @cycle,
        @nowMs, @nowMs)
      ON CONFLICT DO NOTHING
      RETURNING ${ISSUE.replaceAll("issue.", "")}`),
    change: sqlite.prepare(`
      UPDATE forge_issues SET title = @title, body = @body, asked_by = @askedBy, asked = @asked, state = @state, why = @why,
        snapshot = @snapshot, head = @head, base = @base, measured = @measured, pull = @pull, pull_url = @pullUrl,
        rounds = @rounds, seen = @seen, words = @words, tree = @tree, changed_at_ms = @nowMs
      WHERE id = @id`),
    /** Links with an issue whose tree has ended and was not delivered yet. */
    ended: sqlite
      .prepare(`
      SELECT DISTINCT link.id FROM forge_links link
      JOIN forge_issues issue ON issue.project_id = link.project_id AND issue.state = 'working' AND issue.words IS NULL
      JOIN trees tree ON tree.uid = issue.tree AND tree.ended_at_ms IS NOT NULL
      WHERE link.paused_at_ms IS NULL AND link.failures = 0`)
      .pluck(),
    hasComment: sqlite.prepare("SELECT 1 FROM forge_comments WHERE issue_id = ? AND key = ?"),
    commented: sqlite.prepare(
      "INSERT INTO forge_comments (issue_id, key, at_ms) VALUES (?, ?, ?) ON CONFLICT (issue_id, key) DO NOTHING",
    ),
  };
}
