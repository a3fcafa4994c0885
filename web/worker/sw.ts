import { takeOver } from './lifecycle.ts'

takeOver()
