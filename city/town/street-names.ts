import type { DistrictName } from './districts.ts'
import type { Random } from './random.ts'
import type { Calling } from './streets.ts'

/** Names that a town like this has. Places and people in them are invented. */

const roads = [
  'Ostheimer Straße',
  'Waldhofer Straße',
  'Grünburger Straße',
  'Steinauer Straße',
  'Wieselauer Straße',
  'Auhofer Straße',
  'Brückenstraße',
  'Hafnerfelder Straße',
]
const lanes = [
  'Webergasse',
  'Kupfergasse',
  'Lange Gasse',
  'Glockengasse',
  'Salzgasse',
  'Fischergasse',
  'Lange Gasse',
  'Torgasse',
]
const loops = ['Ringelgasse', 'Hinter der Mauer']

/** What local streets are called after, by the trades and views of each part of town. */
const stems: Readonly<Record<DistrictName, readonly string[]>> = {
  Altstadt:
    'Bäcker Seiler Spital Kloster Schmied Badstuben Krämer Nadler Kannen Rosen Engel Hirschen Löwen Brunnen Pfarr Schul Kirchen Zwinger Turm Amts Münz Lauben Töpfer Kerzen Stuben Adler Apotheker Barbara Postel Sattler'.split(
      ' ',
    ),
  Neustift:
    'Linden Ahorn Ulmen Birken Kastanien Eichen Buchen Eschen Erlen Platanen Ginster Flieder Hasel Holunder Jasmin Lärchen Fichten Tannen Weiden Pappel Robinien Akazien Rosmarin Veilchen Nelken Tulpen Malven Primel Enzian Mohn Schlehen Wacholder'.split(
      ' ',
    ),
  Kirchberg:
    'Berg Wein Reben Kapellen Sonnen Aussicht Hohl Keller Quellen Steinbruch Kreuz Wald Jäger Falken Reiher Amsel Drossel Finken Lerchen Meisen Schwalben Habicht Rain Hang Kogel Winzer Trauben Most Birnen Kirsch Apfel Nuss'.split(
      ' ',
    ),
  Bahnhofviertel:
    'Bahn Post Güter Lager Handels Gewerbe Werkstätten Signal Weichen Gleis Eilgut Schienen Heizhaus Kohlen Markthallen Zoll Speicher Fracht Viadukt Telegrafen Pendel Uhren Fahnen Kasernen Park Stadion Messe Funk Kino Theater'.split(
      ' ',
    ),
  Gerberau:
    'Gerber Färber Mühl Müller Walker Loh Bleich Tuch Leinen Wasser Ufer Flößer Schiffer Au Wiesen Garten Enten Schwanen Biber Otter Schilf Kies Sand Fähr Insel Damm Wehr Kanal Ruder Netz'.split(
      ' ',
    ),
  Lurewerk:
    'Werk Eisen Stahl Hammer Guss Walz Schmelz Hafen Kran Dock Kessel Turbinen Strom Gas Ziegel Ton Glas Papier Dreher Former Schlosser Kettler Maschinen Motoren Kupferhammer Feilen Zahnrad Schleif Industrie Drahtzug'.split(
      ' ',
    ),
}

const endings: Readonly<Record<DistrictName, readonly string[]>> = {
  Altstadt: ['gasse', 'gässchen', 'hof'],
  Neustift: ['weg', 'straße', 'allee'],
  Kirchberg: ['weg', 'steig', 'gasse'],
  Bahnhofviertel: ['straße', 'gasse', 'weg'],
  Gerberau: ['gasse', 'weg', 'straße'],
  Lurewerk: ['straße', 'weg', 'gasse'],
}

/** Gives every street its name, no name to two streets but where one is the other's continuation. */
export function nameGiver(random: Random): (called: Calling, district: DistrictName) => string {
  const unused = new Map<DistrictName, string[]>()
  const local = (district: DistrictName): string => {
    let names = unused.get(district)
    if (names === undefined || names.length === 0) {
      // All stems once with the most usual ending before any comes again with another.
      names = endings[district].flatMap((ending) =>
        random.shuffled(stems[district]).map((stem) => joined(stem, ending)),
      )
      names.reverse()
      unused.set(district, names)
    }
    return names.pop() ?? district
  }
  return (called, district) => {
    switch (called.by) {
      case 'road':
        return roads[called.index] ?? 'Landstraße'
      case 'old town ring':
        return 'Stadtgraben'
      case 'outer ring':
        return 'Gürtelstraße'
      case 'square':
        return 'Marktplatz'
      case 'high street':
        return 'Lange Gasse'
      case 'park':
        return 'Parkring'
      case 'quay':
        return called.index === 0 ? 'Lurekai' : 'Gerberlände'
      case 'footbridge':
        return called.index === 0 ? 'Färbersteg' : 'Schleusensteg'
      case 'lane':
        return lanes[called.index] ?? loops[called.index - 10] ?? local(district)
      case 'local':
        return local(district)
    }
  }
}

function joined(stem: string, ending: string): string {
  return `${stem}${ending}`
}
