import type { Group } from '../checks/index.ts'
import type { CheckCode, FixName } from '../check.ts'

/** What a person is told of a state, and the one thing to do about it. `{name}` is a fact of the outcome. */
export interface Sentence {
  readonly says: string
  readonly does?: string
}

export interface Words {
  readonly groups: Readonly<Record<Group, string>>
  readonly titles: Readonly<Record<CheckCode, string>>
  readonly fixes: Readonly<Record<FixName, string>>
  readonly states: Readonly<Record<StateName, Sentence>>
  readonly page: Readonly<Record<PageText, string>>
}

/** Texts around the checks. */
const page = {
  title: 'Do notifications reach you here?',
  intro: 'This page looks at this browser, step by step, and says what to press where something is wrong.',
  sent: 'What it finds is sent to the operator of this EventCenter, so that somebody can help. It tells nothing of what you read.',
  unsent: 'What it finds could not be sent to the operator.',
  checking: 'Looking...',
  fine: 'Everything works.',
  warn: 'It works, with {count} thing to look at.',
  'warn-more': 'It works, with {count} things to look at.',
  fail: '{count} thing keeps notifications from you.',
  'fail-more': '{count} things keep notifications from you.',
  'ok-word': 'fine',
  'warn-word': 'look at this',
  'fail-word': 'stands in the way',
  'unknown-word': 'not known yet',
  'skipped-word': 'not needed',
  'running-word': 'looking',
  again: 'Check again',
  copy: 'Copy the report',
  copied: 'Copied.',
  uncopied: 'It could not be copied.',
  help: 'Ask the operator for help',
  helped: 'The operator was told, with this report.',
  unhelped: 'The operator could not be told: {reason}',
  trouble: 'That did not work: {reason}',
  open: 'Show what was found',
  close: 'Close',
  'all-fine': 'Notifications work',
  more: '{count} more with nothing to do',
  inbox: 'To the inbox',
} as const
export type PageText = keyof typeof page

