import type { Crew } from '../../../city/index.ts'
import type { HttpServer } from '../../server/http-server.ts'
import { byId, listOf } from '../list.ts'
import { problems } from '../openapi.ts'
import type { Parts } from '../parts.ts'
import { type CrewView, classView, crewView } from '../schema.ts'
import { classViewOf } from '../views/asset-view.ts'

/** Classes and crews are few; a city has them all in one page. */
export function cityRoutes(server: HttpServer, { registry }: Parts): void {
  server.route({
    method: 'GET',
    url: '/api/v1/classes',
    config: { access: 'city:read' },
    schema: {
      summary: 'List asset classes',
      description: 'With the quantities measured on them and the ways they fail.',
      tags: ['city'],
      response: { 200: listOf(classView), ...problems() },
    },
    handler: async () => ({ items: byId(registry.classes()).map(classViewOf), next: null }),
  })

  server.route({
    method: 'GET',
    url: '/api/v1/crews',
    config: { access: 'city:read' },
    schema: {
      summary: 'List crews',
      tags: ['city'],
      response: { 200: listOf(crewView), ...problems() },
    },
    handler: async () => ({ items: byId(registry.crews()).map(crewViewOf), next: null }),
  })
}

function crewViewOf({ id, name, skills, area }: Crew): CrewView {
  return { id, name, skills: [...skills], area: [...area] }
}
