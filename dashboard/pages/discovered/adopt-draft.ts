import type { DiscoveredView } from '../data/types.ts'

/** What the form holds, as typed. */
export type AdoptDraft = {
  readonly where: 'existing' | 'new'
  readonly asset: string
  readonly quantity: string
  readonly unit: string
  readonly factor: string
  readonly offset: string
  readonly replace: boolean
  readonly name: string
  readonly class: string
  readonly latitude: string
  readonly longitude: string
}

export function draftFor({ suggestion }: DiscoveredView): AdoptDraft {
  return {
    where: 'existing',
    asset: suggestion.asset ?? '',
    quantity: suggestion.quantity ?? '',
    unit: suggestion.unit ?? '',
    factor: '',
    offset: '',
    replace: false,
    name: '',
    class: '',
    latitude: '',
    longitude: '',
  }
}

export type AdoptFaults = Partial<Record<keyof AdoptDraft, string>>

const numberIn = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text.replace(',', '.')))

export function adoptFaults(draft: AdoptDraft): AdoptFaults {
  const faults: AdoptFaults = {}
  if (draft.asset.trim() === '') faults.asset = 'Say which asset it belongs to'
  if (draft.quantity === '') faults.quantity = 'Choose what it measures'
  if (draft.factor !== '' && !Number.isFinite(numberIn(draft.factor))) faults.factor = 'Expected a number'
  if (draft.offset !== '' && !Number.isFinite(numberIn(draft.offset))) faults.offset = 'Expected a number'
  if (draft.offset !== '' && draft.factor === '') faults.factor = 'An offset needs a factor; 1 if there is none'
  if (draft.where === 'existing') return faults
  if (draft.name.trim() === '') faults.name = 'Give it a name'
  if (draft.class === '') faults.class = 'Choose a class'
  if (!(Math.abs(numberIn(draft.latitude)) <= 90)) faults.latitude = 'Expected degrees from −90 to 90'
  if (!(Math.abs(numberIn(draft.longitude)) <= 180)) faults.longitude = 'Expected degrees from −180 to 180'
  return faults
}

// What a person can set right later on the asset itself: somebody would notice within a day.
const criticalityAtFirst = 3

/** The body of the request. */
export function adoptionOf(name: string, draft: AdoptDraft) {
  const id = draft.asset.trim()
  const item = {
    name,
    sensor: `${id}/${draft.quantity}`,
    ...(draft.unit.trim() === '' ? {} : { unit: draft.unit.trim() }),
    ...(draft.factor === '' ? {} : { factor: numberIn(draft.factor) }),
    ...(draft.offset === '' ? {} : { offset: numberIn(draft.offset) }),
  }
  const asset = {
    id,
    name: draft.name.trim(),
    class: draft.class,
    criticality: criticalityAtFirst,
    place: { latitude: numberIn(draft.latitude), longitude: numberIn(draft.longitude) },
  }
  return { items: [item], assets: draft.where === 'new' ? [asset] : [], replace: draft.replace }
}
