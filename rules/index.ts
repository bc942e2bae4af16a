export * from './alarm.ts'
export * from './rule.ts'
