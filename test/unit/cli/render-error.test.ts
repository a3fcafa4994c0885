import { describe, expect, it } from 'vitest'
import { renderError, renderProblem } from '#ec/cli/render-error.js'
import { EcError, toEcError } from '#ec/core/errors.js'
import { createPainter } from '#ec/core/painter.js'

const paint = await createPainter(false)

describe('an error for a person', () => {
  it('says what, the code, and the next step', () => {
    const error = new EcError('EC_AGENT_UNREACHABLE', 'no agent answers at /x')
    expect(renderError(error, paint)).toBe(
      'ec: no agent answers at /x (EC_AGENT_UNREACHABLE)\nnext: start one with `ec agent`\n',
    )
  })

  it('names every field that is wrong', () => {
    const errors = [
      { path: 'title', message: 'must not be empty' },
      { source: 'ec.config.yaml:2', path: 'http.prot', message: 'is no setting' },
    ]
    const text = renderError(new EcError('EC_EVENT_INVALID', 'the event is not valid', { details: { errors } }), paint)
    expect(text).toContain('\n  title must not be empty\n')
    expect(text).toContain('\n  ec.config.yaml:2: http.prot is no setting\n')
  })

  it('says nothing twice: what its message tells of a field needs no line of its own', () => {
    const errors = [{ path: 'tz', message: 'takes an IANA time zone' }]
    const error = new EcError('EC_FIELD_INVALID', 'tz: takes an IANA time zone', { details: { errors } })
    expect(renderError(error, paint).match(/takes an IANA time zone/g)).toHaveLength(1)
  })

  it('shows the code of an agent that is newer', () => {
    const error = new EcError('EC_REMOTE', 'no', { details: { code: 'EC_NEW_THING' } })
    expect(renderError(error, paint)).toContain('(EC_NEW_THING)')
  })

  it('shows where a defect happened, and no other stack', () => {
    expect(renderError(toEcError(new TypeError('x is not a function')), paint)).toContain('render-error.test')
    expect(renderError(new EcError('EC_CONFLICT', 'taken'), paint)).not.toContain('render-error.test')
  })

  it('lets nothing from outside steer the terminal', () => {
    const details = { errors: [{ path: '\u001b[2J', message: '\u009b1m' }], code: '\u0007' }
    const error = new EcError('EC_REMOTE', '\u001b]0;x\u0007', { hint: '\u001b[1A', details })
    // oxlint-disable-next-line no-control-regex -- these are what must not come through
    expect(renderError(error, paint)).not.toMatch(/[\u001b\u009b\u0007]/)
  })
})

describe('an error for a program', () => {
  it('is one line with a problem document and the exit code', () => {
    const text = renderProblem(new EcError('EC_CONFLICT', 'the id\nis taken', { details: { extra: 1 } }))
    expect(text.trimEnd()).not.toContain('\n')
    expect(JSON.parse(text)).toMatchObject({
      code: 'EC_CONFLICT',
      status: 409,
      detail: 'the id\nis taken',
      exit: 4,
      extra: 1,
    })
  })
})
