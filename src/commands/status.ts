import type { StatusReply } from '../client.ts'
import { formatSpan } from '../core/format-span.ts'
import type { CommandContext } from './context.ts'
import { renderChecks } from './render-checks.ts'

export async function showStatus(context: CommandContext): Promise<void> {
  const client = await context.connect()
  const status = await client.status()
  if (context.json) return context.output.document(status)
  context.output.print(renderStatus(status, context))
}

function renderStatus(status: StatusReply, { output }: CommandContext): string {
  const { ready, delayed, running, dead } = status.jobs
  const fields = output.fields({
    version: status.version,
    url: status.url,
    public: status.public_url ?? 'none',
    inbox: status.inbox,
    up: formatSpan(status.uptime_s),
    clients: status.clients,
    resources: status.resources ?? 'unknown',
    jobs: `${ready} ready, ${delayed} delayed, ${running} running, ${dead} dead`,
  })
  const checks = renderChecks(status.checks, output)
  return checks === '' ? fields : `${fields}\n${checks}`
}
