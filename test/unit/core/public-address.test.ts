import { describe, expect, it } from 'vitest'
import { isPublicAddress } from '#ec/core/public-address.js'

describe('a public address', () => {
  it.each(['1.1.1.1', '8.8.8.8', '142.250.74.110', '172.15.0.1', '172.32.0.1', '100.63.0.1', '100.128.0.1'])(
    'is %s',
    address => {
      expect(isPublicAddress(address)).toBe(true)
    },
  )

  it.each(['2a00:1450:4001:829::200e', '2606:4700::1111', '64:ff9b::808:808', '64:ff9b::8.8.8.8'])('is %s', address => {
    expect(isPublicAddress(address)).toBe(true)
  })

  it.each([
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.8',
    '192.0.2.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:8.8.8.8',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::127.0.0.1',
    '64:ff9b::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::a00:1',
    '64:ff9b::',
    '64:ff9b:1::a00:1',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd00:ec2::254',
    'fec0::1',
    'ff02::1',
    '100::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::1',
    '3fff::1',
    'localhost',
    '',
    '127.1',
    '2130706433',
  ])('is not %s', address => {
    expect(isPublicAddress(address)).toBe(false)
  })
})
