import { describe, expect, it } from 'vitest'
import type { EventInput } from '#ec/core/event-schema.js'
import { describe as describeNotification } from '#ec/providers/github/map.js'
import { readFixtures } from '../../../support/fixture-files.js'
import { aNotification, aResource } from '../../../support/webhook.js'

const resource = aResource('github')
const repository = { full_name: 'octo/demo', html_url: 'https://github.com/octo/demo', pushed_at: 1767603598 }
const sender = { login: 'ana', html_url: 'https://github.com/ana' }
const ZEROS = '0'.repeat(40)

const checkOf = (conclusion: string) => ({
  action: 'completed',
  check_run: { name: 'lint', conclusion, check_suite: { head_branch: 'main' } },
})

function eventOf(kind: string, payload: object): EventInput {
  const [event] = describeNotification(aNotification('github', kind, { repository, sender, ...payload }), resource)
  if (event === undefined) throw new Error('no event')
  return event
}

describe('a push', () => {
  const commits = ['First idea\n\nWith reasons.', 'Second idea', 'Third idea'].map((message, n) => ({
    id: String(n + 1).repeat(40),
    message,
  }))
  const push = {
    ref: 'refs/heads/main',
    before: '9'.repeat(40),
    after: '3'.repeat(40),
    created: false,
    deleted: false,
    forced: false,
    compare: 'https://github.com/octo/demo/compare/999...333',
    commits,
    head_commit: commits[2],
    pusher: { name: 'ana' },
  }

  it('tells who, how many, where, what, and links to the comparison', () => {
    expect(eventOf('push', push)).toEqual({
      user_id: 'ana',
      type: 'github.push',
      title: 'ana pushed 3 commits to main in octo/demo',
      body: '3333333 Third idea\n2222222 Second idea\n1111111 First idea',
      level: 'info',
      cta: { label: 'See the changes', url: 'https://github.com/octo/demo/compare/999...333' },
      thread: 'octo/demo@main',
      actor: 'ana',
      service: 'github',
      source: 'github',
      created_at: '2026-01-05T08:59:58.000Z',
      data: {
        notification_id: 'ntf_0192f0c1-7d1e-7c3a-9a51-3f6a2b1c0d9e',
        delivery_id: 'k1',
        event: 'push',
        repository: 'octo/demo',
        branch: 'main',
        sha: '3'.repeat(40),
        before: '9'.repeat(40),
        commits: 3,
        forced: false,
      },
    })
  })

  it.each([
    [{ commits: commits.slice(0, 1) }, 'ana pushed 1 commit to main in octo/demo'],
    [{ forced: true }, 'ana force-pushed 3 commits to main in octo/demo'],
    [{ forced: true, commits: [] }, 'ana force-pushed main in octo/demo'],
    [{ commits: [] }, 'ana pushed to main in octo/demo'],
    [{ created: true, before: ZEROS }, 'ana created branch main with 3 commits in octo/demo'],
    [{ created: true, before: ZEROS, commits: [] }, 'ana created branch main in octo/demo'],
    [{ deleted: true, after: ZEROS, commits: [] }, 'ana deleted branch main in octo/demo'],
    [{ ref: 'refs/tags/v1.0', created: true, commits: [] }, 'ana created tag v1.0 in octo/demo'],
    [{ ref: 'refs/tags/v1.0', deleted: true, commits: [] }, 'ana deleted tag v1.0 in octo/demo'],
    [{ ref: 'refs/tags/v1.0', forced: true }, 'ana moved tag v1.0 in octo/demo'],
    [{ ref: 'refs/heads/feature/a-b' }, 'ana pushed 3 commits to feature/a-b in octo/demo'],
    [{ sender: undefined, pusher: { name: 'deploy-bot' } }, 'deploy-bot pushed 3 commits to main in octo/demo'],
    [
      { commits: Array.from({ length: 2048 }, () => commits[0]) },
      'ana pushed 2,048 or more commits to main in octo/demo',
    ],
  ])('reads well: %#', (change, title) => {
    expect(eventOf('push', { ...push, ...change }).title).toBe(title)
  })

  it('shows the newest five commits and counts the others', () => {
    const many = Array.from({ length: 1007 }, (_, n) => ({ id: String(n).padStart(40, '0'), message: `Step ${n}` }))
    const lines = eventOf('push', { ...push, commits: many }).body.split('\n')
    expect(lines).toHaveLength(6)
    expect(lines[0]).toMatch(/Step 1006$/)
    expect(lines[5]).toBe('and 1,002 more')
  })

  it('links a deleted branch to the repository, since there is nothing to compare', () => {
    expect(eventOf('push', { ...push, deleted: true }).cta?.url).toBe('https://github.com/octo/demo')
  })

  it('does not believe the clock of a committer', () => {
    const at = eventOf('push', { ...push, repository: { ...repository, pushed_at: undefined } }).created_at
    expect(at).toBe('2026-01-05T09:00:00.000Z')
  })

  it('cuts what is too long for a notification', () => {
    const long = 'x'.repeat(3000)
    const commits = [{ id: long, message: long }]
    const event = eventOf('push', { ...push, ref: `refs/heads/${long}`, commits, sender: { login: long } })
    expect(event.title.length).toBeLessThanOrEqual(240)
    expect(event.body.length).toBeLessThanOrEqual(200)
  })
})

