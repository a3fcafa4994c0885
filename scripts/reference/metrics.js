// docs/reference/metrics.md: every figure of /metrics that is ours.
import { BUCKETS } from '../../dist/agent/http/metrics.js'
import { METRICS } from '../../dist/core/meter.js'
import { code, NOTE, page, table } from './markdown.js'

export function metricsPage() {
  return page(
    '# Metrics',
    NOTE,
    `\`GET /metrics\` on the private listener or the operator's socket answers them as Prometheus text; it takes operator rights.
Labels take few values, never an id, an address or anything that a sender chose. A series is there once there was something to
count.`,
    table(
      ['metric', 'kind', 'labels', 'meaning'],
      Object.entries(METRICS).map(([name, { type, labels, help }]) => [
        code(name),
        type,
        labels.map(code).join(', '),
        help,
      ]),
    ),
    `A histogram counts in seconds, up to ${BUCKETS.join(', ')} and beyond; its series are \`_bucket\`, \`_sum\` and \`_count\`.`,
    `Beside them stand the figures of the process itself, \`process_*\` and \`nodejs_*\`, as prom-client names them on this
platform: processor time, memory, heap, event loop, garbage collection, handles.`,
  )
}
