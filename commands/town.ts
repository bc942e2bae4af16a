import { generateTown, writeTown } from '../city/index.ts'
import { type Command, needed } from './command.ts'

export const townCommand: Command = {
  name: 'town',
  summary: 'write the simulated town as city.yaml and GeoJSON, as an example to start from',
  usage: 'town FOLDER [--seed N]',
  options: { seed: { type: 'string' } },
  async run({ words, option, configuration, print }) {
    const folder = needed(townCommand, 'the folder', words[0])
    const town = generateTown(Number(option('seed') ?? configuration().demoSeed))
    writeTown(town, folder)
    print(`wrote ${town.name}: ${town.assets.length} assets, ${town.crews.length} crews to ${folder}/city.yaml`)
    return 0
  },
}
