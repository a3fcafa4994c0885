import { judge } from '../../core/check.ts'
import { unknownVariables } from '../../core/config-env.ts'
import { namedEndpoints } from '../../core/endpoints.ts'
import { reportConfig, type ConfigReport } from '../../core/config-layers.ts'
import { describeProblem } from '../../core/config-problem.ts'
import { ENDPOINT_VARIABLES, judgeEndpoints } from '../../core/judge-endpoints.ts'
import type { Examination, Finding } from './finding.ts'
import type { Scene } from './scene.ts'

/** Every file and variable, and whether they may say what they say: what `ec config check` reads, in one line each. */
export function examineConfiguration(scene: Scene): Examination {
  return {
    codes: ['config.valid', 'config.trust', 'config.variables', 'config.endpoints'],
    deadlineMs: 5_000,
    async examine() {
      const report = await reportConfig(scene.configInput)
      return [judgeValid(report), judgeTrust(report), judgeVariables(scene.context.env), judgeOwnEndpoints(scene)]
    },
  }
}

function judgeValid({ files, problems }: ConfigReport): Finding {
  const [first, ...others] = problems
  if (first === undefined) {
    const detail =
      files.length === 0 ? 'no file; defaults and the environment hold' : files.map(({ path }) => path).join(', ')
    return judge('config.valid', 'ok', detail)
  }
  const more = others.length === 0 ? '' : `, and ${others.length} more`
  const detail = `${first.source}: ${describeProblem(first)}${more}`
  return judge(
    'config.valid',
    'fail',
    detail,
    others.length === 0 ? `correct ${first.source}` : 'see `ec config check`',
  )
}

function judgeTrust({ files }: ConfigReport): Finding {
  const first = files.find(({ untrusted }) => untrusted.length > 0)
  if (first === undefined) return judge('config.trust', 'ok')
  const detail = `${first.path} is not trusted to set ${first.untrusted.join(', ')}`
  return judge('config.trust', 'fail', detail, `read the file, then \`ec config trust ${first.path}\``)
}

function judgeVariables(env: Scene['context']['env']): Finding {
  const unknown = unknownVariables(env)
  return unknown.length === 0 ? judge('config.variables', 'ok') : judge('config.variables', 'warn', unknown.join('; '))
}

/** As this shell and the files say; the running agent tells of its own. */
function judgeOwnEndpoints({ context, config }: Scene): Finding {
  const fromConfig = config === null ? [] : namedEndpoints(config)
  const fromEnv = ENDPOINT_VARIABLES.flatMap(name => {
    const url = context.env[name]
    return url === undefined || url === '' || fromConfig.some(known => known.name === name) ? [] : [{ name, url }]
  })
  return judgeEndpoints([...fromConfig, ...fromEnv])
}
