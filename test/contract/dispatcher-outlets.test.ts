import { existsSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createExecDispatcher } from '#ec/agent/dispatch/exec/exec-dispatcher.js'
import { createWebhookDispatcher } from '#ec/agent/dispatch/webhook/webhook-dispatcher.js'
import { anItem, closing, createTestWorld } from '../support/dispatch-world.js'
import { openStandIn } from '../support/stand-in.js'
import { tempDir } from '../support/temp-dir.js'
import { describeDispatcher } from './dispatcher.js'

const makeEvent = async (userId: string) => anItem(userId)
const makeForeignEvent = async (userId: string) => anItem(userId, { type: 'other.thing' })

function takeOut<Item>(list: Item[], item: Item): void {
  list.splice(list.indexOf(item), 1)
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise(resolve => setImmediate(resolve))
}

describeDispatcher('exec', async () => {
  const world = createTestWorld()
  const { exec } = world.channels
  const dir = tempDir()
  return {
    dispatcher: closing(createExecDispatcher(world)),
    makeEvent,
    makeForeignEvent,
    async addTarget(userId) {
      const name = `command-${exec.length}`
      const command = ['/bin/sh', '-c', 'cat > "$0.part" && mv "$0.part" "$0.$EC_EVENT_ID"', join(dir, name)]
      const outlet = { name, users: [userId], types: ['task.*'], command, timeout_s: 10 }
      exec.push(outlet)
      return {
        received: id => until(() => existsSync(join(dir, `${name}.${id}`))),
        remove: async () => takeOut(exec, outlet),
      }
    },
    async addSlowTarget(userId) {
      exec.push({ name: 'slow', users: [userId], command: ['sleep', '60'], timeout_s: 60 })
    },
  }
})

describeDispatcher('webhook', async () => {
  const world = createTestWorld({ HOOK_SECRET: `whsec_${randomBytes(32).toString('base64')}` })
  const { webhook } = world.channels
  const allow = { allow_http: true, allow_private: true } as const
  const receiver = await openStandIn(({ url }, response) => void (url === '/slow' || response.writeHead(204).end()))
  return {
    dispatcher: closing(createWebhookDispatcher(world)),
    makeEvent,
    makeForeignEvent,
    async addTarget(userId) {
      const path = `/hook-${webhook.length}`
      const url = `${receiver.url}${path}`
      const outlet = {
        name: path.slice(1),
        users: [userId],
        types: ['task.*'],
        url,
        secret_env: 'HOOK_SECRET',
        ...allow,
      }
      webhook.push(outlet)
      return {
        received: id =>
          until(() => receiver.seen.some(seen => seen.url === path && JSON.parse(seen.body).data.id === id)),
        remove: async () => takeOut(webhook, outlet),
      }
    },
    async addSlowTarget(userId) {
      webhook.push({ name: 'slow', users: [userId], url: `${receiver.url}/slow`, secret_env: 'HOOK_SECRET', ...allow })
    },
  }
})
