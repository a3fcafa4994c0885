import { readFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { onTestFinished } from 'vitest'
import webpush from 'web-push'
import type { PushEndpoint } from './push-endpoint.js'

/** Sends any message to the browser of this page, past the agent, as another sender with a key of its own. */
export async function openRawSender(
  page: { evaluate(expression: string): Promise<unknown> },
  service: PushEndpoint & { localEndpoint?(text: string): string },
): Promise<(message: string | null) => Promise<void>> {
  const text = String(
    await page.evaluate(
      'navigator.serviceWorker.ready.then(async r => JSON.stringify(await r.pushManager.getSubscription()))',
    ),
  )
  const subscription: webpush.PushSubscription = JSON.parse(service.localEndpoint?.(text) ?? text)
  const agent = new Agent({ ca: readFileSync(service.caFile) })
  onTestFinished(() => agent.destroy())
  const vapidDetails = { subject: 'mailto:ops@example.org', ...webpush.generateVAPIDKeys() }
  return async message => void (await webpush.sendNotification(subscription, message, { vapidDetails, agent, TTL: 60 }))
}
