/**
 * What a kind of mail is looked up by, the closest name first: the type with its service, the type, its families, and
 * `default`. `job.done` of notes: `job.done.notes`, `job.done`, `job`, `default`.
 */
export function namesOf(type: string, service: string | null): readonly string[] {
  const parts = type.split('.')
  const families = parts.map((_, i) => parts.slice(0, parts.length - i).join('.'))
  return [...(service === null ? [] : [`${type}.${service}`]), ...families, 'default']
}
