import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createClient, type QuestionRow } from '#ec/client.js'
import { finish, makeHome, runCli, startAgentProcess, startCli, type Home } from '../support/cli.ts'

async function json(home: Home, ...args: readonly string[]) {
  const result = await runCli(home, [...args, '--json'])
  expect(result).toMatchObject({ code: 0 })
  return JSON.parse(result.stdout)
}

/** Starts `ec ask`; `id` is the question's once it is there. */
function ask(home: Home, ...args: readonly string[]) {
  const child = startCli(home, ['ask', '--title', 'Deploy?', '--option', 'yes', '--option', 'no', ...args])
  const ended = finish(child)
  return { child, ended, id: () => openQuestion(home) }
}

async function openQuestion(home: Home): Promise<string> {
  return (await openRow(home)).id
}

/** Asked through the socket: starting a command for each look would take seconds. */
async function openRow(home: Home): Promise<QuestionRow> {
  const client = createClient({ socket: join(home.dataDir, 'agent.sock') })
  onTestFinished(() => client.close())
  for (;;) {
    const { questions } = await client.questions.list({ state: 'open' })
    if (questions[0] !== undefined) return questions[0]
  }
}

describe('`ec ask`', { timeout: 60_000 }, () => {
  it('prints the answer of `ec answer` and nothing else', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const asked = ask(home, '--user', 'ana', '--body', 'v2')
    const id = await asked.id()
    const table = await runCli(home, ['questions', 'list'])
    expect(table.stdout).toMatch(/ana +open +Deploy\? +yes \| no/)
    expect(await runCli(home, ['answer', id, 'maybe'])).toMatchObject({ code: 4 })
    expect(await runCli(home, ['answer', id, 'yes'])).toMatchObject({ code: 0, stdout: '', stderr: 'Deploy?: yes\n' })
    expect(await asked.ended).toMatchObject({ code: 0, stdout: 'yes\n' })
    expect(await runCli(home, ['answer', id, 'yes', '--user', 'ana'])).toMatchObject({ code: 0 })
    const late = await runCli(home, ['answer', id, 'no'])
    expect(late).toMatchObject({ code: 4, stdout: '' })
    expect(late.stderr).toContain('the question has been answered: yes (EC_CONFLICT)')
    const { events, questions } = await json(home, 'users', 'export', 'ana')
    expect(events).toMatchObject([{ state: 'read', answered_at: questions[0].ended_at }])
    expect(questions).toMatchObject([{ id, answer: { option: 'yes' } }])
    expect((await runCli(home, ['events', 'explain', events[0].id])).stdout).toContain('Answered at ')
    const unknown = await runCli(home, ['answer', 'nothing', 'no'])
    expect(unknown).toMatchObject({ code: 6, stderr: expect.stringContaining('`ec questions list`') })
  })

  it('says that it asks only once somebody can answer', async () => {
    const home = makeHome()
    const nobody = await runCli(home, ['ask', '--title', 'Deploy?', '--option', 'yes'])
    expect(nobody).toMatchObject({ code: 75, stdout: '' })
    expect(nobody.stderr).not.toContain('asking')
    await startAgentProcess(home)
    const asked = ask(home, '--user', 'ana', '--timeout', '1s', '--default', 'no')
    expect((await asked.ended).stderr).toMatch(/^asking ana: `ec answer \S+ OPTION`/)
  })

  it('waits while the agent is killed and started again', async () => {
    const home = makeHome()
    const agent = await startAgentProcess(home)
    const asked = ask(home, '--timeout', '1h', '--default', 'no', '--json')
    const id = await asked.id()
    await agent.stop('SIGKILL')
    await startAgentProcess(home)
    await json(home, 'answer', id, 'yes')
    const { code, stdout } = await asked.ended
    expect({ code, answer: JSON.parse(stdout) }).toEqual({
      code: 0,
      answer: { question: id, option: 'yes', input: null, by: 'operator' },
    })
  })

  it('prints the default when the time is up, also when the agent was away at that moment', async () => {
    const home = makeHome()
    const agent = await startAgentProcess(home)
    expect(await ask(home, '--timeout', '200ms', '--default', 'no').ended).toMatchObject({ code: 0, stdout: 'no\n' })
    const asked = ask(home, '--timeout', '3s', '--default', 'yes')
    const { id, expires_at } = await openRow(home)
    await agent.stop('SIGKILL')
    while (Date.now() < Date.parse(expires_at ?? '')) await new Promise(resolve => setTimeout(resolve, 50))
    await startAgentProcess(home)
    expect(await asked.ended).toMatchObject({ code: 0, stdout: 'yes\n' })
    const [ended] = (await json(home, 'questions', 'list', '--state', 'answered')).questions.slice(-1)
    expect(ended).toMatchObject({ id, answer: { option: 'yes', by: 'default' } })
  })

  it('ends with 1 when nobody answers in time, or the question is withdrawn', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const expired = await ask(home, '--timeout', '200ms').ended
    expect(expired).toMatchObject({ code: 1, stdout: '' })
    expect(expired.stderr).toContain('nobody answered in time (EC_QUESTION_CLOSED)')
    const asked = ask(home)
    expect(await runCli(home, ['events', 'retract', await asked.id()])).toMatchObject({ code: 0 })
    expect(await asked.ended).toMatchObject({ code: 1, stdout: '' })
  })

  it('takes the question back at Ctrl-C, and ends with 130', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const asked = ask(home)
    const id = await asked.id()
    asked.child.kill('SIGINT')
    expect(await asked.ended).toMatchObject({ code: 130, stdout: '' })
    const { questions } = await json(home, 'questions', 'list')
    expect(questions).toMatchObject([{ id, state: 'cancelled' }])
    expect(await runCli(home, ['answer', id, 'yes'])).toMatchObject({ code: 4 })
  })

  it('refuses before it asks what cannot be asked', async () => {
    const home = makeHome()
    for (const args of [
      ['--title', 'T'],
      ['--title', 'T', '--option', 'a', '--option', 'a'],
      ['--title', 'T', '--option', 'a', '--default', 'b', '--timeout', '1s'],
      ['--title', 'T', '--option', 'a', '--default', 'a'],
    ]) {
      expect(await runCli(home, ['ask', ...args])).toMatchObject({ code: 2, stdout: '' })
    }
    expect(await runCli(home, ['ask', '--title', 'T', '--option', 'a'])).toMatchObject({ code: 75 })
  })

  it('works in a script as the docs show it', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const script = join(home.dir, 'deploy.sh')
    const ec = join(import.meta.dirname, '..', '..', 'bin', 'ec.js')
    writeFileSync(
      script,
      `choice=$('${process.execPath}' '${ec}' ask --title 'Deploy?' --option yes --option no --timeout 1h --default no) || exit 9
case $choice in yes) echo deploying ;; *) echo "not now" ;; esac
`,
    )
    const { spawn } = await import('node:child_process')
    const child = spawn('sh', [script], { cwd: home.cwd, env: home.env })
    let stdout = ''
    child.stdout.on('data', chunk => (stdout += String(chunk)))
    const closed = once(child, 'close')
    await runCli(home, ['answer', await openQuestion(home), 'yes'])
    await closed
    expect(stdout).toBe('deploying\n')
  })
})

describe('`ec emit --wait`', () => {
  it('waits for the answer to a question', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const child = startCli(home, ['emit', '--type', 'action.required', '--wait', '--json'])
    const ended = finish(child)
    const id = await openQuestion(home)
    await runCli(home, ['answer', id, 'Publish'])
    const { code, stdout } = await ended
    expect({ code, said: JSON.parse(stdout) }).toMatchObject({
      code: 0,
      said: { id, outcome: 'answered', answer: { option: 'Publish', by: 'operator' } },
    })
  })
})
