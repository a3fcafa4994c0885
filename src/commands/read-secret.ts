import { resolve } from 'node:path'
import { EcError } from '../core/errors.ts'
import { readTextIfAny } from '../core/private-file.ts'
import type { CommandContext } from './context.ts'

/** The secret in a file; `-` reads stdin. Editors and `echo` end it with a line feed that is not part of it. */
export async function readSecret({ cwd, output }: CommandContext, file: string): Promise<string> {
  const text = file === '-' ? await output.readStdin() : readTextIfAny(resolve(cwd, file))
  const secret = text?.replace(/\r?\n$/, '')
  if (secret) return secret
  throw new EcError('EC_USAGE', `${file} ${text === null ? 'does not exist' : 'is empty'}`, {
    hint: 'name a file that holds the secret, or leave --secret-file out to have one made',
  })
}
