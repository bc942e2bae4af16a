import fc from 'fast-check'

/**
 * fast-check, with an end to its shrinking: a law of long series that breaks could be shrunk for hours, in one
 * synchronous call that no test's time limit can interrupt. After three minutes it tells the smallest case it has.
 */
fc.configureGlobal({ interruptAfterTimeLimit: 180_000, markInterruptAsFailure: true })

export { fc }
