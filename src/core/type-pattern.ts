const PATTERN = /^(\*|[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*(\.\*)?)$/

/** Whether a text is a pattern over event types: one type (`task.created`), all below a name (`task.*`), or all (`*`). */
export function isTypePattern(text: string): boolean {
  return text.length <= 128 && PATTERN.test(text)
}

/** `task.*` matches `task.created` and `task.step.done`, but not `task` itself. */
export function matchesType(pattern: string, type: string): boolean {
  if (pattern === '*') return true
  if (!pattern.endsWith('.*')) return pattern === type
  return type.startsWith(pattern.slice(0, -1))
}

/** Sorts the more specific pattern first: one type before a family, a longer family before a shorter one. */
export function compareSpecificity(a: string, b: string): number {
  return specificity(b) - specificity(a)
}

function specificity(pattern: string): number {
  return pattern.endsWith('*') ? pattern.length : Number.MAX_SAFE_INTEGER
}
