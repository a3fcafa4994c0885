import type { EventItem } from '#ec/backends/store.js'
import { openLiveEmail } from '../support/live-email.js'
import { openLiveAgent, type LiveAgent } from '../support/live-agent.js'
import { SseClient } from '../support/sse-client.js'
import { describeDispatcher } from './dispatcher.js'

async function append(agent: LiveAgent, userId: string, fields: object): Promise<EventItem> {
  const input = { user_id: userId, type: 'task.x', title: 't', body: '', level: 'info', ...fields } as const
  const [appended] = await agent.backend.store.appendEvents(agent.emitter.makeOwn([input]))
  if (appended?.outcome !== 'appended' || appended.item === null) throw new Error('not appended')
  return appended.item
}

async function world(agent: LiveAgent) {
  return {
    dispatcher: agent.stream.dispatcher,
    makeEvent: (userId: string) => append(agent, userId, {}),
    makeForeignEvent: (userId: string) => append(agent, userId, { channels: [] }),
  }
}

async function whenLeft(agent: LiveAgent, before: number): Promise<void> {
  while (agent.stream.clients() === before) await new Promise(resolve => setImmediate(resolve))
}

describeDispatcher('ws, over WebSockets', async () => {
  const agent = await openLiveAgent()
  return {
    ...(await world(agent)),
    async addTarget(userId) {
      const client = await (await agent.connect(userId)).live()
      return {
        received: async id => void (await client.until(frame => frame.ev?.id === id)),
        async remove() {
          const before = agent.stream.clients()
          client.ws.terminate()
          await whenLeft(agent, before)
        },
      }
    },
  }
})

describeDispatcher('ws, over server-sent events', async () => {
  const agent = await openLiveAgent()
  return {
    ...(await world(agent)),
    async addTarget(userId) {
      const client = await SseClient.open(`http://127.0.0.1:${agent.port}/?user=${userId}`)
      await client.until(event => event.event === 'live')
      return {
        received: async id => void (await client.until(event => event.data.ev?.id === id)),
        async remove() {
          const before = agent.stream.clients()
          client.close()
          await whenLeft(agent, before)
        },
      }
    },
  }
})

describeDispatcher(
  'email',
  async () => {
    const { dispatcher, server, append, putUser } = await openLiveEmail()
    return {
      dispatcher,
      makeEvent: userId => append(userId),
      makeForeignEvent: userId => append(userId, { type: 'job.progress', data: { job_id: 'j' } }),
      async addTarget(userId) {
        await putUser(userId, `${userId}@example.net`)
        return {
          async received(id) {
            const mail = server.received.find(({ parsed }) => parsed.messageId?.startsWith(`<${id}.`))
            if (mail?.to[0] !== `${userId}@example.net`) throw new Error('the mail did not arrive')
          },
          remove: () => putUser(userId, null),
        }
      },
    }
  },
  'a user has one address',
)
