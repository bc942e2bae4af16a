import type { Crew } from '../crew.ts'

/** The crews that keep the town: by trade, the large trades one for each side of the river. */
export const crews: readonly Crew[] = [
  { id: 'waterworks', name: 'Waterworks and pumps', skills: ['mechanical', 'water-quality'], area: [] },
  { id: 'mains', name: 'Water mains', skills: ['pipes'], area: [] },
  {
    id: 'sewer-north',
    name: 'Sewers, north bank',
    skills: ['sewer'],
    area: ['Altstadt', 'Neustift', 'Kirchberg', 'Bahnhofviertel'],
  },
  { id: 'sewer-south', name: 'Sewers, south bank', skills: ['sewer'], area: ['Gerberau', 'Lurewerk'] },
  {
    id: 'electric-north',
    name: 'Electric and lighting, north bank',
    skills: ['electrical', 'lighting'],
    area: ['Altstadt', 'Neustift', 'Kirchberg', 'Bahnhofviertel'],
  },
  {
    id: 'electric-south',
    name: 'Electric and lighting, south bank',
    skills: ['electrical', 'lighting'],
    area: ['Gerberau', 'Lurewerk'],
  },
  { id: 'bridges-roads', name: 'Bridges and roads', skills: ['structures', 'roads'], area: [] },
  { id: 'lifts', name: 'Lifts and escalators', skills: ['lifts'], area: [] },
  { id: 'houses', name: 'Public buildings', skills: ['buildings'], area: [] },
  { id: 'environment', name: 'Environment', skills: ['environment', 'water-quality'], area: [] },
]
