/** swc only strips the types (`npm run check` judges them); the reporters end a run that stands still, and any run with one plain line. */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    // ES modules that @fastify/static and @fastify/cookie `require`, which Jest can do only from Node 24.9 on.
    'node_modules/(content-disposition|cookie)/.+\\.js$': ['@swc/jest', { module: { type: 'commonjs' } }],
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!(content-disposition|cookie)/)'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  testTimeout: 30_000,
  workerIdleMemoryLimit: '512MB',
  reporters: [
    'default',
    '<rootDir>/tests/support/patience-reporter.js',
    '<rootDir>/tests/support/closing-line-reporter.js',
  ],
}
