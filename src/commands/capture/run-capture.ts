import { EcError } from '../../core/errors.ts'
import type { CommandContext } from '../context.ts'
import { captureNotification } from './capture-notification.ts'

interface CaptureInput {
  readonly id: string
  readonly keep: readonly string[] | undefined
}

/** Prints a stored notification as a fixture, without secrets and people, ready to be replayed. */
export async function runCapture(context: CommandContext, input: CaptureInput): Promise<void> {
  for (const path of input.keep ?? []) checkPath(path)
  const client = await context.connect()
  const { fixture, replaced, readable } = await captureNotification(client, input.id, input.keep ?? [])
  const { output } = context
  output.print(`${JSON.stringify(fixture, null, 2)}\n`)
  output.say(
    readable
      ? `${replaced} values were replaced by placeholders; look it over before you commit it: free text may still name somebody`
      : 'the body is no text, so nothing in it was replaced; look it over before you commit it',
  )
}

/** A path that leads nowhere would keep nothing, and nobody would notice. */
function checkPath(path: string): void {
  if (/^(?:body|headers|settings)(?:\.[^.]+)+$/.test(path)) return
  throw new EcError('EC_USAGE', `--keep ${path}: takes a path as body.sender.login`, {
    hint: 'it begins with body, headers or settings',
  })
}
