import { EcDiagnostics } from './diagnostics/element.ts'

export { EcDiagnostics }
export type { CheckCode, FixName, Outcome, Result } from './diagnostics/check.ts'
export type { ExaminationState } from './diagnostics/examination.ts'

if (customElements.get('ec-diagnostics') === undefined) customElements.define('ec-diagnostics', EcDiagnostics)
