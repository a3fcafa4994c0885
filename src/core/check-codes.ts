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

  'public.tunnel': entry(
    'the tunnel is up',
    'its program runs, has said where it begins, and this agent answers there; it is started anew when it ends or leads nowhere',
    'see `ec doctor`; it is tried again by itself',
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
  'calls.budget': entry(
    'no account is near its limit of calls',
    'each account may ask so much of a service in a minute, less than the service itself allows; what is more waits for its turn, and comes later',
    'see who asks so often: `ec calls --since 1h`',
  ),
  'resources.refused': entry(
    'nothing was refused of late',
    'notifications of the last 24 hours that were not authentic or not understood',
    'see `ec notifications list --state quarantined`',
  ),
  'google.token.expired': entry(
    'Google lets us in',
    'each account of Google: its consent stands, and a token can be had; while an app is in testing, every consent ends after seven days',
    'sign in again: `ec setup google`',
  ),
  'google.scopes': entry(
    'the consents cover what is done',
    'what each account of Google allows, against what it is used for',
    'run `ec setup google` again, and tick every box',
  ),
  'google.api': entry(
    'the APIs of Google are enabled',
    'each API that an account is used for is switched on in the project of the OAuth client',
    'enable it in the console of Google Cloud',
  ),
  'google.topic': entry(
    'Gmail can announce mail',
    'the topic is there, and Gmail may publish to it; without one, mail is read every few minutes',
    'run `ec setup google` again',
  ),
  'google.subscription': entry(
    'what Gmail announces gets here',
    'the subscription is there, is one of that topic, and does not expire when it is not used for a while',
    'run `ec setup google` again',
  ),
  'sync.read': entry(
    'what is synced is read',
    'each synced resource: whether its last read succeeded, and whether there was one within a day',
    'see `ec calls`',
  ),
  'sync.mode': entry(
    'what is synced is told of changes where that is possible',
    'resources that are polled, or not read at all, though a person could change that; each with the reason',
    'see `ec resources list`',
  ),
  'sync.deletion': entry(
    'no deletion waits for you',
    'a full read that would delete more than half of a copy, or all of it, stops and asks',
    'confirm it with `ec resources sync ID --confirm-deletion`, or do nothing',
  ),
  'subscription.life': entry(
    'subscriptions are renewed in time',
    'which subscription runs out first; a warning when a renewal that was due long ago has not come',
    'see `ec subscriptions list`',
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

  // one person: what the agent knows
  'user.known': entry(
    'the user is known',
    'events, preferences and devices hang on this id, letter for letter',
    'look the id up with `ec users list`',
  ),
  'user.reach': entry(
    'something reaches the person',
    'an open page, a browser that takes pushes, or an address that takes mail; with none of them events only stand in the history',
    'let the person open /diagnostics, and press what it offers',
  ),
  'user.pages': entry(
    'a page is open',
    'clients of the person that are connected at present',
    'let the person open /inbox',
  ),
  'user.devices': entry(
    'a browser takes pushes',
    'browsers that subscribed, with the key that they did it with',
    'let the person open /diagnostics, and press Switch on',
  ),
  'user.keys': entry(
    'every browser subscribed with a key that is here',
    'a browser holds on to the key it subscribed with; with one that is not here any more nothing can be sent to it',
    'let the person open /diagnostics there; it subscribes anew',
  ),
  'user.sends': entry(
    'push services took the last pushes',
    'what the push service of each browser answered last',
    'see `ec devices list --user`, and try one with `ec devices test`',
  ),
  'user.shown': entry(
    'browsers show what they take',
    'a browser that took five pushes without saying that it showed one; the system may keep them from the person',
    'let the person look at do-not-disturb and at the notification settings of the system',
  ),
  'user.email': entry(
    'mail can be written to the person',
    'there is an address, it takes mail, and this agent has a mail server',
    'set an address with `ec users set ID --email ADDRESS`',
  ),
  'user.quiet': entry(
    'it is no quiet hour',
    'quiet hours hold pushes and mail until they end',
    'wait, or change them with `ec prefs quiet-hours`',
  ),
  'user.mutes': entry(
    'nothing is muted',
    'what is muted stands in the history alone; a mute of * silences all',
    'take it away with `ec prefs unmute`',
  ),
  'user.switches': entry(
    'push and mail are on',
    'channels that the person switched off for everything',
    'switch it on with `ec prefs set`',
  ),
  'user.governor': entry(
    'no type was taken out of push',
    'types of which so few pushes were opened that they go out no more',
    'bring one back with `ec prefs keep`',
  ),
  'user.snoozed': entry(
    'nothing is put off',
    'events that the person put off come back by themselves',
    'nothing is to be done',
  ),
  'user.last': entry(
    'an event came of late',
    'the newest event of the person, and how far it came on each channel',
    'send one with `ec emit`, and see `ec events explain`',
  ),
  'user.reports': entry(
    'browsers have reported of themselves',
    'the last report of each browser, which /diagnostics sends by itself; one older than 30 days says little',
    'let the person open /diagnostics',
  ),

  // one person: what the browsers report
  'browser.agent': entry(
    'the browser reaches the agent',
    'an answer of /health',
    'let the person try another network, or look at the proxy on the way',
  ),
  'browser.session': entry(
    'the browser is signed in',
    'the cookie or token of the page is good',
    'send the person a new link: `ec token USER --link`',
  ),
  'browser.secure': entry(
    'the page is secure',
    'workers, push, camera and microphone exist on https and localhost alone',
    'give the person an address with https',
  ),
  'browser.storage': entry(
    'the browser keeps data',
    'a row is written to IndexedDB and read again',
    'let the person allow site data for this address',
  ),
  'browser.cookies': entry(
    'the browser keeps cookies',
    'a cookie is set and read again',
    'let the person allow cookies for this address',
  ),
  'browser.installed': entry(
    'the app is on the home screen',
    'iOS and iPadOS take pushes only there',
    'let the person add it: Share, then Add to Home Screen',
  ),
  'browser.worker.supported': entry(
    'the browser has service workers',
    'without them there is no push; private windows of some browsers have none',
    'let the person use a normal window of a present browser',
  ),
  'browser.worker.registered': entry(
    'the service worker is there',
    'a worker is registered at / and is active',
    'let the person press Repair on /diagnostics',
  ),
  'browser.worker.current': entry(
    'the service worker is of this version',
    'what it says of itself is what the agent serves',
    'let the person press Update on /diagnostics',
  ),
  'browser.worker.answers': entry(
    'the service worker answers',
    'a message to it comes back within five seconds',
    'let the person press Repair on /diagnostics',
  ),
  'browser.permission': entry(
    'notifications are allowed',
    'the permission of the browser for this address',
    'let the person allow them; /diagnostics shows where, for each browser',
  ),
  'browser.push.supported': entry(
    'the browser has push',
    'PushManager is there',
    'let the person use Chrome, Edge, Firefox or Safari',
  ),
  'browser.push.subscribed': entry(
    'the browser subscribed',
    'it holds a subscription at its push service',
    'let the person press Switch on on /diagnostics',
  ),
  'browser.push.key': entry(
    'the subscription has the present key',
    'the key of the subscription is the one that the agent gives out',
    'let the person press Renew on /diagnostics',
  ),
  'browser.push.known': entry(
    'the agent knows the subscription',
    'the device that the browser remembers is one of the user',
    'let the person press Renew on /diagnostics',
  ),
  'browser.push.sent': entry(
    'the push service took the last push',
    'what it answered last for this browser',
    'let the person press Renew on /diagnostics',
  ),
  'browser.push.test': entry(
    'a test came through',
    'a push with a nonce went out, and the worker showed it',
    'let the person press Send a test on /diagnostics',
  ),
  'browser.push.seen': entry(
    'the person saw the test',
    'the person was asked; what a system hides, no page can see',
    'let the person look at do-not-disturb and at the notification settings of the system',
  ),
  'browser.actions': entry(
    'notifications have buttons',
    'how many buttons the browser shows',
    'questions are answered in the page then',
  ),
  'browser.badge': entry(
    'the app has a badge',
    'the number on the icon of an app',
    'nothing is to be done: not every browser has one',
  ),
  'browser.ws.connect': entry(
    'the live connection opens',
    'an upgrade to a WebSocket gets through',
    'let the proxy on the way pass upgrades of /ws',
  ),
  'browser.ws.signed': entry(
    'the live connection is signed in',
    'the agent says hello',
    'send the person a new link: `ec token USER --link`',
  ),
  'browser.ws.trip': entry(
    'messages go to and fro quickly',
    'five messages and their answers; over a second is slow',
    'look at the network on the way',
  ),
  'browser.ws.replay': entry(
    'nothing is lost when the connection breaks',
    'it is broken on purpose, and what was before comes again',
    'let the person load the page anew',
  ),
  'browser.sse': entry(
    'the second way works',
    'server-sent events take over where no WebSocket gets through',
    'let the proxy on the way pass /api/events/stream without holding it',
  ),
  'browser.clock': entry(
    'the clock is right',
    'compared with that of the agent; over five minutes keys and tokens are refused',
    'let the person set date and time by itself',
  ),
  'browser.sound': entry(
    'sound can be played',
    'a page may play sound only after a click',
    'let the person press Play on /diagnostics',
  ),
  'browser.camera': entry(
    'the camera can be used',
    'looked at only on a click',
    'let the person allow the camera for this address',
  ),
  'browser.microphone': entry(
    'the microphone can be used',
    'looked at only on a click, with its level',
    'let the person allow the microphone for this address',
  ),
  'browser.power': entry(
    'nothing is saved at the cost of notifications',
    'data saver and battery, where a browser tells of them',
    'let the person plug the device in, or switch data saver off',
  ),
} as const satisfies Record<string, CheckEntry>

export type CheckCode = keyof typeof CHECK_CODES

function entry(title: string, means: string, next: string): CheckEntry {
  return { title, means, next }
}
