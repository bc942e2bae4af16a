import { isUtf8 } from 'node:buffer'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { problem } from './problems.ts'

const inflate = promisify(gunzip)

/**
 * The text of a body of line protocol, unpacked. Never more than `bytesMax` of it, however small it was packed.
 * @throws ProblemError BODY_TOO_LARGE, REQUEST_INVALID
 */
export async function lineText(body: Buffer, encoding: string | undefined, bytesMax: number): Promise<string> {
  const bytes = await unpacked(body, encoding?.trim().toLowerCase() ?? '', bytesMax)
  if (bytes.length > bytesMax) throw problem('BODY_TOO_LARGE', {})
  if (!isUtf8(bytes)) throw problem('REQUEST_INVALID', { what: 'the body is not UTF-8' })
  return bytes.toString('utf8')
}

async function unpacked(body: Buffer, encoding: string, bytesMax: number): Promise<Buffer> {
  if (encoding === '' || encoding === 'identity') return body
  if (encoding !== 'gzip')
    throw problem('REQUEST_INVALID', { what: `content-encoding "${encoding.slice(0, 32)}": expected gzip or none` })
  try {
    return await inflate(body, { maxOutputLength: bytesMax })
  } catch (error) {
    const { code } = error as { readonly code?: unknown }
    if (code === 'ERR_BUFFER_TOO_LARGE') throw problem('BODY_TOO_LARGE', {})
    throw problem('REQUEST_INVALID', { what: 'the body is not what content-encoding says: it is no gzip' })
  }
}
