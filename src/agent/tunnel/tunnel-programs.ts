import { peekString } from '../../core/peek.ts'
import type { TunnelKind } from '../../core/tunnel.ts'

/** How a tunnel is started, and how it says where it begins. */
export interface TunnelProgram {
  argv(target: string): readonly string[]
  /** The address that a line of its output tells; null = the line is about something else. */
  readLine(line: string): string | null
  readonly install: string
}

export const TUNNEL_PROGRAMS: Readonly<Record<TunnelKind, TunnelProgram>> = {
  // A quick tunnel needs no account. Its name stands in a box on stderr:
  // https://developers.cloudflare.com/cloudflare-one/connections/connect-networks/do-more-with-tunnels/trycloudflare/
  cloudflared: {
    argv: target => ['cloudflared', 'tunnel', '--no-autoupdate', '--url', target],
    readLine: line => /https:\/\/[a-z0-9-]+(?:\.[a-z0-9-]+)*\.trycloudflare\.com(?![\w.-])/.exec(line)?.[0] ?? null,
    install: 'install it from https://developers.cloudflare.com/cloudflare-one/connections/connect-networks/downloads/',
  },
  // It takes its authtoken from its own configuration, and tells in JSON lines when it is asked to.
  ngrok: {
    argv: target => ['ngrok', 'http', target, '--log', 'stdout', '--log-format', 'json'],
    readLine(line) {
      const said = readJson(line)
      return peekString(said, 'msg') === 'started tunnel' ? httpsOnly(peekString(said, 'url')) : null
    },
    install: 'install it from https://ngrok.com/download, then `ngrok config add-authtoken TOKEN`',
  },
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

function httpsOnly(url: string): string | null {
  return URL.canParse(url) && new URL(url).protocol === 'https:' ? url.replace(/\/+$/, '') : null
}
