import type { Route } from './wire.ts'

export interface Found {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
}

/** Finds the route of a request; `null` when no service has that path. The first that fits is taken. */
export type Router = (method: string, path: string) => Found | null

export function createRouter(routes: readonly Route[]): Router {
  const compiled = routes.map(route => ({ route, ...compile(route.pattern) }))
  return (method, path) => {
    for (const { route, regexp, names } of compiled) {
      const match = route.method === method ? regexp.exec(path) : null
      const params = match === null ? null : decodeAll(names, match.slice(1))
      if (params !== null) return { route, params }
    }
    return null
  }
}

function compile(pattern: string): { readonly regexp: RegExp; readonly names: readonly string[] } {
  const names = [...pattern.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')
  const parts = pattern.split(/\{\w+\}/).map(part => part.replace(/[.*+?^$()|[\]\\]/g, '\\$&'))
  return { regexp: new RegExp(`^${parts.join('([^/]+?)')}$`), names }
}

function decodeAll(names: readonly string[], values: readonly string[]): Readonly<Record<string, string>> | null {
  try {
    return Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(values[i] ?? '')]))
  } catch {
    return null
  }
}
