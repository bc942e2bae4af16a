import { randomBytes, randomInt, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'

/** How dear one guess is. Written into every hash, so that raising it later leaves old hashes readable. */
export type ScryptCost = { readonly N: number; readonly r: number; readonly p: number }

/** OWASP's second choice: 32 MB and about 0.2 s a guess here; its first choice would take 128 MB a login. */
export const scryptCost: ScryptCost = { N: 2 ** 15, r: 8, p: 3 }

export const passwordLengthMin = 12
/** Longer adds no safety and is only work for the hash. */
export const passwordLengthMax = 256

const saltBytes = 16
const keyBytes = 32

/** `scrypt$N$r$p$salt$key`, both in base64url. */
export async function hashPassword(password: string, cost: ScryptCost = scryptCost): Promise<string> {
  const salt = randomBytes(saltBytes)
  const key = await derive(password, salt, cost)
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$')
}

/** Constant time in the key. A text that is no hash fits no password. */
export async function passwordFits(password: string, hash: string): Promise<boolean> {
  const [scheme, N, r, p, salt, key] = hash.split('$')
  if (scheme !== 'scrypt' || salt === undefined || key === undefined) return false
  const expected = Buffer.from(key, 'base64url')
  const cost = { N: Number(N), r: Number(r), p: Number(p) }
  const actual = await derive(password, Buffer.from(salt, 'base64url'), cost)
  return actual.length === expected.length && timingSafeEqual(actual, expected)
}

function derive(password: string, salt: Buffer, cost: ScryptCost): Promise<Buffer> {
  // Node refuses more than 32 MB unless told; 128·N·r is what scrypt needs, twice that leaves room for p.
  const options: ScryptOptions = { ...cost, maxmem: 256 * cost.N * cost.r }
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, keyBytes, options, (error, key) => {
      if (error === null) resolve(key)
      else reject(error)
    })
  })
}

/** Easily told apart when read aloud or from paper: no 0/o, 1/l/i. */
const readable = 'abcdefghjkmnpqrstuvwxyz23456789'

/** Four groups of four, about 79 bits: `k7fm-2qxd-h9tv-w4ce`. */
export function randomPassword(): string {
  const letter = () => readable[randomInt(readable.length)] ?? 'x'
  return Array.from({ length: 4 }, () => Array.from({ length: 4 }, letter).join('')).join('-')
}
