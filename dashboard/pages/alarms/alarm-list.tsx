import type { JSX } from 'preact'
import { asset, className } from '../data/town.ts'
import type { AlarmView } from '../data/types.ts'
import { SearchBox, Segmented, Select } from '../design/field.tsx'
import { Icon } from '../design/icon.tsx'
import { useMore } from '../design/more.tsx'
import { Empty } from '../design/states.tsx'
import { setQuery } from '../routing/router.ts'
import { plural } from '../words/units.ts'
import { AlarmRow } from './alarm-row.tsx'
import { HiddenBy } from './hidden-by.tsx'
import {
  type AlarmFilter,
  type AlarmsShown,
  alarmViews,
  byWeight,
  type HiddenGroup,
  hiddenGroups,
  isShown,
} from './stirring.ts'

type Props = {
  alarms: readonly AlarmView[]
  filter: AlarmFilter
  onChanged: (alarm: AlarmView) => void
  onWindow: () => void
}

const words: Readonly<Record<AlarmsShown, string>> = {
  calling: 'Calling',
  pending: 'Pending',
  hidden: 'Hidden',
  all: 'All',
}
// A group as large as this is read as a whole.
const groupOpenMax = 5
const shownFirst = 100

/** Everything that stirs: what calls somebody, what may soon, and what is hidden, with what hides it. */
export function AlarmList(props: Props): JSX.Element {
  const { alarms, filter } = props
  const meant = alarms.filter((alarm) => fits(alarm, filter))
  const shown = meant.filter((alarm) => isShown(alarm, filter.shown)).sort(byWeight)
  const classes = [...new Set(alarms.map((alarm) => asset(alarm.asset)?.class ?? ''))].filter((each) => each !== '')
  return (
    <>
      <div class="filter-bar alarm-filters">
        <Segmented
          label="Which alarms"
          value={filter.shown}
          options={alarmViews.map((value) => ({
            value,
            text: (
              <>
                <span class="option-word">{words[value]}</span>{' '}
                <span class="option-count">{meant.filter((alarm) => isShown(alarm, value)).length}</span>
              </>
            ),
          }))}
          onChange={(value) => setQuery({ show: value === 'calling' ? undefined : value }, { replace: true })}
        />
        <Select
          label="Class"
          value={filter.class ?? ''}
          options={[
            { value: '', text: 'All classes' },
            ...classes.map((value) => ({ value, text: className(value) })).sort((a, b) => a.text.localeCompare(b.text)),
          ]}
          onChange={(value) => setQuery({ class: value }, { replace: true })}
        />
        <SearchBox label="Filter by name" value={filter.text} onInput={(q) => setQuery({ q }, { replace: true })} />
      </div>
      {shown.length === 0 ? <Nothing {...props} /> : <Rows {...props} alarms={shown} />}
    </>
  )
}

function fits(alarm: AlarmView, filter: AlarmFilter): boolean {
  const known = asset(alarm.asset)
  if (filter.class !== undefined && known?.class !== filter.class) return false
  return `${known?.name ?? ''} ${alarm.id} ${alarm.ruleTitle}`.toLowerCase().includes(filter.text)
}

function Nothing({ filter, alarms }: Props): JSX.Element {
  if (filter.class !== undefined || filter.text !== '')
    return (
      <Empty
        icon="search"
        title="No alarm fits these filters"
        action={
          <button
            type="button"
            class="button small"
            onClick={() => setQuery({ show: 'all', class: undefined, q: undefined })}
          >
            Show all
          </button>
        }
      />
    )
  if (filter.shown === 'hidden')
    return (
      <Empty icon="check" title="Nothing is hidden">
        Alarms that somebody shelved, that are out of service or that a parent explains are listed here, with what hides
        them. They are judged all the same.
      </Empty>
    )
  return (
    <Empty icon="check" title={filter.shown === 'pending' ? 'Nothing is on its way' : 'No alarm calls anybody'}>
      {alarms.length === 0
        ? 'When a rule holds, its alarm appears here at once, before its ticket is read by anybody.'
        : 'What is pending or hidden stands under the other buttons above.'}
    </Empty>
  )
}

function Rows({ alarms, onChanged, onWindow }: Props): JSX.Element {
  const open = alarms.filter(({ hiddenBy }) => hiddenBy === null)
  const { shown, more } = useMore(open, shownFirst)
  return (
    <>
      {open.length > 0 ? (
        <section class="card alarm-card" aria-label="Alarms">
          <ul>
            {shown.map((alarm) => (
              <AlarmRow key={alarm.id} alarm={alarm} onChanged={onChanged} onWindow={onWindow} />
            ))}
          </ul>
          {more}
        </section>
      ) : null}
      {hiddenGroups(alarms).map((group) => (
        <Group key={group.key} group={group} onChanged={onChanged} onWindow={onWindow} />
      ))}
    </>
  )
}

function Group(props: { group: HiddenGroup } & Pick<Props, 'onChanged' | 'onWindow'>): JSX.Element {
  const { alarms, hiding } = props.group
  const { shown, more } = useMore(alarms, shownFirst)
  return (
    <section class="card alarm-card alarm-group">
      <HiddenBy hiding={hiding} />
      <details open={alarms.length <= groupOpenMax}>
        <summary>
          <Icon name="chevron-right" size={14} class="chevron" /> {plural(alarms.length, 'alarm')}
        </summary>
        <ul>
          {shown.map((alarm) => (
            <AlarmRow key={alarm.id} alarm={alarm} inGroup onChanged={props.onChanged} onWindow={props.onWindow} />
          ))}
        </ul>
        {more}
      </details>
    </section>
  )
}
