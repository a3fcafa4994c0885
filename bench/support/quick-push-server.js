import { spawnSync } from 'node:child_process'
import { start } from './child.js'

/** The push service that costs least here, and which it is: nginx where it is installed, else one in Node. */
export async function startQuick() {
  if (spawnSync('nginx', ['-v']).status === 0) return ['nginx', await start('nginx-push-server.js')]
  return ['node', await start('push-server.js')]
}