describe('what needs somebody to look', () => {
  const run = { name: 'CI', run_number: 5, head_branch: 'main', display_title: 'Say what changed' }
  it.each([
    ['workflow_run', { action: 'completed', workflow_run: { ...run, conclusion: 'failure' } }, 'error'],
    ['workflow_run', { action: 'completed', workflow_run: { ...run, conclusion: 'success' } }, 'info'],
    ['workflow_run', { action: 'requested', workflow_run: { ...run, conclusion: null } }, 'info'],
    ['check_run', checkOf('failure'), 'error'],
    ['check_run', checkOf('timed_out'), 'error'],
    ['check_run', checkOf('action_required'), 'warning'],
    ['check_run', checkOf('cancelled'), 'warning'],
    ['check_run', checkOf('neutral'), 'info'],
    ['status', { state: 'error', sha: ZEROS, context: 'ci' }, 'error'],
    ['status', { state: 'pending', sha: ZEROS, context: 'ci' }, 'info'],
    ['deployment_status', { action: 'created', deployment_status: { state: 'failure' } }, 'error'],
    ['page_build', { build: { status: 'errored', error: { message: 'No theme' } } }, 'error'],
    ['dependabot_alert', { action: 'created', alert: { number: 5 } }, 'warning'],
    ['dependabot_alert', { action: 'fixed', alert: { number: 5 } }, 'info'],
    ['secret_scanning_alert', { action: 'created', alert: { number: 6 } }, 'warning'],
    ['secret_scanning_alert', { action: 'a_new_action', alert: { number: 6 } }, 'warning'],
    ['code_scanning_alert', { action: 'closed_by_user', alert: { number: 7 } }, 'info'],
    ['meta', { action: 'deleted', hook_id: 1, hook: {} }, 'warning'],
    ['issues', { action: 'opened', issue: { number: 1 } }, 'info'],
  ])('%s %j is %s', (kind, payload, level) => {
    expect(eventOf(kind, payload).level).toBe(level)
  })

  it('tells of a failed workflow which, where and why to look', () => {
    const payload = {
      action: 'completed',
      workflow_run: { ...run, conclusion: 'failure', html_url: 'https://github.com/r/77' },
    }
    expect(eventOf('workflow_run', payload)).toMatchObject({
      type: 'github.workflow_run.completed',
      title: 'The workflow "CI" failed on main in octo/demo',
      body: 'Run #5 of ana: Say what changed',
      cta: { label: 'Open the run', url: 'https://github.com/r/77' },
      thread: 'octo/demo@main',
      data: { branch: 'main', conclusion: 'failure' },
    })
  })

  it('never shows the secret that a scanner found', () => {
    const alert = {
      number: 6,
      secret: 'ghp_verysecret',
      secret_type: 'github_token',
      secret_type_display_name: 'GitHub token',
    }
    const event = eventOf('secret_scanning_alert', { action: 'created', alert })
    expect(event.title).toBe('The secret scanning alert "GitHub token" was raised in octo/demo')
    expect(JSON.stringify(event)).not.toContain('verysecret')
  })
})

