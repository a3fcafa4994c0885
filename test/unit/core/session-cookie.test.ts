import { describe, expect, it } from 'vitest'
import { clearSessionCookies, readSessionCookie, writeSessionCookie } from '#ec/core/session-cookie.js'

const A = `ecs_${'a'.repeat(43)}`
const B = `ecs_${'b'.repeat(43)}`

describe('the session cookie', () => {
  it.each([
    ['alone', `ec_session=${A}`, false, { secret: A, isGuarded: false }],
    ['among others', `theme=dark; ec_session=${A}; x=y`, false, { secret: A, isGuarded: false }],
    ['guarded', `__Host-ec_session=${A}`, false, { secret: A, isGuarded: true }],
    ['guarded over https', `__Host-ec_session=${A}`, true, { secret: A, isGuarded: true }],
    [
      'guarded before plain, whatever stands first',
      `ec_session=${B}; __Host-ec_session=${A}`,
      false,
      { secret: A, isGuarded: true },
    ],
    ['plain over https, which a sibling domain may have set', `ec_session=${A}`, true, null],
    [
      'the first of two, that of the longer path',
      `ec_session=${A}; ec_session=${B}`,
      false,
      { secret: A, isGuarded: false },
    ],
    ['no form of ours', `ec_session=aaa.bbb.ccc`, false, null],
    ['of another name', `xec_session=${A}; ec_session_=${A}`, false, null],
    ['none', undefined, false, null],
    ['nonsense', `;;=;ec_session;=${A}`, false, null],
  ])('is read when it comes %s', (_, header, isHttps, found) => {
    expect(readSessionCookie(header, isHttps)).toEqual(found)
  })

  it('is kept from scripts and other sites, for its time, and over https for this host alone', () => {
    expect(writeSessionCookie({ secret: A, isGuarded: false }, 90_999)).toBe(
      `ec_session=${A}; Path=/; Max-Age=90; HttpOnly; SameSite=Strict`,
    )
    expect(writeSessionCookie({ secret: A, isGuarded: true }, 1000)).toBe(
      `__Host-ec_session=${A}; Path=/; Max-Age=1; HttpOnly; SameSite=Strict; Secure`,
    )
    expect(writeSessionCookie({ secret: A, isGuarded: false }, -5)).toContain('Max-Age=0')
  })

  it('is taken back under each name that came', () => {
    expect(clearSessionCookies(undefined)).toEqual([])
    expect(clearSessionCookies('a=b')).toEqual([])
    expect(clearSessionCookies(`a=b; ec_session=old; __Host-ec_session=${A}`)).toEqual([
      '__Host-ec_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure',
      'ec_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict',
    ])
  })
})
