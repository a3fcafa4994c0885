import { EcDiagnostics } from './diagnostics/element.ts'

// A page that loads the module twice, from two places, keeps the first.
if (customElements.get('ec-diagnostics') === undefined) customElements.define('ec-diagnostics', EcDiagnostics)
