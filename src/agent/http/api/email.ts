import type { Page, PageQuery } from '../../../backends/store.ts'
import type { SuppressedAddress } from '../../../core/mailbox.ts'

export interface EmailApi {
  /** Sends a test now, to a suppressed address too. `EC_NOT_FOUND` without a mail server, and for who has no address. */
  test(userId: string): Promise<MailTrial>
  suppressed(query: PageQuery): Promise<Page<SuppressedAddress>>
  /** `EC_NOT_FOUND` when it is not suppressed. */
  lift(address: string): Promise<void>
  readonly pages: PageApi
}

export interface MailTrial {
  readonly user: string
  /** As much of it as may be shown. */
  readonly address: string
  readonly outcome: 'delivered' | 'retry' | 'gone' | 'rejected' | 'bad_address' | 'our_trouble'
  /** What the mail server said, unless it took it. */
  readonly reason: string | null
}

/**
 * The pages that mail links to. The token in the link is all the right that there is. `show` changes nothing. Never
 * rejects: what goes wrong is a page too. `languages` is the header `Accept-Language`.
 */
export interface PageApi {
  showAnswer(token: string, languages: string | null): Promise<HtmlPage>
  submitAnswer(token: string, form: Readonly<Record<string, string>>, languages: string | null): Promise<HtmlPage>
  showStop(token: string, languages: string | null): Promise<HtmlPage>
  submitStop(token: string, form: Readonly<Record<string, string>>, languages: string | null): Promise<HtmlPage>
}

export interface HtmlPage {
  readonly status: number
  readonly html: string
  /** SHA-256 of its one style, base64, for the policy that allows nothing else. */
  readonly styleHash: string
}