const states = {
  needs: { says: 'Waits for: {code}.' },
  late: { says: 'It did not end within {seconds} seconds.', does: 'Press Check again.' },
  broke: { says: 'It could not be looked at: {reason}', does: 'Press Check again.' },

  'agent.answers': { says: 'EventCenter answered in {ms} ms.' },
  'agent.silent': {
    says: 'EventCenter does not answer.',
    does: 'Look at your network connection, then press Check again.',
  },
  'agent.leaving': { says: 'EventCenter is just being restarted.', does: 'Press Check again in a minute.' },
  'agent.ill': { says: 'EventCenter says that it is not well.', does: 'Tell the operator.' },
  'session.known': { says: 'You are signed in as {user}.' },
  'session.out': {
    says: 'You are signed out in this browser.',
    does: 'Open a new sign-in link; the operator gets one with `ec token USER --link`.',
  },
  'session.foreign': {
    says: 'EventCenter tells this site nothing.',
    does: 'Tell the operator: {site} has to stand in http.origins.',
  },
  'clock.right': { says: 'The clock is right, to {seconds} s.' },
  'clock.untold': { says: 'Nobody told the time to compare with.' },
  'clock.late': {
    says: 'The clock of this device is {minutes} min behind.',
    does: 'Let the system set date and time by itself.',
  },
  'clock.early': {
    says: 'The clock of this device is {minutes} min ahead.',
    does: 'Let the system set date and time by itself.',
  },

  'secure.yes': { says: 'The connection is secure.' },
  'secure.no': {
    says: 'This page came over plain http. Browsers allow no notifications, camera or microphone then.',
    does: 'Open this page under its https address; the operator knows it.',
  },
  'storage.keeps': { says: 'The browser keeps data of this site.' },
  'storage.blocked': {
    says: 'The browser keeps no data of this site.',
    does: 'Allow site data for this address in the settings of the browser, then load the page again.',
  },
  'cookies.kept': { says: 'The browser keeps cookies of this site.' },
  'cookies.blocked': {
    says: 'The browser keeps no cookies of this site.',
    does: 'Allow cookies for this address in the settings of the browser, then load the page again.',
  },
  'installed.yes': { says: 'It runs as an app.' },
  'installed.first': {
    says: 'iPhone and iPad notify only from an app on the home screen.',
    does: 'Press Share, then Add to Home Screen, and open it from there.',
  },
  'installed.needless': { says: 'This browser notifies without being installed.' },

  'worker.supported': { says: 'The browser has service workers.' },
  'worker.unsupported': {
    says: 'This browser has no service workers here; some private windows do not.',
    does: 'Open this page in a normal window.',
  },
  'worker.unset': { says: 'This site has no worker for notifications, so they come only while it is open.' },
  'worker.registered': { says: 'The worker {script} serves this site.' },
  'worker.none': { says: 'The worker that shows notifications is missing.', does: 'Press Repair.' },
  'worker.starting': { says: 'The worker has not started yet.', does: 'Press Repair if it stays so.' },
  'worker.other': {
    says: 'Another worker serves this site: {script}.',
    does: 'Tell the operator: that worker has to load /ec-sw.js.',
  },
  'worker.answers': { says: 'The worker answered in {ms} ms.' },
  'worker.silent': { says: 'The worker does not answer.', does: 'Press Repair.' },
  'worker.current': { says: 'The worker is of the present version, {version}.' },
  'worker.old': { says: 'The worker is of version {version}; the present one is {wanted}.', does: 'Press Update.' },

  'permission.granted': { says: 'Notifications are allowed.' },
  'permission.unasked': { says: 'The browser has not been asked yet.', does: 'Press Switch on, then Allow.' },
  'permission.denied': {
    says: 'The browser was told to let no notifications of this site through.',
    does: 'Open the settings of this site (the icon left of the address) and set Notifications to Allow.',
  },
  'permission.unsupported': {
    says: 'This browser has no notifications.',
    does: 'Open this page in Chrome, Edge, Firefox or Safari.',
  },

  'push.supported': { says: 'The browser takes pushes.' },
  'push.unsupported': {
    says: 'This browser takes no pushes.',
    does: 'Open this page in Chrome, Edge, Firefox or Safari.',
  },
  'push.subscribed': { says: 'The browser has subscribed.' },
  'push.unsubscribed': { says: 'The browser has not subscribed.', does: 'Press Switch on.' },
  'push.key-fits': { says: 'The subscription has the present key.' },
  'push.key-old': { says: 'The subscription has a key that is not the present one.', does: 'Press Renew.' },
  'push.key-untold': { says: 'The browser does not tell with which key it subscribed.' },
  'push.keyless': {
    says: 'EventCenter has no key for push yet.',
    does: 'Tell the operator: `ec setup vapid` makes one.',
  },
  'push.known': { says: 'EventCenter knows this browser.' },
  'push.stranger': { says: 'EventCenter does not know this browser any more.', does: 'Press Renew.' },
  'push.sent': { says: 'The last push was taken {at}.' },
  'push.unsent': { says: 'Nothing was sent to this browser yet.' },
  'push.refused': { says: 'The last push was not taken, {at}: {reason}', does: 'Press Renew.' },
  'push.unshown': {
    says: '{count} pushes were taken, and this browser has not said that it showed one.',
    does: 'Press Send a test.',
  },
  'test.unasked': { says: 'A real push, from EventCenter to this screen.', does: 'Press Send a test.' },
  'test.sending': { says: 'It is being sent...' },
  'test.accepted': { says: 'The push service has it; now this browser has to show it...' },
  'test.shown': { says: 'It was sent, taken and shown within {ms} ms.' },
  'test.refused': { says: 'The push service did not take it: {reason}', does: 'Press Renew, then Send a test.' },
  'test.unshown': {
    says: 'The push service took it, but this browser did not show it within 20 seconds.',
    does: 'See whether a VPN or firewall is in the way and whether the browser may run in the background, then send another.',
  },
  'seen.asked': { says: 'The browser says that it showed the test. Did you see it?', does: 'Press Yes or No.' },
  'seen.yes': { says: 'You saw it.' },
  'seen.no': {
    says: 'The browser showed it, but the system kept it from you.',
    does: 'Switch off do not disturb (focus), and allow notifications of this browser in the settings of the system.',
  },
  'actions.some': { says: 'Notifications have up to {count} buttons.' },
  'actions.none': { says: 'This browser shows no buttons; questions are answered in the page.' },
  'badge.yes': { says: 'An app on the home screen or desktop shows the unread number.' },
  'badge.no': { says: 'This browser shows no number on an icon.' },

  'ws.opens': { says: 'The live connection opens.' },
  'ws.refused': {
    says: 'Something on the way lets no live connection (WebSocket) through. Events come by the second way.',
    does: 'Tell whoever runs your proxy to pass upgrades of /ws.',
  },
  'ws.greeted': { says: 'EventCenter said hello.' },
  'ws.stranger': { says: 'EventCenter closed the live connection: {reason}', does: 'Load this page again.' },
  'ws.quick': { says: 'A message is there and back in {ms} ms (at worst {worst}).' },
  'ws.slow': { says: 'A message takes {ms} ms there and back.', does: 'Look at your network connection.' },
  'ws.replayed': { says: 'It was broken on purpose and went on where it was; {count} came again.' },
  'ws.lost': {
    says: 'After a break EventCenter could not tell what was missed; the page reads it from the history.',
    does: 'Press Check again.',
  },
  'ws.once': {
    says: 'After a break it could not be opened again.',
    does: 'Look at your network connection, then press Check again.',
  },
  'sse.works': { says: 'The second way works.' },
  'sse.refused': {
    says: 'The second way (server-sent events) does not get through; the live connection is enough.',
    does: 'Tell whoever runs your proxy to pass /api/events/stream at once, without gathering it.',
  },
  'sse.neither': {
    says: 'Neither the live connection nor the second way gets through, so nothing comes while the page is open.',
    does: 'Try another network, or tell whoever runs your proxy to pass /ws.',
  },

  'quiet.none': { says: 'You have no quiet hours.' },
  'quiet.later': { says: 'No quiet hour now; the next change is {until}.' },
  'quiet.now': {
    says: 'Quiet until {until}: pushes and mail wait until then.',
    does: 'Press End quiet for now, or wait.',
  },
  'quiet.always': {
    says: 'Your quiet hours have no end: pushes and mail never come.',
    does: 'Press End quiet for now.',
  },
  'mutes.none': { says: 'You have muted nothing.' },
  'mutes.some': { says: 'You have muted: {what}.', does: 'Press Unmute if you miss something of it.' },
  'mutes.all': { says: 'You have muted everything.', does: 'Press Unmute.' },
  'switches.on': { says: 'You have switched no channel off.' },
  'switches.push-off': { says: 'You have switched pushes off for everything.', does: 'Press Switch pushes on.' },
  'switches.mail-off': { says: 'You have switched mail off; pushes are on.' },
  'governor.none': { says: 'No kind of push was stopped for not being opened.' },
  'governor.some': {
    says: 'Pushes of these were stopped, because you opened so few: {what}.',
    does: 'Press Send them again if you want them back.',
  },
  'snoozed.none': { says: 'You have put off nothing.' },
  'snoozed.some': { says: 'You have put off {count}; the next comes back {until}.' },
  'email.fine': { says: 'Mail goes to {address}.' },
  'email.none': {
    says: 'EventCenter has no address of yours, so no mail comes.',
    does: 'Tell the operator your address.',
  },
  'email.returned': {
    says: 'Mail to {address} came back, and none is sent any more: {reason}',
    does: 'Tell the operator, who can try it again.',
  },
  'email.serverless': { says: 'This EventCenter sends no mail.' },

  'sound.unasked': { says: 'A page may play sound only after a click.', does: 'Press Play a sound.' },
  'sound.played': { says: 'It was played. If you heard nothing, look at the volume of the device.' },
  'sound.blocked': {
    says: 'The browser let no sound through.',
    does: 'Allow sound for this site (the icon left of the address), then press Play a sound.',
  },
  'sound.none': {
    says: 'This device has nothing to play sound with.',
    does: 'Connect headphones or a speaker, then press Play a sound.',
  },
  'microphone.unasked': { says: 'Only needed for what you say to a page.', does: 'Press Try the microphone.' },
  'microphone.asking': { says: 'The browser asks you now.', does: 'Press Allow.' },
  'microphone.trying': { says: 'Say something. Level: {percent} %' },
  'microphone.works': { says: '{name} works; the loudest was {percent} %.' },
  'microphone.silent': {
    says: '{name} is on, but nothing was heard.',
    does: 'Say something, or look whether it is muted, and press Try the microphone.',
  },
  'microphone.denied': {
    says: 'The browser was told to let no page here use the microphone.',
    does: 'Open the settings of this site (the icon left of the address) and set Microphone to Allow.',
  },
  'microphone.absent': { says: 'There is no microphone.', does: 'Connect one, then press Try the microphone.' },
  'microphone.busy': {
    says: 'Another program is using the microphone.',
    does: 'Close that program, then press Try the microphone.',
  },
  'microphone.unsupported': {
    says: 'This browser gives pages no microphone.',
    does: 'Open this page in Chrome, Edge, Firefox or Safari.',
  },
  'camera.unasked': { says: 'Only needed for what you show to a page.', does: 'Press Try the camera.' },
  'camera.asking': { says: 'The browser asks you now.', does: 'Press Allow.' },
  'camera.trying': { says: 'The camera is on...' },
  'camera.works': { says: '{name} works.' },
  'camera.denied': {
    says: 'The browser was told to let no page here use the camera.',
    does: 'Open the settings of this site (the icon left of the address) and set Camera to Allow.',
  },
  'camera.absent': { says: 'There is no camera.', does: 'Connect one, then press Try the camera.' },
  'camera.busy': {
    says: 'Another program is using the camera.',
    does: 'Close that program, then press Try the camera.',
  },
  'camera.unsupported': {
    says: 'This browser gives pages no camera.',
    does: 'Open this page in Chrome, Edge, Firefox or Safari.',
  },
  'power.enough': { says: 'The battery is at {percent} %.' },
  'power.untold': { says: 'The browser does not tell of the battery.' },
  'power.low': {
    says: 'The battery is at {percent} %; many systems hold notifications back then.',
    does: 'Plug the device in.',
  },
  'power.saver': {
    says: 'Data saver is on; some systems hold notifications back then.',
    does: 'Switch data saver off if notifications come late.',
  },
} as const satisfies Record<string, Sentence>
export type StateName = keyof typeof states

