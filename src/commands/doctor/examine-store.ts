import { judge } from '../../core/check.ts'
import { toEcError } from '../../core/errors.ts'
import { opensStore } from '../../core/key-proof.ts'
import { readMasterKey } from '../../core/master-key.ts'
import { createSeal } from '../../core/seal.ts'
import type { Examination, Finding } from './finding.ts'
import type { StoreFacts } from './look-at-store.ts'
import { skipAll } from './run-examinations.ts'
import type { Scene } from './scene.ts'

const CODES = ['store.schema', 'store.file', 'key.present', 'key.fits'] as const

/** The file of the store, and the key that opens what is sealed in it. */
export function examineStore(scene: Scene): Examination {
  return {
    codes: CODES,
    deadlineMs: 14_000,
    async examine() {
      if (scene.paths === null) return skipAll(CODES, 'the agent is on another machine', 'run `ec doctor` there')
      const facts = await scene.store()
      const { state } = await scene.agent()
      return [...judgeFile(facts, state === 'answers'), ...(await judgeKey(scene, facts))]
    },
  }
}

/** `served`: by an agent, which can restore a backup over a store that it would not start on. */
function judgeFile(facts: StoreFacts, served: boolean): readonly Finding[] {
  const { store, refused, integrity } = facts
  const codes = ['store.schema', 'store.file'] as const
  if (store === null) return skipAll(codes, 'there is no store yet', 'start the agent')
  const known = store === undefined ? [] : [judgeSchema(store)]
  if (refused !== undefined) {
    const { code, message, hint } = refused
    const isSchema = code === 'EC_STORE_NEWER' && known.length > 0
    const file = isSchema
      ? judge('store.file', 'skip', 'it is of a newer version', hint)
      : judge('store.file', 'fail', message, served && code === 'EC_STORE_CORRUPT' ? undefined : hint)
    return [...known, file]
  }
  if (store === undefined) {
    return skipAll(
      codes,
      facts.native === undefined ? 'SQLite does not load' : 'it could not be looked at',
      'see the checks above',
    )
  }
  if (integrity === undefined) {
    const reason = facts.late ? 'it is too large to be read in time' : (facts.failure ?? 'it could not be read')
    return [...known, judge('store.file', 'skip', reason, 'the agent checks it after each fault of the disk')]
  }
  if (integrity === 'ok') return [...known, judge('store.file', 'ok')]
  return [...known, judge('store.file', 'fail', integrity)]
}

function judgeSchema({ schema, newest }: { readonly schema: number; readonly newest: number }): Finding {
  if (schema <= newest) return judge('store.schema', 'ok', `schema ${schema}`)
  return judge('store.schema', 'fail', `the store has schema ${schema}, this version of ec knows ${newest}`)
}

/** The running agent has proved its key itself, and may have it from an environment that is not this shell's. */
async function judgeKey(scene: Scene, { sealed, store }: StoreFacts): Promise<readonly Finding[]> {
  const codes = ['key.present', 'key.fits'] as const
  const agent = await scene.agent()
  if (agent.state === 'answers') return skipAll(codes, 'the running agent has its key', 'nothing to do')
  if (scene.paths === null || agent.state === 'unknown') {
    return skipAll(codes, 'the data folder does not answer', 'look at its disk')
  }
  const { masterKey: file } = scene.paths
  const variable = scene.context.env['EC_MASTER_KEY']
  const source = variable ? 'EC_MASTER_KEY' : file
  let key: Uint8Array | null
  try {
    key = readMasterKey(variable, file)
  } catch (thrown) {
    const { message, hint } = toEcError(thrown)
    return [judge('key.present', 'fail', message, hint), ...skipAll(['key.fits'], 'there is no key to try', hint)]
  }
  const samples = sealed ?? []
  if (key === null) return judgeMissing(file, samples.length > 0, store === null || store === undefined)
  return [judge('key.present', 'ok', `from ${source}`), judgeFit(key, source, samples, sealed !== undefined)]
}

function judgeMissing(file: string, sealed: boolean, isNew: boolean): readonly Finding[] {
  if (!sealed) {
    const when = isNew
      ? 'the agent makes it at its first start'
      : 'nothing is sealed yet; the agent makes one at its start'
    return [judge('key.present', 'ok', when), ...skipAll(['key.fits'], 'there is no key yet', 'start the agent')]
  }
  const hint = `bring ${file} back from a backup, or set EC_MASTER_KEY to what was in it`
  return [
    judge('key.present', 'fail', `${file} is missing, and the store holds secrets that it sealed`, hint),
    ...skipAll(['key.fits'], 'there is no key to try', hint),
  ]
}

function judgeFit(
  key: Uint8Array,
  source: string,
  samples: NonNullable<StoreFacts['sealed']>,
  looked: boolean,
): Finding {
  if (!looked) return judge('key.fits', 'skip', 'there is no store to try it on', 'start the agent')
  if (samples.length === 0) return judge('key.fits', 'ok', 'nothing is sealed yet')
  if (opensStore(samples, createSeal(key))) return judge('key.fits', 'ok')
  return judge(
    'key.fits',
    'fail',
    `the key from ${source} does not open what is sealed in the store`,
    source === 'EC_MASTER_KEY'
      ? 'set EC_MASTER_KEY to the key that the store was sealed with, or unset it to use the file'
      : `bring ${source} back from a backup, or set EC_MASTER_KEY to what was in it`,
  )
}
