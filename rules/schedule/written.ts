import { z } from 'zod'
import { expected } from '../kinds/shapes.ts'
import type { Schedule } from './schedule.ts'

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const hoursPattern = /^([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$/

/** `mon-fri`, `sat, sun`, `oct-apr`: names of a round, single or from one to another across its end. */
function namesOf(round: readonly string[], what: string) {
  return z.string(expected(what)).transform((text, context): readonly number[] => {
    const found = new Set<number>()
    for (const part of text.toLowerCase().split(',')) {
      const [from = '', to = from, ...more] = part.trim().split('-')
      const first = round.indexOf(from)
      const last = round.indexOf(to)
      if (first < 0 || last < 0 || more.length > 0) {
        context.addIssue(`"${text}": expected ${what}`)
        return z.NEVER
      }
      for (let index = first; ; index = (index + 1) % round.length) {
        found.add(index)
        if (index === last) break
      }
    }
    return [...found].sort((left, right) => left - right)
  })
}

const whatHours = 'hours like 22:00-05:00'
const hours = z.string(expected(whatHours)).transform((text, context) => {
  const [, fromHour, fromMinute, toHour, toMinute] = hoursPattern.exec(text.trim()) ?? []
  const from = Number(fromHour) * 60 + Number(fromMinute)
  const to = Number(toHour) * 60 + Number(toMinute)
  if (from <= 1440 && to <= 1440 && from !== to) return { from, to }
  context.addIssue(`"${text}": expected ${whatHours}`)
  return z.NEVER
})

const parts = z.strictObject({
  hours: hours.optional(),
  days: namesOf(weekdays, 'days like mon-fri or sat, sun').optional(),
  months: namesOf(months, 'months like oct-apr').optional(),
  light: z.enum(['day', 'dark'], expected('day or dark')).optional(),
})

/** `during: { hours: 22:00-05:00, days: mon-fri, months: oct-apr, light: dark }`; at least one of them. */
export const writtenSchedule = parts.transform((written, context): Schedule => {
  if (Object.values(written).every((part) => part === undefined)) {
    context.addIssue('expected at least one of hours, days, months, light')
    return z.NEVER
  }
  const { hours: span, days, months: season, light } = written
  return {
    ...(span === undefined ? {} : { hours: span }),
    ...(days === undefined ? {} : { weekdays: days }),
    ...(season === undefined ? {} : { months: season }),
    ...(light === undefined ? {} : { light }),
  }
})
