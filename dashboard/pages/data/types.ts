/** The API's own types, gathered for the pages. Types only: zod and everything behind it stays on the server. */
import type { z } from 'zod'
import type { latestValue, snippetList } from '../../api/schema.ts'

export type {
  AlarmView,
  AssetState,
  AssetSummary,
  AssetView,
  ClassView,
  CrewView,
  DeviceCreated,
  DeviceView,
  DiscoveredDeviceView,
  DiscoveredView,
  EvidenceView,
  Health,
  HistoryEntryView,
  Problem,
  QuarantineView,
  Rates,
  RelationView,
  Role,
  SensorView,
  SeriesView,
  Session,
  SnippetView,
  SourceView,
  StreamEvents,
  TicketActionName,
  TicketSummary,
  TicketView,
} from '../../api/schema.ts'
export type LatestValue = z.infer<typeof latestValue>
export type SnippetList = z.infer<typeof snippetList>
