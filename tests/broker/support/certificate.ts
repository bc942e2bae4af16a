import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

/*
 * An X.509 certificate for 127.0.0.1, made here so that the test needs no openssl and no file that expires. Just enough
 * DER: version 3, ECDSA with SHA-256 on P-256, one common name, an address as alternative name.
 */
export type Certificate = { readonly cert: string; readonly key: string }

function der(tag: number, ...parts: (Buffer | number[])[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)))
  const { length: size } = body
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}

const sequence = (...parts: (Buffer | number[])[]) => der(0x30, ...parts)
const ecdsaWithSha256 = sequence(der(0x06, [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]))

function name(commonName: string): Buffer {
  return sequence(der(0x31, sequence(der(0x06, [0x55, 0x04, 0x03]), der(0x0c, Buffer.from(commonName)))))
}

/** UTCTime, `yymmddhhmmssZ`. */
function time(at: number): Buffer {
  return der(0x17, Buffer.from(`${new Date(at).toISOString().slice(2, 19).replace(/\D/g, '')}Z`))
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

/** Signed by `issuer`, or by itself; it may sign others. */
export function makeCertificate(commonName: string, issuer?: Certificate & { readonly name: string }): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const signer: KeyObject = issuer === undefined ? privateKey : createPrivateKey(issuer.key)
  const dayMs = 86_400_000
  const now = Date.now()
  const alternativeName = sequence(
    der(0x06, [0x55, 0x1d, 0x11]),
    der(0x04, sequence(der(0x87, [127, 0, 0, 1]), der(0x82, Buffer.from('localhost')))),
  )
  const mayIssue = sequence(der(0x06, [0x55, 0x1d, 0x13]), der(0x01, [0xff]), der(0x04, sequence(der(0x01, [0xff]))))
  const content = sequence(
    der(0xa0, der(0x02, [2])),
    der(0x02, [1, ...Buffer.from(commonName).subarray(0, 8)]),
    ecdsaWithSha256,
    name(issuer?.name ?? commonName),
    sequence(time(now - dayMs), time(now + dayMs)),
    name(commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(alternativeName, mayIssue)),
  )
  const signature = sign('sha256', content, signer)
  const certificate = sequence(content, ecdsaWithSha256, der(0x03, [0], signature))
  return { cert: pem('CERTIFICATE', certificate), key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}
