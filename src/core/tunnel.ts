/** Programs that give an agent without a public address one, from inside a network. */
export const TUNNELS = ['cloudflared', 'ngrok'] as const
export type TunnelKind = (typeof TUNNELS)[number]
