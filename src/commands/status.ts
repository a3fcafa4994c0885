import type { StatusReply } from '../client.ts'
import { renderFields } from '../core/fields.ts'
import type { CommandContext } from './context.ts'
import { renderChecks } from './render-checks.ts'

export async function showStatus(context: CommandContext): Promise<void> {
  const client = await context.connect()
  const status = await client.status()
  if (context.json) return context.output.document(status)
  context.output.print(renderStatus(status, context))
}

function renderStatus(status: StatusReply, { output }: CommandContext): string {
  const { paint } = output
  const { ready, delayed, running, dead } = status.jobs
  const fields = renderFields(
    {
      version: status.version,
      url: status.url,
      public: status.public_url ?? 'none',
      up: formatUptime(status.uptime_s),
      clients: status.clients,
      resources: status.resources,
      jobs: `${ready} ready, ${delayed} delayed, ${running} running, ${dead} dead`,
    },
    paint.dim,
  )
  const checks = renderChecks(status.checks, paint)
  return checks === '' ? fields : `${fields}\n${checks}`
}

function formatUptime(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  const days = Math.floor(hours / 24)
  if (days > 0) return `${days} d ${hours % 24} h`
  if (hours > 0) return `${hours} h ${minutes % 60} min`
  return minutes > 0 ? `${minutes} min` : `${Math.floor(seconds)} s`
}
