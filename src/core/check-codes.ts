interface CheckEntry {
  /** The good state, in a few words: what stands before the detail on a line. */
  readonly title: string
  /** What is looked at and what a `warn` or `fail` of it means, for the reference. */
  readonly means: string
  /** The next step when the place that judges knows no better one. */
  readonly next: string
}

/** Every diagnostic by its code. Codes are public: they may be added, never renamed (`docs/doctor.md`). */
export const CHECK_CODES = {
  // this machine
  'node.version': entry(
    'this Node will do',
    'the Node that runs `ec` is 20.19 or newer; on an older one every command, `ec doctor` too, ends with `EC_NODE_VERSION` (exit code 3) and this step',
    'install Node 20.19 or newer, and run ec with it',
  ),
  'node.sqlite': entry(
    'the SQLite module loads',
    'better-sqlite3 is built for this Node; it is loaded in a process of its own, because a misfit can crash Node',
    'run `npm rebuild better-sqlite3`, or install ec again with this Node',
  ),

  // the configuration
  'config.valid': entry('the configuration is valid', 'every file and variable is understood', 'see `ec config check`'),
  'config.trust': entry(
    'no file sets what it may not',
    'a file in the working directory sets endpoints, folders or doors only once it is trusted',
    'read the file, then `ec config trust PATH`',
  ),
  'config.variables': entry(
    'every EC_ variable is known',
    'a variable `EC_...` that nothing reads is most likely a typing error',
    'correct the name, or unset it',
  ),
  'config.endpoints': entry(
    'services are asked at their own addresses',
    'each endpoint that is neither the service nor this machine is named; plain http beyond this machine fails, since tokens would travel in the open',
    'unset what you did not set yourself',
  ),

  // the data folder and what is in it
  'data.folder': entry('the data folder is there', 'it exists and is a folder', 'choose another with --data-dir'),
  'data.owner': entry(
    'the data folder is yours',
    'it belongs to the user who runs `ec`; whatever root writes into it, the agent cannot read later',
    'run `ec` as its owner',
  ),
  'data.mode': entry(
    'the data folder is closed to others',
    'its mode is 0700: it holds secrets and what people were told',
    'run `ec doctor --fix`',
  ),
  'data.writable': entry(
    'the data folder takes writes',
    'a small file is written there, synced to the disk and removed',
    'check its rights and the disk, or choose another with --data-dir',
  ),
  'data.network': entry(
    'the data folder is on a disk of this machine',
    'on a network file system SQLite can lose its locks, and with them the store',
    'choose a folder on a local disk with --data-dir',
  ),
  'files.private': entry(
    'files with secrets are closed to others',
    'the files of the data folder, a configuration with a password and the key for --url are mode 0600',
    'run `ec doctor --fix`',
  ),
  'store.disk.space': entry(
    'room on the disk',
    'under 1 GiB or 5 % it warns, under 100 MiB it fails: webhooks are about to be refused',
    'free some space on the disk of the data folder',
  ),
  'store.disk.inodes': entry(
    'room for files on the disk',
    'a file system can run out of inodes long before it runs out of bytes',
    'remove small files on the disk of the data folder',
  ),
  'store.schema': entry(
    'the store is of this version',
    'a store that a newer ec has written is left alone by an older one; one of an older ec is brought up at the next start',
    'install the newer version again, or restore a backup made by this one',
  ),
  'store.file': entry(
    'the store passes its check',
    "SQLite's quick check of the whole file, read-only, in a process of its own",
    'restore a backup with `ec restore FILE`',
  ),
  'store.integrity': entry(
    'the store is whole',
    'the running agent has not met damage in it',
    'restore a backup with `ec restore FILE`',
  ),
  'store.writer': entry(
    'the store takes writes',
    "the disk confirms the running agent's writes",
    'see what else uses this disk',
  ),
  'key.present': entry(
    'there is a master key',
    'EC_MASTER_KEY, else the file master.key: at least 32 bytes, readable by its owner alone',
    'bring the file back from a backup: what was sealed with it cannot be opened without it',
  ),
  'key.fits': entry(
    'the master key opens the store',
    'the secrets in the store were sealed with this key; with another one the agent refuses to start',
    'give the right key by EC_MASTER_KEY or bring back its file',
  ),

  // the agent and its doors
  'agent.reachable': entry('an agent answers', 'it answers the operator in a few seconds', 'start one with `ec agent`'),
  'agent.version': entry(
    'the agent is of this version',
    'the agent and this `ec` are of one version; an agent keeps running what it was started with',
    'restart the agent',
  ),
  'agent.leftovers': entry(
    'no killed agent left anything',
    'a socket and an agent.json that nobody stands behind; removed only when nobody answers and the lock is free',
    'run `ec doctor --fix`',
  ),
  'port.http': entry(
    'the port is free, or ours',
    'the private listener can have its port',
    'choose another with --port',
  ),
  'port.public': entry(
    'the public port is free, or ours',
    'the public listener can have its port',
    'choose another with `public.port`',
  ),
  'clock.steady': entry(
    'the clock does not jump',
    'it has not jumped in the last hour, as the running agent sees it',
    'let a time service keep it',
  ),
  'clock.skew': entry(
    'the clock is right',
    'compared with the Date of an answer from outside; services refuse or send what seems a minute too old or too new',
    'let a time service keep the clock',
  ),

  // the way in
  'public.url': entry(
    'the public URL reaches this agent',
    'the agent fetches a single-use path of its own through the public URL and looks whether it was asked itself',
    'let the proxy or tunnel send the public URL to the public listener',
  ),
  'public.private': entry(
    'the private listener stays private',
    'the public URL leads to webhooks and a bare /health, and not to the API',
    'give the agent a `public.port`, and let the proxy send the public URL there',
  ),

  // the way out by mail
  'email.smtp': entry(
    'the mail server takes us',
    'the agent connects to `smtp.url`, with TLS where there is TLS, and logs in; no mail is sent',
    'correct `smtp.url` with `ec setup email`',
  ),
  'email.from': entry(
    'mail has a sender',
    '`smtp.from`, else the name that we log in with when it is an address, else ec@localhost for a mail server on this machine',
    'set `smtp.from`, as EventCenter <ec@example.org>',
  ),
  'email.dkim': entry(
    'mail is signed',
    'the key of `email.dkim` can be read, is the one that the domain publishes, and the domain is that of the sender; without it mail goes out unsigned',
    'publish the key in DNS as docs/email.md says',
  ),
  'email.templates': entry(
    "the templates of one's own can be used",
    'each template in `email.templates` renders a sample; where one does not, the built-in one serves',
    'mend the template, then look at it with `ec email preview`',
  ),
  'email.links': entry(
    'the links in mail lead here',
    'answers and unsubscribing need a public URL, and `pages` in `public.expose`; without them mail has no such links',
    'start the agent with --public-url, and add `pages` to `public.expose`',
  ),

  // what comes in
  'resources.secret': entry(
    'every resource can tell true from false',
    'a resource whose service signs with a shared secret has one, and the master key opens it',
    'see `ec resources list`',
  ),
  'resources.handshake': entry(
    'no handshake is open',
    'a resource that waits for the token its service sends, as Notion does; it is believed within 15 minutes',
    'give the webhook URL to the service',
  ),
  'resources.settings': entry(
    'every resource knows whom to believe',
    'Google signs for anybody, so a mailbox without the setting service_account, or without a known audience, refuses every push',
    'give it the setting with `ec resources set`',
  ),
  'resources.refused': entry(
    'nothing was refused of late',
    'notifications of the last 24 hours that were not authentic or not understood',
    'see `ec notifications list --state quarantined`',
  ),
  'jobs.dead': entry('no job was given up', 'jobs after their last attempt', 'see `ec jobs list --state dead`'),
  'jobs.backlog': entry('work is done as it comes', 'jobs that wait', 'see `ec jobs list --state ready`'),

  // what goes out
  'push.vapid': entry(
    'push services know this agent',
    'there is a key for Web Push, its subject is one that push services take, and every device subscribed with a key that is here; after a rotation, how many still use an older one',
    'run `ec setup vapid --subject mailto:you@example.org`',
  ),
  'channels.exec': entry(
    'commands that take events can run',
    'each command of `channels.exec` is there and may be run, and none is switched off',
    'mend `channels.exec` and start the agent again; `ec channels test NAME` tries one',
  ),
  'channels.webhook': entry(
    'webhooks that take events are ready',
    'each webhook of `channels.webhook` has a secret to sign with, and none was switched off by a 410',
    'mend `channels.webhook`; `ec channels test NAME` tries one',
  ),
} as const satisfies Record<string, CheckEntry>

export type CheckCode = keyof typeof CHECK_CODES

function entry(title: string, means: string, next: string): CheckEntry {
  return { title, means, next }
}
