import { createHmac } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeHome, runCli, startAgentProcess, type Home } from '../support/cli.ts'

async function json(home: Home, ...args: readonly string[]) {
  const result = await runCli(home, [...args, '--json'])
  expect(result).toMatchObject({ code: 0 })
  return JSON.parse(result.stdout)
}

function fileWith(home: Home, secret: string): string {
  const file = join(home.dir, 'secret')
  writeFileSync(file, `${secret}\n`)
  return file
}

/** One booking of Cal.com after another, each with bytes of its own, which are its key. */
async function book(url: string, secret: string, uid: string): Promise<number> {
  const body = JSON.stringify({ triggerEvent: 'BOOKING_CREATED', payload: { uid, title: 'Lunch' } })
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  const headers = { 'content-type': 'application/json', 'x-cal-signature-256': signature }
  return (await fetch(url, { method: 'POST', body, headers })).status
}

describe('`ec resources set`', () => {
  it('mends a secret that was typed wrong; what was refused meanwhile comes with one command', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const { id, webhook_url: url } = await json(
      home,
      'resources',
      'add',
      'calcom',
      '--secret-file',
      fileWith(home, 'typed wrong'),
    )
    for (const uid of ['one', 'two']) expect(await book(url, 'the right one', uid)).toBe(401)
    const why = async () => (await runCli(home, ['notifications', 'why', 'ntf_1'])).stdout
    expect(await why()).toContain(`\`ec resources set ${id} --secret-file FILE\``)

    const mended = await runCli(home, ['resources', 'set', id, '--secret-file', fileWith(home, 'the right one')])
    expect(mended).toMatchObject({ code: 0, stdout: '', stderr: `${id}: changed\n` })
    expect(await why()).toContain('With the present secret it verifies')
    const replayed = await runCli(home, ['replay', '--since', '1h'])
    expect(replayed).toMatchObject({ code: 0, stderr: '2 sent: 2 ok, 0 duplicate, 0 differ, 0 failed\n' })
    expect((await json(home, 'events', 'list')).events).toHaveLength(2)
    expect(await book(url, 'typed wrong', 'three')).toBe(401)
  })

  it('makes another secret, and takes the one before it while the service gets it', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const { id, webhook_url: url, secret: first } = await json(home, 'resources', 'add', 'calcom')
    const made = await runCli(home, ['resources', 'set', id, '--new-secret', '--keep-secret'])
    expect(made).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/not shown again; the one so far is taken too/),
    })
    const second = /secret +(\S+)/.exec(made.stdout)?.[1] ?? ''
    expect(second).not.toBe(first)
    expect(await book(url, first, 'a')).toBe(202)
    expect(await book(url, second, 'b')).toBe(202)
    const { secret: third, has_secret: has } = await json(home, 'resources', 'set', id, '--new-secret')
    expect(has).toBe(true)
    expect(await book(url, first, 'c')).toBe(401)
    expect(await book(url, second, 'd')).toBe(401)
    expect(await book(url, third, 'e')).toBe(202)
  })

  it('changes a name and single settings, takes one away, and leaves the webhook URL', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const set = ['--set', 'channel_id=c1', '--set', 'google_resource_id=r1']
    const made = await json(home, 'resources', 'add', 'google-calendar', ...set)
    const changed = await json(home, 'resources', 'set', made.id, '--name', 'Work', '--set', 'channel_id=c1,c2')
    expect(changed).toMatchObject({ name: 'Work', settings: { channel_id: 'c1,c2', google_resource_id: 'r1' } })
    expect(changed.webhook_url).toBe(made.webhook_url)
    const emptied = await json(home, 'resources', 'set', made.id, '--set', 'google_resource_id=')
    expect(emptied.settings).toEqual({ channel_id: 'c1,c2' })
  })

  it.each([
    [[], 2, '--new-secret'],
    [['--keep-secret'], 2, 'nothing was named to change'],
    [['--set', 'repository'], 2, 'takes NAME=VALUE'],
    [['--secret-file', 'missing'], 2, 'does not exist'],
    [['--set', 'repo=a/b'], 4, 'repository'],
    [['--name', 'n', '--keep-secret'], 4, 'no new secret'],
  ])('refuses %j, exit %i', async (args, code, words) => {
    const home = makeHome()
    await startAgentProcess(home)
    const { id } = await json(home, 'resources', 'add', 'github')
    const refused = await runCli(home, ['resources', 'set', id, ...args])
    expect(refused).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(words) })
  })

  it('says that there is no such resource, exit 6', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    expect(await runCli(home, ['resources', 'set', 'nobody', '--name', 'n'])).toMatchObject({ code: 6, stdout: '' })
  })
})