export const EN: Words = {
  page,
  states,
  groups: {
    notifications: 'Notifications of this browser',
    connection: 'Connection',
    wishes: 'What you have chosen',
    senses: 'Sound, picture and device',
  },
  titles: {
    'browser.agent': 'EventCenter',
    'browser.session': 'Sign-in',
    'browser.secure': 'Secure connection',
    'browser.storage': 'Data of this site',
    'browser.cookies': 'Cookies of this site',
    'browser.installed': 'Home screen',
    'browser.worker.supported': 'Service workers',
    'browser.worker.registered': 'The worker of this site',
    'browser.worker.current': 'Version of the worker',
    'browser.worker.answers': 'Answer of the worker',
    'browser.permission': 'Permission',
    'browser.push.supported': 'Push',
    'browser.push.subscribed': 'Subscription',
    'browser.push.key': 'Key of the subscription',
    'browser.push.known': 'Subscription at EventCenter',
    'browser.push.sent': 'The last push',
    'browser.push.test': 'A test',
    'browser.push.seen': 'The test on your screen',
    'browser.actions': 'Buttons of notifications',
    'browser.badge': 'Number on the icon',
    'browser.ws.connect': 'Live connection',
    'browser.ws.signed': 'Sign-in of the live connection',
    'browser.ws.trip': 'Speed',
    'browser.ws.replay': 'After a break',
    'browser.sse': 'The second way',
    'browser.clock': 'Clock',
    'browser.sound': 'Sound',
    'browser.camera': 'Camera',
    'browser.microphone': 'Microphone',
    'browser.power': 'Battery and data saver',
    'user.quiet': 'Quiet hours',
    'user.mutes': 'Muted',
    'user.switches': 'Channels',
    'user.governor': 'Pushes that were stopped',
    'user.snoozed': 'Put off',
    'user.email': 'Mail',
  },
  fixes: {
    enable: 'Switch on',
    repair: 'Repair',
    update: 'Update',
    renew: 'Renew',
    test: 'Send a test',
    seen: 'Yes, I saw it',
    unseen: 'No',
    play: 'Play a sound',
    camera: 'Try the camera',
    microphone: 'Try the microphone',
    'end-quiet': 'End quiet for now',
    unmute: 'Unmute',
    'switch-on': 'Switch pushes on',
    keep: 'Send them again',
  },
}
