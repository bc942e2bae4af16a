import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

// 192 bits: nobody guesses it, which is what allows a fast hash below.
const secretBytes = 24
const saltBytes = 16

/** A secret that somebody else chose (a device that cannot be given a new one) has at least this many characters. */
export const givenSecretLengthMin = 16

/** What is kept of a secret. */
export type SecretHash = { readonly salt: Uint8Array; readonly hash: Uint8Array }

/** Never begins with a hyphen: on a command line (`--secret -Xy…`) that would be taken for another option. */
export function makeSecret(): string {
  const secret = randomBytes(secretBytes).toString('base64url')
  return secret.startsWith('-') ? makeSecret() : secret
}

/**
 * Salted SHA-256 and not scrypt: these secrets are random, so there is no word list to slow down, and 10,000 devices that
 * reconnect at once after a power cut must be let in within seconds. People's passwords are another matter.
 */
export function hashSecret(secret: string): SecretHash {
  const salt = randomBytes(saltBytes)
  return { salt, hash: digest(salt, secret) }
}

// Compared against when the device is unknown, so that an answer takes as long as for a known one.
const nobody = hashSecret(makeSecret())

/** Takes the same time whether the device is known, unknown (`undefined`) or the secret wrong in its first or last letter. */
export function secretMatches(secret: string, kept: SecretHash | undefined): boolean {
  const { salt, hash } = kept ?? nobody
  return timingSafeEqual(digest(salt, secret), hash) && kept !== undefined
}

function digest(salt: Uint8Array, secret: string): Uint8Array {
  return createHash('sha256').update(salt).update(secret, 'utf8').digest()
}
