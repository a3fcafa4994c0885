import type { BrowserReport } from '../../core/browser-report.ts'

/** What browsers found out about themselves. */
export interface DiagnosticFacts {
  /**
   * Keeps the last report of a browser; one that asks for nothing leaves when help was asked for as it was. Of a user's
   * those `limit` stay that came last.
   */
  putReport(report: BrowserReport, limit: number): Promise<void>
  /** Of a user's browsers, the newest first. */
  listReports(userId: string): Promise<readonly BrowserReport[]>
}
