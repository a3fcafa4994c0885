import { describe, expect, it } from 'vitest'
import { createEndpointGuard } from '#ec/agent/dispatch/push/endpoint-guard.js'
import { DEFAULT_CONFIG } from '#ec/core/config.js'

const guard = createEndpointGuard({ hosts: DEFAULT_CONFIG.push.hosts })

describe('the guard of endpoints', () => {
  it.each([
    'https://fcm.googleapis.com/fcm/send/dpN6:APA91bH_x-y~z',
    'https://jmt17.google.com.fcm.googleapis.com/fcm/send/1',
    'https://web.push.apple.com/QGuvMt%2Fq==',
    'https://wns2-by3p.notify.windows.com/w/?token=BQYAAAD%2bx%3d%3d',
    'https://updates.push.services.mozilla.com/wpush/v2/gAAAAABl',
  ])('lets %s pass', endpoint => {
    expect(guard.judge(endpoint)).toMatchObject({ ok: true })
  })

  it.each([
    // not https, or not as a browser writes it
    'http://fcm.googleapis.com/fcm/send/1',
    'ftp://fcm.googleapis.com/1',
    'file:///etc/passwd',
    'https:fcm.googleapis.com/1',
    'https:/fcm.googleapis.com/1',
    'https:\\\\fcm.googleapis.com\\1',
    'https:///fcm.googleapis.com/1',
    ' https://fcm.googleapis.com/1',
    'https://fcm.googleapis.com/1\r\nx: y',
    'https://fcm.goo\tgleapis.com/1',
    'https://fcm.googleapis.com/\u0000',
    'HTTPS://fcm.googleapis.com/1',
    'not a url',
    '',
    `https://fcm.googleapis.com/${'x'.repeat(2_048)}`,
    // addresses, in every notation that some parser takes
    'https://127.0.0.1/1',
    'https://127.1/1',
    'https://2130706433/1',
    'https://0x7f000001/1',
    'https://0x7f.0.0.1/1',
    'https://0177.0.0.1/1',
    'https://017700000001/1',
    'https://0/1',
    'https://169.254.169.254/latest/meta-data/',
    'https://10.0.0.5/a.googleapis.com/',
    'https://10.0.0.5/?.googleapis.com',
    'https://10.0.0.5/#.googleapis.com',
    'https://[::1]/1',
    'https://[::ffff:127.0.0.1]/1',
    'https://[::ffff:7f00:1]/1',
    'https://[64:ff9b::7f00:1]/1',
    'https://[fe80::1%25eth0]/1',
    'https://[fd00:ec2::254]/1',
    'https://①②⑦.⓪.⓪.①/1',
    'https://127。0。0。1/1',
    // credentials before the real host
    'https://fcm.googleapis.com@evil.example/1',
    'https://user:pass@fcm.googleapis.com/1',
    'https://@fcm.googleapis.com/1',
    'https://fcm.googleapis.com%40evil.example/1',
    'https://evil.example\\@fcm.googleapis.com/1',
    'https://evil.example#@fcm.googleapis.com/1',
    'https://evil.example?@fcm.googleapis.com/1',
    // names that only look right
    'https://evil.example/a.googleapis.com/1',
    'https://evil-googleapis.com/1',
    'https://googleapis.com/1',
    'https://.googleapis.com/1',
    'https://fcm.googleapis.com.evil.example/1',
    'https://fcm.googleapis.com./1',
    'https://fcm.googleapis.com../1',
    'https://fcm.googleapis.com%2eevil.example/1',
    'https://fcm.googleapis%E3%80%82com/1',
    'https://%66cm.googleapis.com/1',
    'https://fcm.gооgleapis.com/1',
    'https://fcm.xn--ggleapis-c1gb.com/1',
    'https://fcm.ɢoogleapis.com/1',
    'https://FCM.GOOGLEAPIS.COM/1',
    'https://localhost/1',
    'https://localhost.localdomain/1',
    'https://metadata.google.internal/1',
    // ports
    'https://fcm.googleapis.com:22/1',
    'https://fcm.googleapis.com:443/1',
    'https://fcm.googleapis.com:8443/1',
    'https://fcm.googleapis.com:/1',
    'https://fcm.googleapis.com:99999/1',
  ])('refuses %j', endpoint => {
    expect(guard.judge(endpoint)).toMatchObject({ ok: false })
  })

  it('takes what the operator names, with its port, and nothing near it', () => {
    const own = createEndpointGuard({ hosts: ['push.example.org', '*.push.example.net:8443'] })
    const judge = (endpoint: string): boolean => own.judge(endpoint).ok
    expect(judge('https://push.example.org/1')).toBe(true)
    expect(judge('https://a.push.example.org/1')).toBe(false)
    expect(judge('https://push.example.org:8443/1')).toBe(false)
    expect(judge('https://a.push.example.net:8443/1')).toBe(true)
    expect(judge('https://a.push.example.net/1')).toBe(false)
    expect(judge('https://push.example.net:8443/1')).toBe(false)
    expect(judge('https://fcm.googleapis.com/1')).toBe(false)
  })

  it.each<[string, readonly string[], string, string, boolean]>([
    ['a service of his own on this machine', ['localhost:8443'], 'localhost', '127.0.0.1', true],
    ['that, by its other address', ['localhost:8443'], 'localhost', '::1', true],
    ['nothing else of this machine', ['localhost:8443'], 'localhost', '192.168.1.1', false],
    ['no other name for it', ['localhost:8443', '*.example.org'], 'a.example.org', '127.0.0.1', false],
    ['nothing of this machine unless it is named', ['*.googleapis.com'], 'localhost', '127.0.0.1', false],
    ['a public address', ['*.googleapis.com'], 'fcm.googleapis.com', '142.250.1.1', true],
  ])('connects the operator with %s', async (_what, hosts, name, address, allowed) => {
    const own = createEndpointGuard({
      hosts,
      resolve: (_name, _options, callback) => callback(null, [{ address, family: address.includes(':') ? 6 : 4 }]),
    })
    const error = await new Promise<unknown>(resolve => own.lookup(name, { all: true }, resolve))
    expect(error === null).toBe(allowed)
  })
})
