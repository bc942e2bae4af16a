export * from './reading.ts'
export * from './store/reading-store.ts'
export * from './wire/index.ts'
