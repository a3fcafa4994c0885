import { EcError } from '../../core/errors.ts'
import { findJsonFault } from './json-fault.ts'

/** `EC_BODY_INVALID` for bytes that are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw new EcError('EC_BODY_INVALID', 'the body is not UTF-8', { cause })
  }
}

/**
 * Reads JSON that nobody vouches for. `EC_BODY_INVALID` for text that is not JSON (with
 * its place), for nesting beyond `maxDepth`, and for keys that would reach into the prototype of objects they are
 * merged into.
 */
export function parseJson(text: string, maxDepth: number): unknown {
  // Before the parser, which would build millions of arrays out of a megabyte of brackets.
  if (isDeeper(text, maxDepth)) throw new EcError('EC_BODY_INVALID', `the JSON is nested deeper than ${maxDepth}`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw faultOf(text)
  }
  if (SUSPICIOUS.test(text) && isPoisoned(value)) {
    throw new EcError('EC_BODY_INVALID', 'a key named __proto__, or prototype within constructor, is not taken')
  }
  return value
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
/** Words that have to be there, plain or in escapes, for a key to be poison. */
const SUSPICIOUS = /__proto__|prototype|\\u00/

function isDeeper(text: string, maxDepth: number): boolean {
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (inString) {
      if (code === BACKSLASH) at += 1
      else if (code === QUOTE) inString = false
    } else if (code === QUOTE) inString = true
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1
    if (depth > maxDepth) return true
  }
  return false
}

const QUOTE = 0x22
const OPEN_BRACKET = 0x5b
const BACKSLASH = 0x5c
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

function isPoisoned(root: unknown): boolean {
  const rest: unknown[] = [root]
  while (rest.length > 0) {
    const value = rest.pop()
    if (typeof value !== 'object' || value === null) continue
    if (Object.hasOwn(value, '__proto__')) return true
    for (const [key, inner] of Object.entries(value)) {
      if (typeof inner !== 'object' || inner === null) continue
      if (key === 'constructor' && Object.hasOwn(inner, 'prototype')) return true
      rest.push(inner)
    }
  }
  return false
}

function faultOf(text: string): EcError {
  if (text.trim() === '') return new EcError('EC_BODY_INVALID', 'the body is empty')
  const position = findJsonFault(text) ?? text.length
  const before = text.slice(0, position)
  const line = before.split('\n').length
  const column = position - before.lastIndexOf('\n')
  const what = position >= text.length ? 'ends too early' : 'is not JSON'
  return new EcError('EC_BODY_INVALID', `the body ${what}, at line ${line}, column ${column}`, {
    details: { position, line, column },
  })
}
