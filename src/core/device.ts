/** What a browser gave when it subscribed: where to send, and the keys that its messages are encrypted with. */
export interface PushAddress {
  /** The URL at the browser's push service; whoever knows it can try to send, so it never stands in a log. */
  readonly endpoint: string
  /** The browser's public key, an uncompressed point of P-256, 65 bytes in base64url. */
  readonly p256dh: string
  /** Its authentication secret, 16 bytes in base64url. */
  readonly auth: string
}

/** What a browser tells of itself. */
export interface DeviceTraits {
  readonly name: string | null
  readonly platform: string | null
  readonly locale: string | null
  readonly tz: string | null
}

/** A browser of a user that takes pushes. Its address is kept apart, sealed. */
export interface Device extends DeviceTraits {
  /** `dev_` and a UUID. */
  readonly id: string
  readonly userId: string
  /** The key pair of this agent that it subscribed with. */
  readonly keyId: string
  /** SHA-256 of the secret that it proves itself with, hex. */
  readonly secretHash: string
  readonly createdAt: number
  /** When it subscribed last; each time is later than the one before, whatever the clock says. */
  readonly seenAt: number
  readonly lastOkAt: number | null
  /** Of the last send, if that failed. */
  readonly lastErrorAt: number | null
  readonly lastError: string | null
  /** When it last showed a message, as it says itself. */
  readonly shownAt: number | null
  /** How many pushes it took since it last said so, or since it is known. */
  readonly unshown: number
}

/** What a send needs to know of a device beside its address. */
export type DeviceStanding = Pick<Device, 'id' | 'userId' | 'keyId' | 'secretHash' | 'seenAt'>

/** A device, and what it is called by. */
export type DeviceName = Pick<Device, 'id' | 'name' | 'platform'>

/** A subscription ready to be stored. */
export interface NewDevice extends DeviceTraits {
  /** Used unless the endpoint is known as this user's. */
  readonly id: string
  readonly userId: string
  readonly address: PushAddress
  readonly keyId: string
  readonly secretHash: string
  readonly at: number
}

/** Why a device is none any more: its push service said so, or a person removed it. */
export type DeviceEnd = 'gone' | 'removed'

/** How a device ends. */
export interface DeviceEnding {
  readonly why: DeviceEnd
  readonly at: number
  /** Given: only if it has not subscribed since, so that news of an old address ends no new one. */
  readonly seenAt?: number
}

/** A device that ended, of which enough is known to believe it when it comes again. */
export interface EndedDevice {
  readonly id: string
  readonly userId: string
  readonly secretHash: string
  readonly why: DeviceEnd
}

/** A device that subscribed anew: it stays the one it is. */
export interface DeviceRenewal {
  readonly id: string
  readonly address: PushAddress
  readonly keyId: string
  readonly at: number
  /** Null: as they were. */
  readonly traits: DeviceTraits | null
}
