import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EcClient } from '../../client.ts'
import { isErrno } from '../../core/errno.ts'
import { EcError } from '../../core/errors.ts'
import { isNotificationId } from '../replay/stored.ts'
import { captureNotification } from './capture-notification.ts'

/**
 * Saves a stored notification as `fixtures/PROVIDER/ID.json` below `cwd` and gives that path. A file that is there
 * already is never overwritten: `EC_CONFLICT`.
 */
export async function saveFixture(client: EcClient, id: string, cwd: string): Promise<string> {
  // The id becomes a file's name, and comes from an agent that may be anywhere.
  if (!isNotificationId(id)) throw new EcError('EC_USAGE', `${id} is not the id of a notification`)
  const { fixture } = await captureNotification(client, id, [])
  // By now it is the name of a provider that this program knows.
  const folder = join('fixtures', fixture.provider)
  const path = join(folder, `${id}.json`)
  try {
    mkdirSync(join(cwd, folder), { recursive: true })
    writeFileSync(join(cwd, path), `${JSON.stringify(fixture, null, 2)}\n`, { flag: 'wx' })
  } catch (cause) {
    if (isErrno(cause, 'EEXIST')) {
      throw new EcError('EC_CONFLICT', `${path} is there already`, { hint: 'look at it, or move it away' })
    }
    throw new EcError('EC_FILE', `${path} cannot be written`, { cause })
  }
  return path
}
