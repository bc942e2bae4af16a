import { existsSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { answerUnknownRoute } from './errors.ts'
import type { HttpServer } from './http-server.ts'

/** Addresses that programs ask; everything else is a page's own route, and gets the page. */
const programPaths = /^\/(api|health|metrics|mqtt)(\/|$)/

const notBuilt = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Lengthsman</title></head>
<body><h1>The pages are not built</h1>
<p>The program runs; the API is at <a href="/api/docs">/api/docs</a>.</p>
<p>Run <code>npm run build</code> and start again.</p></body></html>
`

/** The built pages. Files under assets/ carry a hash in their name, so they never change; all others are asked for anew. */
export async function registerPages(server: HttpServer, folder: string): Promise<void> {
  const root = resolve(folder)
  const built = existsSync(join(root, 'index.html'))
  if (built) {
    const hashed = join(root, 'assets') + sep
    await server.register(fastifyStatic, {
      root,
      index: false,
      redirect: false,
      preCompressed: true,
      cacheControl: false,
      setHeaders: (reply, path) => {
        reply.header('cache-control', path.startsWith(hashed) ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  }
  server.setNotFoundHandler((request, reply) => {
    if (!isPage(request)) return answerUnknownRoute(request, reply)
    return built ? sendIndex(reply) : sendNotBuilt(reply)
  })
  server.get('/', { schema: { hide: true } }, (_, reply) => (built ? sendIndex(reply) : sendNotBuilt(reply)))
}

function sendIndex(reply: FastifyReply): FastifyReply {
  return reply.sendFile('index.html')
}

function sendNotBuilt(reply: FastifyReply): FastifyReply {
  return reply.code(503).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(notBuilt)
}

/** A missing script or picture is an error, not a page. */
function isPage(request: FastifyRequest): boolean {
  const path = request.url.split('?')[0] ?? ''
  if (request.method !== 'GET' && request.method !== 'HEAD') return false
  return !programPaths.test(path) && !/\.[a-z0-9]+$/i.test(path)
}
