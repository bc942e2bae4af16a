import type { Principal } from '../api/schema.ts'

/** What can be done through the API. A route names one; a route that names none cannot be registered. */
export const permissions = [
  'city:read',
  'assets:edit',
  'alarms:act',
  'tickets:act',
  'devices:read',
  'devices:edit',
  'quarantine:read',
  'quarantine:edit',
  'readings:write',
  'rules:try',
  'rules:edit',
  'users:edit',
] as const
export type Permission = (typeof permissions)[number]

/** Who may do what. What is not listed is refused. `reporter` is for API tokens that only send readings. */
const granted: Readonly<Record<Principal, readonly Permission[]>> = {
  reporter: ['readings:write'],
  viewer: ['city:read'],
  crew: ['city:read', 'tickets:act'],
  engineer: [
    'city:read',
    'assets:edit',
    'alarms:act',
    'tickets:act',
    'devices:read',
    'devices:edit',
    'quarantine:read',
    'quarantine:edit',
    'readings:write',
    'rules:try',
    'rules:edit',
  ],
  admin: [
    'city:read',
    'assets:edit',
    'alarms:act',
    'tickets:act',
    'devices:read',
    'devices:edit',
    'quarantine:read',
    'quarantine:edit',
    'readings:write',
    'rules:try',
    'rules:edit',
    'users:edit',
  ],
}

export function mayDo(role: Principal, permission: Permission): boolean {
  return granted[role].includes(permission)
}
