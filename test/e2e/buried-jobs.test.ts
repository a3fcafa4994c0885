import { expect, it } from 'vitest'
import { makeHome, runCli, startAgentProcess, type Home } from '../support/cli.ts'
import { EmbeddedBackend } from '../support/embedded-backend.ts'
import { aJob, aNotification, inAllLanes, T0 } from '../support/store-samples.ts'

interface Row {
  readonly id: string
  readonly type: string
  readonly level: string
  readonly title: string
  readonly body: string
  readonly data: Readonly<Record<string, unknown>>
}

it('tells the owner, once, of a notification that the store itself gave up', async () => {
  const home = makeHome()
  const first = await startAgentProcess(home)
  const added = await runCli(home, ['resources', 'add', 'github', '--user', 'ana', '--name', 'shop', '--json'])
  const { id: resourceId }: { id: string } = JSON.parse(added.stdout)
  await first.stop()

  const { store, backend } = await EmbeddedBackend.open({ dir: home.dataDir })
  await store.acceptNotifications([aNotification({ resourceId, job: aJob({ maxAttempts: 1 }) })])
  const claim = { now: T0, lanes: inAllLanes(10), leaseUntil: T0 + 1000 }
  const [job] = (await store.claimJobs(claim)).jobs
  expect(await store.expireLeases(T0 + 1000)).toBe(1)
  await backend.close()

  const second = await startAgentProcess(home)
  const alerts = await untilAlerts(home)
  expect(alerts).toMatchObject([
    {
      level: 'error',
      title: 'A notification of shop could not be processed',
      body: expect.stringContaining(`It was tried once. See \`ec notifications why ${job?.payload['notification']}\``),
      data: { job: job?.id, resource: resourceId, code: 'EC_TIMEOUT' },
    },
  ])
  await second.stop()

  await startAgentProcess(home)
  const { stdout } = await runCli(home, ['jobs', 'list', '--kind', 'notification.alert', '--json'])
  expect(JSON.parse(stdout).jobs).toMatchObject([{ state: 'done' }])
  expect(await untilAlerts(home)).toEqual(alerts)
})

async function untilAlerts(home: Home): Promise<readonly Row[]> {
  for (;;) {
    const { stdout } = await runCli(home, ['events', 'list', '--user', 'ana', '--type', 'system.alert', '--json'])
    const { events }: { events: readonly Row[] } = JSON.parse(stdout)
    if (events.length > 0) return events
  }
}
