import { it, onTestFinished } from 'vitest'
import { openAgent } from '../support/agent.ts'
import { launchChromium, findBarriers } from '../support/browsers.ts'
import { openDiagnostics, readRows, signIn } from '../support/diagnostics-page.ts'
it('looks', async () => {
  const agent = await openAgent()
  const url = agent.url.replace('127.0.0.1', 'localhost')
  await agent.client.emit({ user_id: 'ana', type: 'job.done', title: 'x', body: 'y' })
  const browser = await launchChromium()
  onTestFinished(() => browser.close())
  const context = await browser.newContext({ bypassCSP: true })
  await signIn(context, agent.client, url)
  const page = await context.newPage()
  page.on('console', m => console.log('CONSOLE', m.text()))
  page.on('pageerror', e => console.log('ERR', e.message))
  await openDiagnostics(page, url)
  console.log(JSON.stringify(await readRows(page), null, 1))
  await page.screenshot({ path: '/tmp/hd/a.png', fullPage: true })
  console.log(await findBarriers(page))
  console.log(JSON.stringify(await agent.client.users.diagnostics('ana')).slice(0, 600))
})
