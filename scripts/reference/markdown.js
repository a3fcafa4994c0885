// Markdown as the reference pages use it; prettier brings it into shape.

export const NOTE = '<!-- Made from the code by `node scripts/reference.js`; do not edit. -->'

export function page(...parts) {
  return `${parts.join('\n\n')}\n`
}

export function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map(row).join('\n')
}

export function row(cells) {
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

export function fence(lines) {
  return ['```sh', ...lines, '```'].join('\n')
}

export function code(text) {
  return `\`${text}\``
}

export function sentence(text) {
  return `${text[0].toUpperCase()}${text.slice(1)}.`
}

/** What a JSON Schema says of a value, in words. */
export function takes(property) {
  if (property.anyOf)
    return property.anyOf
      .filter(({ type }) => type !== 'null')
      .map(takes)
      .join(' or ')
  if (Array.isArray(property.type)) return takes({ ...property, type: property.type.find(type => type !== 'null') })
  if (property.enum) return property.enum.map(code).join(', ')
  if (property.type === 'array') {
    const { items } = property
    return items.type === 'string' && !items.enum ? 'a list of texts' : `a list of ${takes(items)}`
  }
  if (property.type === 'object')
    return property.properties ? `{ ${Object.keys(property.properties).join(', ')} }` : 'an object'
  if (property.type === 'boolean') return '`true` or `false`'
  if (property.type === 'number') return `a number${rangeOf(property)}`
  if (property.type === 'integer') return `a whole number${rangeOf(property)}`
  return property.maxLength === undefined ? 'a text' : `a text of at most ${property.maxLength} characters`
}

function rangeOf({ minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER }) {
  if (maximum < Number.MAX_SAFE_INTEGER) return ` from ${minimum} to ${maximum}`
  return minimum > Number.MIN_SAFE_INTEGER ? ` of at least ${minimum}` : ''
}
