import { command, type Command } from '../command.ts'
import { choice, duration, on, one, text, withDefault } from '../flags.ts'
import { PAGE_FLAGS } from '../page-flags.ts'
import { JOB_STATES } from '../../core/job.ts'

/** The agent and its store, seen and tended from outside. */
export const HOUSE_COMMANDS: Readonly<Record<string, Command>> = {
  status: command({
    summary: 'how the agent is doing',
    examples: ['ec status', 'ec status --json'],
    load: async () => (await import('../../commands/status.ts')).showStatus,
  }),
  doctor: command({
    summary: 'look for what keeps ec from working, and say what to do',
    description:
      "Looks at this machine, the configuration, the data folder and, when one runs, the agent; exits 5 when a check fails. --fix takes the rights of others away from files with secrets, makes a missing data folder and removes what a killed agent left; it never changes what is in a file. --user says instead why a person gets nothing: by what the agent knows of that person, and by what the person's browsers last reported from /diagnostics.",
    examples: ['ec doctor', 'ec doctor --fix', 'ec doctor --user ana', 'ec doctor --json'],
    flags: {
      fix: on('mend what is safe to mend, and look again'),
      user: text('id', 'say why this user gets nothing', 'user'),
    },
    load: async () => (await import('../../commands/doctor.ts')).runDoctor,
  }),
  'jobs list': command({
    summary: 'list jobs',
    examples: ['ec jobs list', 'ec jobs list --state dead'],
    flags: {
      state: choice(JOB_STATES, 'in this state'),
      kind: text('kind', 'of this kind', 'job kind'),
      group: text('group', 'of this group'),
      ...PAGE_FLAGS,
    },
    load: async () => (await import('../../commands/jobs.ts')).listJobs,
  }),
  'jobs show': command({
    summary: 'show a job',
    examples: ['ec jobs show job_0192f0c1'],
    args: { id: one('id of a job', 'job') },
    load: async () => (await import('../../commands/jobs.ts')).showJob,
  }),
  'jobs retry': command({
    summary: 'give a dead job a fresh set of attempts',
    examples: ['ec jobs retry job_0192f0c1'],
    args: { id: one('id of a job', 'dead job') },
    load: async () => (await import('../../commands/jobs.ts')).retryJob,
  }),
  calls: command({
    summary: 'requests to providers, counted, and what they saved',
    description:
      'Savings compare reads, renewals and probes, every attempt counted, with two pollers that ask every 15 minutes: the old system with three calls, and one without waste with one. Writes, pulls, setup and sign-in stand in columns of their own.',
    examples: ['ec calls', 'ec calls --since 7d --json', 'ec calls --each'],
    flags: {
      since: withDefault('24h', duration('over this time')),
      each: on('a line for each operation and cause'),
    },
    load: async () => (await import('../../commands/calls.ts')).listCalls,
  }),
  'config list': command({
    summary: 'every setting, and where it comes from',
    examples: ['ec config list', 'EC_HTTP_PORT=9000 ec config list'],
    load: async () => (await import('../../commands/config.ts')).listConfig,
  }),
  'config check': command({
    summary: 'look for mistakes in the configuration',
    examples: ['ec config check', 'ec config check --config ./ec.config.yaml'],
    exits: { 3: 'there are mistakes, each with its file and line' },
    seeAlso: ['config list', 'config trust'],
    load: async () => (await import('../../commands/config.ts')).checkConfig,
  }),
  'config trust': command({
    summary: 'trust a configuration file as it is now',
    description:
      'A file in the working directory sets endpoints, folders and what the world may reach only once it is trusted. A change of the file takes the trust away.',
    examples: ['ec config trust ./ec.config.yaml'],
    args: { path: one('a configuration file that you have read', 'file') },
    load: async () => (await import('../../commands/config.ts')).trustConfig,
  }),
  'features list': command({
    summary: 'what is switched on',
    examples: ['ec features list'],
    load: async () => (await import('../../commands/features.ts')).listFeatures,
  }),
  'features on': command({
    summary: 'switch a feature on',
    examples: ['ec features on webhooks'],
    args: { name: one('name of a feature', 'feature') },
    load: async () => (await import('../../commands/features.ts')).switchFeatureOn,
  }),
  'features off': command({
    summary: 'switch a feature off',
    examples: ['ec features off webhooks'],
    args: { name: one('name of a feature', 'feature') },
    load: async () => (await import('../../commands/features.ts')).switchFeatureOff,
  }),
  backup: command({
    summary: 'copy the store while everything goes on',
    examples: ['ec backup ./ec-backup.db'],
    args: { file: one('a file that does not exist yet', 'file') },
    load: async () => (await import('../../commands/backup.ts')).backupStore,
  }),
  restore: command({
    summary: 'put a backup in the place of the store',
    examples: ['ec restore ./ec-backup.db'],
    args: { file: one('a file that `ec backup` wrote', 'file') },
    seeAlso: ['backup'],
    flags: { yes: on('do not ask') },
    load: async () => (await import('../../commands/restore.ts')).restoreStore,
  }),
}
