import type {
  Device,
  DeviceEnding,
  DeviceName,
  DeviceRenewal,
  DeviceStanding,
  EndedDevice,
  NewDevice,
  PushAddress,
} from '../../core/device.ts'
import type { ReceiptKind } from '../../core/receipt.ts'
import type { StateItem } from './events.ts'
import type { Page, PageQuery } from './pages.ts'

/** Browsers that take pushes. */
export interface DeviceFacts {
  /**
   * Keeps a browser that takes pushes, known by its endpoint; a known one gets new keys, traits and secret. One that
   * another user had becomes a new device of this one. Of a user's devices those `limit` stay that were seen last.
   */
  putDevice(device: NewDevice, limit: number): Promise<Device>
  /**
   * A device comes with a new address, and keeps its id and history; one that is `gone` is there again. Whoever else had
   * the address has it no more. Of a user's devices those `limit` stay that were seen last. Null for one that is not known.
   */
  renewDevice(renewal: DeviceRenewal, limit: number): Promise<Device | null>
  getDevice(id: string): Promise<Device | null>
  /** One that ended, of the last of its user's. */
  getEndedDevice(id: string): Promise<EndedDevice | null>
  /** Whether a push service has said that this endpoint is none any more. */
  isGoneEndpoint(endpoint: string): Promise<boolean>
  /** Where to send to, opened; null when there is no such device. */
  getPushAddress(id: string): Promise<PushAddress | null>
  /** As `getDevice`, at half the cost: it is asked with every send. */
  getDeviceStanding(id: string): Promise<DeviceStanding | null>
  /** All that a user has, of which `putDevice` keeps no more than its limit, at a quarter of what their list costs. */
  nameDevices(userId: string): Promise<readonly DeviceName[]>
  listDevices(query: DeviceQuery): Promise<Page<Device>>
  /** How many devices subscribed with which key. */
  countDevices(): Promise<readonly { readonly keyId: string; readonly devices: number }[]>
  /** Records what came of the last send, as a job's end does with its effect `noted`. */
  noteDevice(note: DeviceNote): Promise<void>
  /** The device says that it showed something that stands in no trace, as a test. */
  noteShown(id: string, at: number): Promise<void>
  /** Records what a device says of an event that was on its way to it; a click marks the event as read. Idempotent. */
  recordReceipt(receipt: Receipt): Promise<ReceiptEnd>
  /** With `end` it is remembered that and why it ended; without, it took its leave itself. False: it was not removed. */
  removeDevice(id: string, end?: DeviceEnding): Promise<boolean>
}

/** What came of a send to a device. */
export interface DeviceNote {
  readonly id: string
  /** ms since 1970. */
  readonly at: number
  /** Null = its push service took it, and it counts as not shown yet. */
  readonly error: string | null
}

/** What a device says of an event. */
export interface Receipt {
  readonly userId: string
  readonly eventId: string
  readonly device: string
  /** How the device is called to people. */
  readonly label: string
  readonly what: ReceiptKind
  /** When it happened, as the device says; no earlier counts than when the event was on its way. */
  readonly at: number
}

export interface ReceiptEnd {
  /** `unknown`: no such event is, or was, on its way to the device. `repeated`: it is known, and nothing was written. */
  readonly outcome: 'recorded' | 'repeated' | 'unknown'
  /** What was numbered for it. */
  readonly items: readonly StateItem[]
}

export interface DeviceQuery extends PageQuery {
  readonly userId?: string
}
