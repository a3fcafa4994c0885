import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { finish, makeHome, withEcOnPath, type CliResult, type Home } from '../support/cli.ts'
import { freePort } from '../support/free-port.ts'
import { readSnippets } from '../support/readme-snippets.ts'

const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures')
const job = z.strictObject({
  'runs-on': z.string(),
  steps: z.array(
    z.strictObject({
      name: z.string().optional(),
      if: z.string().optional(),
      uses: z.string().optional(),
      with: z.record(z.string(), z.unknown()).optional(),
      run: z.string().optional(),
    }),
  ),
})

/** The job that docs/replay.md shows. */
function readJob() {
  const text = readSnippets('docs/replay.md').find(({ language }) => language === 'yaml')?.text ?? ''
  return z.strictObject({ jobs: z.strictObject({ webhooks: job }) }).parse(parse(text)).jobs.webhooks
}

/** A project with fixtures of its own, and a runner that has got as far as the agent. */
async function prepare(): Promise<{ readonly home: Home; readonly run: (script: string) => Promise<CliResult> }> {
  const home = withEcOnPath(makeHome())
  const [port, temp] = [String(await freePort()), join(home.dir, 'temp')]
  mkdirSync(temp)
  cpSync(join(FIXTURES, 'website'), join(home.cwd, 'fixtures', 'website'), { recursive: true })
  onTestFinished(() => {
    const file = join(temp, 'ec', 'agent.json')
    if (existsSync(file)) process.kill(z.object({ pid: z.number() }).parse(JSON.parse(readFileSync(file, 'utf8'))).pid)
  })
  return {
    home,
    // As GitHub's runners do it: https://docs.github.com/actions/using-workflows/workflow-syntax-for-github-actions
    async run(script) {
      const env = { ...home.env, RUNNER_TEMP: temp, EC_HTTP_PORT: port }
      const args = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script.replaceAll('8787', port)]
      const child = spawn('bash', args, { cwd: home.cwd, env })
      child.stdin.end()
      return finish(child)
    },
  }
}

it('the job of the documentation installs, starts and replays, and is red when something differs', async () => {
  const { steps } = readJob()
  const [checkout, node, install, start, replay, tell, ...more] = steps
  expect(more).toEqual([])
  expect([checkout?.uses, node?.uses]).toEqual([
    expect.stringMatching(/^actions\/checkout@v\d+$/),
    expect.stringMatching(/^actions\/setup-node@v\d+$/),
  ])
  // That a packed `ec` can be installed so is shown by test/e2e/package.test.ts.
  expect(install?.run).toBe('npm install --global ./eventcenter-*.tgz')

  const { home, run } = await prepare()
  expect(await run(start?.run ?? '')).toMatchObject({ code: 0 })
  expect(await run(replay?.run ?? '')).toMatchObject({
    code: 0,
    stderr: expect.stringContaining(' 0 differ, 0 failed'),
  })

  const file = join(home.cwd, 'fixtures', 'website', 'content-updated.json')
  const fixture = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(file, JSON.stringify({ ...fixture, expect: { status: 200 } }))
  const red = await run(replay?.run ?? '')
  expect(red).toMatchObject({ code: 5, stdout: expect.stringContaining('the status is 202; expected is 200') })
  expect(tell?.if).toBe('failure()')
  expect((await run(tell?.run ?? '')).stdout).toContain('"type":"ready"')
})
