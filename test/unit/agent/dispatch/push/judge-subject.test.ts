import { describe, expect, it } from 'vitest'
import { judgeSubject } from '#ec/agent/dispatch/push/judge-subject.js'

describe('the subject that push services may write to', () => {
  it.each([
    'mailto:you@example.org',
    'mailto:ops+push@sub.example.co.uk',
    'mailto:ops@xn--e1afmkfd.xn--p1ai',
    'https://example.org',
    'https://example.org/contact?x=1',
  ])('can be %s', subject => {
    expect(judgeSubject(subject)).toBeNull()
  })

  it.each([
    '',
    'you@example.org',
    'mailto:',
    'mailto:you',
    'mailto:you@',
    'mailto:you@localhost',
    'mailto:you@mail',
    'mailto:you@host.local',
    'mailto:you@host.internal',
    'mailto:you@127.0.0.1',
    'mailto:you@[::1]',
    'mailto:you@example.org,other@example.org',
    'mailto:you@example.org?subject=x',
    'mailto:<you@example.org>',
    'http://example.org',
    'https://localhost',
    'https://localhost:8443/',
    'https://example',
    'https://192.168.1.1/',
    'https://2130706433/',
    'https://[::1]/',
    'https://user@example.org/',
    'https://my.home.arpa',
    `mailto:${'x'.repeat(250)}@example.org`,
  ])('cannot be %j', subject => {
    expect(judgeSubject(subject)).toMatch(/^takes /)
  })
})
