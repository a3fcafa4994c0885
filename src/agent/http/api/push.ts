import type { DeviceQuery, Page } from '../../../backends/store.ts'
import type { Device, DeviceTraits, PushAddress } from '../../../core/device.ts'
import type { ReceiptKind } from '../../../core/receipt.ts'
import type { KeyAge } from './people.ts'

export interface PushApi {
  /** The key that browsers subscribe with; `EC_NOT_FOUND` before there is one. */
  key(): Promise<{ readonly id: string; readonly publicKey: string }>
  /** Makes the first key, or with `rotate` another one; else sets the subject. `made`: there is a new key. */
  setUp(
    subject: string,
    rotate: boolean,
  ): Promise<{ readonly id: string; readonly publicKey: string; readonly subject: string; readonly made: boolean }>
  /**
   * `keyId` null = the newest. `secret` is told this once; each subscribing makes a new one, but for a browser that proves
   * itself as the device that it was (`former`): it stays that device, with its secret. A `former` of another user ends.
   * `EC_FIELD_INVALID`, `EC_RATE_LIMITED`, `EC_ENDPOINT_GONE`, `EC_DEVICE_REMOVED`.
   */
  subscribe(
    userId: string,
    subscription: DeviceTraits & {
      readonly address: PushAddress
      readonly keyId: string | null
      readonly former?: DeviceProof | null
    },
  ): Promise<{ readonly device: Device; readonly secret: string }>
  /**
   * A browser subscribed anew and says so itself, without a page: it stays the device that it is. `EC_FORBIDDEN` when
   * device and secret do not belong together, else as `subscribe`.
   */
  renew(renewal: DeviceProof & { readonly address: PushAddress; readonly keyId: string | null }): Promise<Device>
  /** `EC_FORBIDDEN` when they do not belong together. */
  unsubscribe(device: string, secret: string): Promise<void>
  /** `EC_FORBIDDEN` when device, secret and event do not belong together, `EC_RATE_LIMITED`. A repetition does nothing. */
  receipt(receipt: PushReceipt): Promise<void>
  /** Answers a question as the device's user. `EC_FORBIDDEN`, `EC_RATE_LIMITED`, and whatever an answer may get. */
  answer(given: DeviceAnswer): Promise<void>
  devices(query: DeviceQuery): Promise<Page<Device>>
  /** `userId`: whose it must be; null = anybody's. */
  remove(device: string, userId: string | null): Promise<void>
  /**
   * Sends a test now; resolves with what became of it. A device that is gone is removed. The event is `evt_test-` and the
   * `nonce`, so that a page knows it when its worker says what it shows. `EC_RATE_LIMITED`.
   */
  test(device: string, userId: string | null, nonce: string | null): Promise<PushTrial>
  /** What a key that a device subscribed with is to this agent. */
  ageOfKey(id: string): Promise<KeyAge>
}

/** How a browser proves which device it is. */
export interface DeviceProof {
  readonly device: string
  readonly secret: string
}

/** The button of a notification that a person pressed. */
export interface DeviceAnswer {
  readonly device: string
  readonly secret: string
  readonly question: string
  readonly option: string
  readonly input: string | null
}

/** What a device says of a message. */
export interface PushReceipt {
  readonly device: string
  readonly secret: string
  /** The event's id. */
  readonly event: string
  readonly what: ReceiptKind
  /** By the clock of the device, ms; null = now. */
  readonly at: number | null
}

export interface PushTrial {
  readonly device: string
  /** The event's id, as the worker is told. */
  readonly event: string
  readonly outcome: 'delivered' | 'retry' | 'gone' | 'rejected' | 'key_trouble'
  readonly reason: string | null
}
