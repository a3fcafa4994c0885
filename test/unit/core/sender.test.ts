import { expect, it } from 'vitest'
import { readSender } from '#ec/core/sender.js'
import { readSmtpUrl } from '#ec/core/smtp-server.js'

it.each([
  ['ec@example.org', null, 'ec@example.org', 'example.org'],
  ['EventCenter <ec@Example.org>', 'EventCenter', 'ec@Example.org', 'example.org'],
  ['"Ana, of the team" <ec@mail.example.org>', 'Ana, of the team', 'ec@mail.example.org', 'mail.example.org'],
  [' <ec@localhost> ', null, 'ec@localhost', 'localhost'],
])('reads the sender %s', (text, name, address, host) => {
  expect(readSender(text)).toEqual({ name, address, host })
})

it.each([
  '',
  'example.org',
  'ec@',
  '@example.org',
  'ec@example.org, x@example.org',
  'A <ec@example.org> B',
  'A\r\nBcc: x <ec@example.org>',
  'ec@exa mple.org',
  'ec@-example.org',
  'a<b@example.org',
])('takes %j for no sender', text => {
  expect(readSender(text)).toBeNull()
})

it.each([
  ['smtp://mail.example.org', { host: 'mail.example.org', port: 587, secure: false, login: null, isLocal: false }],
  ['smtps://mail.example.org', { port: 465, secure: true }],
  ['smtp://127.0.0.1:25', { port: 25, isLocal: true }],
  ['smtp://[::1]:25', { host: '::1', isLocal: true }],
  ['smtp://ec%40example.org:p%3Aw@mail.example.org:2525', { login: { user: 'ec@example.org', password: 'p:w' } }],
])('reads the mail server %s', (url, server) => {
  expect(readSmtpUrl(url)).toMatchObject(server)
})

it.each(['', 'mail.example.org', 'http://mail.example.org', 'smtp://', 'smtp://a/x', 'smtp://a?x=1', 'smtp://%ff:x@a'])(
  'takes %j for no mail server',
  url => {
    expect(readSmtpUrl(url)).toBeNull()
  },
)