describe('the events of one thing', () => {
  const issue = { number: 12, title: 'The clock stands still', html_url: 'https://github.com/octo/demo/issues/12' }

  it('share a thread', () => {
    const threads = [
      eventOf('issues', { action: 'opened', issue }),
      eventOf('issues', { action: 'labeled', issue, label: { name: 'bug' } }),
      eventOf('issue_comment', { action: 'created', issue, comment: { body: 'Wind it.' } }),
    ].map(event => event.thread)
    expect(threads).toEqual(['octo/demo#12', 'octo/demo#12', 'octo/demo#12'])
  })

  it('tell an issue from a pull request under the same kind', () => {
    const comment = { body: 'Wind it.', html_url: 'https://github.com/octo/demo/pull/12#c1' }
    const pull = { ...issue, pull_request: { url: 'https://api.github.com/x' } }
    expect(eventOf('issue_comment', { action: 'created', issue: pull, comment })).toMatchObject({
      title: 'ana commented on pull request #12 "The clock stands still" in octo/demo',
      body: 'Wind it.',
      cta: { label: 'Read the comment', url: 'https://github.com/octo/demo/pull/12#c1' },
    })
  })

  it.each([
    [{ action: 'closed', pull_request: { number: 3, merged: true } }, 'ana merged pull request #3 in octo/demo'],
    [{ action: 'closed', pull_request: { number: 3, merged: false } }, 'ana closed pull request #3 in octo/demo'],
    [{ action: 'synchronize', pull_request: { number: 3 } }, 'ana pushed to pull request #3 in octo/demo'],
    [
      { action: 'review_requested', pull_request: { number: 3 }, requested_team: { name: 'clocks' } },
      'ana asked clocks to review pull request #3 in octo/demo',
    ],
    [
      { action: 'some_new_action', pull_request: { number: 3 } },
      'ana changed pull request #3 (some new action) in octo/demo',
    ],
  ])('say of a pull request what was done: %#', (payload, title) => {
    expect(eventOf('pull_request', payload).title).toBe(title)
  })
})

describe('the type of an event', () => {
  it.each([
    ['push', {}, 'github.push'],
    ['issues', { action: 'opened' }, 'github.issues.opened'],
    ['repository_dispatch', { action: 'Deploy: prod / eu' }, 'github.repository_dispatch.Deploy_prod_eu'],
    ['issues', { action: 42 }, 'github.issues'],
    ['teapot', { action: '' }, 'github.teapot'],
  ])('of %s %j is %s', (kind, payload, type) => {
    expect(eventOf(kind, payload).type).toBe(type)
  })
})

describe('a kind that nobody has heard of', () => {
  it('is read from what most payloads have in common', () => {
    const teapot = { number: 3, title: 'Earl Grey', html_url: 'https://github.com/octo/demo/teapots/3' }
    expect(eventOf('kitchen_teapot', { action: 'brewed', teapot })).toMatchObject({
      type: 'github.kitchen_teapot.brewed',
      title: 'Kitchen teapot #3 "Earl Grey": brewed by ana in octo/demo',
      cta: { url: 'https://github.com/octo/demo/teapots/3' },
      data: { number: 3 },
    })
  })

  it('is readable even when its payload is empty', () => {
    expect(eventOf('teapot', { repository: undefined, sender: undefined })).toMatchObject({
      title: 'Teapot: reported',
      body: 'GitHub',
    })
  })
})

describe('a ping', () => {
  it('makes no event', () => {
    expect(describeNotification(aNotification('github', 'ping', { zen: 'x' }), resource)).toEqual([])
  })
})

describe('a delivery in a form', () => {
  it('is described as the same in JSON', () => {
    const files = new Map(readFixtures('github').map(file => [file.name, file.fixture]))
    const [json, form] = ['push', 'push-form'].map(name => {
      const request = files.get(name)?.request
      const headers = { 'content-type': request?.headers['content-type'] ?? '' }
      return describeNotification(aNotification('github', 'push', request?.body ?? '', { headers }), resource)
    })
    expect(form).toEqual(json)
  })
})
