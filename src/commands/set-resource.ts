import type { ResourceChange, ResourceRow } from '../client.ts'
import { EcError } from '../core/errors.ts'
import type { CommandContext } from './context.ts'
import { readSecret } from './read-secret.ts'
import { readSettings } from './read-settings.ts'

interface SetInput {
  readonly id: string
  readonly name: string | undefined
  readonly set: readonly string[] | undefined
  readonly secretFile: string | undefined
  readonly newSecret: boolean | undefined
  readonly keepSecret: boolean | undefined
}

/** Changes a resource and leaves its webhook URL: the way to mend a secret or a setting that was wrong. */
export async function setResource(context: CommandContext, input: SetInput): Promise<void> {
  const { id, name, secretFile, newSecret: new_secret, keepSecret: keep_secret } = input
  const edits = readSettings(input.set)
  const changesSecret = secretFile !== undefined || new_secret === true
  if (name === undefined && Object.keys(edits).length === 0 && !changesSecret) throw nothingToChange()
  const secret = secretFile === undefined ? undefined : await readSecret(context, secretFile)
  const client = await context.connect()
  const settings = input.set === undefined ? undefined : merge((await client.resources.get(id)).settings, edits)
  const change: ResourceChange = { name, settings, secret, new_secret, keep_secret }
  tell(context, await client.resources.change(id, change), keep_secret === true)
}

/** The settings with the edits made; an empty value takes one away. */
function merge(
  before: Readonly<Record<string, string>>,
  edits: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries({ ...before, ...edits }).filter(([, value]) => value !== ''))
}

function tell(
  { json, output }: CommandContext,
  { secret, ...resource }: ResourceRow & { readonly secret?: string },
  keepsSecret: boolean,
): void {
  if (json) return output.document(secret === undefined ? resource : { ...resource, secret })
  const { id, provider, webhook_url } = resource
  if (secret === undefined) return output.say(`${id}: changed`)
  output.print(output.fields({ id, webhook_url, secret }))
  const until = keepsSecret ? '; the one so far is taken too, until the next change' : ''
  output.say(`next: give ${provider} the secret, it is not shown again${until}`)
}

function nothingToChange(): EcError {
  return new EcError('EC_USAGE', 'nothing was named to change', {
    hint: 'give --name, --set, --secret-file or --new-secret',
  })
}
