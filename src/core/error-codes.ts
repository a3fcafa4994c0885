import type { ErrorCategory } from './errors.ts'

interface ErrorCodeEntry {
  readonly category: ErrorCategory
  readonly status: number
  /** What it means, for the reference. */
  readonly title: string
  /** The next step when the place that throws knows no better one. */
  readonly hint: string
}

/** Every code that `ec` can show. Codes are public: they may be added, never renamed (`docs/reference/errors.md`). */
export const ERROR_CODES = {
  // what the caller sent
  EC_USAGE: entry('usage', 400, 'the command line or query is not understood', 'see `ec help`'),
  EC_BODY_INVALID: entry('usage', 400, 'the body is not JSON', 'send one JSON document in UTF-8 as application/json'),
  EC_BODY_TOO_LARGE: entry('usage', 413, 'the body is larger than this door takes', 'send less at once'),
  EC_MEDIA_TYPE: entry(
    'usage',
    415,
    'the body is of a type that this door does not take',
    'send application/json, or application/x-ndjson for one event a line',
  ),
  EC_HEADERS_TOO_LARGE: entry(
    'usage',
    431,
    'the headers are larger than this door takes',
    'send fewer or shorter ones',
  ),
  EC_REQUEST_TIMEOUT: entry('unreachable', 408, 'the request did not arrive in time', 'send it again, faster'),
  EC_EVENT_INVALID: entry('usage', 422, 'the event breaks its contract', 'mend what is named, then send it again'),
  EC_FIELD_INVALID: entry('usage', 422, 'a field breaks its contract', 'mend what is named, then send it again'),
  EC_NOT_FOUND: entry('empty', 404, 'no such thing', 'list what there is and use one of those ids'),
  EC_METHOD_NOT_ALLOWED: entry('usage', 405, 'the path takes another method', 'use one of the methods in `Allow`'),
  EC_CONFLICT: entry('refused', 409, 'this id or key stands for other content', 'use another id or key'),
  EC_AMBIGUOUS: entry('refused', 409, 'the id names several things', 'say which with `user`'),
  EC_QUESTION_CLOSED: entry(
    'refused',
    410,
    'the question takes no answer any more: it has expired or was withdrawn',
    'see its state with GET /api/questions/ID',
  ),
  EC_ENDPOINT_GONE: entry(
    'refused',
    409,
    'the push service has said that this subscription has ended',
    'unsubscribe in the browser, subscribe anew, and send that',
  ),
  EC_DEVICE_REMOVED: entry(
    'refused',
    410,
    'a person removed this device',
    'leave it off until the person switches it on there; then subscribe without `device`',
  ),
  EC_LINK_UNKNOWN: entry(
    'refused',
    404,
    'the sign-in link is none of this agent',
    'open the whole link, or make a new one with `ec token USER --link`',
  ),
  EC_LINK_USED: entry(
    'refused',
    410,
    'the sign-in link was used already: it is good once',
    'make a new one with `ec token USER --link`',
  ),
  EC_LINK_EXPIRED: entry('refused', 410, 'the sign-in link has expired', 'make a new one with `ec token USER --link`'),
  EC_RATE_LIMITED: entry('unreachable', 429, 'too many requests', 'wait as long as Retry-After says'),

  // who is asking
  EC_UNAUTHENTICATED: entry(
    'config',
    401,
    'no valid key or token came along',
    'make a key with `ec keys create` or a token with `ec token USER`',
  ),
  EC_FORBIDDEN: entry('config', 403, 'the key or token does not allow this', 'use a key with the scope named here'),
  EC_HOST_NOT_ALLOWED: entry('config', 403, 'the Host header names another machine', 'add the name to `http.hosts`'),
  EC_ORIGIN_NOT_ALLOWED: entry('config', 403, 'the page comes from another origin', 'add it to `http.origins`'),

  // webhooks
  EC_RESOURCE_UNKNOWN: entry(
    'empty',
    404,
    'the webhook URL names no resource here',
    'copy the URL from `ec resources list` into the provider',
  ),
  EC_PROVIDER_UNKNOWN: entry('usage', 404, 'no such provider', 'see `ec resources add --help` for the providers'),
  EC_SECRET_MISSING: entry(
    'config',
    401,
    'the resource has no secret, so nothing can be verified',
    'set one with `ec resources add ... --secret-file FILE`',
  ),
  EC_SIGNATURE_MISSING: entry('config', 401, 'the signature header is missing', 'set the secret at the provider'),
  EC_SIGNATURE_INVALID: entry(
    'config',
    401,
    'the signature does not match the bytes',
    'compare the secret at the provider with the one of the resource; a proxy must not change the body',
  ),
  EC_HANDSHAKE_REFUSED: entry(
    'config',
    401,
    'the handshake came too late, more than once, or is not signed as it should be',
    'see `ec notifications list --state quarantined` for the reason',
  ),
  EC_KEYS_UNAVAILABLE: entry(
    'unreachable',
    503,
    'the keys that the service signs with cannot be had, so nothing can be verified',
    'send it again after Retry-After; `ec calls` shows what the service answered',
  ),
  EC_NOTIFICATION_MALFORMED: entry(
    'refused',
    400,
    'the notification is authentic, but not what the provider documents',
    'see `ec notifications why ID`',
  ),
  EC_OVERLOADED: entry('unreachable', 503, 'too much at once', 'send it again after Retry-After'),
  EC_DRAINING: entry('unreachable', 503, 'the agent is stopping', 'send it again in a moment'),

  // the store
  EC_STORAGE_FULL: entry('unreachable', 503, 'the disk is full', 'free some space; the agent goes on by itself'),
  EC_STORAGE_FAILED: entry(
    'unreachable',
    503,
    'the disk did not confirm the write',
    'look at the disk; the agent checks its store and goes on by itself',
  ),
  EC_STORE_NEWER: entry(
    'config',
    500,
    'the store was written by a newer version of ec',
    'install that version, or restore a backup made by this one',
  ),
  EC_STORE_CORRUPT: entry('failed', 500, 'the store is damaged', 'restore a backup with `ec restore FILE`'),
  EC_SEAL_BROKEN: entry(
    'config',
    500,
    'a stored secret cannot be opened with this master key',
    'bring back the key file or EC_MASTER_KEY that it was sealed with',
  ),
  EC_LEASE_LOST: entry('failed', 409, 'another worker has taken the job over', 'nothing to do'),

  // configuration and start
  EC_CONFIG_INVALID: entry('config', 500, 'the configuration is not valid', 'see `ec config check`'),
  EC_CONFIG_UNTRUSTED: entry(
    'config',
    500,
    'a configuration file in the working directory sets what only a trusted one may',
    'read the file, then `ec config trust PATH`',
  ),
  EC_DATA_DIR: entry('config', 500, 'the data folder cannot be used', 'choose another with --data-dir'),
  EC_AGENT_RUNNING: entry('failed', 409, 'an agent already uses this data folder', 'stop it, or use --data-dir'),
  EC_PORT_BUSY: entry('failed', 500, 'the port is in use', 'choose another with --port'),
  EC_AGENT_UNREACHABLE: entry('unreachable', 503, 'no agent answers', 'start one with `ec agent`'),
  EC_NATIVE_MODULE: entry(
    'config',
    500,
    'the SQLite module does not run on this Node',
    'run `npm rebuild better-sqlite3 --ignore-scripts=false` where ec is installed, or install it again with this Node',
  ),
  EC_NODE_VERSION: entry('config', 500, 'this Node is too old', 'install Node 20.19 or newer, and run ec with it'),
  EC_COMMAND: entry('failed', 500, 'the command of `ec run` cannot be started', 'check its name and its rights'),
  EC_FILE: entry('config', 500, 'a file cannot be read or written', 'check the path and its rights'),

  // everything else
  EC_PROVIDER: entry('refused', 502, 'a provider did not do as asked', 'see `ec calls`'),
  EC_CURSOR_EXPIRED: entry(
    'refused',
    502,
    'the provider no longer takes the place at which a read was to go on',
    'nothing: everything is read anew by itself; `ec resources sync ID --full` does it now',
  ),
  EC_ACCOUNT_SIGNED_OUT: entry(
    'config',
    401,
    'the consent was taken back, or has expired',
    'sign in again with `ec setup google`',
  ),
  EC_CONSENT_REFUSED: entry(
    'refused',
    403,
    'the consent was not given',
    'run the setup again and allow what it asks for',
  ),
  EC_SCOPE_MISSING: entry(
    'config',
    403,
    'the consent of an account does not cover what is needed',
    'run the setup again and tick every box',
  ),
  EC_API_DISABLED: entry(
    'config',
    403,
    'the API is not enabled in the project of the OAuth client',
    'enable it in the console, at the address in the message',
  ),
  EC_ORG_POLICY: entry(
    'refused',
    403,
    'a policy of the organisation forbids a step of the setup',
    'ask its administrator for an exception, or go without it: what it would feed is polled',
  ),
  EC_TARGET_GONE: entry(
    'refused',
    404,
    'what is watched is no longer there, or no longer shared with the account',
    'remove the resource with `ec resources remove ID`, or share it again',
  ),
  EC_NOT_WATCHABLE: entry('refused', 400, 'the provider tells of no changes here', 'nothing: it is polled'),
  EC_ENDPOINT_FORBIDDEN: entry(
    'config',
    403,
    'tokens go to no host but the service itself and this machine',
    'unset the endpoint, or start the agent with --allow-endpoint URL',
  ),
  EC_REMOTE: entry('refused', 502, 'an answer carries a code that this version of ec does not know', 'see the details'),
  EC_TIMEOUT: entry('unreachable', 504, 'no answer in time', 'try again'),
  EC_NOTHING_MATCHED: entry('empty', 404, 'nothing matched', 'widen the filter'),
  EC_REPLAY_DIFFERS: entry(
    'check',
    409,
    'a replayed request did not do what was expected of it',
    'read what differs above; `ec notifications why ID` tells more of a refusal',
  ),
  EC_CHECK_FAILED: entry('check', 500, 'a check of `ec doctor` failed', 'do what stands under the failed check'),
  EC_INTERNAL: entry('failed', 500, 'a defect in ec', 'please report it with the log lines around it'),
} as const satisfies Record<string, ErrorCodeEntry>

export type ErrorCode = keyof typeof ERROR_CODES

function entry(category: ErrorCategory, status: number, title: string, hint: string): ErrorCodeEntry {
  return { category, status, title, hint }
}
