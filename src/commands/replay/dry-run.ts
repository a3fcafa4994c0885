import { terminalLine } from '../../core/terminal-text.ts'
import type { CommandContext } from '../context.ts'
import { editRequest } from './edit-request.ts'
import type { ReplayItem } from './item.ts'
import { isSignedAgain, webhookPath, type Changes } from './prepare-request.ts'
import { sentHeaders } from './send-request.ts'

/** Headers whose value proves something, and so stays out of what is printed. */
const PROOF = /signature|token|authorization|secret|cookie/

/** Tells what would be sent, and sends nothing. */
export async function printDryRun(
  { output, json }: CommandContext,
  item: ReplayItem,
  {
    changes,
    to,
    resourceId,
  }: { readonly changes: Changes; readonly to: URL | null; readonly resourceId: string | null },
): Promise<void> {
  const { headers, body } = editRequest(item, changes.edits)
  const url = to?.href ?? webhookPath(item, resourceId ?? item.resource ?? '{resource}')
  const signed = isSignedAgain(item, changes)
  const shown = Object.fromEntries(
    Object.entries(sentHeaders(headers)).map(([name, value]) => [name, PROOF.test(name) ? '(redacted)' : value]),
  )
  const request = { name: item.name, method: item.method, url, headers: shown, body_bytes: body.byteLength }
  const more = { signed_again: signed, new_key: changes.again }
  if (json) return await output.line({ type: 'request', ...request, ...more })
  const lines = [
    `${output.paint.bold(`${item.method} ${url}`)}  ${output.paint.dim(terminalLine(item.name))}`,
    ...Object.entries(shown).map(([name, value]) => terminalLine(`  ${name}: ${value}`).padStart(2)),
    `${body.byteLength} bytes${signed ? ', signed when it is sent' : ''}${changes.again ? ', with a new key' : ''}`,
  ]
  output.print(`${lines.join('\n')}\n\n`)
}
