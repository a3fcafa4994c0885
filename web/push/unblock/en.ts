import type { GuideTexts } from './texts.ts'

export const en: GuideTexts = {
  browser: 'this browser',
  deniedTitle: 'This browser blocks notifications from SITE',
  denied: {
    'chrome-desktop': [
      'Click the icon to the left of the address.',
      'Switch on “Notifications”. If it is not listed, open “Site settings” and set “Notifications” to “Allow”.',
      'Reload this page.',
    ],
    'chrome-android': [
      'Tap the icon to the left of the address.',
      'Tap “Permissions”, then “Notifications”, and allow them.',
      'Reload this page.',
    ],
    'edge-desktop': [
      'Click the padlock to the left of the address.',
      'Under “Permissions for this site”, set “Notifications” to “Allow”.',
      'Reload this page.',
    ],
    'firefox-desktop': [
      'Click the permissions icon to the left of the address.',
      'Next to “Send notifications”, click the × behind “Blocked”.',
      'Reload this page and switch notifications on again.',
    ],
    'firefox-android': [
      'Tap the padlock to the left of the address.',
      'Tap “Notification” so that it says “Allowed”.',
      'Reload this page.',
    ],
    'safari-mac': [
      'In the menu bar, choose Safari, then “Settings”.',
      'Open “Websites”, then “Notifications”.',
      'Find SITE in the list and choose “Allow”.',
      'Reload this page.',
    ],
    samsung: [
      'Open the menu, then “Settings”, then “Sites and downloads”, then “Notifications”.',
      'Find SITE in the list and switch it on.',
      'Reload this page.',
    ],
    'opera-desktop': [
      'Click the padlock to the left of the address.',
      'Open “Site settings” and set “Notifications” to “Allow”.',
      'Reload this page.',
    ],
    'app-android': [
      'Touch and hold the icon of this app, then tap “App info”.',
      'Tap “Notifications” and allow them.',
      'Open the app again.',
    ],
    'app-desktop': [
      'Open the menu in the title bar of this app, then “App info” or the settings of the site.',
      'Set “Notifications” to “Allow”.',
      'Open the app again.',
    ],
    'app-ios': [
      'Open the Settings app, then “Notifications”.',
      'Find this app in the list and switch on “Allow Notifications”.',
      'Open the app again from the home screen.',
    ],
    other: [
      'Open the settings of this browser and look for the permissions of sites.',
      'Allow notifications from SITE.',
      'Reload this page.',
    ],
  },
  installTitle: 'Add this page to the home screen first',
  install: [
    'Tap the Share button of the browser.',
    'Choose “Add to Home Screen”, then “Add”.',
    'Open the app from the home screen and switch notifications on there.',
  ],
  system: {
    windows: 'If nothing shows still: Windows Settings, “System”, “Notifications”: switch on BROWSER.',
    mac: 'If nothing shows still: System Settings, “Notifications”: allow BROWSER, and look whether a Focus is on.',
    android: 'If nothing shows still: Android Settings, “Apps”, BROWSER, “Notifications”: switch them on.',
    linux: 'If nothing shows still: look whether “Do not disturb” is on in the notification settings of your desktop.',
  },
  insecureTitle: 'Notifications need a secure connection',
  insecure: ['Open this page with an address that begins with https://.'],
  unsupportedTitle: 'This browser takes no notifications from here',
  unsupported: [
    'Leave private browsing, if that is what this window is.',
    'Or use a current version of Chrome, Edge, Firefox or Safari.',
  ],
  oldIosTitle: 'Notifications need iOS 16.4 or later',
  oldIos: ['Open the Settings app, “General”, “Software Update”.', 'Then add this page to the home screen.'],
}
