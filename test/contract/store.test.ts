import { EmbeddedBackend } from '../support/embedded-backend.ts'
import { storeContract } from './store.ts'

storeContract('embedded', () => EmbeddedBackend.open())
