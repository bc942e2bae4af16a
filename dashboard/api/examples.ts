import type { z } from 'zod'
import * as schema from './schema.ts'

type Entry = { readonly schema: z.ZodType; readonly description: string; readonly example?: unknown }

const at = '2026-05-04T10:00:00.000Z'

/** The schemas that OpenAPI shows by name, in words and by example. A test holds every example to its schema. */
export const named: Readonly<Record<string, Entry>> = {
  Problem: {
    schema: schema.problem,
    description: 'RFC 9457. `code` never changes its meaning; `faults` and `allowed` are there where they help.',
    example: {
      type: 'urn:lengthsman:problem:ticket-move-refused',
      title: 'Not possible now',
      status: 409,
      code: 'TICKET_MOVE_REFUSED',
      detail: 'a ticket that is open cannot be taken to "finish"',
      allowed: ['acknowledge', 'assign', 'start', 'cancel', 'comment'],
    },
  },
  Credentials: {
    schema: schema.credentials,
    description: 'What a person types.',
    example: { user: 'mara', password: 'k7fm-2qxd-h9tv-w4ce' },
  },
  Session: {
    schema: schema.session,
    description: 'Who is logged in, where, and the token that changes need.',
    example: {
      user: 'mara',
      name: 'Mara Lindt',
      role: 'crew',
      crew: 'water',
      csrfToken: '5yCqJ8-YZKy-eRgNT0HJBzMv9fdv8e8iB_D8lUD2JE0',
      city: { name: 'Testham', timeZone: 'Europe/Vienna' },
      demo: false,
    },
  },
  AssetSummary: {
    schema: schema.assetSummary,
    description: 'A thing the city owns, with what its own alarms say of it.',
    example: {
      id: 'pump-07',
      name: 'Pump 7, Mill Lane',
      class: 'drinking-water-pump',
      classTitle: 'Drinking water pump',
      criticality: 4,
      district: 'Old Town',
      place: { latitude: 48.21, longitude: 16.37, address: 'Mill Lane 7' },
      state: 'warning',
      openTickets: 1,
    },
  },
  Asset: { schema: schema.assetView, description: 'An asset with everything that belongs to it.' },
  AssetDraft: {
    schema: schema.assetDraft,
    description: 'An asset as it is put; what is left out is empty.',
    example: {
      name: 'Pump 7, Mill Lane',
      class: 'drinking-water-pump',
      criticality: 4,
      place: { latitude: 48.21, longitude: 16.37 },
      district: 'Old Town',
      relations: [{ kind: 'fed by', asset: 'reservoir-1' }],
    },
  },
  Sensor: { schema: schema.sensorView, description: 'One quantity of one asset, its newest value and its limits.' },
  Series: {
    schema: schema.seriesView,
    description: 'The past of a sensor in columns; buckets are aligned to the epoch and `at` is their start.',
    example: {
      sensor: 'pump-07/vibration',
      unit: 'mm/s',
      from: at,
      to: '2026-05-04T11:00:00.000Z',
      kind: 'buckets',
      widthMs: 60_000,
      at: [1_777_888_800_000, 1_777_888_860_000],
      min: [3.1, 3.2],
      max: [3.4, 3.3],
      mean: [3.2, 3.25],
      quality: null,
    },
  },
  ReadingDrafts: {
    schema: schema.readingDrafts,
    description: 'Readings to keep; `observedAt` is now when absent.',
    example: [{ sensor: 'pump-07/vibration', value: 3.2, observedAt: at }],
  },
  ReadingsOutcome: {
    schema: schema.readingsOutcome,
    description: 'How many are kept, and each that is not with its reason.',
    example: {
      accepted: 1,
      refused: [
        {
          index: 1,
          sensor: 'pump-07/vibraton',
          reason: 'unknown-sensor',
          detail: 'sensor pump-07/vibraton is unknown: asset pump-07 does not measure vibraton',
          suggestion: 'pump-07/vibration',
        },
      ],
    },
  },
  LineProblem: {
    schema: schema.lineProblem,
    description: 'In the form of InfluxDB, for its clients: what was dropped, and where.',
    example: {
      code: 'invalid',
      message:
        'partial write: 1 of 3 lines dropped or kept in part, the others are kept; line 2, column 16: value "n/a" of field "vibration" is no number, boolean or "text"',
      line: 2,
    },
  },
  Alarm: { schema: schema.alarmView, description: 'One rule on one asset, with what hides it where it is hidden.' },
  Shelving: {
    schema: schema.shelving,
    description: 'Why, and until when (30 days at most).',
    example: { reason: 'bearing is being replaced', until: '2026-05-05T16:00:00Z' },
  },
  ServiceWindow: {
    schema: schema.serviceWindow,
    description: 'A time in which alarms of some assets call nobody. They are judged and listed all the same.',
    example: {
      id: 'maintenance-mp3k2a40',
      kind: 'maintenance',
      assets: [{ id: 'transformer-02', name: 'Transformer Mill Lane' }],
      alarm: null,
      reach: 'dependents',
      covers: 14,
      reason: 'Oil is exchanged, supply is off',
      by: 'mara',
      from: '2026-05-05T06:00:00.000Z',
      until: '2026-05-05T10:00:00.000Z',
      ticket: null,
      open: false,
    },
  },
  MaintenanceDraft: {
    schema: schema.maintenanceDraft,
    description: 'Planned work: which assets, how far it reaches, from when until when, and why.',
    example: {
      assets: ['transformer-02'],
      reach: 'dependents',
      from: '2026-05-05T06:00:00Z',
      until: '2026-05-05T10:00:00Z',
      reason: 'Oil is exchanged, supply is off',
    },
  },
  OutOfServiceDraft: {
    schema: schema.outOfServiceDraft,
    description: 'Why, and until when: thirty days when left out, a year at most.',
    example: { reason: 'Drained for the winter', until: '2026-10-01T06:00:00Z' },
  },
  WindowReach: {
    schema: schema.windowReachView,
    description: 'How many assets a window would reach, and the first of them.',
    example: { count: 2, assets: ['pump-07', 'transformer-02'] },
  },
  IncidentSummary: {
    schema: schema.incidentSummary,
    description: 'Alarms that are probably one event.',
    example: {
      number: 7,
      state: 'open',
      title: 'Transformer Mill Lane: 3 of 4 drinking water pumps silent',
      root: { asset: 'transformer-02', name: 'Transformer Mill Lane' },
      reasons: [
        '3 of 4 drinking water pumps silent, fed by Transformer Mill Lane, within 40 s',
        'Transformer Mill Lane itself reports no trouble; it is what they have in common',
      ],
      assets: 3,
      alarms: 3,
      startedAt: at,
      lastAt: '2026-05-04T10:00:40.000Z',
      openedAt: '2026-05-04T10:20:41.000Z',
      overAt: null,
      mergedInto: null,
      tickets: [41, 42, 43],
    },
  },
  Incident: { schema: schema.incidentView, description: 'An incident with its alarms, as they are now.' },
  TicketSummary: { schema: schema.ticketSummary, description: 'A work order in a list.' },
  Ticket: { schema: schema.ticketView, description: 'A work order with its reasons, evidence, history and moves.' },
  TicketDraft: {
    schema: schema.ticketDraft,
    description: 'What a person saw.',
    example: { asset: 'pump-07', failureMode: 'seal-leak', severity: 'moderate', note: 'Water under the pump' },
  },
  TicketAction: {
    schema: schema.ticketActionBody,
    description:
      'Which fields are needed depends on the action: `hold` holdReason, `assign` crew, `close` closing and note.',
    example: { foundCause: 'Lack of grease', remedy: 'Greased', note: 'runs quietly again' },
  },
  Evidence: { schema: schema.evidence, description: 'The readings as they were when the ticket was raised, frozen.' },
  HistoryEntry: { schema: schema.historyEntry, description: 'Who did what; lines are only ever added.' },
  RuleSummary: { schema: schema.ruleSummary, description: 'What is watched on a class of assets.' },
  Rule: { schema: schema.ruleView, description: 'A rule with its text and where its limits come from.' },
  AssetClass: { schema: schema.classView, description: 'What all assets of one kind share.' },
  Crew: { schema: schema.crewView, description: 'People who mend things.' },
  Device: { schema: schema.deviceView, description: 'An MQTT client with its own credential.' },
  DeviceDraft: {
    schema: schema.deviceDraft,
    description: 'Which assets it may report for, and which topics it may follow.',
    example: { id: 'gateway-03', title: 'Pumping station north', assets: ['pump-07'], subscribes: [], publishes: [] },
  },
  DeviceCreated: { schema: schema.deviceCreated, description: 'A device and its secret, shown this once.' },
  Snippets: { schema: schema.snippetList, description: 'How the device connects, in the words of each tool.' },
  DevicesBulk: {
    schema: schema.devicesBulk,
    description: 'Many devices at once, all or nothing.',
    example: { items: [{ id: 'logger-1', title: 'Logger, Mill Lane', assets: ['pump-07'] }] },
  },
  DevicesBulkCreated: { schema: schema.devicesBulkCreated, description: 'Their secrets, shown this once.' },
  Source: {
    schema: schema.sourceView,
    description: 'A name that devices use, and the sensor it stands for.',
    example: {
      name: 'chirpstack:70b3d57ed0001234/temperature',
      sensor: 'pump-07/bearing-temperature',
      unit: '[degF]',
      factor: null,
      offset: null,
      fault: null,
    },
  },
  Discovered: { schema: schema.discoveredView, description: 'What came under a name that nobody knows.' },
  DiscoveredDevice: { schema: schema.discoveredDeviceView, description: 'Who tried to log in and is no device.' },
  DeviceAdoption: {
    schema: schema.deviceAdoption,
    description: 'A credential for somebody who tried to log in.',
    example: { seenAs: 'Logger 7', id: 'logger-7', title: 'Logger, Mill Lane', assets: ['pump-07'] },
  },
  Adoption: {
    schema: schema.adoption,
    description: 'Names to map, and assets to make for them.',
    example: {
      items: [
        { name: 'chirpstack:70b3d57ed0001234/temperature', sensor: 'pump-07/bearing-temperature', unit: '[degF]' },
      ],
    },
  },
  Adopted: { schema: schema.adopted, description: 'What is mapped now.' },
  QuarantineEntry: {
    schema: schema.quarantineView,
    description: 'What could not be used, why, and what was probably meant.',
  },
  Overview: { schema: schema.overview, description: 'The town at a glance.' },
  Rates: { schema: schema.rates, description: 'How much is coming in; per second over the last five seconds.' },
  Health: { schema: schema.health, description: 'Each part and how it is.' },
  User: { schema: schema.userView, description: 'Somebody who may log in.' },
  UserDraft: {
    schema: schema.userDraft,
    description: 'A new user; the password has at least 12 characters.',
    example: { user: 'mara', name: 'Mara Lindt', role: 'crew', crew: 'water', password: 'k7fm-2qxd-h9tv-w4ce' },
  },
  Token: { schema: schema.tokenView, description: 'A credential of a program.' },
  TokenDraft: {
    schema: schema.tokenDraft,
    description: 'What it is for, and what it may do.',
    example: { title: 'weather import', role: 'reporter' },
  },
  TokenCreated: { schema: schema.tokenCreated, description: 'An API token, shown this once.' },
}
